-- I18. Pauses the reading of a bank account for a reason; without a reason it resumes. False if that is its state already, or if
-- there is no such account. Under a key, it must be that of a person who may. It runs as the ledger role; the application may call it.
CREATE OR REPLACE FUNCTION pause_bank_account(p_key text, p_because text) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT require_person_at_work('account:operate');
  WITH changed AS (
    UPDATE bank_accounts SET paused_at = CASE WHEN p_because IS NOT NULL THEN now() END, paused_because = p_because
     WHERE key = p_key AND (paused_at IS NULL) = (p_because IS NOT NULL) RETURNING 1
  )
  SELECT count(*) > 0 FROM changed
$$;
ALTER FUNCTION pause_bank_account OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION pause_bank_account FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pause_bank_account TO purser_app;
