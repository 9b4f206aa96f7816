-- I20. The one way in which a proposal is rejected: by a person with a key for it. False where the proposal is not open. It runs
-- as the ledger role; the application may call it.
CREATE OR REPLACE FUNCTION reject_decision(p_decision text, p_by text, p_because text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM require_person(p_by, 'decision:approve');
  UPDATE decisions SET state = 'rejected', rejected_by = p_by, rejected_at = now(), rejected_because = p_because
   WHERE id = p_decision AND state IN ('needs_payer_details', 'proposed');
  RETURN FOUND;
END $$;
ALTER FUNCTION reject_decision OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION reject_decision FROM PUBLIC;
GRANT EXECUTE ON FUNCTION reject_decision TO purser_app;
