-- I17: what happened stays as it was written. A correction is a new journal.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused: rows there are append-only', TG_OP, TG_TABLE_NAME USING ERRCODE = 'PU017';
END $$;

CREATE TRIGGER lines_append_only BEFORE UPDATE OR DELETE ON lines FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER lines_no_truncate BEFORE TRUNCATE ON lines FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journals_append_only BEFORE UPDATE OR DELETE ON journals FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journals_no_truncate BEFORE TRUNCATE ON journals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER postings_append_only BEFORE UPDATE OR DELETE ON postings FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER postings_no_truncate BEFORE TRUNCATE ON postings FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- I5, I6: checked once for each statement over all its rows, at a fraction of the price of a check for each row.
-- A journal and its postings are written by one statement, so nothing needs to be deferred to commit.
CREATE FUNCTION check_postings() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE bad record;
BEGIN
  SELECT n.journal_id INTO bad FROM new_rows n JOIN journals j ON j.id = n.journal_id
   WHERE j.xid <> pg_current_xact_id() LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal % is closed: it was written by an earlier transaction', bad.journal_id USING ERRCODE = 'PU006';
  END IF;
  SELECT n.journal_id, n.unit, sum(n.amount) AS total INTO bad FROM new_rows n
   GROUP BY n.journal_id, n.unit HAVING sum(n.amount) <> 0 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal % does not sum to zero in %: %', bad.journal_id, bad.unit, bad.total USING ERRCODE = 'PU005';
  END IF;
  SELECT n.journal_id INTO bad FROM new_rows n JOIN journals j ON j.id = n.journal_id
   WHERE n.wallet_id IS DISTINCT FROM j.wallet_id AND n.wallet_id IS NOT NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal % posts to a wallet that it does not name', bad.journal_id USING ERRCODE = 'PU005';
  END IF;
  -- A second set of postings for the same journal, even a balanced one, is refused.
  SELECT n.journal_id INTO bad FROM (SELECT journal_id, count(*) AS legs FROM new_rows GROUP BY journal_id) n
   WHERE n.legs <> (SELECT count(*) FROM postings p WHERE p.journal_id = n.journal_id) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal % is closed: its postings were written by an earlier statement', bad.journal_id USING ERRCODE = 'PU006';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER postings_balanced AFTER INSERT ON postings REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION check_postings();

CREATE FUNCTION check_journals() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE bad record;
BEGIN
  SELECT n.id INTO bad FROM new_rows n
   WHERE (SELECT count(*) FROM postings p WHERE p.journal_id = n.id) < 2 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal % has fewer than two postings', bad.id USING ERRCODE = 'PU005';
  END IF;
  -- No journal moves more or less money than its line or its deposit brought.
  SELECT n.id INTO bad FROM new_rows n
    LEFT JOIN lines l ON n.kind = 'capture' AND l.id = n.line_id
    LEFT JOIN deposits d ON n.kind IN ('credit', 'return') AND d.id = n.deposit_id AND d.line_id = n.line_id
   WHERE n.kind <> 'reversal'
     AND coalesce(l.amount_minor, d.amount_minor) IS DISTINCT FROM
         (SELECT sum(p.amount) FROM postings p
           WHERE p.journal_id = n.id AND p.bank_account_key = n.bank_account_key AND p.unit = coalesce(l.currency, d.currency)
             AND p.account = CASE n.kind WHEN 'capture' THEN 'bank' ELSE 'suspense' END) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal % does not move the amount of its line or deposit', bad.id USING ERRCODE = 'PU005';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER journals_not_empty AFTER INSERT ON journals REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION check_journals();

-- I3: a line that moves money is journalled by the statement that stores it.
CREATE FUNCTION check_lines() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE bad record;
BEGIN
  SELECT n.id INTO bad FROM new_rows n
   WHERE n.amount_minor <> 0
     AND NOT EXISTS (SELECT 1 FROM journals j WHERE j.line_id = n.id AND j.kind = 'capture') LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'line % has no origin journal', bad.id USING ERRCODE = 'PU003';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER lines_journalled AFTER INSERT ON lines REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION check_lines();

-- I4: a deposit moves along its life in one direction only, and its facts never change.
CREATE FUNCTION check_deposit_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.line_id, NEW.amount_minor, NEW.currency, NEW.transaction_key)
     IS DISTINCT FROM (OLD.id, OLD.line_id, OLD.amount_minor, OLD.currency, OLD.transaction_key) THEN
    RAISE EXCEPTION 'the facts of deposit % never change', OLD.id USING ERRCODE = 'PU017';
  END IF;
  IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('captured', 'in_review'), ('captured', 'credited'), ('captured', 'returned'),
    ('in_review', 'credited'), ('in_review', 'returned'), ('in_review', 'dismissed'), ('credited', 'reversed')) THEN
    RAISE EXCEPTION 'deposit % cannot go from % to %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'PU004';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER deposits_legal_move BEFORE UPDATE ON deposits FOR EACH ROW EXECUTE FUNCTION check_deposit_move();

-- I18: the only ways to write money rows. They run as the ledger role; the application role may call them and read.

-- Stores new lines with their origin journals and makes a deposit of each credit, in one statement.
-- Zero-amount notices get no journal and no deposit. The caller holds the bank account's advisory lock.
CREATE FUNCTION capture_lines(
  p_bank_account text, p_run text, p_key_scheme smallint,
  p_facts_key text[], p_occurrence integer[], p_transaction_key text[], p_booking_date date[], p_value_date date[],
  p_amount bigint[], p_currency text[], p_reversal boolean[], p_references jsonb, p_text text[],
  p_counterparty_name text[], p_counterparty_account text[], p_deposit_id text[], p_hold_reason text[]
) RETURNS TABLE (idx bigint, line_id bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH input AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('public.lines', 'id')) AS line_id, nextval(pg_get_serial_sequence('public.journals', 'id')) AS journal_id,
           i.*, ARRAY(SELECT jsonb_array_elements_text(p_references -> (i.idx::int - 1))) AS refs
      FROM unnest(p_facts_key, p_occurrence, p_transaction_key, p_booking_date, p_value_date, p_amount, p_currency,
                  p_reversal, p_text, p_counterparty_name, p_counterparty_account, p_deposit_id, p_hold_reason)
           WITH ORDINALITY AS i(facts_key, occurrence, transaction_key, booking_date, value_date, amount, currency,
                  reversal, text, counterparty_name, counterparty_account, deposit_id, hold_reason, idx)
  ), new_lines AS (
    INSERT INTO lines (id, bank_account_key, key_scheme, facts_key, occurrence, transaction_key, booking_date, value_date,
                       amount_minor, currency, reversal, "references", text, counterparty_name, counterparty_account)
    OVERRIDING SYSTEM VALUE
    SELECT line_id, p_bank_account, p_key_scheme, facts_key, occurrence, transaction_key, booking_date, value_date,
           amount, currency, reversal, refs, text, counterparty_name, counterparty_account FROM input
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

-- Writes the journals that domain/settle.ts decided, for one deposit or for hundreds: journals, postings, wallets, deposits and
-- notifications in one statement. The caller has locked deposits and wallets. A deposit that is settled already, or a wallet
-- that moved since it was read, stops the whole batch.
CREATE FUNCTION post_journals(
  j_kind text[], j_deposit text[], j_wallet text[], j_wallet_seq bigint[], j_credits_after bigint[], j_prepaid_after bigint[],
  j_remainder_after bigint[], j_rate integer[], j_decision text[], j_credits bigint[], j_lane text,
  p_journal integer[], p_leg smallint[], p_account text[], p_bank_account text[], p_wallet text[], p_unit text[], p_amount bigint[]
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE settled bigint; wallets_moved bigint; wallets_named bigint;
BEGIN
  WITH input AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('public.journals', 'id')) AS journal_id, i.*
      FROM unnest(j_kind, j_deposit, j_wallet, j_wallet_seq, j_credits_after, j_prepaid_after, j_remainder_after, j_rate, j_decision, j_credits)
           WITH ORDINALITY AS i(kind, deposit, wallet, seq, credits_after, prepaid_after, remainder_after, rate, decision, credits, idx)
  ), moved_deposits AS (
    UPDATE deposits d SET state = CASE i.kind WHEN 'credit' THEN 'credited' WHEN 'return' THEN 'returned' END,
           wallet_id = CASE i.kind WHEN 'credit' THEN i.wallet END, settled_at = now(), lane = coalesce(d.lane, j_lane)
      FROM input i WHERE d.id = i.deposit AND d.state IN ('captured', 'in_review')
    RETURNING i.*, d.line_id, d.bank_account_key, d.booking_date, d.amount_minor
  ), new_journals AS (
    INSERT INTO journals (id, kind, bank_account_key, line_id, deposit_id, decision_id, rate_version, wallet_id, wallet_seq,
                          credits_after, prepaid_after, remainder_after, event_on)
    OVERRIDING SYSTEM VALUE
    SELECT journal_id, kind, bank_account_key, line_id, deposit, decision, rate, wallet, seq,
           credits_after, prepaid_after, remainder_after, booking_date
      FROM moved_deposits
    RETURNING 1
  ), new_postings AS (
    INSERT INTO postings (journal_id, leg, account, bank_account_key, wallet_id, unit, amount)
    SELECT d.journal_id, p.leg, p.account, p.bank_account, p.wallet, p.unit, p.amount
      FROM unnest(p_journal, p_leg, p_account, p_bank_account, p_wallet, p_unit, p_amount)
           AS p(journal, leg, account, bank_account, wallet, unit, amount)
      JOIN moved_deposits d ON d.idx = p.journal
    RETURNING wallet_id, account, amount
  ), wallet_moves AS (
    -- One pass over journals and postings: joined, they would be compared row by row, since no plan knows their number.
    SELECT wallet, count(seq) AS steps, min(seq) AS first_seq, max(seq) AS last_seq,
           sum(credits) AS credits, sum(prepaid) AS prepaid, sum(remainder) AS remainder,
           (array_agg(credits_after ORDER BY seq DESC) FILTER (WHERE seq IS NOT NULL))[1] AS credits_after,
           (array_agg(prepaid_after ORDER BY seq DESC) FILTER (WHERE seq IS NOT NULL))[1] AS prepaid_after,
           (array_agg(remainder_after ORDER BY seq DESC) FILTER (WHERE seq IS NOT NULL))[1] AS remainder_after
      FROM (
        SELECT wallet, seq, credits_after, prepaid_after, remainder_after, 0 AS credits, 0 AS prepaid, 0 AS remainder
          FROM input WHERE wallet IS NOT NULL
        UNION ALL
        SELECT wallet_id, NULL, NULL, NULL, NULL, CASE account WHEN 'wallet_credits' THEN -amount ELSE 0 END,
               CASE account WHEN 'wallet_prepaid' THEN -amount ELSE 0 END,
               CASE account WHEN 'wallet_remainder' THEN -amount ELSE 0 END
          FROM new_postings WHERE wallet_id IS NOT NULL) moves
     GROUP BY wallet
  ), moved_wallets AS (
    UPDATE wallets w SET credits = m.credits_after, prepaid_minor = m.prepaid_after, remainder_minor = m.remainder_after,
           last_seq = m.last_seq
      FROM wallet_moves m
     WHERE w.id = m.wallet AND w.last_seq = m.first_seq - 1 AND m.last_seq = w.last_seq + m.steps
       AND w.credits + m.credits = m.credits_after
       AND w.prepaid_minor + m.prepaid = m.prepaid_after
       AND w.remainder_minor + m.remainder = m.remainder_after
    RETURNING 1
  ), told AS (
    INSERT INTO notifications (wallet_id, deposit_id, kind, amount_minor, credits)
    SELECT wallet, deposit, 'deposit_credited', amount_minor, credits FROM moved_deposits WHERE kind = 'credit'
  ), closed_reviews AS (
    UPDATE reviews r SET closed_at = now() FROM input i WHERE r.deposit_id = i.deposit AND r.closed_at IS NULL
  )
  SELECT (SELECT count(*) FROM new_journals), (SELECT count(*) FROM moved_wallets), (SELECT count(*) FROM wallet_moves)
    INTO settled, wallets_moved, wallets_named;
  IF settled <> cardinality(j_kind) THEN
    RAISE EXCEPTION 'a deposit of this batch is settled already' USING ERRCODE = 'PU004';
  END IF;
  IF wallets_moved <> wallets_named THEN
    RAISE EXCEPTION 'a wallet moved since it was read' USING ERRCODE = 'PU007';
  END IF;
END $$;

-- Puts deposits into review; those that are not `captured` any more are left alone. Returns the ones that now wait.
CREATE FUNCTION open_reviews(p_deposit text[], p_reason text[], p_candidates jsonb, p_due_at timestamptz) RETURNS SETOF text
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH input AS (
    SELECT i.*, ARRAY(SELECT jsonb_array_elements_text(p_candidates -> (i.idx::int - 1))) AS candidates
      FROM unnest(p_deposit, p_reason) WITH ORDINALITY AS i(deposit, reason, idx)
  ), moved AS (
    UPDATE deposits d SET state = 'in_review' FROM input i WHERE d.id = i.deposit AND d.state = 'captured' RETURNING d.id
  )
  INSERT INTO reviews (deposit_id, reason, candidates, due_at)
  SELECT i.deposit, i.reason, i.candidates, p_due_at FROM input i JOIN moved m ON m.id = i.deposit
  ON CONFLICT (deposit_id) DO NOTHING
  RETURNING deposit_id
$$;

-- Named one by one: a schema that is shared with other software keeps its other tables as they are.
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['api_keys', 'bank_accounts', 'bank_events', 'decisions', 'deposits', 'idempotency_keys', 'journals',
    'lines', 'notifications', 'pending_lines', 'postings', 'rates', 'reviews', 'runs', 'sightings', 'statement_files', 'statements',
    'wallets'] LOOP
    EXECUTE format('ALTER TABLE %I OWNER TO purser_ledger', name);
    EXECUTE format('GRANT SELECT ON %I TO purser_app', name);
  END LOOP;
END $$;
ALTER SEQUENCE customer_code_numbers OWNER TO purser_ledger;
ALTER FUNCTION capture_lines OWNER TO purser_ledger;
ALTER FUNCTION post_journals OWNER TO purser_ledger;
ALTER FUNCTION open_reviews OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION capture_lines, post_journals, open_reviews FROM PUBLIC;
GRANT EXECUTE ON FUNCTION capture_lines, post_journals, open_reviews TO purser_app;

-- I17, I18: no INSERT, UPDATE or DELETE on lines, journals and postings; none on balances, states and amounts.
GRANT INSERT, UPDATE ON bank_accounts, runs, bank_events, idempotency_keys, api_keys, statement_files, statements, sightings TO purser_app;
GRANT INSERT, UPDATE, DELETE ON pending_lines TO purser_app;
GRANT INSERT (id, code, code_kind, external_ref, name), UPDATE (external_ref, name, status) ON wallets TO purser_app;
GRANT UPDATE (lane, workflow_round, dispatched_at) ON deposits TO purser_app;
GRANT UPDATE (reminders_sent, overdue_at) ON reviews TO purser_app;
GRANT INSERT (id, deposit_id, kind, wallet_id, reason, decided_by), UPDATE (outcome, refusal, applied_at) ON decisions TO purser_app;
GRANT UPDATE (published_at, delivered_at, read_at) ON notifications TO purser_app;
GRANT USAGE ON SEQUENCE customer_code_numbers TO purser_app;
