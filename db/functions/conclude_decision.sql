-- I20. Writes down what came of an approved decision, in the transaction that moves its money: one that was carried out has its
-- journals, but for a deposit that is kept, and one that was refused has a reason and none. It runs as the ledger role; the
-- application may call it.
CREATE OR REPLACE FUNCTION conclude_decision(p_decision text, p_outcome text, p_refusal text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE decisions c SET state = CASE p_outcome WHEN 'refused' THEN 'refused' ELSE 'executed' END, outcome = p_outcome,
         refusal = p_refusal, applied_at = now()
   WHERE c.id = p_decision AND c.state = 'approved' AND (p_outcome = 'refused') = (p_refusal IS NOT NULL)
     AND EXISTS (SELECT 1 FROM journals j WHERE j.decision_id = c.id) = (p_outcome NOT IN ('refused', 'kept'));
  IF NOT FOUND THEN
    RAISE EXCEPTION 'decision % did not end as %', p_decision, p_outcome USING ERRCODE = 'PU020';
  END IF;
END $$;
ALTER FUNCTION conclude_decision OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION conclude_decision FROM PUBLIC;
GRANT EXECUTE ON FUNCTION conclude_decision TO purser_app;
