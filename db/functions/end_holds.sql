-- Ends the holds of lines: as lines of their own, whose deposits then credit by the rules of any other, or as the same as
-- the lines beside them, whose deposits the caller takes off the books. Answers the deposits that are open.
-- I18: one of the ways to write money rows. It runs as the ledger role; the application may call it.
CREATE OR REPLACE FUNCTION end_holds(p_bank_account text, p_lines bigint[], p_ended_as text) RETURNS TABLE (deposit_id text)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH ended AS (
    UPDATE line_holds h SET ended_at = now(), ended_as = p_ended_as FROM lines l
     WHERE l.id = h.line_id AND l.bank_account_key = p_bank_account AND h.line_id = ANY (p_lines) AND h.ended_at IS NULL
    RETURNING h.line_id
  ), freed AS (
    -- Also those that have an outcome: one whose line vanished and comes back begins again.
    UPDATE deposits d SET hold_reason = NULL FROM ended e WHERE d.line_id = e.line_id RETURNING d.id, d.state
  )
  SELECT id FROM freed WHERE state IN ('captured', 'in_review')
$$;
ALTER FUNCTION end_holds OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION end_holds FROM PUBLIC;
GRANT EXECUTE ON FUNCTION end_holds TO purser_app;
