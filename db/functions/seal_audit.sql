-- I19. Seals about `p_limit` rows of each table as one batch, and answers how many in all, with the head of the chain. A batch is
-- what the list below says of rows that are final: what changes later in a row is left out, and the audit trail has it. Texts that
-- name people are in it as one salted hash, which stays when they are erased. `verify` repeats the list (sealed-tables.ts).
-- Transactions below the oldest that still runs are over, so no row of theirs can come later. A restore into another server
-- brings transaction numbers of the future with it: those are over too, and since numbers begin anew, ids tell what is sealed.
-- It runs as the ledger role; the application may call it.
CREATE OR REPLACE FUNCTION seal_audit(p_limit integer) RETURNS TABLE (sealed integer, head_seq bigint, head_hash text)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET bytea_output = 'hex' AS $$
DECLARE
  head audit_seals; next audit_seals; is_restored boolean; future xid8; cut xid8; part record;
  part_rows bigint; part_ids int8multirange; part_hash text; part_top bigint; part_floor bigint; top bigint; floor bigint;
BEGIN
  sealed := 0;
  PERFORM pg_advisory_xact_lock(7805296118541);
  SELECT * INTO head FROM audit_seals s ORDER BY s.seq DESC LIMIT 1;
  IF NOT FOUND THEN
    head.seq := 0;
    head.hash := decode(repeat('00', 32), 'hex');
    head.until_xid := '0';
    head.tops := '{}';
    head.floors := '{}';
  END IF;
  next := head;
  next.seq := head.seq + 1;
  next.event_ids := '{}';
  next.contents := '{}';
  SELECT pg_snapshot_xmin(s), pg_snapshot_xmax(s) INTO next.until_xid, future FROM pg_current_snapshot() s;
  is_restored := head.until_xid > future;
  -- A backlog is sealed in several batches; a transaction is in one.
  SELECT greatest(min(n.over), (min(n.least)::text::bigint + 1)::text::xid8) INTO cut FROM (
    SELECT (SELECT e.xid FROM audit_events e WHERE e.xid >= head.until_xid ORDER BY e.xid LIMIT 1) AS least,
           (SELECT e.xid FROM audit_events e WHERE e.xid >= head.until_xid ORDER BY e.xid OFFSET p_limit LIMIT 1) AS over
    UNION ALL
    SELECT (SELECT l.xid FROM lines l WHERE l.xid >= head.until_xid ORDER BY l.xid LIMIT 1),
           (SELECT l.xid FROM lines l WHERE l.xid >= head.until_xid ORDER BY l.xid OFFSET p_limit LIMIT 1)
    UNION ALL
    SELECT (SELECT j.xid FROM journals j WHERE j.xid >= head.until_xid ORDER BY j.xid LIMIT 1),
           (SELECT j.xid FROM journals j WHERE j.xid >= head.until_xid ORDER BY j.xid OFFSET p_limit LIMIT 1)
    UNION ALL
    SELECT (SELECT s.xid FROM sightings s WHERE s.xid >= head.until_xid ORDER BY s.xid LIMIT 1),
           (SELECT s.xid FROM sightings s WHERE s.xid >= head.until_xid ORDER BY s.xid OFFSET p_limit LIMIT 1)) n;
  IF cut < next.until_xid AND NOT is_restored THEN
    next.until_xid := cut;
  END IF;
  FOR part IN
    SELECT p.name, p.facts, p.private FROM (VALUES
      ('audit_events', 't.happened_at, t.actor_kind, t.actor_key, t.actor_person, t.login, t.action, t.subject_kind, t.subject_id,
        t.before, t.after', 't.why'),
      ('lines', 't.bank_account_key, t.key_scheme, t.facts_key, t.occurrence, t.transaction_key, t.status, t.booking_date,
        t.value_date, t.amount_minor, t.currency, t.reversal, t.source, t.captured_at',
        't."references", t.text, t.counterparty_name, t.counterparty_account'),
      ('journals', 't.kind, t.bank_account_key, t.line_id, t.deposit_id, t.part, t.generation, t.decision_id, t.reverses_id,
        t.spend_id, t.rate_version, t.wallet_id, t.wallet_seq, t.credits_after, t.prepaid_after, t.remainder_after,
        t.receivable_after, t.event_on, t.created_at,
        (SELECT string_agg(ROW(p.leg, p.account, p.bank_account_key, p.wallet_id, p.unit, p.amount)::text, '''' ORDER BY p.leg)
           FROM postings p WHERE p.journal_id = t.id),
        CASE WHEN t.spend_id IS NOT NULL THEN (
          SELECT ROW(s.wallet_id, s.credits, s.revenue_minor, s.spent_by, s.spent_on, s.created_at, coalesce(s.commitment,
                   sha256(uuid_send(s.salt) || convert_to(ROW(s.note)::text, ''UTF8''))))::text
            FROM spends s WHERE s.id = t.spend_id) END', NULL),
      ('sightings', 't.bank_account_key, t.feed, t.source, t.run_id, t.bank_id, t.facts_key, t.booking_date, t.amount_minor,
        t.balance_minor, t.batch_id, t.batch_minor, t.seen_at, t.held_reason IS NULL,
        CASE WHEN t.held_reason IS NULL THEN t.line_id END, CASE WHEN t.held_reason IS NULL THEN t.evidence END', 't.reference'),
      ('bank_events', 't.bank_account_key, t.event_id, t.received_at', 't.body, t.body_sha256'),
      ('statements', 't.file_id, t.position, t.format, t.statement_id, t.first_day, t.last_day, t.whole_until, t.closing_on,
        t.line_count, t.booked_minor, t.first_booked_day, t.last_booked_day, t.run_id, t.captured_at', 't.account'),
      ('day_proofs', 't.bank_account_key, t.day, t.source, t.moment, t.statement_id, t.opening_on, t.opening_minor, t.bank_minor,
        t.ledger_minor, t.difference_minor, t.suspense_minor, t.open_minor, t.open_count, t.taken_at', NULL),
      ('named_codes', 't.code, t.named_by, t.named_at', NULL),
      ('review_comments', 't.deposit_id, t.key_id, t.person, t.created_at', 't.text'),
      ('payer_revocations', 't.wallet_id, t.deposit_id, t.revoked_by, t.revoked_at', 't.reason')) AS p (name, facts, private)
  LOOP
    top := coalesce((head.tops ->> part.name)::bigint, 0);
    floor := coalesce((head.floors ->> part.name)::bigint, 0);
    EXECUTE format($query$
      SELECT count(*), range_agg(int8range(r.id, r.id, '[]')),
             encode(sha256(string_agg(sha256(convert_to(r.facts, 'UTF8')), ''::bytea ORDER BY r.id)), 'hex'),
             max(r.id), max(r.id) FILTER (WHERE r.xid >= $3)
        FROM (SELECT t.id, t.xid, ROW(t.id, %s%s)::text AS facts FROM %I t
               WHERE (t.xid >= $1 AND t.xid < $2 AND t.id > $4) OR (t.xid >= $3 AND t.id > $5)) r $query$,
      part.facts,
      ', coalesce(t.commitment, sha256(uuid_send(t.salt) || convert_to(ROW(' || part.private || ')::text, ''UTF8'')))', part.name)
      INTO part_rows, part_ids, part_hash, part_top, part_floor
      USING CASE WHEN is_restored THEN '0' ELSE head.until_xid END, next.until_xid, greatest(future, head.until_xid),
            CASE WHEN is_restored THEN top ELSE floor END, CASE WHEN is_restored THEN 0 ELSE floor END;
    IF is_restored OR part_floor IS NOT NULL THEN
      next.floors := next.floors || jsonb_build_object(part.name, greatest(CASE WHEN is_restored THEN top ELSE floor END, part_floor));
    END IF;
    CONTINUE WHEN part_rows = 0;
    sealed := sealed + part_rows;
    next.tops := next.tops || jsonb_build_object(part.name, greatest(top, part_top));
    next.contents := next.contents
      || jsonb_build_object(part.name, jsonb_build_object('ids', part_ids::text, 'rows', part_rows, 'sha256', part_hash));
    IF part.name = 'audit_events' THEN
      next.event_ids := part_ids;
    END IF;
  END LOOP;
  IF sealed > 0 THEN
    next.prev := head.hash;
    next.hash := sha256(next.prev || convert_to(next.seq::text || ' ' || next.contents::text, 'UTF8'));
    INSERT INTO audit_seals (seq, event_ids, contents, prev, hash, until_xid, tops, floors)
    VALUES (next.seq, next.event_ids, next.contents, next.prev, next.hash, next.until_xid, next.tops, next.floors);
    head := next;
  END IF;
  head_seq := head.seq;
  head_hash := encode(head.hash, 'hex');
  RETURN NEXT;
END $$;
ALTER FUNCTION seal_audit OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION seal_audit FROM PUBLIC;
GRANT EXECUTE ON FUNCTION seal_audit TO purser_app;
