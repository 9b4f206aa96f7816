-- I24. Holds new credits whose line only a webhook has shown, or which the bank shows no longer; ends the holds of credits that
-- are undone; refuses a spend that does not leave what its wallet must keep. The caller has locked the wallets.
-- Each row is looked up by index: no plan knows how few rows a statement has.
CREATE OR REPLACE FUNCTION hold_credits() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE new_credit record; limits record; used bigint; used_of_line bigint; allowed bigint; bad record;
BEGIN
  UPDATE credit_holds h SET closed_at = now(), outcome = 'undone', until_seq = n.wallet_seq
    FROM new_rows n
   WHERE n.kind IN ('reversal', 'correction', 'void') AND h.journal_id = n.reverses_id AND h.closed_at IS NULL;

  FOR new_credit IN
    SELECT n.id, n.wallet_id, n.wallet_seq, n.line_id, n.bank_account_key AS account, l.booking_date,
           (SELECT sum(p.amount) FROM postings p WHERE p.journal_id = n.id AND p.account = 'suspense') AS amount,
           l.source = 'webhook' AND NOT EXISTS (
             SELECT 1 FROM sightings s WHERE s.line_id = l.id AND s.feed <> 'webhook' AND s.evidence IS DISTINCT FROM 'count')
           -- A person has answered for the line.
           AND NOT EXISTS (SELECT 1 FROM credit_holds h WHERE h.line_id = l.id AND h.outcome = 'decided') AS is_unconfirmed,
           EXISTS (SELECT 1 FROM line_cases c
                    WHERE c.line_id = l.id AND c.kind = 'line_vanished' AND c.closed_at IS NULL) AS is_vanished
      FROM new_rows n JOIN lines l ON l.id = n.line_id
     WHERE n.kind = 'credit' ORDER BY n.bank_account_key, n.id
  LOOP
    IF new_credit.is_unconfirmed THEN
      -- One at a time for each account, so that the hour is counted whole.
      PERFORM pg_advisory_xact_lock(hashtextextended('webhook-spendable/' || new_credit.account, 0));
      SELECT a.webhook_spendable_minor AS each_minor, a.webhook_spendable_hour_minor AS hour_minor INTO limits
        FROM bank_accounts a WHERE a.key = new_credit.account;
      SELECT coalesce(sum(h.spendable_minor), 0) INTO used FROM credit_holds h
       WHERE h.bank_account_key = new_credit.account AND h.reason = 'unconfirmed'
         AND h.opened_at > clock_timestamp() - interval '1 hour' AND (h.outcome IN ('confirmed', 'decided')) IS NOT TRUE;
      -- A deposit that people split among wallets is one deposit.
      SELECT coalesce(sum(h.spendable_minor), 0) INTO used_of_line FROM credit_holds h
       WHERE h.line_id = new_credit.line_id AND h.reason = 'unconfirmed' AND h.closed_at IS NULL;
      allowed := greatest(0, least(new_credit.amount, limits.each_minor - used_of_line, limits.hour_minor - used));
      -- Nothing of a day that no read can have shown yet, and nothing while an earlier event of the account is refuted.
      IF new_credit.booking_date > current_date + 1 OR EXISTS (
        SELECT 1 FROM credit_holds h JOIN line_cases c ON c.line_id = h.line_id AND c.kind = 'line_vanished' AND c.closed_at IS NULL
         WHERE h.bank_account_key = new_credit.account AND h.reason = 'unconfirmed' AND h.closed_at IS NULL) THEN
        allowed := 0;
      END IF;
      INSERT INTO credit_holds (journal_id, reason, wallet_id, bank_account_key, line_id, held_minor, spendable_minor, from_seq)
      VALUES (new_credit.id, 'unconfirmed', new_credit.wallet_id, new_credit.account, new_credit.line_id,
              new_credit.amount - allowed, allowed, new_credit.wallet_seq);
    END IF;
    IF new_credit.is_vanished THEN
      INSERT INTO credit_holds (journal_id, reason, wallet_id, bank_account_key, line_id, held_minor, spendable_minor, from_seq)
      VALUES (new_credit.id, 'vanished', new_credit.wallet_id, new_credit.account, new_credit.line_id,
              new_credit.amount, 0, new_credit.wallet_seq);
    END IF;
  END LOOP;

  SELECT n.id INTO bad FROM new_rows n
   WHERE n.kind = 'spend' AND n.prepaid_after + n.remainder_after < held_minor(n.wallet_id) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal % spends credits that wait for the bank', bad.id USING ERRCODE = 'PU021';
  END IF;
  RETURN NULL;
END $$;
