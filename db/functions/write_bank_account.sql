-- I18. Adds a bank account, or changes the settings of one; false if it is there already, or if there is none. Addresses, names of
-- secrets and policies change through here only: each change is checked by the constraints of the table, and its triggers write it
-- to the audit trail. Under a key, it must be that of a person who may. How far an account was read is not a setting. It runs as the
-- ledger role; the application may call it.
CREATE OR REPLACE FUNCTION write_bank_account(p_key text, p_settings jsonb, p_is_new boolean) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  -- The currency is set once: the lines are in it.
  settings CONSTANT text[] := ARRAY['bank_name', 'time_zone', 'feed', 'api_url', 'bank_account_id', 'api_key_env', 'field_map', 'amounts',
    'poll_enabled', 'webhook_secret_env', 'webhook_signature', 'webhook_signature_header', 'webhook_timestamp_header', 'webhook_trust',
    'repeated_batch', 'unknown_fields', 'webhook_spendable_minor', 'webhook_spendable_hour_minor', 'mode', 'amount_limit_minor',
    'payer_conflict', 'proof_policy', 'provisional', 'balance_policy', 'consent_ends_on']
    || CASE WHEN p_is_new THEN ARRAY['currency'] ELSE ARRAY[]::text[] END;
  given text[] := ARRAY(SELECT jsonb_object_keys(p_settings) ORDER BY 1);
  columns text;
  written bigint;
BEGIN
  PERFORM require_person_at_work('account:operate');
  IF NOT given <@ settings THEN
    RAISE EXCEPTION 'not settings of a bank account: %', ARRAY(SELECT unnest(given) EXCEPT SELECT unnest(settings))
      USING ERRCODE = 'PU024';
  END IF;
  -- A name that the server does not know would stop every report that reads the account's days.
  IF p_settings ->> 'time_zone' IS NOT NULL THEN
    PERFORM now() AT TIME ZONE (p_settings ->> 'time_zone');
  END IF;
  SELECT string_agg(format('%I', n), ', ') INTO columns FROM unnest(given) n;
  IF p_is_new THEN
    EXECUTE format('INSERT INTO bank_accounts (key, %1$s) SELECT $1, %1$s FROM jsonb_populate_record(NULL::bank_accounts, $2)
                    ON CONFLICT (key) DO NOTHING', columns) USING p_key, p_settings;
  ELSIF columns IS NOT NULL THEN
    EXECUTE format('UPDATE bank_accounts SET (%1$s) = (SELECT %1$s FROM jsonb_populate_record(NULL::bank_accounts, $2))
                     WHERE key = $1', columns) USING p_key, p_settings;
  END IF;
  GET DIAGNOSTICS written = ROW_COUNT;
  RETURN written > 0;
END $$;
ALTER FUNCTION write_bank_account OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION write_bank_account FROM PUBLIC;
GRANT EXECUTE ON FUNCTION write_bank_account TO purser_app;
