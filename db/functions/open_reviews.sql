-- Puts deposits into review; those that are not `captured` are left alone. Returns the ones that now wait. A deposit that begins
-- again after its line came back may need a person again, in the next round of its review.
-- I18: one of the ways to write deposits. It runs as the ledger role; the application may call it.
CREATE OR REPLACE FUNCTION open_reviews(
  p_deposit text[], p_reason text[], p_candidates jsonb, p_remind_at timestamptz[], p_escalate_at timestamptz, p_due_at timestamptz
) RETURNS SETOF text
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH input AS (
    SELECT i.*, ARRAY(SELECT jsonb_array_elements_text(p_candidates -> (i.idx::int - 1))) AS candidates
      FROM unnest(p_deposit, p_reason) WITH ORDINALITY AS i(deposit, reason, idx)
  ), moved AS (
    UPDATE deposits d SET state = 'in_review' FROM input i WHERE d.id = i.deposit AND d.state = 'captured' RETURNING d.id
  )
  INSERT INTO reviews (deposit_id, reason, candidates, remind_at, escalate_at, due_at)
  SELECT i.deposit, i.reason, i.candidates, p_remind_at, p_escalate_at, p_due_at FROM input i JOIN moved m ON m.id = i.deposit
  ON CONFLICT (deposit_id) DO UPDATE
     SET reason = excluded.reason, candidates = excluded.candidates, opened_at = now(), remind_at = excluded.remind_at,
         escalate_at = excluded.escalate_at, due_at = excluded.due_at, round = reviews.round + 1, reminders_sent = 0,
         overdue_at = NULL, escalated_at = NULL, closed_at = NULL
   WHERE reviews.closed_at IS NOT NULL
  RETURNING deposit_id
$$;
ALTER FUNCTION open_reviews OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION open_reviews FROM PUBLIC;
GRANT EXECUTE ON FUNCTION open_reviews TO purser_app;
