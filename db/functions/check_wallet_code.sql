-- I1. Refuses a generated code that something has named before: a stranger's money may wait under it. A registered code
-- (`legacy`) is named by its own customer.
CREATE OR REPLACE FUNCTION check_wallet_code() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.code_kind = 'checked' AND EXISTS (SELECT 1 FROM named_codes k WHERE k.code = NEW.code) THEN
    RAISE EXCEPTION 'code of wallet % was named before it was issued', NEW.id USING ERRCODE = 'PU022';
  END IF;
  RETURN NEW;
END $$;
