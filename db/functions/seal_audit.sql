-- I19. Seals up to `p_limit` events and answers how many, with the head of the chain. Transactions below the oldest that still
-- runs are over, so nothing can come in before what is sealed. A restore into another server brings transaction numbers of
-- the future with it: those are over too. It runs as the ledger role; the application may call it.
CREATE OR REPLACE FUNCTION seal_audit(p_limit integer) RETURNS TABLE (sealed integer, head_seq bigint, head_hash text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE event record; head_xid xid8; head_event bigint; prev_hash bytea; next_hash bytea;
BEGIN
  sealed := 0;
  PERFORM pg_advisory_xact_lock(7805296118541);
  SELECT s.seq, s.hash, e.xid, e.id INTO head_seq, next_hash, head_xid, head_event
    FROM audit_seals s JOIN audit_events e ON e.id = s.event_id ORDER BY s.seq DESC LIMIT 1;
  IF NOT FOUND THEN
    head_seq := 0;
    next_hash := decode(repeat('00', 32), 'hex');
  END IF;
  -- Nothing sealed yet, or only by another server: every row is looked at.
  IF head_xid IS NULL OR head_xid >= pg_snapshot_xmax(pg_current_snapshot()) THEN
    head_xid := '0';
    head_event := 0;
  END IF;
  FOR event IN
    SELECT e.* FROM audit_events e
     WHERE (e.xid < pg_snapshot_xmin(pg_current_snapshot()) OR e.xid >= pg_snapshot_xmax(pg_current_snapshot()))
       AND (e.xid, e.id) > (head_xid, head_event)
       AND NOT EXISTS (SELECT 1 FROM audit_seals s WHERE s.event_id = e.id)
     ORDER BY e.xid, e.id LIMIT p_limit
  LOOP
    sealed := sealed + 1;
    head_seq := head_seq + 1;
    prev_hash := next_hash;
    next_hash := sha256(prev_hash || convert_to(jsonb_build_array(
      head_seq, event.id, event.xid::text, to_char(event.happened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
      event.actor_kind, event.actor_key, event.actor_person, event.login, event.action, event.subject_kind, event.subject_id,
      event.before, event.after, event.why)::text, 'UTF8'));
    INSERT INTO audit_seals (seq, event_id, prev, hash) VALUES (head_seq, event.id, prev_hash, next_hash);
  END LOOP;
  head_hash := encode(next_hash, 'hex');
  RETURN NEXT;
END $$;
ALTER FUNCTION seal_audit OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION seal_audit FROM PUBLIC;
GRANT EXECUTE ON FUNCTION seal_audit TO purser_app;
