-- I20. Stores a new API key; what it may be is stated by the constraints and the trigger of api_keys. A key that replaces another
-- one may do exactly what that one may, for the same caller, while that one is in force. It runs as the ledger role; the
-- application may call it. Whoever lacks the pepper makes no key that works: the hash covers every argument but the end.
CREATE OR REPLACE FUNCTION create_api_key(
  p_id text, p_secret_hash text, p_name text, p_owner_kind text, p_person text, p_caller text, p_scopes text[],
  p_bound_accounts text[], p_own_wallets boolean, p_expires_at timestamptz, p_rotated_from text
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM unnest(p_bound_accounts) AS a (name)
              WHERE NOT EXISTS (SELECT 1 FROM bank_account_names n WHERE n.name = a.name)) THEN
    RAISE EXCEPTION 'a key is bound to an account that does not exist' USING ERRCODE = '23503',
      CONSTRAINT = 'api_keys_bound_accounts_known', TABLE = 'api_keys';
  END IF;
  IF p_rotated_from IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM api_keys k
     WHERE k.id = p_rotated_from AND k.revoked_at IS NULL AND coalesce(k.expires_at, 'infinity') > now()
       AND (k.name, k.owner_kind, k.person, k.caller, k.scopes, k.bound_accounts, k.own_wallets)
           IS NOT DISTINCT FROM (p_name, p_owner_kind, p_person, p_caller, p_scopes, p_bound_accounts, p_own_wallets)) THEN
    RAISE EXCEPTION 'API key % is not in force, or may do something else', p_rotated_from USING ERRCODE = 'PU017';
  END IF;
  INSERT INTO api_keys (id, secret_hash, name, owner_kind, person, caller, scopes, bound_accounts, own_wallets, expires_at, rotated_from)
  VALUES (p_id, p_secret_hash, p_name, p_owner_kind, p_person, p_caller, p_scopes, p_bound_accounts, p_own_wallets, p_expires_at, p_rotated_from);
END $$;
ALTER FUNCTION create_api_key OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION create_api_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION create_api_key TO purser_app;
