-- The plans of triggers are made when a connection first runs them and kept while tables grow. So each table is asked once, by
-- an index, for all rows of the statement, and its answer is hashed: nothing depends on what the planner knew of its size.
CREATE OR REPLACE FUNCTION check_deposits() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_nestloop = off SET enable_mergejoin = off AS $$
DECLARE bad record;
BEGIN
  SELECT n.id INTO bad FROM new_rows n
    LEFT JOIN (
      SELECT l.id, l.bank_account_key, l.amount_minor, l.currency, l.booking_date, l.transaction_key FROM lines l
       WHERE l.id = ANY (ARRAY(SELECT line_id FROM new_rows)) OFFSET 0) l ON l.id = n.line_id
   WHERE (n.bank_account_key = l.bank_account_key AND n.amount_minor = l.amount_minor AND n.currency = l.currency
          AND n.booking_date = l.booking_date AND n.transaction_key = l.transaction_key) IS NOT TRUE LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'deposit % has no line with its facts', bad.id USING ERRCODE = 'PU003';
  END IF;
  SELECT n.run_id INTO bad FROM (SELECT DISTINCT run_id FROM new_rows WHERE run_id IS NOT NULL) n
   WHERE (SELECT r.id FROM runs r WHERE r.id = n.run_id LIMIT 1) IS NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'run % is unknown', bad.run_id USING ERRCODE = '23503';
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION check_sightings() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_nestloop = off SET enable_mergejoin = off AS $$
DECLARE bad record;
BEGIN
  SELECT n.id INTO bad FROM new_rows n
    LEFT JOIN (
      SELECT l.id, l.bank_account_key FROM lines l WHERE l.id = ANY (ARRAY(SELECT line_id FROM new_rows)) OFFSET 0) l
      ON l.id = n.line_id
   WHERE n.line_id IS NOT NULL AND n.bank_account_key IS DISTINCT FROM l.bank_account_key LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'sighting % has no line of its bank account', bad.id USING ERRCODE = '23503';
  END IF;
  -- Locked as a foreign key would, since nothing else keeps the account of a held sighting.
  PERFORM 1 FROM bank_accounts b
    WHERE b.key = ANY (ARRAY(SELECT DISTINCT bank_account_key FROM new_rows WHERE line_id IS NULL)) FOR KEY SHARE;
  SELECT n.bank_account_key INTO bad FROM (SELECT DISTINCT bank_account_key FROM new_rows WHERE line_id IS NULL) n
   WHERE (SELECT b.key FROM bank_accounts b WHERE b.key = n.bank_account_key LIMIT 1) IS NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'bank account % is unknown', bad.bank_account_key USING ERRCODE = '23503';
  END IF;
  SELECT n.run_id INTO bad FROM (SELECT DISTINCT run_id FROM new_rows WHERE run_id IS NOT NULL) n
   WHERE (SELECT r.id FROM runs r WHERE r.id = n.run_id LIMIT 1) IS NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'run % is unknown', bad.run_id USING ERRCODE = '23503';
  END IF;
  RETURN NULL;
END $$;

-- I5, I6 as before.
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

-- What check_journals asked of every journal: two postings, a line of the same bank account, its deposit, and its amount.
CREATE FUNCTION check_journal_rows() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_nestloop = off SET enable_mergejoin = off AS $$
DECLARE bad record;
BEGIN
  -- No capture moves more or less money than its line brought.
  SELECT f.id, f.fault INTO bad FROM (
    SELECT n.id, CASE
             WHEN coalesce(p.legs, 0) < 2 THEN 'has fewer than two postings'
             WHEN n.line_id IS NOT NULL AND n.bank_account_key IS DISTINCT FROM l.bank_account_key
               THEN 'has no line of its bank account'
             WHEN n.deposit_id IS NOT NULL AND d.id IS NULL THEN 'has no deposit'
             WHEN n.kind = 'capture' AND (l.amount_minor IS DISTINCT FROM p.banked OR l.currency <> p.unit_from OR l.currency <> p.unit_to)
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
CREATE TRIGGER journals_whole AFTER INSERT ON journals REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION check_journal_rows();

-- As before, without that. What it looks up joins other tables, so it goes row by row, by indexes.
CREATE OR REPLACE FUNCTION check_journals() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_material = off AS $$
DECLARE bad record;
BEGIN
  -- Whatever happened to a deposit, its moves together take exactly its amount out of suspense.
  SELECT m.deposit_id AS id INTO bad
    FROM (SELECT DISTINCT n.deposit_id FROM new_rows n WHERE n.kind NOT IN ('capture', 'spend')) m
    LEFT JOIN deposits d ON d.id = m.deposit_id
   WHERE d.amount_minor IS DISTINCT FROM
         coalesce((SELECT sum(p.amount) FROM journals j JOIN postings p ON p.journal_id = j.id
                    WHERE j.deposit_id = d.id AND j.kind IN ('credit', 'return', 'dismiss')
                      AND p.account = 'suspense' AND p.bank_account_key = d.bank_account_key AND p.unit = d.currency), 0)
       + coalesce((SELECT sum(p.amount) FROM journals j JOIN postings p ON p.journal_id = j.id
                    WHERE j.deposit_id = d.id AND j.kind IN ('reversal', 'correction', 'return_paid')
                      AND p.account = 'suspense' AND p.bank_account_key = d.bank_account_key AND p.unit = d.currency), 0)
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'the moves of deposit % do not take its amount out of suspense', bad.id USING ERRCODE = 'PU005';
  END IF;
  -- I9: what is undone gives back exactly what it gave, in rand; the customer may owe a part of it.
  SELECT n.id INTO bad FROM new_rows n JOIN journals o ON o.id = n.reverses_id
   WHERE n.kind IN ('reversal', 'correction')
     AND (o.deposit_id IS DISTINCT FROM n.deposit_id OR o.wallet_id IS DISTINCT FROM n.wallet_id
          OR coalesce((SELECT sum(p.amount) FROM postings p WHERE p.journal_id = n.id AND p.wallet_id IS NOT NULL AND p.unit = 'ZAR'), 0)
           + coalesce((SELECT sum(p.amount) FROM postings p WHERE p.journal_id = o.id AND p.wallet_id IS NOT NULL AND p.unit = 'ZAR'), 0) <> 0)
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal % does not give back what it undoes', bad.id USING ERRCODE = 'PU009';
  END IF;
  RETURN NULL;
END $$;

-- I3, as before.
CREATE OR REPLACE FUNCTION check_lines() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_nestloop = off SET enable_mergejoin = off AS $$
DECLARE bad record;
BEGIN
  SELECT n.id INTO bad FROM new_rows n
    LEFT JOIN (
      SELECT j.line_id FROM journals j WHERE j.kind = 'capture' AND j.line_id = ANY (ARRAY(SELECT id FROM new_rows)) OFFSET 0) j
      ON j.line_id = n.id
   WHERE n.amount_minor <> 0 AND j.line_id IS NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'line % has no origin journal', bad.id USING ERRCODE = 'PU003';
  END IF;
  RETURN NULL;
END $$;

-- Nearly all journals are captures, which have no place among a wallet's.
ALTER TABLE journals DROP CONSTRAINT journals_wallet_seq_unique;
CREATE UNIQUE INDEX journals_wallet_seq_unique ON journals (wallet_id, wallet_seq) WHERE wallet_id IS NOT NULL;
