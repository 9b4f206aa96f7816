-- Notes the use of an API key, at most once a minute: otherwise every request would be a write. It runs as the ledger role; the
-- application may call it.
CREATE OR REPLACE FUNCTION use_api_key(p_id text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE api_keys SET last_used_at = now()
   WHERE id = p_id AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
$$;
ALTER FUNCTION use_api_key OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION use_api_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION use_api_key TO purser_app;
