-- I20. Locks a decision until the transaction ends: approvals, rejections and executions run one after the other. It runs as the
-- ledger role, since a lock on a row is a right to change it; the application may call it.
CREATE OR REPLACE FUNCTION lock_decision(p_decision text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM decisions WHERE id = p_decision FOR UPDATE;
END $$;
ALTER FUNCTION lock_decision OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION lock_decision FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lock_decision TO purser_app;
