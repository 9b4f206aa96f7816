-- I20. Sets when an API key ends; false if it is unknown or has ended. It runs as the ledger role; the application may call it.
CREATE OR REPLACE FUNCTION expire_api_key(p_id text, p_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE api_keys SET expires_at = p_at
   WHERE id = p_id AND revoked_at IS NULL AND coalesce(expires_at, 'infinity') > now();
  RETURN FOUND;
END $$;
ALTER FUNCTION expire_api_key OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION expire_api_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION expire_api_key TO purser_app;
