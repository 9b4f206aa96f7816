-- L7. Registers what people and the bank call a new or changed account: a name and a number belong to one account for good,
-- so that a second key for the same account is refused. A masked number claims nothing.
CREATE OR REPLACE FUNCTION claim_bank_account() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE claim record;
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO bank_account_names (name, bank_account_key) VALUES (NEW.key, NEW.key);
  ELSIF NEW.key <> OLD.key THEN
    UPDATE bank_account_names SET name = NEW.key WHERE name = OLD.key;
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.statement_account IS NOT NULL AND NEW.statement_account IS NULL THEN
    DELETE FROM bank_account_numbers WHERE bank_account_key = NEW.key AND kind = 'statement';
  END IF;
  FOR claim IN
    SELECT CASE WHEN given.number ~ '^[0-9 .-]+$' THEN ltrim(regexp_replace(given.number, '[^0-9]', '', 'g'), '0')
                ELSE btrim(given.number) END AS number, given.kind
      FROM (VALUES (NEW.bank_account_id, 'api'), (NEW.statement_account, 'statement')) AS given (number, kind)
     WHERE given.number IS NOT NULL AND given.number !~ '[*#•]' AND upper(given.number) !~ '^[0-9]*X[0-9X]*$'
  LOOP
    INSERT INTO bank_account_numbers AS n (number, currency, bank_account_key, kind)
    VALUES (claim.number, NEW.currency, NEW.key, claim.kind)
    ON CONFLICT ON CONSTRAINT bank_account_numbers_one_account DO UPDATE
       SET kind = CASE WHEN excluded.kind = 'api' THEN 'api' ELSE n.kind END
     WHERE n.bank_account_key = excluded.bank_account_key;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'the bank''s account is known here under another key' USING ERRCODE = '23505',
        CONSTRAINT = 'bank_account_numbers_one_account', TABLE = 'bank_account_numbers';
    END IF;
  END LOOP;
  RETURN NULL;
END $$;
ALTER FUNCTION claim_bank_account() OWNER TO purser_ledger;
