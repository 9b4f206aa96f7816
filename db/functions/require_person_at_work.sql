-- I20. As require_person(), where a key is at work; a service by itself and an operator at the machine have none.
CREATE OR REPLACE FUNCTION require_person_at_work(p_scope text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
  IF coalesce(current_setting('purser.actor_key', true), '') <> '' THEN
    PERFORM require_person(current_setting('purser.actor_key', true), p_scope);
  END IF;
END $$;
REVOKE EXECUTE ON FUNCTION require_person_at_work FROM PUBLIC;
GRANT EXECUTE ON FUNCTION require_person_at_work TO purser_ledger;
