-- I5, I9. Refuses moves that do not take exactly a deposit's amount out of suspense, and an undoing that does not give back
-- what it undoes. What it looks up joins other tables, so it goes row by row, by indexes.
CREATE OR REPLACE FUNCTION check_journals() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_material = off AS $$
DECLARE bad record;
BEGIN
  -- Whatever happened to a deposit, its moves together take exactly its amount out of suspense; nothing where its line came back.
  SELECT m.deposit_id AS id INTO bad
    FROM (SELECT n.deposit_id, bool_or(n.kind = 'restore') AS is_restored FROM new_rows n
           WHERE n.kind NOT IN ('capture', 'spend') GROUP BY n.deposit_id) m
    LEFT JOIN deposits d ON d.id = m.deposit_id
   WHERE CASE WHEN m.is_restored THEN 0 ELSE d.amount_minor END IS DISTINCT FROM
         coalesce((SELECT sum(p.amount) FROM journals j JOIN postings p ON p.journal_id = j.id
                    WHERE j.deposit_id = d.id AND j.kind IN ('credit', 'return', 'dismiss')
                      AND p.account = 'suspense' AND p.bank_account_key = d.bank_account_key AND p.unit = d.currency), 0)
       + coalesce((SELECT sum(p.amount) FROM journals j JOIN postings p ON p.journal_id = j.id
                    WHERE j.deposit_id = d.id AND j.kind IN ('reversal', 'correction', 'return_paid', 'void', 'restore')
                      AND p.account = 'suspense' AND p.bank_account_key = d.bank_account_key AND p.unit = d.currency), 0)
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'the moves of deposit % do not take its amount out of suspense', bad.id USING ERRCODE = 'PU005';
  END IF;
  -- I9: what is undone gives back exactly what it gave, in rand; the customer may owe a part of it.
  SELECT n.id INTO bad FROM new_rows n JOIN journals o ON o.id = n.reverses_id
   WHERE n.kind IN ('reversal', 'correction', 'void')
     AND (o.deposit_id IS DISTINCT FROM n.deposit_id OR o.wallet_id IS DISTINCT FROM n.wallet_id
          OR coalesce((SELECT sum(p.amount) FROM postings p WHERE p.journal_id = n.id AND p.wallet_id IS NOT NULL AND p.unit = 'ZAR'), 0)
           + coalesce((SELECT sum(p.amount) FROM postings p WHERE p.journal_id = o.id AND p.wallet_id IS NOT NULL AND p.unit = 'ZAR'), 0) <> 0)
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal % does not give back what it undoes', bad.id USING ERRCODE = 'PU009';
  END IF;
  RETURN NULL;
END $$;
