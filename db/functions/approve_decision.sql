-- I20. The one way in which a proposal is approved: by a person with a key for it, of the hash that was proposed, in time. False
-- where the proposal is not open; decisions_two_people refuses whoever proposed it or gave its bank details. It runs as the
-- ledger role; the application may call it.
CREATE OR REPLACE FUNCTION approve_decision(p_decision text, p_by text, p_sha256 text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM require_person(p_by, 'decision:approve');
  UPDATE decisions SET state = 'approved', approved_by = p_by, approved_at = now(), approved_sha256 = p_sha256
   WHERE id = p_decision AND state = 'proposed' AND expires_at > now();
  RETURN FOUND;
END $$;
ALTER FUNCTION approve_decision OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION approve_decision FROM PUBLIC;
GRANT EXECUTE ON FUNCTION approve_decision TO purser_app;
