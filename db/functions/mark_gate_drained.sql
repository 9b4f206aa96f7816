-- Writes down that the deposits which waited behind an opened gate have been let go. It runs as the ledger role; the application
-- may call it.
CREATE OR REPLACE FUNCTION mark_gate_drained(p_scope text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE gates SET drained_at = now() WHERE scope = p_scope AND state = 'open' AND drained_at IS NULL
$$;
ALTER FUNCTION mark_gate_drained OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION mark_gate_drained FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mark_gate_drained TO purser_app;
