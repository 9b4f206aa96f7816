-- L7. Stores the account number that statement files of a bank account must have, or forgets it for a null. A number is never
-- replaced by another: a person forgets it first. False if nothing changed. It runs as the ledger role; the application may call it.
CREATE OR REPLACE FUNCTION set_statement_account(p_key text, p_number text) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH changed AS (
    UPDATE bank_accounts SET statement_account = p_number
     WHERE key = p_key AND (statement_account IS NULL) = (p_number IS NOT NULL) RETURNING 1
  )
  SELECT count(*) > 0 FROM changed
$$;
ALTER FUNCTION set_statement_account OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION set_statement_account FROM PUBLIC;
GRANT EXECUTE ON FUNCTION set_statement_account TO purser_app;
