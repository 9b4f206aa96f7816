-- Capturing many lines at once: what was paid for each row, or for each reference of each row, is paid once for a statement.

-- Which source showed the line first; null for lines of earlier versions. Of most lines it tells alone that a source has
-- shown them, so that capture need not look at the sightings of every line around its days.
ALTER TABLE lines ADD COLUMN source text;

-- A bounded repetition is a machine of as many states as it may repeat, built anew for each row.
ALTER TABLE lines DROP CONSTRAINT lines_transaction_key_shape,
  ADD CONSTRAINT lines_transaction_key_shape CHECK (transaction_key ~ '^[A-Za-z0-9._:-]+$' AND length(transaction_key) <= 120);
ALTER TABLE sightings DROP CONSTRAINT sightings_source_shape,
  ADD CONSTRAINT sightings_source_shape CHECK (source ~ '^[a-z0-9.-]+$' AND length(source) <= 60);

-- Foreign keys are checked for each row by a query of its own: thirteen for a line that is captured, and half of what it
-- costs. The triggers below refuse the same, once for each statement (decision 0006). A bank account keeps its lines'
-- foreign key, and everything else that capture writes agrees with a line of the same account.
ALTER TABLE deposits DROP CONSTRAINT deposits_line_id_fkey, DROP CONSTRAINT deposits_bank_account_key_fkey,
  DROP CONSTRAINT deposits_run_id_fkey;
ALTER TABLE journals DROP CONSTRAINT journals_line_id_fkey, DROP CONSTRAINT journals_bank_account_key_fkey,
  DROP CONSTRAINT journals_deposit_id_fkey;
ALTER TABLE postings DROP CONSTRAINT postings_journal_id_fkey, DROP CONSTRAINT postings_bank_account_key_fkey;
ALTER TABLE sightings DROP CONSTRAINT sightings_line_id_fkey, DROP CONSTRAINT sightings_run_id_fkey;
ALTER TABLE sightings DROP CONSTRAINT sightings_bank_account_key_fkey;

-- Rows that others name stay, and keep their names. Lines and journals do already: they are append-only.
CREATE TRIGGER deposits_keep_origin BEFORE UPDATE OF id, line_id, bank_account_key, booking_date, run_id ON deposits
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER deposits_never_deleted BEFORE DELETE ON deposits FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER deposits_no_truncate BEFORE TRUNCATE ON deposits FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER runs_keep_names BEFORE UPDATE OF id OR DELETE ON runs FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER runs_no_truncate BEFORE TRUNCATE ON runs FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What has a line is kept by the line's foreign key; held sightings have none.
CREATE FUNCTION check_bank_account_free() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM sightings s WHERE s.bank_account_key = OLD.key AND s.line_id IS NULL) THEN
    RAISE EXCEPTION 'bank account % has held sightings', OLD.key USING ERRCODE = '23503';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER bank_accounts_free BEFORE UPDATE OF key OR DELETE ON bank_accounts
  FOR EACH ROW EXECUTE FUNCTION check_bank_account_free();

-- The plans of triggers are made when a connection first runs them and kept while tables grow, so each lookup is written as a
-- sub-query that cannot become a join, and goes by an index even where a table has only a page so far.
CREATE FUNCTION check_deposits() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE bad record;
BEGIN
  SELECT n.id INTO bad FROM new_rows n
    LEFT JOIN LATERAL (
      SELECT l.bank_account_key, l.amount_minor, l.currency, l.booking_date, l.transaction_key FROM lines l
       WHERE l.id = n.line_id LIMIT 1) l ON true
   WHERE (n.bank_account_key = l.bank_account_key AND n.amount_minor = l.amount_minor AND n.currency = l.currency
          AND n.booking_date = l.booking_date AND n.transaction_key = l.transaction_key) IS NOT TRUE LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'deposit % has no line with its facts', bad.id USING ERRCODE = 'PU003';
  END IF;
  SELECT n.run_id INTO bad FROM (SELECT DISTINCT run_id FROM new_rows WHERE run_id IS NOT NULL) n
   WHERE NOT EXISTS (SELECT 1 FROM runs r WHERE r.id = n.run_id) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'run % is unknown', bad.run_id USING ERRCODE = '23503';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER deposits_of_lines AFTER INSERT ON deposits REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION check_deposits();

CREATE FUNCTION check_sightings() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE bad record;
BEGIN
  SELECT n.id INTO bad FROM new_rows n
   WHERE n.line_id IS NOT NULL
     AND n.bank_account_key IS DISTINCT FROM (SELECT l.bank_account_key FROM lines l WHERE l.id = n.line_id LIMIT 1) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'sighting % has no line of its bank account', bad.id USING ERRCODE = '23503';
  END IF;
  -- Locked as a foreign key would, since nothing else keeps the account of a held sighting.
  PERFORM 1 FROM bank_accounts b WHERE b.key IN (SELECT n.bank_account_key FROM new_rows n WHERE n.line_id IS NULL) FOR KEY SHARE;
  SELECT n.bank_account_key INTO bad FROM (SELECT DISTINCT bank_account_key FROM new_rows WHERE line_id IS NULL) n
   WHERE NOT EXISTS (SELECT 1 FROM bank_accounts b WHERE b.key = n.bank_account_key) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'bank account % is unknown', bad.bank_account_key USING ERRCODE = '23503';
  END IF;
  SELECT n.run_id INTO bad FROM (SELECT DISTINCT run_id FROM new_rows WHERE run_id IS NOT NULL) n
   WHERE NOT EXISTS (SELECT 1 FROM runs r WHERE r.id = n.run_id) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'run % is unknown', bad.run_id USING ERRCODE = '23503';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER sightings_refer AFTER INSERT ON sightings REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION check_sightings();
CREATE TRIGGER sightings_refer_still AFTER UPDATE ON sightings REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION check_sightings();

-- I5, I6 as before, with each journal looked up once; and a posting has its journal, of the same bank account.
CREATE OR REPLACE FUNCTION check_postings() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE bad record;
BEGIN
  SELECT f.journal_id, f.fault INTO bad FROM (
    SELECT n.journal_id, CASE
             WHEN j.id IS NULL THEN 'unknown'
             WHEN j.xid <> pg_current_xact_id() THEN 'an earlier transaction'
             -- A second set of postings for the same journal, even a balanced one, is refused.
             WHEN n.legs <> (SELECT count(*) FROM postings p WHERE p.journal_id = n.journal_id) THEN 'an earlier statement'
             WHEN n.wallet_from <> n.wallet_to OR n.wallet_from <> coalesce(j.wallet_id, '') THEN 'wallet'
             WHEN n.account_from <> n.account_to OR n.account_from <> coalesce(j.bank_account_key, '') THEN 'bank account'
           END AS fault
      FROM (SELECT journal_id, count(*) AS legs, min(wallet_id) AS wallet_from, max(wallet_id) AS wallet_to,
                   min(bank_account_key) AS account_from, max(bank_account_key) AS account_to
              FROM new_rows GROUP BY journal_id) n
      LEFT JOIN LATERAL (
        SELECT j.id, j.xid, j.wallet_id, j.bank_account_key FROM journals j WHERE j.id = n.journal_id LIMIT 1) j ON true) f
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

-- As before, with each journal's postings read once; and a journal has its line, of the same bank account, and its deposit.
CREATE OR REPLACE FUNCTION check_journals() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE bad record;
BEGIN
  -- No capture moves more or less money than its line brought.
  SELECT f.id, f.fault INTO bad FROM (
    SELECT n.id, CASE
             WHEN p.legs < 2 THEN 'has fewer than two postings'
             WHEN n.line_id IS NOT NULL AND n.bank_account_key IS DISTINCT FROM l.bank_account_key
               THEN 'has no line of its bank account'
             WHEN n.deposit_id IS NOT NULL AND (SELECT d.id FROM deposits d WHERE d.id = n.deposit_id LIMIT 1) IS NULL
               THEN 'has no deposit'
             WHEN n.kind = 'capture' AND l.amount_minor IS DISTINCT FROM p.banked THEN 'does not move the amount of its line'
           END AS fault
      FROM new_rows n
      LEFT JOIN LATERAL (
        SELECT l.bank_account_key, l.amount_minor, l.currency FROM lines l WHERE l.id = n.line_id LIMIT 1) l ON true
      CROSS JOIN LATERAL (
        SELECT count(*) AS legs,
               sum(p.amount) FILTER (WHERE p.account = 'bank' AND p.bank_account_key = n.bank_account_key AND p.unit = l.currency) AS banked
          FROM postings p WHERE p.journal_id = n.id) p) f
   WHERE f.fault IS NOT NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal % %', bad.id, bad.fault USING ERRCODE = 'PU005';
  END IF;
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
SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE bad record;
BEGIN
  SELECT n.id INTO bad FROM new_rows n
   WHERE n.amount_minor <> 0
     AND (SELECT j.id FROM journals j WHERE j.line_id = n.id AND j.kind = 'capture' LIMIT 1) IS NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'line % has no origin journal', bad.id USING ERRCODE = 'PU003';
  END IF;
  RETURN NULL;
END $$;

DROP FUNCTION capture_lines;
-- Stores new lines with their origin journals and first sightings and makes a deposit of each credit, in one statement.
-- Zero-amount notices get no journal and no deposit. The caller holds the bank account's advisory lock.
CREATE FUNCTION capture_lines(
  p_bank_account text, p_run text, p_feed text, p_source text, p_key_scheme smallint,
  p_facts_key text[], p_occurrence integer[], p_transaction_key text[], p_booking_date date[], p_value_date date[],
  p_amount bigint[], p_currency text[], p_reversal boolean[], p_references text[], p_text text[],
  p_counterparty_name text[], p_counterparty_account text[], p_deposit_id text[], p_hold_reason text[],
  -- Whether the sighting is stored here, and how it was shown; each element of p_references is an array as text.
  p_seen boolean[], p_bank_id text[], p_shown_as text[]
) RETURNS TABLE (idx bigint, line_id bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH input AS MATERIALIZED (
    SELECT nextval('public.lines_id_seq') AS line_id, nextval('public.journals_id_seq') AS journal_id, i.*
      FROM unnest(p_facts_key, p_occurrence, p_transaction_key, p_booking_date, p_value_date, p_amount, p_currency,
                  p_reversal, p_references, p_text, p_counterparty_name, p_counterparty_account, p_deposit_id, p_hold_reason,
                  p_seen, p_bank_id, p_shown_as)
           WITH ORDINALITY AS i(facts_key, occurrence, transaction_key, booking_date, value_date, amount, currency,
                  reversal, refs, text, counterparty_name, counterparty_account, deposit_id, hold_reason,
                  seen, bank_id, shown_as, idx)
  ), new_lines AS (
    INSERT INTO lines (id, bank_account_key, key_scheme, facts_key, occurrence, transaction_key, booking_date, value_date,
                       amount_minor, currency, reversal, "references", text, counterparty_name, counterparty_account, source)
    OVERRIDING SYSTEM VALUE
    SELECT line_id, p_bank_account, p_key_scheme, facts_key, occurrence, transaction_key, booking_date, value_date,
           amount, currency, reversal, refs::text[], text, counterparty_name, counterparty_account, p_source FROM input
  ), new_sightings AS (
    INSERT INTO sightings (bank_account_key, line_id, feed, source, run_id, bank_id, facts_key, booking_date, amount_minor, reference)
    SELECT p_bank_account, line_id, p_feed, p_source, p_run, bank_id, facts_key, booking_date, amount, shown_as FROM input WHERE seen
  ), new_deposits AS (
    INSERT INTO deposits (id, line_id, bank_account_key, transaction_key, amount_minor, currency, booking_date, hold_reason, run_id)
    SELECT deposit_id, line_id, p_bank_account, transaction_key, amount, currency, booking_date, hold_reason, p_run
      FROM input WHERE amount > 0
  ), new_journals AS (
    INSERT INTO journals (id, kind, bank_account_key, line_id, deposit_id, event_on)
    OVERRIDING SYSTEM VALUE
    SELECT journal_id, 'capture', p_bank_account, line_id, CASE WHEN amount > 0 THEN deposit_id END, booking_date
      FROM input WHERE amount <> 0
  ), new_postings AS (
    INSERT INTO postings (journal_id, leg, account, bank_account_key, unit, amount)
    SELECT journal_id, 1, 'bank', p_bank_account, currency, amount FROM input WHERE amount <> 0
    UNION ALL
    SELECT journal_id, 2, CASE WHEN amount > 0 THEN 'suspense' ELSE 'bank_other' END, p_bank_account, currency, -amount
      FROM input WHERE amount <> 0
  )
  SELECT idx, line_id FROM input ORDER BY idx
$$;
ALTER FUNCTION capture_lines OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION capture_lines FROM PUBLIC;
GRANT EXECUTE ON FUNCTION capture_lines TO purser_app;
