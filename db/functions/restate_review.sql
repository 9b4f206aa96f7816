-- Gives an open review the reason that is left once a read has ended the one that it had, with its suggestions.
-- I18: one of the ways to write what people see of a deposit. It runs as the ledger role; the application may call it.
CREATE OR REPLACE FUNCTION restate_review(p_deposit text, p_reason text, p_candidates text[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE reviews SET reason = p_reason, candidates = p_candidates WHERE deposit_id = p_deposit AND closed_at IS NULL
$$;
ALTER FUNCTION restate_review OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION restate_review FROM PUBLIC;
GRANT EXECUTE ON FUNCTION restate_review TO purser_app;
