-- I5, I6. Refuses postings that do not sum to zero in each unit, that come after the statement that wrote their journal, or
-- that name another wallet or bank account than the journal does. Once for each statement over all its rows, which costs a
-- fraction of a check for each row; nothing is deferred to commit (docs/decisions/0006).
-- Asks each table once, by an index, for all rows of the statement, as check_deposits() explains.
CREATE OR REPLACE FUNCTION check_postings() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_nestloop = off SET enable_mergejoin = off AS $$
DECLARE bad record;
BEGIN
  SELECT f.journal_id, f.fault INTO bad FROM (
    SELECT n.journal_id, CASE
             WHEN j.id IS NULL THEN 'unknown'
             WHEN j.xid <> pg_current_xact_id() THEN 'an earlier transaction'
             -- A second set of postings for the same journal, even a balanced one, is refused.
             WHEN n.legs <> p.legs THEN 'an earlier statement'
             WHEN n.wallet_from <> n.wallet_to OR n.wallet_from <> coalesce(j.wallet_id, '') THEN 'wallet'
             WHEN n.account_from <> n.account_to OR n.account_from <> coalesce(j.bank_account_key, '') THEN 'bank account'
           END AS fault
      FROM (SELECT journal_id, count(*) AS legs, min(wallet_id) AS wallet_from, max(wallet_id) AS wallet_to,
                   min(bank_account_key) AS account_from, max(bank_account_key) AS account_to
              FROM new_rows GROUP BY journal_id) n
      LEFT JOIN (
        SELECT j.id, j.xid, j.wallet_id, j.bank_account_key FROM journals j
         WHERE j.id = ANY (ARRAY(SELECT DISTINCT journal_id FROM new_rows)) OFFSET 0) j ON j.id = n.journal_id
      LEFT JOIN (
        SELECT p.journal_id, count(*) AS legs FROM postings p
         WHERE p.journal_id = ANY (ARRAY(SELECT DISTINCT journal_id FROM new_rows)) GROUP BY p.journal_id OFFSET 0) p
        ON p.journal_id = n.journal_id) f
   WHERE f.fault IS NOT NULL LIMIT 1;
  IF bad.fault IN ('an earlier transaction', 'an earlier statement') THEN
    RAISE EXCEPTION 'journal % is closed: it was written by %', bad.journal_id, bad.fault USING ERRCODE = 'PU006';
  ELSIF bad.fault = 'unknown' THEN
    RAISE EXCEPTION 'journal % is unknown', bad.journal_id USING ERRCODE = '23503';
  ELSIF bad.fault IS NOT NULL THEN
    RAISE EXCEPTION 'journal % posts to a % that it does not name', bad.journal_id, bad.fault USING ERRCODE = 'PU005';
  END IF;
  SELECT n.journal_id, n.unit, sum(n.amount) AS total INTO bad FROM new_rows n
   GROUP BY n.journal_id, n.unit HAVING sum(n.amount) <> 0 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal % does not sum to zero in %: %', bad.journal_id, bad.unit, bad.total USING ERRCODE = 'PU005';
  END IF;
  RETURN NULL;
END $$;
