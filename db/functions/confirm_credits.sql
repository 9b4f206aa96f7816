-- I24. Ends the holds of credits whose line a read of the account has shown. A row that only a count tied may be other money.
CREATE OR REPLACE FUNCTION confirm_credits() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE credit_holds h SET closed_at = now(), outcome = 'confirmed',
         until_seq = (SELECT w.last_seq FROM wallets w WHERE w.id = h.wallet_id)
   WHERE h.reason = 'unconfirmed' AND h.closed_at IS NULL
     AND h.line_id IN (SELECT n.line_id FROM new_rows n WHERE n.feed <> 'webhook' AND n.evidence IS DISTINCT FROM 'count');
  RETURN NULL;
END $$;
ALTER FUNCTION confirm_credits OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION confirm_credits FROM PUBLIC;
