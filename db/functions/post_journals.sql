-- Writes the journals that domain/ decided, for one deposit or for hundreds: journals, postings, wallets, deposits and
-- notifications in one statement. The caller has locked deposits and wallets. A deposit that is settled already, or a wallet
-- that moved since it was read, stops the whole batch.
-- I18: one of the ways to write money rows. It runs as the ledger role; the application may call it.
CREATE OR REPLACE FUNCTION post_journals(
  j_kind text[], j_deposit text[], j_part smallint[], j_generation smallint[], j_reverses bigint[], j_line bigint[],
  j_spend text[], j_event_on date[], j_wallet text[], j_wallet_seq bigint[], j_credits_after bigint[], j_prepaid_after bigint[],
  j_remainder_after bigint[], j_receivable_after bigint[], j_rate integer[], j_decision text[], j_told bigint[], j_credits bigint[],
  j_lane text,
  p_journal integer[], p_leg smallint[], p_account text[], p_bank_account text[], p_wallet text[], p_unit text[], p_amount bigint[]
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE settled bigint; wallets_moved bigint; wallets_named bigint;
BEGIN
  WITH input AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('public.journals', 'id')) AS journal_id, i.*
      FROM unnest(j_kind, j_deposit, j_part, j_generation, j_reverses, j_line, j_spend, j_event_on, j_wallet, j_wallet_seq,
                  j_credits_after, j_prepaid_after, j_remainder_after, j_receivable_after, j_rate, j_decision, j_told, j_credits)
           WITH ORDINALITY AS i(kind, deposit, part, generation, reverses, line, spend, event_on, wallet, seq,
                  credits_after, prepaid_after, remainder_after, receivable_after, rate, decision, told, credits, idx)
  ), deposit_moves AS (
    SELECT deposit, (array_agg(kind ORDER BY idx))[1] AS first_kind, (array_agg(kind ORDER BY idx DESC))[1] AS last_kind,
           min(wallet) FILTER (WHERE kind = 'credit' AND part = 0) AS wallet,
           max(generation) FILTER (WHERE kind = 'restore') AS restored_as
      FROM input WHERE deposit IS NOT NULL GROUP BY deposit
  ), moved_deposits AS (
    UPDATE deposits d
       SET state = CASE m.last_kind WHEN 'credit' THEN 'credited' WHEN 'return' THEN 'returned' WHEN 'dismiss' THEN 'dismissed'
                                    WHEN 'reversal' THEN 'reversed' WHEN 'void' THEN 'reversed' WHEN 'restore' THEN 'captured'
                                    ELSE d.state END,
           generation = coalesce(m.restored_as, d.generation),
           wallet_id = CASE WHEN m.restored_as IS NULL THEN coalesce(m.wallet, d.wallet_id) END,
           settled_at = CASE WHEN m.restored_as IS NULL THEN coalesce(d.settled_at, now()) END,
           lane = CASE WHEN m.restored_as IS NULL THEN coalesce(d.lane, j_lane) END,
           -- The workflow of its life before has ended: it gets another one.
           dispatched_at = CASE WHEN m.restored_as IS NULL THEN d.dispatched_at END,
           workflow_round = d.workflow_round + CASE WHEN m.restored_as IS NULL THEN 0 ELSE 1 END
      FROM deposit_moves m
     WHERE d.id = m.deposit
       AND CASE m.first_kind
             WHEN 'correction' THEN d.state = 'credited'
             WHEN 'return_paid' THEN d.state = 'returned'
             WHEN 'reversal' THEN d.state IN ('captured', 'in_review', 'credited')
             WHEN 'void' THEN d.state IN ('captured', 'in_review', 'credited')
             WHEN 'restore' THEN d.state = 'reversed'
             ELSE d.state IN ('captured', 'in_review') END
    RETURNING d.id, d.line_id, d.bank_account_key, d.booking_date
  ), rows AS (
    SELECT i.*, coalesce(i.line, d.line_id) AS of_line, d.bank_account_key AS of_account, coalesce(i.event_on, d.booking_date) AS booked_on
      FROM input i JOIN moved_deposits d ON d.id = i.deposit
    UNION ALL
    SELECT i.*, NULL, NULL, i.event_on FROM input i WHERE i.deposit IS NULL AND i.kind = 'spend'
  ), new_journals AS (
    INSERT INTO journals (id, kind, bank_account_key, line_id, deposit_id, part, generation, reverses_id, spend_id, decision_id,
                          rate_version, wallet_id, wallet_seq, credits_after, prepaid_after, remainder_after, receivable_after, event_on)
    OVERRIDING SYSTEM VALUE
    SELECT journal_id, kind, of_account, of_line, deposit, part, generation, reverses, spend, decision,
           rate, wallet, seq, credits_after, prepaid_after, remainder_after, receivable_after, booked_on
      FROM rows
    RETURNING 1
  ), new_postings AS (
    INSERT INTO postings (journal_id, leg, account, bank_account_key, wallet_id, unit, amount)
    SELECT r.journal_id, p.leg, p.account, p.bank_account, p.wallet, p.unit, p.amount
      FROM unnest(p_journal, p_leg, p_account, p_bank_account, p_wallet, p_unit, p_amount)
           AS p(journal, leg, account, bank_account, wallet, unit, amount)
      JOIN rows r ON r.idx = p.journal
    RETURNING wallet_id, account, amount
  ), wallet_moves AS (
    -- One pass over journals and postings: joined, they would be compared row by row, since no plan knows their number.
    SELECT wallet, count(seq) AS steps, min(seq) AS first_seq, max(seq) AS last_seq,
           sum(credits) AS credits, sum(prepaid) AS prepaid, sum(remainder) AS remainder, sum(receivable) AS receivable,
           (array_agg(credits_after ORDER BY seq DESC) FILTER (WHERE seq IS NOT NULL))[1] AS credits_after,
           (array_agg(prepaid_after ORDER BY seq DESC) FILTER (WHERE seq IS NOT NULL))[1] AS prepaid_after,
           (array_agg(remainder_after ORDER BY seq DESC) FILTER (WHERE seq IS NOT NULL))[1] AS remainder_after,
           (array_agg(receivable_after ORDER BY seq DESC) FILTER (WHERE seq IS NOT NULL))[1] AS receivable_after
      FROM (
        SELECT wallet, seq, credits_after, prepaid_after, remainder_after, receivable_after,
               0 AS credits, 0 AS prepaid, 0 AS remainder, 0 AS receivable
          FROM input WHERE wallet IS NOT NULL
        UNION ALL
        SELECT wallet_id, NULL, NULL, NULL, NULL, NULL, CASE account WHEN 'wallet_credits' THEN -amount ELSE 0 END,
               CASE account WHEN 'wallet_prepaid' THEN -amount ELSE 0 END,
               CASE account WHEN 'wallet_remainder' THEN -amount ELSE 0 END,
               CASE account WHEN 'wallet_receivable' THEN amount ELSE 0 END
          FROM new_postings WHERE wallet_id IS NOT NULL) moves
     GROUP BY wallet
  ), moved_wallets AS (
    UPDATE wallets w SET credits = m.credits_after, prepaid_minor = m.prepaid_after, remainder_minor = m.remainder_after,
           receivable_minor = m.receivable_after, last_seq = m.last_seq
      FROM wallet_moves m
     WHERE w.id = m.wallet AND w.last_seq = m.first_seq - 1 AND m.last_seq = w.last_seq + m.steps
       AND w.credits + m.credits = m.credits_after
       AND w.prepaid_minor + m.prepaid = m.prepaid_after
       AND w.remainder_minor + m.remainder = m.remainder_after
       AND w.receivable_minor + m.receivable = m.receivable_after
    RETURNING 1
  ), told AS (
    INSERT INTO notifications (wallet_id, deposit_id, journal_id, kind, amount_minor, credits)
    SELECT wallet, deposit, journal_id,
           CASE kind WHEN 'credit' THEN 'deposit_credited' WHEN 'correction' THEN 'deposit_corrected' ELSE 'deposit_reversed' END,
           told, credits
      FROM rows WHERE wallet IS NOT NULL AND kind IN ('credit', 'reversal', 'correction', 'void')
  ), closed_reviews AS (
    UPDATE reviews r SET closed_at = now() FROM deposit_moves m WHERE r.deposit_id = m.deposit AND r.closed_at IS NULL
  )
  SELECT (SELECT count(*) FROM new_journals), (SELECT count(*) FROM moved_wallets), (SELECT count(*) FROM wallet_moves)
    INTO settled, wallets_moved, wallets_named;
  IF settled <> cardinality(j_kind) THEN
    RAISE EXCEPTION 'a deposit of this batch is settled already' USING ERRCODE = 'PU004';
  END IF;
  IF wallets_moved <> wallets_named THEN
    RAISE EXCEPTION 'a wallet moved since it was read' USING ERRCODE = 'PU007';
  END IF;
END $$;
ALTER FUNCTION post_journals OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION post_journals FROM PUBLIC;
GRANT EXECUTE ON FUNCTION post_journals TO purser_app;
