-- I20. Puts due returns into a new file of payment instructions, for the key that takes it, and says how many: a return is in one
-- file only, so that no payer is paid twice. Without a due return there is no file. It runs as the ledger role; the application
-- may call it.
CREATE OR REPLACE FUNCTION take_returns(p_export text, p_by text, p_limit integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE due text[];
BEGIN
  PERFORM require_key(p_by, 'return:export');
  PERFORM pg_advisory_xact_lock(hashtextextended('files of returns', 0));
  due := ARRAY(
    SELECT c.id FROM decisions c
     WHERE c.kind = 'return' AND c.state = 'executed' AND c.payer IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM return_export_items i WHERE i.decision_id = c.id)
       AND NOT EXISTS (SELECT 1 FROM journals j WHERE j.deposit_id = c.deposit_id AND j.kind = 'return_paid')
     ORDER BY c.applied_at, c.id LIMIT p_limit);
  IF cardinality(due) > 0 THEN
    INSERT INTO return_exports (id, taken_by) VALUES (p_export, p_by);
    INSERT INTO return_export_items (export_id, decision_id) SELECT p_export, unnest(due);
  END IF;
  RETURN cardinality(due);
END $$;
ALTER FUNCTION take_returns OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION take_returns FROM PUBLIC;
GRANT EXECUTE ON FUNCTION take_returns TO purser_app;
