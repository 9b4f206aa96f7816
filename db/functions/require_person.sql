-- I20. As require_key(), for what only people may do.
CREATE OR REPLACE FUNCTION require_person(p_key text, p_scope text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
  IF require_key(p_key, p_scope) IS NULL THEN
    RAISE EXCEPTION 'key % is not of a person', p_key USING ERRCODE = 'PU023';
  END IF;
END $$;
REVOKE EXECUTE ON FUNCTION require_person FROM PUBLIC;
GRANT EXECUTE ON FUNCTION require_person TO purser_ledger;
