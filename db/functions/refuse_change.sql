-- I17. Refuses every update, delete and truncate of the rows that its triggers guard: what happened stays as it was
-- written, and a correction is a new row.
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused: rows there are append-only', TG_OP, TG_TABLE_NAME USING ERRCODE = 'PU017';
END $$;
