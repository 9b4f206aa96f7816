-- I18. Gives a bank account a name, or makes one that it has the newest; false if the name belongs to another account, which keeps
-- it. It runs as the ledger role; the application may call it.
CREATE OR REPLACE FUNCTION name_bank_account(p_key text, p_name text) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH named AS (
    INSERT INTO bank_account_names AS n (name, bank_account_key) VALUES (p_name, p_key)
    ON CONFLICT ON CONSTRAINT bank_account_names_once DO UPDATE SET given_at = now()
     WHERE n.bank_account_key = excluded.bank_account_key
    RETURNING 1
  )
  SELECT count(*) > 0 FROM named
$$;
ALTER FUNCTION name_bank_account OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION name_bank_account FROM PUBLIC;
GRANT EXECUTE ON FUNCTION name_bank_account TO purser_app;
