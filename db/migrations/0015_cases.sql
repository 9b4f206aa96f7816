-- Lines that a bank takes off its books, and reversals whose original a person names.
--
-- `void`: a vanished line's money leaves the wallet, or suspense, and the bank account again. `restore`: the line is back,
-- and its deposit begins anew, in its next generation.
ALTER TABLE journals
  DROP CONSTRAINT journals_kind_known, DROP CONSTRAINT journals_undoing_names_origin, DROP CONSTRAINT journals_move_is_decided;
ALTER TABLE journals
  ADD CONSTRAINT journals_kind_known CHECK (
    kind IN ('capture', 'credit', 'return', 'dismiss', 'reversal', 'correction', 'return_paid', 'spend', 'void', 'restore')),
  ADD CONSTRAINT journals_undoing_names_origin CHECK ((kind IN ('reversal', 'correction', 'void')) = (reverses_id IS NOT NULL)),
  ADD CONSTRAINT journals_move_is_decided CHECK (kind NOT IN ('return', 'dismiss', 'correction', 'void') OR decision_id IS NOT NULL);
-- I9: each journal is undone at most once.
DROP INDEX journals_one_undoing;
CREATE UNIQUE INDEX journals_one_undoing ON journals (reverses_id) WHERE kind IN ('reversal', 'correction', 'void');
CREATE UNIQUE INDEX journals_one_restore ON journals (deposit_id, generation) WHERE kind = 'restore';
-- Serves the check that a deposit's moves leave of it in suspense what they should, and its story.
DROP INDEX journals_undoing_by_deposit;
CREATE INDEX journals_undoing_by_deposit ON journals (deposit_id)
  WHERE kind IN ('reversal', 'correction', 'return_paid', 'void', 'restore');
-- Serves the search for lines that came back.
CREATE INDEX journals_voided ON journals (bank_account_key, line_id) WHERE kind = 'void';

-- Serves what is held against a deposit before it is credited, and the next look at what waits.
DROP INDEX reversals_waiting;
CREATE INDEX reversals_open ON reversals (bank_account_key, line_id) WHERE state IN ('waiting', 'unpaired');

-- How many of a deposit's credits and lives came before the one that it begins now.
ALTER TABLE deposits ADD COLUMN generation smallint NOT NULL DEFAULT 0
  CONSTRAINT deposits_generation_natural CHECK (generation BETWEEN 0 AND 999);

-- Two more decisions: `take_back` a deposit whose line vanished, and `pair` a deposit with the line that reverses it.
ALTER TABLE decisions
  DROP CONSTRAINT decisions_kind_known, DROP CONSTRAINT decisions_outcome_known, DROP CONSTRAINT decisions_outcome_fits,
  -- The debit line by which the bank took the deposit back.
  ADD COLUMN line_id bigint REFERENCES lines (id);
ALTER TABLE decisions
  ADD CONSTRAINT decisions_kind_known CHECK (kind IN ('credit', 'return', 'dismiss', 'keep', 'correct', 'take_back', 'pair')),
  ADD CONSTRAINT decisions_outcome_known
    CHECK (outcome IN ('credited', 'returned', 'dismissed', 'kept', 'corrected', 'taken_back', 'paired', 'refused')),
  ADD CONSTRAINT decisions_outcome_fits CHECK (
    CASE state
      WHEN 'executed' THEN outcome IS NOT NULL AND outcome = CASE kind WHEN 'credit' THEN 'credited' WHEN 'return' THEN 'returned'
             WHEN 'dismiss' THEN 'dismissed' WHEN 'keep' THEN 'kept' WHEN 'take_back' THEN 'taken_back' WHEN 'pair' THEN 'paired'
             ELSE 'corrected' END
      WHEN 'refused' THEN outcome IS NOT NULL AND outcome = 'refused'
      ELSE outcome IS NULL END),
  ADD CONSTRAINT decisions_pair_has_line CHECK ((kind = 'pair') = (line_id IS NOT NULL));
GRANT INSERT (line_id) ON decisions TO purser_app;
SELECT audit_table('decisions', 'decision', 'id', ARRAY['deposit_id', 'kind', 'state', 'amount_minor', 'currency', 'keep_until', 'line_id',
  'payload_sha256', 'needs_approval', 'proposed_by', 'proposed_person', 'expires_at', 'payer_by', 'payer_person', 'approved_by',
  'approved_person', 'rejected_by', 'rejected_person', 'outcome', 'refusal']);

-- What a payer's account means that people confirmed for another customer than the code names: the code wins, or a person looks.
ALTER TABLE bank_accounts
  ADD COLUMN payer_conflict text NOT NULL DEFAULT 'credit'
    CONSTRAINT bank_accounts_payer_conflict_known CHECK (payer_conflict IN ('credit', 'review'));
SELECT audit_table('bank_accounts', 'bank_account', 'key', ARRAY['currency', 'time_zone', 'feed', 'poll_enabled', 'proof_policy',
  'amount_limit_minor', 'amounts', 'webhook_signature', 'webhook_trust', 'balance_policy', 'mode', 'payer_conflict']);

-- As before, and the line of a pairing is one of the things that never change.
CREATE OR REPLACE FUNCTION check_decision_move() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF (NEW.id, NEW.deposit_id, NEW.kind, NEW.reason, NEW.amount_minor, NEW.currency, NEW.keep_until, NEW.line_id, NEW.needs_approval, NEW.rules,
      NEW.proposed_by, NEW.proposed_person, NEW.proposed_at)
     IS DISTINCT FROM (OLD.id, OLD.deposit_id, OLD.kind, OLD.reason, OLD.amount_minor, OLD.currency, OLD.keep_until,
      OLD.line_id, OLD.needs_approval, OLD.rules, OLD.proposed_by, OLD.proposed_person, OLD.proposed_at)
     OR (OLD.state <> 'needs_payer_details' AND (NEW.payer, NEW.payer_by, NEW.payer_person, NEW.payer_at, NEW.payload_sha256, NEW.expires_at)
         IS DISTINCT FROM (OLD.payer, OLD.payer_by, OLD.payer_person, OLD.payer_at, OLD.payload_sha256, OLD.expires_at)) THEN
    RAISE EXCEPTION 'what decision % proposes never changes', OLD.id USING ERRCODE = 'PU017';
  END IF;
  IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('needs_payer_details', 'proposed'), ('needs_payer_details', 'rejected'), ('needs_payer_details', 'refused'),
    ('proposed', 'approved'), ('proposed', 'rejected'), ('proposed', 'expired'), ('proposed', 'refused'),
    ('approved', 'executed'), ('approved', 'refused')) THEN
    RAISE EXCEPTION 'decision % cannot go from % to %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'PU020';
  END IF;
  IF NEW.state = OLD.state AND OLD.state <> 'approved' AND NEW IS DISTINCT FROM OLD THEN
    RAISE EXCEPTION 'decision % is % and stays as it is', OLD.id, OLD.state USING ERRCODE = 'PU020';
  END IF;
  IF NEW.payer_by IS DISTINCT FROM OLD.payer_by THEN
    NEW.payer_person := (SELECT person FROM api_keys WHERE id = NEW.payer_by AND owner_kind = 'person');
  END IF;
  IF NEW.approved_by IS DISTINCT FROM OLD.approved_by THEN
    NEW.approved_person := (SELECT person FROM api_keys WHERE id = NEW.approved_by AND owner_kind = 'person');
  END IF;
  IF NEW.rejected_by IS DISTINCT FROM OLD.rejected_by THEN
    NEW.rejected_person := (SELECT person FROM api_keys WHERE id = NEW.rejected_by AND owner_kind = 'person');
  END IF;
  RETURN NEW;
END $$;

-- As before, and the hash of a pairing names its line.
CREATE OR REPLACE FUNCTION check_decision_payload() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE c decisions; parts record; payload text;
BEGIN
  SELECT * INTO c FROM decisions WHERE id = CASE TG_TABLE_NAME WHEN 'decisions' THEN to_jsonb(NEW) ->> 'id' ELSE to_jsonb(NEW) ->> 'decision_id' END;
  -- A row that was tampered with can still be refused: nothing moves by it, and `verify` names it.
  IF c.rules = 1 OR c.state = 'refused' THEN RETURN NULL; END IF;
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
    E'\n', c.reason, E'\nline ' || c.line_id, parts.text);
  IF encode(sha256(convert_to(payload, 'UTF8')), 'hex') <> c.payload_sha256 THEN
    RAISE EXCEPTION 'the hash of decision % is not that of what it proposes', c.id USING ERRCODE = 'PU020';
  END IF;
  RETURN NULL;
END $$;

-- As before; a pairing reverses by its own line, and a line is taken off the books only while its case is open.
CREATE OR REPLACE FUNCTION check_decided_journals() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE bad record;
BEGIN
  SELECT n.id, n.decision_id INTO bad FROM new_rows n LEFT JOIN decisions c ON c.id = n.decision_id
   WHERE n.decision_id IS NOT NULL AND n.kind <> 'return_paid'
     AND (c.deposit_id = n.deposit_id AND c.state = 'approved'
          AND CASE n.kind
                WHEN 'credit' THEN c.kind IN ('credit', 'correct') AND EXISTS (
                  SELECT 1 FROM decision_allocations a
                   WHERE a.decision_id = c.id AND a.wallet_id = n.wallet_id AND (c.kind = 'correct' OR a.part = n.part))
                WHEN 'correction' THEN c.kind = 'correct'
                WHEN 'reversal' THEN c.kind = 'pair' AND c.line_id = n.line_id
                WHEN 'void' THEN c.kind = 'take_back' AND EXISTS (
                  SELECT 1 FROM line_cases k WHERE k.line_id = n.line_id AND k.kind = 'line_vanished' AND k.closed_at IS NULL)
                ELSE c.kind = n.kind END) IS NOT TRUE
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal % is not what decision % approves', bad.id, bad.decision_id USING ERRCODE = 'PU020';
  END IF;
  RETURN NULL;
END $$;

-- As before, with the two new kinds.
CREATE OR REPLACE FUNCTION check_journal_rows() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_nestloop = off SET enable_mergejoin = off AS $$
DECLARE bad record;
BEGIN
  -- No capture, and no coming back of a line, moves more or less money than its line brought.
  SELECT f.id, f.fault INTO bad FROM (
    SELECT n.id, CASE
             WHEN coalesce(p.legs, 0) < 2 THEN 'has fewer than two postings'
             WHEN n.line_id IS NOT NULL AND n.bank_account_key IS DISTINCT FROM l.bank_account_key
               THEN 'has no line of its bank account'
             WHEN n.deposit_id IS NOT NULL AND d.id IS NULL THEN 'has no deposit'
             WHEN n.kind IN ('capture', 'restore') AND (l.amount_minor IS DISTINCT FROM p.banked OR l.currency <> p.unit_from OR l.currency <> p.unit_to)
               THEN 'does not move the amount of its line'
           END AS fault
      FROM new_rows n
      LEFT JOIN (
        SELECT l.id, l.bank_account_key, l.amount_minor, l.currency FROM lines l
         WHERE l.id = ANY (ARRAY(SELECT line_id FROM new_rows)) OFFSET 0) l ON l.id = n.line_id
      LEFT JOIN (
        SELECT d.id FROM deposits d WHERE d.id = ANY (ARRAY(SELECT deposit_id FROM new_rows)) OFFSET 0) d ON d.id = n.deposit_id
      LEFT JOIN (
        SELECT p.journal_id, count(*) AS legs, sum(p.amount) FILTER (WHERE p.account = 'bank') AS banked,
               min(p.unit) FILTER (WHERE p.account = 'bank') AS unit_from, max(p.unit) FILTER (WHERE p.account = 'bank') AS unit_to
          FROM postings p WHERE p.journal_id = ANY (ARRAY(SELECT id FROM new_rows)) GROUP BY p.journal_id OFFSET 0) p
        ON p.journal_id = n.id) f
   WHERE f.fault IS NOT NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal % %', bad.id, bad.fault USING ERRCODE = 'PU005';
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION check_journals() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_material = off AS $$
DECLARE bad record;
BEGIN
  -- Whatever happened to a deposit, its moves together take exactly its amount out of suspense; nothing where its line came back.
  SELECT m.deposit_id AS id INTO bad
    FROM (SELECT n.deposit_id, bool_or(n.kind = 'restore') AS is_restored FROM new_rows n
           WHERE n.kind NOT IN ('capture', 'spend') GROUP BY n.deposit_id) m
    LEFT JOIN deposits d ON d.id = m.deposit_id
   WHERE CASE WHEN m.is_restored THEN 0 ELSE d.amount_minor END IS DISTINCT FROM
         coalesce((SELECT sum(p.amount) FROM journals j JOIN postings p ON p.journal_id = j.id
                    WHERE j.deposit_id = d.id AND j.kind IN ('credit', 'return', 'dismiss')
                      AND p.account = 'suspense' AND p.bank_account_key = d.bank_account_key AND p.unit = d.currency), 0)
       + coalesce((SELECT sum(p.amount) FROM journals j JOIN postings p ON p.journal_id = j.id
                    WHERE j.deposit_id = d.id AND j.kind IN ('reversal', 'correction', 'return_paid', 'void', 'restore')
                      AND p.account = 'suspense' AND p.bank_account_key = d.bank_account_key AND p.unit = d.currency), 0)
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'the moves of deposit % do not take its amount out of suspense', bad.id USING ERRCODE = 'PU005';
  END IF;
  -- I9: what is undone gives back exactly what it gave, in rand; the customer may owe a part of it.
  SELECT n.id INTO bad FROM new_rows n JOIN journals o ON o.id = n.reverses_id
   WHERE n.kind IN ('reversal', 'correction', 'void')
     AND (o.deposit_id IS DISTINCT FROM n.deposit_id OR o.wallet_id IS DISTINCT FROM n.wallet_id
          OR coalesce((SELECT sum(p.amount) FROM postings p WHERE p.journal_id = n.id AND p.wallet_id IS NOT NULL AND p.unit = 'ZAR'), 0)
           + coalesce((SELECT sum(p.amount) FROM postings p WHERE p.journal_id = o.id AND p.wallet_id IS NOT NULL AND p.unit = 'ZAR'), 0) <> 0)
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal % does not give back what it undoes', bad.id USING ERRCODE = 'PU009';
  END IF;
  RETURN NULL;
END $$;

-- As before; a deposit that was taken back begins anew when its line comes back.
CREATE OR REPLACE FUNCTION check_deposit_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.line_id, NEW.amount_minor, NEW.currency, NEW.transaction_key)
     IS DISTINCT FROM (OLD.id, OLD.line_id, OLD.amount_minor, OLD.currency, OLD.transaction_key) THEN
    RAISE EXCEPTION 'the facts of deposit % never change', OLD.id USING ERRCODE = 'PU017';
  END IF;
  IF NEW.generation <> OLD.generation AND NOT (OLD.state = 'reversed' AND NEW.state = 'captured' AND NEW.generation > OLD.generation) THEN
    RAISE EXCEPTION 'the generation of deposit % changes only where its line comes back', OLD.id USING ERRCODE = 'PU017';
  END IF;
  IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('captured', 'in_review'), ('captured', 'credited'), ('captured', 'returned'), ('captured', 'reversed'),
    ('in_review', 'credited'), ('in_review', 'returned'), ('in_review', 'dismissed'), ('in_review', 'reversed'),
    ('credited', 'reversed'), ('reversed', 'captured')) THEN
    RAISE EXCEPTION 'deposit % cannot go from % to %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'PU004';
  END IF;
  RETURN NEW;
END $$;

-- As before, with the two new kinds.
CREATE OR REPLACE FUNCTION post_journals(
  j_kind text[], j_deposit text[], j_part smallint[], j_generation smallint[], j_reverses bigint[], j_line bigint[],
  j_spend text[], j_event_on date[], j_wallet text[], j_wallet_seq bigint[], j_credits_after bigint[], j_prepaid_after bigint[],
  j_remainder_after bigint[], j_receivable_after bigint[], j_rate integer[], j_decision text[], j_told bigint[], j_credits bigint[],
  j_lane text,
  p_journal integer[], p_leg smallint[], p_account text[], p_bank_account text[], p_wallet text[], p_unit text[], p_amount bigint[]
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE settled bigint; wallets_moved bigint; wallets_named bigint;
BEGIN
  WITH input AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('public.journals', 'id')) AS journal_id, i.*
      FROM unnest(j_kind, j_deposit, j_part, j_generation, j_reverses, j_line, j_spend, j_event_on, j_wallet, j_wallet_seq,
                  j_credits_after, j_prepaid_after, j_remainder_after, j_receivable_after, j_rate, j_decision, j_told, j_credits)
           WITH ORDINALITY AS i(kind, deposit, part, generation, reverses, line, spend, event_on, wallet, seq,
                  credits_after, prepaid_after, remainder_after, receivable_after, rate, decision, told, credits, idx)
  ), deposit_moves AS (
    SELECT deposit, (array_agg(kind ORDER BY idx))[1] AS first_kind, (array_agg(kind ORDER BY idx DESC))[1] AS last_kind,
           min(wallet) FILTER (WHERE kind = 'credit' AND part = 0) AS wallet,
           max(generation) FILTER (WHERE kind = 'restore') AS restored_as
      FROM input WHERE deposit IS NOT NULL GROUP BY deposit
  ), moved_deposits AS (
    UPDATE deposits d
       SET state = CASE m.last_kind WHEN 'credit' THEN 'credited' WHEN 'return' THEN 'returned' WHEN 'dismiss' THEN 'dismissed'
                                    WHEN 'reversal' THEN 'reversed' WHEN 'void' THEN 'reversed' WHEN 'restore' THEN 'captured'
                                    ELSE d.state END,
           generation = coalesce(m.restored_as, d.generation),
           wallet_id = CASE WHEN m.restored_as IS NULL THEN coalesce(m.wallet, d.wallet_id) END,
           settled_at = CASE WHEN m.restored_as IS NULL THEN coalesce(d.settled_at, now()) END,
           lane = CASE WHEN m.restored_as IS NULL THEN coalesce(d.lane, j_lane) END,
           -- The workflow of its life before has ended: it gets another one.
           dispatched_at = CASE WHEN m.restored_as IS NULL THEN d.dispatched_at END,
           workflow_round = d.workflow_round + CASE WHEN m.restored_as IS NULL THEN 0 ELSE 1 END
      FROM deposit_moves m
     WHERE d.id = m.deposit
       AND CASE m.first_kind
             WHEN 'correction' THEN d.state = 'credited'
             WHEN 'return_paid' THEN d.state = 'returned'
             WHEN 'reversal' THEN d.state IN ('captured', 'in_review', 'credited')
             WHEN 'void' THEN d.state IN ('captured', 'in_review', 'credited')
             WHEN 'restore' THEN d.state = 'reversed'
             ELSE d.state IN ('captured', 'in_review') END
    RETURNING d.id, d.line_id, d.bank_account_key, d.booking_date
  ), rows AS (
    SELECT i.*, coalesce(i.line, d.line_id) AS of_line, d.bank_account_key AS of_account, coalesce(i.event_on, d.booking_date) AS booked_on
      FROM input i JOIN moved_deposits d ON d.id = i.deposit
    UNION ALL
    SELECT i.*, NULL, NULL, i.event_on FROM input i WHERE i.deposit IS NULL AND i.kind = 'spend'
  ), new_journals AS (
    INSERT INTO journals (id, kind, bank_account_key, line_id, deposit_id, part, generation, reverses_id, spend_id, decision_id,
                          rate_version, wallet_id, wallet_seq, credits_after, prepaid_after, remainder_after, receivable_after, event_on)
    OVERRIDING SYSTEM VALUE
    SELECT journal_id, kind, of_account, of_line, deposit, part, generation, reverses, spend, decision,
           rate, wallet, seq, credits_after, prepaid_after, remainder_after, receivable_after, booked_on
      FROM rows
    RETURNING 1
  ), new_postings AS (
    INSERT INTO postings (journal_id, leg, account, bank_account_key, wallet_id, unit, amount)
    SELECT r.journal_id, p.leg, p.account, p.bank_account, p.wallet, p.unit, p.amount
      FROM unnest(p_journal, p_leg, p_account, p_bank_account, p_wallet, p_unit, p_amount)
           AS p(journal, leg, account, bank_account, wallet, unit, amount)
      JOIN rows r ON r.idx = p.journal
    RETURNING wallet_id, account, amount
  ), wallet_moves AS (
    -- One pass over journals and postings: joined, they would be compared row by row, since no plan knows their number.
    SELECT wallet, count(seq) AS steps, min(seq) AS first_seq, max(seq) AS last_seq,
           sum(credits) AS credits, sum(prepaid) AS prepaid, sum(remainder) AS remainder, sum(receivable) AS receivable,
           (array_agg(credits_after ORDER BY seq DESC) FILTER (WHERE seq IS NOT NULL))[1] AS credits_after,
           (array_agg(prepaid_after ORDER BY seq DESC) FILTER (WHERE seq IS NOT NULL))[1] AS prepaid_after,
           (array_agg(remainder_after ORDER BY seq DESC) FILTER (WHERE seq IS NOT NULL))[1] AS remainder_after,
           (array_agg(receivable_after ORDER BY seq DESC) FILTER (WHERE seq IS NOT NULL))[1] AS receivable_after
      FROM (
        SELECT wallet, seq, credits_after, prepaid_after, remainder_after, receivable_after,
               0 AS credits, 0 AS prepaid, 0 AS remainder, 0 AS receivable
          FROM input WHERE wallet IS NOT NULL
        UNION ALL
        SELECT wallet_id, NULL, NULL, NULL, NULL, NULL, CASE account WHEN 'wallet_credits' THEN -amount ELSE 0 END,
               CASE account WHEN 'wallet_prepaid' THEN -amount ELSE 0 END,
               CASE account WHEN 'wallet_remainder' THEN -amount ELSE 0 END,
               CASE account WHEN 'wallet_receivable' THEN amount ELSE 0 END
          FROM new_postings WHERE wallet_id IS NOT NULL) moves
     GROUP BY wallet
  ), moved_wallets AS (
    UPDATE wallets w SET credits = m.credits_after, prepaid_minor = m.prepaid_after, remainder_minor = m.remainder_after,
           receivable_minor = m.receivable_after, last_seq = m.last_seq
      FROM wallet_moves m
     WHERE w.id = m.wallet AND w.last_seq = m.first_seq - 1 AND m.last_seq = w.last_seq + m.steps
       AND w.credits + m.credits = m.credits_after
       AND w.prepaid_minor + m.prepaid = m.prepaid_after
       AND w.remainder_minor + m.remainder = m.remainder_after
       AND w.receivable_minor + m.receivable = m.receivable_after
    RETURNING 1
  ), told AS (
    INSERT INTO notifications (wallet_id, deposit_id, journal_id, kind, amount_minor, credits)
    SELECT wallet, deposit, journal_id,
           CASE kind WHEN 'credit' THEN 'deposit_credited' WHEN 'correction' THEN 'deposit_corrected' ELSE 'deposit_reversed' END,
           told, credits
      FROM rows WHERE wallet IS NOT NULL AND kind IN ('credit', 'reversal', 'correction', 'void')
  ), closed_reviews AS (
    UPDATE reviews r SET closed_at = now() FROM deposit_moves m WHERE r.deposit_id = m.deposit AND r.closed_at IS NULL
  )
  SELECT (SELECT count(*) FROM new_journals), (SELECT count(*) FROM moved_wallets), (SELECT count(*) FROM wallet_moves)
    INTO settled, wallets_moved, wallets_named;
  IF settled <> cardinality(j_kind) THEN
    RAISE EXCEPTION 'a deposit of this batch is settled already' USING ERRCODE = 'PU004';
  END IF;
  IF wallets_moved <> wallets_named THEN
    RAISE EXCEPTION 'a wallet moved since it was read' USING ERRCODE = 'PU007';
  END IF;
END $$;

-- As before; a deposit that begins anew may need a person again, in the next round of its review.
CREATE OR REPLACE FUNCTION open_reviews(
  p_deposit text[], p_reason text[], p_candidates jsonb, p_remind_at timestamptz[], p_escalate_at timestamptz, p_due_at timestamptz
) RETURNS SETOF text
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH input AS (
    SELECT i.*, ARRAY(SELECT jsonb_array_elements_text(p_candidates -> (i.idx::int - 1))) AS candidates
      FROM unnest(p_deposit, p_reason) WITH ORDINALITY AS i(deposit, reason, idx)
  ), moved AS (
    UPDATE deposits d SET state = 'in_review' FROM input i WHERE d.id = i.deposit AND d.state = 'captured' RETURNING d.id
  )
  INSERT INTO reviews (deposit_id, reason, candidates, remind_at, escalate_at, due_at)
  SELECT i.deposit, i.reason, i.candidates, p_remind_at, p_escalate_at, p_due_at FROM input i JOIN moved m ON m.id = i.deposit
  ON CONFLICT (deposit_id) DO UPDATE
     SET reason = excluded.reason, candidates = excluded.candidates, opened_at = now(), remind_at = excluded.remind_at,
         escalate_at = excluded.escalate_at, due_at = excluded.due_at, round = reviews.round + 1, reminders_sent = 0,
         overdue_at = NULL, escalated_at = NULL, closed_at = NULL
   WHERE reviews.closed_at IS NOT NULL
  RETURNING deposit_id
$$;
