-- I20. Ends an API key for good, now; false if it is unknown or has ended. It runs as the ledger role; the application may call it.
CREATE OR REPLACE FUNCTION revoke_api_key(p_id text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE api_keys SET revoked_at = now()
   WHERE id = p_id AND revoked_at IS NULL AND coalesce(expires_at, 'infinity') > now();
  RETURN FOUND;
END $$;
ALTER FUNCTION revoke_api_key OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION revoke_api_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION revoke_api_key TO purser_app;
