-- I3. Refuses a sighting of a line of another bank account, a held one of an unknown account, and one of an unknown run.
-- Asks each table once, by an index, for all rows of the statement, as check_deposits() explains.
CREATE OR REPLACE FUNCTION check_sightings() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_nestloop = off SET enable_mergejoin = off AS $$
DECLARE bad record;
BEGIN
  SELECT n.id INTO bad FROM new_rows n
    LEFT JOIN (
      SELECT l.id, l.bank_account_key FROM lines l WHERE l.id = ANY (ARRAY(SELECT line_id FROM new_rows)) OFFSET 0) l
      ON l.id = n.line_id
   WHERE n.line_id IS NOT NULL AND n.bank_account_key IS DISTINCT FROM l.bank_account_key LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'sighting % has no line of its bank account', bad.id USING ERRCODE = '23503';
  END IF;
  -- Locked as a foreign key would, since nothing else keeps the account of a held sighting.
  PERFORM 1 FROM bank_accounts b
    WHERE b.key = ANY (ARRAY(SELECT DISTINCT bank_account_key FROM new_rows WHERE line_id IS NULL)) FOR KEY SHARE;
  SELECT n.bank_account_key INTO bad FROM (SELECT DISTINCT bank_account_key FROM new_rows WHERE line_id IS NULL) n
   WHERE (SELECT b.key FROM bank_accounts b WHERE b.key = n.bank_account_key LIMIT 1) IS NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'bank account % is unknown', bad.bank_account_key USING ERRCODE = '23503';
  END IF;
  SELECT n.run_id INTO bad FROM (SELECT DISTINCT run_id FROM new_rows WHERE run_id IS NOT NULL) n
   WHERE (SELECT r.id FROM runs r WHERE r.id = n.run_id LIMIT 1) IS NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'run % is unknown', bad.run_id USING ERRCODE = '23503';
  END IF;
  RETURN NULL;
END $$;
