-- I20. Refuses a decision whose parts are not its deposit to the cent, or whose hash is not that of its own rows. Runs at the
-- end of the transaction, when the allocations are there too. domain/approval.ts writes the same text.
CREATE OR REPLACE FUNCTION check_decision_payload() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE c decisions; parts record; payload text;
BEGIN
  SELECT * INTO c FROM decisions WHERE id = CASE TG_TABLE_NAME WHEN 'decisions' THEN to_jsonb(NEW) ->> 'id' ELSE to_jsonb(NEW) ->> 'decision_id' END;
  -- A row that was tampered with can still be refused: nothing moves by it, and `verify` names it.
  IF c.state = 'refused' THEN RETURN NULL; END IF;
  SELECT count(*) AS number, coalesce(sum(a.amount_minor), 0) AS total, coalesce(max(a.part), -1) AS last,
         coalesce(string_agg(E'\n' || a.wallet_id || ' ' || a.amount_minor, '' ORDER BY a.part), '') AS text
    INTO parts FROM decision_allocations a WHERE a.decision_id = c.id;
  IF parts.last <> parts.number - 1
     OR parts.total <> (CASE WHEN c.kind IN ('credit', 'correct') THEN c.amount_minor ELSE 0 END) THEN
    RAISE EXCEPTION 'the parts of decision % are not its deposit', c.id USING ERRCODE = 'PU020';
  END IF;
  IF c.payload_sha256 IS NULL THEN RETURN NULL; END IF;
  payload := concat(E'purser decision 1\n', c.id, E'\n', c.deposit_id, E'\n', c.kind, E'\n', c.amount_minor, ' ', c.currency,
    E'\n', c.keep_until, E'\n', c.payer ->> 'name', E'\n', c.payer ->> 'bank', E'\n', c.payer ->> 'branch', E'\n', c.payer ->> 'account',
    E'\n', c.reason, E'\n', c.line_id, parts.text);
  IF encode(sha256(convert_to(payload, 'UTF8')), 'hex') <> c.payload_sha256 THEN
    RAISE EXCEPTION 'the hash of decision % is not that of what it proposes', c.id USING ERRCODE = 'PU020';
  END IF;
  RETURN NULL;
END $$;
