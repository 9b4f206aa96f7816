-- I20. Ends proposals about deposits that got another outcome meanwhile, and says how many. It runs as the ledger role; the
-- application may call it.
CREATE OR REPLACE FUNCTION refuse_overtaken() RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH ended AS (
    UPDATE decisions c SET state = 'refused', outcome = 'refused', refusal = 'already_settled', applied_at = now()
      FROM deposits d
     WHERE d.id = c.deposit_id AND c.state IN ('needs_payer_details', 'proposed') AND NOT is_decidable(c.kind, d.state)
    RETURNING 1
  )
  SELECT count(*)::integer FROM ended
$$;
ALTER FUNCTION refuse_overtaken OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION refuse_overtaken FROM PUBLIC;
GRANT EXECUTE ON FUNCTION refuse_overtaken TO purser_app;
