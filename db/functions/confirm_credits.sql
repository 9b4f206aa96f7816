-- I24. Ends the holds of credits whose line a read of the account has shown.
CREATE OR REPLACE FUNCTION confirm_credits() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE credit_holds h SET closed_at = now(), outcome = 'confirmed',
         until_seq = (SELECT w.last_seq FROM wallets w WHERE w.id = h.wallet_id)
   WHERE h.reason = 'unconfirmed' AND h.closed_at IS NULL
     AND h.line_id IN (SELECT n.line_id FROM new_rows n WHERE n.feed <> 'webhook');
  RETURN NULL;
END $$;
ALTER FUNCTION confirm_credits OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION confirm_credits FROM PUBLIC;
