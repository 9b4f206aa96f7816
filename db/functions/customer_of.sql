-- I20. The customer behind a wallet, as far as the wallet tells: wallets with one name are one customer's.
CREATE OR REPLACE FUNCTION customer_of(p_wallet text) RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce('name:' || nullif(lower(btrim(w.name)), ''), w.id) FROM wallets w WHERE w.id = p_wallet
$$;
