-- Refuses to delete or rename a bank account that has held sightings. What has a line is kept by the line's foreign key.
CREATE OR REPLACE FUNCTION check_bank_account_free() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM sightings s WHERE s.bank_account_key = OLD.key AND s.line_id IS NULL) THEN
    RAISE EXCEPTION 'bank account % has held sightings', OLD.key USING ERRCODE = '23503';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
