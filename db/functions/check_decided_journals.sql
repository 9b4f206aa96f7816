-- I20, I25. Refuses a journal of a decision that is not approved, or that moves money to elsewhere than the decision says. A pairing
-- reverses by its own line, and a line is taken off the books only while its case is open. Without a decision it refuses to
-- credit a line that is held, and to take one off the books that was credited or is not known to be another line.
CREATE OR REPLACE FUNCTION check_decided_journals() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE bad record;
BEGIN
  SELECT n.id, n.decision_id INTO bad FROM new_rows n LEFT JOIN decisions c ON c.id = n.decision_id
   WHERE n.decision_id IS NOT NULL AND n.kind <> 'return_paid'
     AND (c.deposit_id = n.deposit_id AND c.state = 'approved'
          AND CASE n.kind
                WHEN 'credit' THEN c.kind IN ('credit', 'correct') AND EXISTS (
                  SELECT 1 FROM decision_allocations a
                   WHERE a.decision_id = c.id AND a.wallet_id = n.wallet_id AND (c.kind = 'correct' OR a.part = n.part))
                WHEN 'correction' THEN c.kind = 'correct'
                WHEN 'reversal' THEN c.kind = 'pair' AND c.line_id = n.line_id
                WHEN 'void' THEN c.kind = 'take_back' AND EXISTS (
                  SELECT 1 FROM line_cases k WHERE k.line_id = n.line_id AND k.kind = 'line_vanished' AND k.closed_at IS NULL)
                ELSE c.kind = n.kind END) IS NOT TRUE
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal % is not what decision % approves', bad.id, bad.decision_id USING ERRCODE = 'PU020';
  END IF;
  SELECT n.id, h.reason INTO bad FROM new_rows n JOIN line_holds h ON h.line_id = n.line_id
   WHERE n.kind = 'credit' AND n.decision_id IS NULL AND h.ended_at IS NULL AND h.reason <> 'proof_absent' LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal % credits a line that is held (%)', bad.id, bad.reason USING ERRCODE = 'PU020';
  END IF;
  SELECT n.id INTO bad FROM new_rows n
   WHERE n.kind = 'void' AND n.decision_id IS NULL
     AND (n.wallet_id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM line_holds h WHERE h.line_id = n.line_id AND h.ended_as = 'same')) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal % takes a line off the books that nobody decided about', bad.id USING ERRCODE = 'PU020';
  END IF;
  RETURN NULL;
END $$;
