-- I3. Refuses a line that moves money without its origin journal: both are written by one statement, capture_lines().
-- Asks each table once, by an index, for all rows of the statement, as check_deposits() explains.
CREATE OR REPLACE FUNCTION check_lines() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_nestloop = off SET enable_mergejoin = off AS $$
DECLARE bad record;
BEGIN
  SELECT n.id INTO bad FROM new_rows n
    LEFT JOIN (
      SELECT j.line_id FROM journals j WHERE j.kind = 'capture' AND j.line_id = ANY (ARRAY(SELECT id FROM new_rows)) OFFSET 0) j
      ON j.line_id = n.id
   WHERE n.amount_minor <> 0 AND j.line_id IS NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'line % has no origin journal', bad.id USING ERRCODE = 'PU003';
  END IF;
  RETURN NULL;
END $$;
