-- I3, I5. Refuses a journal with fewer than two postings, of a line of another bank account, of an unknown deposit, or one
-- that captures or restores another amount than its line brought.
-- Asks each table once, by an index, for all rows of the statement, as check_deposits() explains.
CREATE OR REPLACE FUNCTION check_journal_rows() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_nestloop = off SET enable_mergejoin = off AS $$
DECLARE bad record;
BEGIN
  -- No capture, and no coming back of a line, moves more or less money than its line brought.
  SELECT f.id, f.fault INTO bad FROM (
    SELECT n.id, CASE
             WHEN coalesce(p.legs, 0) < 2 THEN 'has fewer than two postings'
             WHEN n.line_id IS NOT NULL AND n.bank_account_key IS DISTINCT FROM l.bank_account_key
               THEN 'has no line of its bank account'
             WHEN n.deposit_id IS NOT NULL AND d.id IS NULL THEN 'has no deposit'
             WHEN n.kind IN ('capture', 'restore') AND (l.amount_minor IS DISTINCT FROM p.banked OR l.currency <> p.unit_from OR l.currency <> p.unit_to)
               THEN 'does not move the amount of its line'
           END AS fault
      FROM new_rows n
      LEFT JOIN (
        SELECT l.id, l.bank_account_key, l.amount_minor, l.currency FROM lines l
         WHERE l.id = ANY (ARRAY(SELECT line_id FROM new_rows)) OFFSET 0) l ON l.id = n.line_id
      LEFT JOIN (
        SELECT d.id FROM deposits d WHERE d.id = ANY (ARRAY(SELECT deposit_id FROM new_rows)) OFFSET 0) d ON d.id = n.deposit_id
      LEFT JOIN (
        SELECT p.journal_id, count(*) AS legs, sum(p.amount) FILTER (WHERE p.account = 'bank') AS banked,
               min(p.unit) FILTER (WHERE p.account = 'bank') AS unit_from, max(p.unit) FILTER (WHERE p.account = 'bank') AS unit_to
          FROM postings p WHERE p.journal_id = ANY (ARRAY(SELECT id FROM new_rows)) GROUP BY p.journal_id OFFSET 0) p
        ON p.journal_id = n.id) f
   WHERE f.fault IS NOT NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal % %', bad.id, bad.fault USING ERRCODE = 'PU005';
  END IF;
  RETURN NULL;
END $$;
