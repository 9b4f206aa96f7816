-- I3. Refuses a deposit whose line is unknown or has other facts, and one of an unknown run.
--
-- The plans of triggers are made when a connection first runs them and kept while tables grow. So each table is asked once, by
-- an index, for all rows of the statement, and its answer is hashed: nothing depends on what the planner knew of its size.
CREATE OR REPLACE FUNCTION check_deposits() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_nestloop = off SET enable_mergejoin = off AS $$
DECLARE bad record;
BEGIN
  SELECT n.id INTO bad FROM new_rows n
    LEFT JOIN (
      SELECT l.id, l.bank_account_key, l.amount_minor, l.currency, l.booking_date, l.transaction_key FROM lines l
       WHERE l.id = ANY (ARRAY(SELECT line_id FROM new_rows)) OFFSET 0) l ON l.id = n.line_id
   WHERE (n.bank_account_key = l.bank_account_key AND n.amount_minor = l.amount_minor AND n.currency = l.currency
          AND n.booking_date = l.booking_date AND n.transaction_key = l.transaction_key) IS NOT TRUE LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'deposit % has no line with its facts', bad.id USING ERRCODE = 'PU003';
  END IF;
  SELECT n.run_id INTO bad FROM (SELECT DISTINCT run_id FROM new_rows WHERE run_id IS NOT NULL) n
   WHERE (SELECT r.id FROM runs r WHERE r.id = n.run_id LIMIT 1) IS NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'run % is unknown', bad.run_id USING ERRCODE = '23503';
  END IF;
  RETURN NULL;
END $$;
