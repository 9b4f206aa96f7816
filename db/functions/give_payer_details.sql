-- I20. The one way in which a proposal is completed: a return gets the bank details that it asked for, from a person with a key
-- for it. False when it asks for none. It runs as the ledger role; the application may call it.
CREATE OR REPLACE FUNCTION give_payer_details(p_decision text, p_payer jsonb, p_sha256 text, p_by text, p_expires_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM require_person(p_by, 'review:decide');
  UPDATE decisions SET payer = p_payer, payload_sha256 = p_sha256, payer_by = p_by, payer_at = now(), expires_at = p_expires_at,
         state = 'proposed'
   WHERE id = p_decision AND state = 'needs_payer_details';
  RETURN FOUND;
END $$;
ALTER FUNCTION give_payer_details OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION give_payer_details FROM PUBLIC;
GRANT EXECUTE ON FUNCTION give_payer_details TO purser_app;
