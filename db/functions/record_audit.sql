-- I19. Writes down what happened and changed no row of its own, such as an attempt that was refused. It runs as the ledger
-- role; the application may call it.
CREATE OR REPLACE FUNCTION record_audit(p_action text, p_subject_kind text, p_subject_id text, p_before jsonb, p_after jsonb, p_why text)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO audit_events (action, subject_kind, subject_id, before, after, why)
  VALUES (p_action, p_subject_kind, p_subject_id, p_before, p_after, coalesce(p_why, nullif(current_setting('purser.why', true), '')))
$$;
ALTER FUNCTION record_audit OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION record_audit FROM PUBLIC;
GRANT EXECUTE ON FUNCTION record_audit TO purser_app;
