-- Ends the holds of an account whose line was shown by a read while its credit was being written: neither saw the other.
CREATE OR REPLACE FUNCTION release_confirmed(p_account text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE credit_holds h SET closed_at = now(), outcome = 'confirmed',
         until_seq = (SELECT w.last_seq FROM wallets w WHERE w.id = h.wallet_id)
   WHERE h.bank_account_key = p_account AND h.reason = 'unconfirmed' AND h.closed_at IS NULL
     AND EXISTS (SELECT 1 FROM sightings s WHERE s.line_id = h.line_id AND s.feed <> 'webhook' AND s.evidence IS DISTINCT FROM 'count')
$$;
ALTER FUNCTION release_confirmed OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION release_confirmed FROM PUBLIC;
GRANT EXECUTE ON FUNCTION release_confirmed TO purser_app;
