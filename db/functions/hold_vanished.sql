-- I24. Holds what is left of the credits of a line when the case is opened that the bank shows it no longer, and ends the holds
-- with the case. A person who closes the case also answers for a line that only a webhook has shown.
CREATE OR REPLACE FUNCTION hold_vanished() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE credit record; wallet record; others bigint;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    UPDATE credit_holds h SET closed_at = now(), outcome = CASE n.outcome WHEN 'decided' THEN 'decided' ELSE 'restored' END,
           until_seq = (SELECT w.last_seq FROM wallets w WHERE w.id = h.wallet_id)
      FROM new_rows n JOIN old_rows o ON o.id = n.id
     WHERE n.kind = 'line_vanished' AND o.closed_at IS NULL AND n.closed_at IS NOT NULL
       AND h.line_id = n.line_id AND h.closed_at IS NULL AND (h.reason = 'vanished' OR n.outcome = 'decided');
    RETURN NULL;
  END IF;
  -- In the order of every other writer: a credit of these deposits comes before, or sees the case.
  PERFORM 1 FROM deposits d
    WHERE d.line_id IN (SELECT line_id FROM new_rows WHERE kind = 'line_vanished' AND closed_at IS NULL) ORDER BY d.id FOR UPDATE;
  FOR credit IN
    SELECT j.id, j.wallet_id, j.line_id, j.bank_account_key AS account,
           (SELECT sum(p.amount) FROM postings p WHERE p.journal_id = j.id AND p.account = 'suspense') AS amount
      FROM new_rows n JOIN deposits d ON d.line_id = n.line_id
      JOIN journals j ON j.deposit_id = d.id AND j.kind = 'credit'
     WHERE n.kind = 'line_vanished' AND n.closed_at IS NULL
       AND NOT EXISTS (SELECT 1 FROM journals u WHERE u.reverses_id = j.id AND u.kind IN ('reversal', 'correction', 'void'))
     ORDER BY j.wallet_id, j.id
  LOOP
    SELECT w.prepaid_minor + w.remainder_minor AS minor, w.last_seq INTO wallet FROM wallets w WHERE w.id = credit.wallet_id FOR UPDATE;
    SELECT coalesce(sum(h.held), 0) INTO others
      FROM (SELECT max(held_minor) AS held FROM credit_holds
             WHERE wallet_id = credit.wallet_id AND closed_at IS NULL AND journal_id <> credit.id GROUP BY journal_id) h;
    INSERT INTO credit_holds (journal_id, reason, wallet_id, bank_account_key, line_id, held_minor, spendable_minor, from_seq)
    VALUES (credit.id, 'vanished', credit.wallet_id, credit.account, credit.line_id,
            greatest(0, least(credit.amount, wallet.minor - others)), 0, wallet.last_seq);
  END LOOP;
  RETURN NULL;
END $$;
ALTER FUNCTION hold_vanished OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION hold_vanished FROM PUBLIC;
