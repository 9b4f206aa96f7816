-- I1. Remembers the customer codes that the new rows of a table name, each once. The trigger's argument is the text to look
-- into, as an expression on the row `r`. Two transactions that name one code at the same moment both store it, instead of
-- waiting for each other.
CREATE OR REPLACE FUNCTION name_codes() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET enable_seqscan = off AS $$
BEGIN
  EXECUTE format($query$
    INSERT INTO named_codes (code, named_by)
    SELECT n.code, %L FROM (SELECT DISTINCT c AS code FROM new_rows r, codes_named(%s) c) n
     WHERE (SELECT true FROM named_codes k WHERE k.code = n.code LIMIT 1) IS NULL$query$, TG_TABLE_NAME, TG_ARGV[0]);
  RETURN NULL;
END $$;
ALTER FUNCTION name_codes OWNER TO purser_ledger;
