-- What a wallet must keep, in minor units of ZAR: of each credit that the bank has not confirmed, or whose line it shows no
-- longer, the part that may not be spent. A credit with two holds counts once, by the larger one.
CREATE OR REPLACE FUNCTION held_minor(p_wallet text) RETURNS bigint
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce(sum(h.held), 0)::bigint
    FROM (SELECT max(held_minor) AS held FROM credit_holds WHERE wallet_id = p_wallet AND closed_at IS NULL GROUP BY journal_id) h
$$;
