-- I20. What one person decided alone within seven days (and so within this business day) for the customer of a wallet, in
-- minor units of ZAR: credits that were carried out or will be. What was corrected or taken back later still counts.
CREATE OR REPLACE FUNCTION decided_alone_minor(p_person text, p_wallet text) RETURNS bigint
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce(sum(a.amount_minor), 0)::bigint
    FROM decisions c JOIN decision_allocations a ON a.decision_id = c.id
   WHERE c.proposed_person = p_person AND c.state IN ('approved', 'executed') AND c.proposed_at > now() - interval '7 days'
     AND c.kind = 'credit' AND NOT c.needs_approval
     AND customer_of(a.wallet_id) = customer_of(p_wallet)
$$;
