-- What may happen to money after it was captured, besides one credit or return: several credits, a dismissal, a reversal, a
-- correction, a return that the bank has paid, and credits that the customer spends.

ALTER TABLE journals DROP CONSTRAINT journals_kind_known;
ALTER TABLE journals
  ALTER COLUMN line_id DROP NOT NULL,
  ALTER COLUMN bank_account_key DROP NOT NULL,
  -- A credit that a person split has one journal for each wallet, numbered from 0.
  ADD COLUMN part smallint NOT NULL DEFAULT 0 CONSTRAINT journals_part_natural CHECK (part BETWEEN 0 AND 99),
  -- 0, and one more for each correction that took the credit back.
  ADD COLUMN generation smallint NOT NULL DEFAULT 0 CONSTRAINT journals_generation_natural CHECK (generation BETWEEN 0 AND 999),
  ADD COLUMN receivable_after bigint,
  ADD COLUMN spend_id text,
  ADD CONSTRAINT journals_kind_known
    CHECK (kind IN ('capture', 'credit', 'return', 'dismiss', 'reversal', 'correction', 'return_paid', 'spend'));
ALTER TABLE journals
  DROP CONSTRAINT journals_wallet_whole, DROP CONSTRAINT journals_move_has_deposit, DROP CONSTRAINT journals_credit_has_wallet,
  DROP CONSTRAINT journals_reversal_names_origin, DROP CONSTRAINT journals_return_is_decided;
-- Written before wallets could owe anything.
ALTER TABLE journals DISABLE TRIGGER journals_append_only;
UPDATE journals SET receivable_after = 0 WHERE wallet_id IS NOT NULL;
ALTER TABLE journals ENABLE TRIGGER journals_append_only;
ALTER TABLE journals
  ADD CONSTRAINT journals_wallet_whole CHECK (
    (wallet_id IS NULL) = (wallet_seq IS NULL) AND (wallet_id IS NULL) = (credits_after IS NULL)
    AND (wallet_id IS NULL) = (prepaid_after IS NULL) AND (wallet_id IS NULL) = (remainder_after IS NULL)
    AND (wallet_id IS NULL) = (receivable_after IS NULL)),
  -- Without a deposit, the index of terminal moves would let a second one pass.
  ADD CONSTRAINT journals_move_has_deposit CHECK (kind IN ('capture', 'spend') OR deposit_id IS NOT NULL),
  ADD CONSTRAINT journals_spend_stands_alone CHECK (
    (kind = 'spend') = (line_id IS NULL) AND (kind = 'spend') = (bank_account_key IS NULL) AND (kind = 'spend') = (spend_id IS NOT NULL)),
  ADD CONSTRAINT journals_credit_has_wallet CHECK (kind NOT IN ('credit', 'correction', 'spend') OR wallet_id IS NOT NULL),
  ADD CONSTRAINT journals_undoing_names_origin CHECK ((kind IN ('reversal', 'correction')) = (reverses_id IS NOT NULL)),
  ADD CONSTRAINT journals_move_is_decided CHECK (kind NOT IN ('return', 'dismiss', 'correction') OR decision_id IS NOT NULL);

-- I4: one terminal move for each deposit; a credit that was corrected is followed by one of the next generation.
DROP INDEX journals_one_terminal;
CREATE UNIQUE INDEX journals_one_terminal ON journals (deposit_id, generation, part) WHERE kind IN ('credit', 'return', 'dismiss');
-- I9: each journal is undone at most once.
DROP INDEX journals_one_reversal;
CREATE UNIQUE INDEX journals_one_undoing ON journals (reverses_id) WHERE kind IN ('reversal', 'correction');
CREATE UNIQUE INDEX journals_one_return_paid ON journals (deposit_id) WHERE kind = 'return_paid';
-- Serves the check that a deposit's moves leave nothing of it in suspense.
CREATE INDEX journals_undoing_by_deposit ON journals (deposit_id) WHERE kind IN ('reversal', 'correction', 'return_paid');

ALTER TABLE postings DROP CONSTRAINT postings_account_known;
ALTER TABLE postings ADD CONSTRAINT postings_account_known CHECK (
  CASE
    WHEN account IN ('bank', 'suspense', 'bank_other', 'return_payable')
      THEN bank_account_key IS NOT NULL AND wallet_id IS NULL AND unit <> 'CREDIT'
    WHEN account IN ('wallet_prepaid', 'wallet_remainder', 'wallet_receivable')
      THEN wallet_id IS NOT NULL AND bank_account_key IS NULL AND unit = 'ZAR'
    WHEN account = 'wallet_credits' THEN wallet_id IS NOT NULL AND bank_account_key IS NULL AND unit = 'CREDIT'
    WHEN account = 'revenue' THEN wallet_id IS NULL AND bank_account_key IS NULL AND unit = 'ZAR'
    WHEN account IN ('credits_issued', 'credits_spent') THEN wallet_id IS NULL AND bank_account_key IS NULL AND unit = 'CREDIT'
    ELSE false
  END);

-- Credits that a customer used. The row is written with its journal and never changes.
CREATE TABLE spends (
  id            text PRIMARY KEY,
  wallet_id     text NOT NULL REFERENCES wallets (id),
  credits       bigint NOT NULL CONSTRAINT spends_credits_positive CHECK (credits > 0),
  -- What the business has earned by it: the average cost of the credits, in minor units.
  revenue_minor bigint NOT NULL CONSTRAINT spends_revenue_not_negative CHECK (revenue_minor >= 0),
  note          text,
  spent_by      text NOT NULL REFERENCES api_keys (id),
  spent_on      date NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX spends_by_wallet ON spends (wallet_id, created_at DESC);
CREATE UNIQUE INDEX journals_one_spend ON journals (spend_id) WHERE spend_id IS NOT NULL;
ALTER TABLE journals ADD CONSTRAINT journals_spend_known FOREIGN KEY (spend_id) REFERENCES spends (id);

-- Debit lines by which the bank takes something back or pays a return out, and what each was found to belong to.
CREATE TABLE reversals (
  line_id          bigint PRIMARY KEY REFERENCES lines (id),
  bank_account_key text NOT NULL REFERENCES bank_accounts (key),
  -- `waiting` for its original, which may come later; `unpaired`: a person must look.
  state            text NOT NULL DEFAULT 'waiting'
    CONSTRAINT reversals_state_known CHECK (state IN ('waiting', 'paired', 'return_paid', 'unpaired')),
  deposit_id       text REFERENCES deposits (id),
  -- What the bank took beyond the original, minor units.
  charges_minor    bigint NOT NULL DEFAULT 0 CONSTRAINT reversals_charges_not_negative CHECK (charges_minor >= 0),
  found_at         timestamptz NOT NULL DEFAULT now(),
  settled_at       timestamptz,
  CONSTRAINT reversals_settled_whole CHECK (
    (state IN ('paired', 'return_paid')) = (deposit_id IS NOT NULL) AND (state = 'waiting') = (settled_at IS NULL))
);
CREATE UNIQUE INDEX reversals_one_per_deposit ON reversals (deposit_id) WHERE deposit_id IS NOT NULL;
CREATE INDEX reversals_waiting ON reversals (bank_account_key, line_id) WHERE state = 'waiting';
-- The last debit line of an account that was looked at: captures of one account commit in the order of their ids.
ALTER TABLE bank_accounts ADD COLUMN reversals_read_to bigint NOT NULL DEFAULT 0;
-- Serves pairing, suggestions and claims: deposits of about an amount.
CREATE INDEX deposits_by_amount ON deposits (bank_account_key, amount_minor, booking_date);

-- One message for each journal that a customer hears of.
ALTER TABLE notifications
  ADD COLUMN journal_id bigint REFERENCES journals (id),
  DROP CONSTRAINT notifications_one_per_deposit, DROP CONSTRAINT notifications_kind_known;
UPDATE notifications n SET journal_id = j.id FROM journals j WHERE j.deposit_id = n.deposit_id AND j.kind = 'credit';
ALTER TABLE notifications
  ALTER COLUMN journal_id SET NOT NULL,
  ADD CONSTRAINT notifications_one_per_journal UNIQUE (journal_id),
  ADD CONSTRAINT notifications_kind_known CHECK (kind IN ('deposit_credited', 'deposit_reversed', 'deposit_corrected'));
CREATE INDEX notifications_by_deposit ON notifications (deposit_id);

CREATE OR REPLACE FUNCTION check_journals() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE bad record;
BEGIN
  SELECT n.id INTO bad FROM new_rows n
   WHERE (SELECT count(*) FROM postings p WHERE p.journal_id = n.id) < 2 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal % has fewer than two postings', bad.id USING ERRCODE = 'PU005';
  END IF;
  -- No capture moves more or less money than its line brought.
  SELECT n.id INTO bad FROM new_rows n LEFT JOIN lines l ON l.id = n.line_id
   WHERE n.kind = 'capture'
     AND l.amount_minor IS DISTINCT FROM
         (SELECT sum(p.amount) FROM postings p
           WHERE p.journal_id = n.id AND p.bank_account_key = n.bank_account_key AND p.unit = l.currency AND p.account = 'bank') LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal % does not move the amount of its line', bad.id USING ERRCODE = 'PU005';
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

CREATE OR REPLACE FUNCTION check_deposit_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.line_id, NEW.amount_minor, NEW.currency, NEW.transaction_key)
     IS DISTINCT FROM (OLD.id, OLD.line_id, OLD.amount_minor, OLD.currency, OLD.transaction_key) THEN
    RAISE EXCEPTION 'the facts of deposit % never change', OLD.id USING ERRCODE = 'PU017';
  END IF;
  IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('captured', 'in_review'), ('captured', 'credited'), ('captured', 'returned'), ('captured', 'reversed'),
    ('in_review', 'credited'), ('in_review', 'returned'), ('in_review', 'dismissed'), ('in_review', 'reversed'),
    ('credited', 'reversed')) THEN
    RAISE EXCEPTION 'deposit % cannot go from % to %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'PU004';
  END IF;
  RETURN NEW;
END $$;

DROP FUNCTION post_journals(text[], text[], text[], bigint[], bigint[], bigint[], bigint[], integer[], text[], bigint[], text,
  integer[], smallint[], text[], text[], text[], text[], bigint[]);

-- Writes the journals that domain/ decided, for one deposit or for hundreds: journals, postings, wallets, deposits and
-- notifications in one statement. The caller has locked deposits and wallets. A deposit that is settled already, or a wallet
-- that moved since it was read, stops the whole batch.
CREATE FUNCTION post_journals(
  j_kind text[], j_deposit text[], j_part smallint[], j_generation smallint[], j_reverses bigint[], j_line bigint[],
  j_spend text[], j_event_on date[], j_wallet text[], j_wallet_seq bigint[], j_credits_after bigint[], j_prepaid_after bigint[],
  j_remainder_after bigint[], j_receivable_after bigint[], j_rate integer[], j_decision text[], j_told bigint[], j_credits bigint[],
  j_lane text,
  p_journal integer[], p_leg smallint[], p_account text[], p_bank_account text[], p_wallet text[], p_unit text[], p_amount bigint[]
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE settled bigint; wallets_moved bigint; wallets_named bigint;
BEGIN
  WITH input AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('public.journals', 'id')) AS journal_id, i.*
      FROM unnest(j_kind, j_deposit, j_part, j_generation, j_reverses, j_line, j_spend, j_event_on, j_wallet, j_wallet_seq,
                  j_credits_after, j_prepaid_after, j_remainder_after, j_receivable_after, j_rate, j_decision, j_told, j_credits)
           WITH ORDINALITY AS i(kind, deposit, part, generation, reverses, line, spend, event_on, wallet, seq,
                  credits_after, prepaid_after, remainder_after, receivable_after, rate, decision, told, credits, idx)
  ), deposit_moves AS (
    SELECT deposit, (array_agg(kind ORDER BY idx))[1] AS first_kind, (array_agg(kind ORDER BY idx DESC))[1] AS last_kind,
           min(wallet) FILTER (WHERE kind = 'credit' AND part = 0) AS wallet
      FROM input WHERE deposit IS NOT NULL GROUP BY deposit
  ), moved_deposits AS (
    UPDATE deposits d
       SET state = CASE m.last_kind WHEN 'credit' THEN 'credited' WHEN 'return' THEN 'returned' WHEN 'dismiss' THEN 'dismissed'
                                    WHEN 'reversal' THEN 'reversed' ELSE d.state END,
           wallet_id = coalesce(m.wallet, d.wallet_id), settled_at = coalesce(d.settled_at, now()), lane = coalesce(d.lane, j_lane)
      FROM deposit_moves m
     WHERE d.id = m.deposit
       AND CASE m.first_kind
             WHEN 'correction' THEN d.state = 'credited'
             WHEN 'return_paid' THEN d.state = 'returned'
             WHEN 'reversal' THEN d.state IN ('captured', 'in_review', 'credited')
             ELSE d.state IN ('captured', 'in_review') END
    RETURNING d.id, d.line_id, d.bank_account_key, d.booking_date
  ), rows AS (
    SELECT i.*, coalesce(i.line, d.line_id) AS of_line, d.bank_account_key AS of_account, coalesce(i.event_on, d.booking_date) AS booked_on
      FROM input i JOIN moved_deposits d ON d.id = i.deposit
    UNION ALL
    SELECT i.*, NULL, NULL, i.event_on FROM input i WHERE i.deposit IS NULL AND i.kind = 'spend'
  ), new_journals AS (
    INSERT INTO journals (id, kind, bank_account_key, line_id, deposit_id, part, generation, reverses_id, spend_id, decision_id,
                          rate_version, wallet_id, wallet_seq, credits_after, prepaid_after, remainder_after, receivable_after, event_on)
    OVERRIDING SYSTEM VALUE
    SELECT journal_id, kind, of_account, of_line, deposit, part, generation, reverses, spend, decision,
           rate, wallet, seq, credits_after, prepaid_after, remainder_after, receivable_after, booked_on
      FROM rows
    RETURNING 1
  ), new_postings AS (
    INSERT INTO postings (journal_id, leg, account, bank_account_key, wallet_id, unit, amount)
    SELECT r.journal_id, p.leg, p.account, p.bank_account, p.wallet, p.unit, p.amount
      FROM unnest(p_journal, p_leg, p_account, p_bank_account, p_wallet, p_unit, p_amount)
           AS p(journal, leg, account, bank_account, wallet, unit, amount)
      JOIN rows r ON r.idx = p.journal
    RETURNING wallet_id, account, amount
  ), wallet_moves AS (
    -- One pass over journals and postings: joined, they would be compared row by row, since no plan knows their number.
    SELECT wallet, count(seq) AS steps, min(seq) AS first_seq, max(seq) AS last_seq,
           sum(credits) AS credits, sum(prepaid) AS prepaid, sum(remainder) AS remainder, sum(receivable) AS receivable,
           (array_agg(credits_after ORDER BY seq DESC) FILTER (WHERE seq IS NOT NULL))[1] AS credits_after,
           (array_agg(prepaid_after ORDER BY seq DESC) FILTER (WHERE seq IS NOT NULL))[1] AS prepaid_after,
           (array_agg(remainder_after ORDER BY seq DESC) FILTER (WHERE seq IS NOT NULL))[1] AS remainder_after,
           (array_agg(receivable_after ORDER BY seq DESC) FILTER (WHERE seq IS NOT NULL))[1] AS receivable_after
      FROM (
        SELECT wallet, seq, credits_after, prepaid_after, remainder_after, receivable_after,
               0 AS credits, 0 AS prepaid, 0 AS remainder, 0 AS receivable
          FROM input WHERE wallet IS NOT NULL
        UNION ALL
        SELECT wallet_id, NULL, NULL, NULL, NULL, NULL, CASE account WHEN 'wallet_credits' THEN -amount ELSE 0 END,
               CASE account WHEN 'wallet_prepaid' THEN -amount ELSE 0 END,
               CASE account WHEN 'wallet_remainder' THEN -amount ELSE 0 END,
               CASE account WHEN 'wallet_receivable' THEN amount ELSE 0 END
          FROM new_postings WHERE wallet_id IS NOT NULL) moves
     GROUP BY wallet
  ), moved_wallets AS (
    UPDATE wallets w SET credits = m.credits_after, prepaid_minor = m.prepaid_after, remainder_minor = m.remainder_after,
           receivable_minor = m.receivable_after, last_seq = m.last_seq
      FROM wallet_moves m
     WHERE w.id = m.wallet AND w.last_seq = m.first_seq - 1 AND m.last_seq = w.last_seq + m.steps
       AND w.credits + m.credits = m.credits_after
       AND w.prepaid_minor + m.prepaid = m.prepaid_after
       AND w.remainder_minor + m.remainder = m.remainder_after
       AND w.receivable_minor + m.receivable = m.receivable_after
    RETURNING 1
  ), told AS (
    INSERT INTO notifications (wallet_id, deposit_id, journal_id, kind, amount_minor, credits)
    SELECT wallet, deposit, journal_id,
           CASE kind WHEN 'credit' THEN 'deposit_credited' WHEN 'reversal' THEN 'deposit_reversed' ELSE 'deposit_corrected' END,
           told, credits
      FROM rows WHERE wallet IS NOT NULL AND kind IN ('credit', 'reversal', 'correction')
  ), closed_reviews AS (
    UPDATE reviews r SET closed_at = now() FROM deposit_moves m WHERE r.deposit_id = m.deposit AND r.closed_at IS NULL
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

-- A spend and its journal are one statement's work for the caller: the row is refused without its wallet's journal behind it.
CREATE TRIGGER spends_append_only BEFORE UPDATE OR DELETE ON spends FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER spends_no_truncate BEFORE TRUNCATE ON spends FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE spends OWNER TO purser_ledger;
ALTER TABLE reversals OWNER TO purser_ledger;
ALTER FUNCTION post_journals OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION post_journals FROM PUBLIC;
GRANT EXECUTE ON FUNCTION post_journals TO purser_app;
GRANT SELECT, INSERT ON spends TO purser_app;
GRANT SELECT, INSERT, UPDATE ON reversals TO purser_app;
