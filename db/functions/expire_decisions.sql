-- I20. Ends the proposals whose time is over, of one deposit or of all, and says how many. It runs as the ledger role; the
-- application may call it.
CREATE OR REPLACE FUNCTION expire_decisions(p_deposit text) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH ended AS (
    UPDATE decisions SET state = 'expired'
     WHERE state = 'proposed' AND expires_at <= now() AND (p_deposit IS NULL OR deposit_id = p_deposit)
    RETURNING 1
  )
  SELECT count(*)::integer FROM ended
$$;
ALTER FUNCTION expire_decisions OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION expire_decisions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION expire_decisions TO purser_app;
