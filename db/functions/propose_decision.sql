-- I20. The one way in which a decision is written, with the wallets that it names. People propose with a key of their own;
-- without a key Purser proposes a return, and only for a review that ran out. Triggers decide the rest: prepare_decision(),
-- check_decision_payload(), check_decided_alone(). It runs as the ledger role; the application may call it.
CREATE OR REPLACE FUNCTION propose_decision(
  p_decision text, p_deposit text, p_kind text, p_reason text, p_keep_until date, p_line bigint, p_payer jsonb, p_sha256 text,
  p_needs_approval boolean, p_by text, p_expires_at timestamptz, p_wallets text[], p_amounts bigint[]
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF p_by IS NOT NULL THEN
    PERFORM require_person(p_by, 'review:decide');
  ELSIF p_kind <> 'return' OR p_payer IS NOT NULL OR NOT EXISTS (
    SELECT 1 FROM reviews r WHERE r.deposit_id = p_deposit AND r.closed_at IS NULL AND r.overdue_at IS NOT NULL) THEN
    RAISE EXCEPTION 'decision % is proposed by nobody', p_decision USING ERRCODE = 'PU023';
  END IF;
  INSERT INTO decisions (id, deposit_id, kind, reason, keep_until, line_id, payer, payload_sha256, needs_approval, proposed_by, expires_at)
  VALUES (p_decision, p_deposit, p_kind, p_reason, p_keep_until, p_line, p_payer, p_sha256, p_needs_approval, p_by, p_expires_at);
  INSERT INTO decision_allocations (decision_id, part, wallet_id, amount_minor)
  SELECT p_decision, i.idx - 1, i.wallet_id, i.amount_minor
    FROM unnest(p_wallets, p_amounts) WITH ORDINALITY AS i(wallet_id, amount_minor, idx);
END $$;
ALTER FUNCTION propose_decision OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION propose_decision FROM PUBLIC;
GRANT EXECUTE ON FUNCTION propose_decision TO purser_app;
