-- Closes or opens a gate, once every running credit has ended; false if it has that state already. A person with a key for it
-- does either; a rule of Purser only closes, and only the gate of one account. It runs as the ledger role; the application may
-- call it.
CREATE OR REPLACE FUNCTION set_gate(p_scope text, p_state text, p_cause text, p_reason text, p_by text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF p_cause = 'operator' THEN
    PERFORM require_person(p_by, 'gate:operate');
  ELSIF p_by IS NOT NULL OR p_state <> 'closed' OR p_scope = '*' THEN
    RAISE EXCEPTION 'gate % is opened by people only', p_scope USING ERRCODE = 'PU023';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('gate:' || p_scope, 0));
  IF p_state = 'closed' THEN
    INSERT INTO gates (scope, state, cause, reason, changed_by) VALUES (p_scope, 'closed', p_cause, p_reason, p_by)
    ON CONFLICT (scope) DO UPDATE
       SET state = 'closed', cause = excluded.cause, reason = excluded.reason, changed_by = excluded.changed_by,
           changed_at = now(), drained_at = NULL
     WHERE gates.state = 'open';
  ELSE
    UPDATE gates SET state = p_state, cause = p_cause, reason = p_reason, changed_by = p_by, changed_at = now(), drained_at = NULL
     WHERE scope = p_scope AND state = 'closed';
  END IF;
  RETURN FOUND;
END $$;
ALTER FUNCTION set_gate OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION set_gate FROM PUBLIC;
GRANT EXECUTE ON FUNCTION set_gate TO purser_app;
