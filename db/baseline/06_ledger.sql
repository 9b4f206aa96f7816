-- The ledger: journals and postings, what credits were spent on, what the bank took back, and what customers are told.
-- Only capture_lines() and post_journals() write journals, postings and balances; docs/decisions/0009 says why.

-- A journal is closed by the statement that writes it (I6) and moves at most one wallet. Why its line, deposit and bank
-- account have no foreign keys is said at the top of 03_lines.sql.
CREATE TABLE journals (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- The list of kinds; domain/ has the same words.
  kind             text NOT NULL CONSTRAINT journals_kind_known CHECK (
                     kind IN ('capture', 'credit', 'return', 'dismiss', 'reversal', 'correction', 'return_paid', 'spend', 'void', 'restore')),
  bank_account_key text,
  line_id          bigint,
  deposit_id       text,
  part             smallint NOT NULL DEFAULT 0 CONSTRAINT journals_part_natural CHECK (part BETWEEN 0 AND 99),
  generation       smallint NOT NULL DEFAULT 0 CONSTRAINT journals_generation_natural CHECK (generation BETWEEN 0 AND 999),
  -- A row of decisions (09_decisions.sql).
  decision_id      text,
  reverses_id      bigint REFERENCES journals (id),
  spend_id         text,
  rate_version     integer REFERENCES rates (version),
  wallet_id        text REFERENCES wallets (id),
  wallet_seq       bigint,
  credits_after    bigint,
  prepaid_after    bigint,
  remainder_after  bigint,
  receivable_after bigint,
  event_on         date NOT NULL,
  created_at       timestamptz NOT NULL DEFAULT now(),
  xid              xid8 NOT NULL DEFAULT pg_current_xact_id(),
  CONSTRAINT journals_wallet_whole CHECK (
    (wallet_id IS NULL) = (wallet_seq IS NULL) AND (wallet_id IS NULL) = (credits_after IS NULL)
    AND (wallet_id IS NULL) = (prepaid_after IS NULL) AND (wallet_id IS NULL) = (remainder_after IS NULL)
    AND (wallet_id IS NULL) = (receivable_after IS NULL)),
  -- Without a deposit, the index of terminal moves would let a second one pass.
  CONSTRAINT journals_move_has_deposit CHECK (kind IN ('capture', 'spend') OR deposit_id IS NOT NULL),
  CONSTRAINT journals_spend_stands_alone CHECK (
    (kind = 'spend') = (line_id IS NULL) AND (kind = 'spend') = (bank_account_key IS NULL) AND (kind = 'spend') = (spend_id IS NOT NULL)),
  CONSTRAINT journals_credit_has_wallet CHECK (kind NOT IN ('credit', 'correction', 'spend') OR wallet_id IS NOT NULL),
  CONSTRAINT journals_credit_has_rate CHECK (kind <> 'credit' OR rate_version IS NOT NULL),
  CONSTRAINT journals_undoing_names_origin CHECK ((kind IN ('reversal', 'correction', 'void')) = (reverses_id IS NOT NULL)),
  CONSTRAINT journals_move_is_decided CHECK (kind NOT IN ('return', 'dismiss', 'correction') OR decision_id IS NOT NULL)
);
-- I3: one origin for each line.
CREATE UNIQUE INDEX journals_one_capture ON journals (line_id) WHERE kind = 'capture';
-- I4: one terminal move for each deposit; a credit that was corrected is followed by one of the next generation.
CREATE UNIQUE INDEX journals_one_terminal ON journals (deposit_id, generation, part) WHERE kind IN ('credit', 'return', 'dismiss');
CREATE UNIQUE INDEX journals_one_return_paid ON journals (deposit_id) WHERE kind = 'return_paid';
CREATE UNIQUE INDEX journals_one_restore ON journals (deposit_id, generation) WHERE kind = 'restore';
-- I9: each journal is undone at most once.
CREATE UNIQUE INDEX journals_one_undoing ON journals (reverses_id) WHERE kind IN ('reversal', 'correction', 'void');
-- I20: each part of a decision moves money once.
CREATE UNIQUE INDEX journals_one_per_decision_part ON journals (decision_id, kind, part) WHERE decision_id IS NOT NULL;
CREATE UNIQUE INDEX journals_one_spend ON journals (spend_id) WHERE spend_id IS NOT NULL;
-- I7: a wallet's journals are numbered without twins. Nearly all journals are captures, which have no place among them.
CREATE UNIQUE INDEX journals_wallet_seq_unique ON journals (wallet_id, wallet_seq) WHERE wallet_id IS NOT NULL;
-- Serves the check that a deposit's moves leave of it in suspense what they should, and its story.
CREATE INDEX journals_undoing_by_deposit ON journals (deposit_id)
  WHERE kind IN ('reversal', 'correction', 'return_paid', 'void', 'restore');
-- Serves the search for lines that came back.
CREATE INDEX journals_voided ON journals (bank_account_key, line_id) WHERE kind = 'void';
-- Serves payer memory: the credits that people decided.
CREATE INDEX journals_decided_credits ON journals (line_id) WHERE kind = 'credit' AND decision_id IS NOT NULL;
-- Serves the sealer.
CREATE INDEX journals_by_transaction ON journals (xid);
CREATE TRIGGER journals_append_only BEFORE UPDATE OR DELETE ON journals FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journals_no_truncate BEFORE TRUNCATE ON journals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journals_whole AFTER INSERT ON journals REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION check_journal_rows();
CREATE TRIGGER journals_not_empty AFTER INSERT ON journals REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION check_journals();
CREATE TRIGGER journals_decided AFTER INSERT ON journals REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION check_decided_journals();

COMMENT ON TABLE journals IS 'Every movement of money or credits, one journal each. Written by capture_lines() and post_journals() only; rows never change: a correction is a new journal.';
COMMENT ON COLUMN journals.id IS 'Number of the journal.';
COMMENT ON COLUMN journals.kind IS 'capture (a line moved the bank account), credit, return (money is to be sent back), dismiss, reversal (the bank took a deposit back by another line), correction (a credit to the wrong wallet is undone), return_paid (the bank has paid a return), spend, void (the line vanished from the bank''s books, or was another line) or restore (it came back).';
COMMENT ON COLUMN journals.bank_account_key IS 'The bank account that it is about; null for a spend.';
COMMENT ON COLUMN journals.line_id IS 'The line that is its cause; null for a spend.';
COMMENT ON COLUMN journals.deposit_id IS 'The deposit that it moves; null for a spend and for the capture of a debit line.';
COMMENT ON COLUMN journals.part IS 'Numbers the wallets of a split credit from 0; else 0.';
COMMENT ON COLUMN journals.generation IS '0, and one more for each correction or restore before it: which of a deposit''s credits this is.';
COMMENT ON COLUMN journals.decision_id IS 'The decision that it carries out; null where a rule decided.';
COMMENT ON COLUMN journals.reverses_id IS 'For reversal, correction and void: the journal that it undoes.';
COMMENT ON COLUMN journals.spend_id IS 'For spend: what the customer bought.';
COMMENT ON COLUMN journals.rate_version IS 'For credit: the rate that it used.';
COMMENT ON COLUMN journals.wallet_id IS 'The one wallet that it moves; null where it moves none.';
COMMENT ON COLUMN journals.wallet_seq IS 'Numbers the journals of a wallet from 1, without gaps.';
COMMENT ON COLUMN journals.credits_after IS 'The wallet''s credits after it.';
COMMENT ON COLUMN journals.prepaid_after IS 'The wallet''s prepaid_minor after it.';
COMMENT ON COLUMN journals.remainder_after IS 'The wallet''s remainder_minor after it.';
COMMENT ON COLUMN journals.receivable_after IS 'The wallet''s receivable_minor after it.';
COMMENT ON COLUMN journals.event_on IS 'The day on which it counts, by the bank''s books; created_at is ours.';
COMMENT ON COLUMN journals.created_at IS 'When it was written.';
COMMENT ON COLUMN journals.xid IS 'The transaction that wrote it: postings of another transaction are refused.';

CREATE TABLE postings (
  journal_id       bigint NOT NULL,
  leg              smallint NOT NULL,
  account          text NOT NULL,
  bank_account_key text,
  wallet_id        text REFERENCES wallets (id),
  unit             text NOT NULL,
  amount           bigint NOT NULL CONSTRAINT postings_not_zero CHECK (amount <> 0),
  PRIMARY KEY (journal_id, leg),
  -- The list of accounts, with what each belongs to and in which unit it is kept.
  CONSTRAINT postings_account_known CHECK (
    CASE
      WHEN account IN ('bank', 'suspense', 'bank_other', 'return_payable')
        THEN bank_account_key IS NOT NULL AND wallet_id IS NULL AND unit <> 'CREDIT'
      WHEN account IN ('wallet_prepaid', 'wallet_remainder', 'wallet_receivable')
        THEN wallet_id IS NOT NULL AND bank_account_key IS NULL AND unit = 'ZAR'
      WHEN account = 'wallet_credits' THEN wallet_id IS NOT NULL AND bank_account_key IS NULL AND unit = 'CREDIT'
      WHEN account = 'revenue' THEN wallet_id IS NULL AND bank_account_key IS NULL AND unit = 'ZAR'
      WHEN account IN ('credits_issued', 'credits_spent') THEN wallet_id IS NULL AND bank_account_key IS NULL AND unit = 'CREDIT'
      ELSE false
    END)
);
-- Serves `verify` and the ledger of one wallet.
CREATE INDEX postings_by_wallet ON postings (wallet_id, journal_id) WHERE wallet_id IS NOT NULL;
CREATE TRIGGER postings_append_only BEFORE UPDATE OR DELETE ON postings FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER postings_no_truncate BEFORE TRUNCATE ON postings FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER postings_balanced AFTER INSERT ON postings REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION check_postings();

COMMENT ON TABLE postings IS 'The legs of the journals; those of one journal sum to zero in each unit. Written with their journal, and never changed.';
COMMENT ON COLUMN postings.journal_id IS 'The journal that it belongs to.';
COMMENT ON COLUMN postings.leg IS 'Numbers the legs of a journal from 1.';
COMMENT ON COLUMN postings.account IS 'bank (what the bank holds), suspense (money that is nobody''s yet), bank_other (debit lines, fees), return_payable (to be sent back); wallet_prepaid, wallet_remainder, wallet_receivable and wallet_credits (a customer''s balances); revenue, credits_issued and credits_spent (the business''s).';
COMMENT ON COLUMN postings.bank_account_key IS 'Whose account it is, for the bank''s accounts; else null.';
COMMENT ON COLUMN postings.wallet_id IS 'Whose account it is, for the wallet accounts; else null.';
COMMENT ON COLUMN postings.unit IS 'ISO 4217 code of the money, or CREDIT; it follows from the account.';
COMMENT ON COLUMN postings.amount IS 'Debit > 0, credit < 0: minor units of the money, or whole credits.';

CREATE TABLE spends (
  id            text PRIMARY KEY,
  wallet_id     text NOT NULL REFERENCES wallets (id),
  credits       bigint NOT NULL CONSTRAINT spends_credits_positive CHECK (credits > 0),
  revenue_minor bigint NOT NULL CONSTRAINT spends_revenue_not_negative CHECK (revenue_minor >= 0),
  note          text,
  -- A key of api_keys (07_people.sql).
  spent_by      text NOT NULL,
  spent_on      date NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now(),
  salt          uuid DEFAULT gen_random_uuid(),
  commitment    bytea
);
-- Serves the spends of one wallet, newest first.
CREATE INDEX spends_by_wallet ON spends (wallet_id, created_at DESC);
CREATE TRIGGER spends_append_only BEFORE UPDATE OR DELETE ON spends FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER spends_no_truncate BEFORE TRUNCATE ON spends FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE journals ADD CONSTRAINT journals_spend_known FOREIGN KEY (spend_id) REFERENCES spends (id);

COMMENT ON TABLE spends IS 'Credits that customers used. Written by the API together with the journal; rows never change.';
COMMENT ON COLUMN spends.id IS 'Id of the spend, with prefix spd_.';
COMMENT ON COLUMN spends.wallet_id IS 'The wallet that paid.';
COMMENT ON COLUMN spends.credits IS 'Whole credits that it paid.';
COMMENT ON COLUMN spends.revenue_minor IS 'What the business has earned by it: the average cost of these credits, in minor units of ZAR.';
COMMENT ON COLUMN spends.note IS 'What they were spent on, in the caller''s words.';
COMMENT ON COLUMN spends.spent_by IS 'Id of the API key that asked for it.';
COMMENT ON COLUMN spends.spent_on IS 'The business day on which it counts.';
COMMENT ON COLUMN spends.created_at IS 'When it was written.';
COMMENT ON COLUMN spends.salt IS 'Random; the trail holds a hash of it and of the texts of the row. Null once these are erased.';
COMMENT ON COLUMN spends.commitment IS 'That hash, once the texts are erased; null while they are there.';

CREATE TABLE reversals (
  line_id          bigint PRIMARY KEY REFERENCES lines (id),
  bank_account_key text NOT NULL REFERENCES bank_accounts (key),
  state            text NOT NULL DEFAULT 'waiting'
                     CONSTRAINT reversals_state_known CHECK (state IN ('waiting', 'paired', 'return_paid', 'unpaired')),
  deposit_id       text REFERENCES deposits (id),
  charges_minor    bigint NOT NULL DEFAULT 0 CONSTRAINT reversals_charges_not_negative CHECK (charges_minor >= 0),
  candidates       text[] NOT NULL DEFAULT '{}' CONSTRAINT reversals_candidates_bounded CHECK (cardinality(candidates) <= 10),
  found_at         timestamptz NOT NULL DEFAULT now(),
  settled_at       timestamptz,
  CONSTRAINT reversals_settled_whole CHECK (
    (state IN ('paired', 'return_paid')) = (deposit_id IS NOT NULL) AND (state = 'waiting') = (settled_at IS NULL))
);
CREATE UNIQUE INDEX reversals_one_per_deposit ON reversals (deposit_id) WHERE deposit_id IS NOT NULL;
-- Serves what is compared with a deposit before it is credited, and the next look at what waits.
CREATE INDEX reversals_open ON reversals (bank_account_key, line_id) WHERE state IN ('waiting', 'unpaired');
SELECT audit_table('reversals', 'reversal', 'line_id', ARRAY['bank_account_key', 'state', 'deposit_id', 'charges_minor']);

COMMENT ON TABLE reversals IS 'Debit lines by which the bank took a deposit back or paid a return, and the deposit that each was found to belong to. Written by the search for reversals, and by people who pair one.';
COMMENT ON COLUMN reversals.line_id IS 'The debit line.';
COMMENT ON COLUMN reversals.bank_account_key IS 'The account that it moved.';
COMMENT ON COLUMN reversals.state IS 'waiting (its deposit may still come), paired (a deposit was taken back), return_paid (a return was paid) or unpaired (a person must say which, if any).';
COMMENT ON COLUMN reversals.deposit_id IS 'The deposit that it took back or paid back; null while there is none.';
COMMENT ON COLUMN reversals.charges_minor IS 'What the bank took beyond the deposit, in minor units; people say so, Purser assumes none.';
COMMENT ON COLUMN reversals.candidates IS 'For unpaired: the deposits that people should look at, likeliest first.';
COMMENT ON COLUMN reversals.found_at IS 'When the line was recognised as a reversal.';
COMMENT ON COLUMN reversals.settled_at IS 'When it left waiting.';

-- I24: credits that may not be spent yet, whole or in part. Rows are closed, never deleted.
CREATE TABLE credit_holds (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  journal_id       bigint NOT NULL REFERENCES journals (id),
  reason           text NOT NULL CONSTRAINT credit_holds_reason_known CHECK (reason IN ('unconfirmed', 'vanished')),
  wallet_id        text NOT NULL REFERENCES wallets (id),
  bank_account_key text NOT NULL REFERENCES bank_accounts (key),
  line_id          bigint NOT NULL REFERENCES lines (id),
  held_minor       bigint NOT NULL CONSTRAINT credit_holds_held_not_negative CHECK (held_minor >= 0),
  spendable_minor  bigint NOT NULL CONSTRAINT credit_holds_spendable_not_negative CHECK (spendable_minor >= 0),
  from_seq         bigint NOT NULL,
  until_seq        bigint,
  opened_at        timestamptz NOT NULL DEFAULT now(),
  closed_at        timestamptz,
  outcome          text CONSTRAINT credit_holds_outcome_known CHECK (outcome IN ('confirmed', 'restored', 'decided', 'undone')),
  CONSTRAINT credit_holds_closed_whole CHECK ((closed_at IS NULL) = (outcome IS NULL) AND (closed_at IS NULL) = (until_seq IS NULL)),
  CONSTRAINT credit_holds_in_order CHECK (until_seq >= from_seq)
);
CREATE UNIQUE INDEX credit_holds_one_open ON credit_holds (journal_id, reason) WHERE closed_at IS NULL;
-- Serves each spend and the wallet's balance.
CREATE INDEX credit_holds_by_wallet ON credit_holds (wallet_id) WHERE closed_at IS NULL;
-- Serves the read that shows the line.
CREATE INDEX credit_holds_open ON credit_holds (line_id) WHERE closed_at IS NULL;
-- Serves the story of the line's deposit.
CREATE INDEX credit_holds_by_line ON credit_holds (line_id);
-- Serves the limit of an hour, and the search for events that no read confirms.
CREATE INDEX credit_holds_unconfirmed ON credit_holds (bank_account_key, opened_at) WHERE reason = 'unconfirmed';
SELECT audit_table('credit_holds', 'credit_hold', 'id', ARRAY['journal_id', 'reason', 'wallet_id', 'held_minor', 'outcome']);
CREATE TRIGGER credit_holds_keep_facts BEFORE UPDATE OF id, journal_id, reason, wallet_id, bank_account_key, line_id, held_minor,
  spendable_minor, from_seq, opened_at OR DELETE ON credit_holds FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER credit_holds_no_truncate BEFORE TRUNCATE ON credit_holds FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journals_held AFTER INSERT ON journals REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION hold_credits();
CREATE TRIGGER sightings_confirm AFTER INSERT ON sightings REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION confirm_credits();
CREATE TRIGGER sightings_confirm_still AFTER UPDATE ON sightings REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION confirm_credits();

COMMENT ON TABLE credit_holds IS 'Credits of a wallet that may not be spent yet: their line was only shown by a webhook, or the bank shows it no longer. Written by triggers on journals, sightings and line_cases only.';
COMMENT ON COLUMN credit_holds.id IS 'Number of the hold.';
COMMENT ON COLUMN credit_holds.journal_id IS 'The credit that it holds.';
COMMENT ON COLUMN credit_holds.reason IS 'unconfirmed (only a webhook has shown the line) or vanished (a case says that the bank shows it no longer).';
COMMENT ON COLUMN credit_holds.wallet_id IS 'The wallet that the credit went to.';
COMMENT ON COLUMN credit_holds.bank_account_key IS 'The account of the line.';
COMMENT ON COLUMN credit_holds.line_id IS 'The line that the money came by.';
COMMENT ON COLUMN credit_holds.held_minor IS 'What the wallet must keep, in minor units of ZAR.';
COMMENT ON COLUMN credit_holds.spendable_minor IS 'For unconfirmed: what may be spent all the same, in minor units; counts against the hour of the account.';
COMMENT ON COLUMN credit_holds.from_seq IS 'Number of the wallet''s last journal when the hold began: later spends must leave what is held.';
COMMENT ON COLUMN credit_holds.until_seq IS 'Number of the wallet''s last journal when it ended.';
COMMENT ON COLUMN credit_holds.opened_at IS 'When it began.';
COMMENT ON COLUMN credit_holds.closed_at IS 'When it ended; null while it holds.';
COMMENT ON COLUMN credit_holds.outcome IS 'confirmed (a read showed the line), restored (the bank shows it again), decided (a person closed the case) or undone (the credit was taken back or moved).';

CREATE TABLE notifications (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  wallet_id     text NOT NULL REFERENCES wallets (id),
  deposit_id    text NOT NULL REFERENCES deposits (id),
  journal_id    bigint NOT NULL REFERENCES journals (id) CONSTRAINT notifications_one_per_journal UNIQUE,
  kind          text NOT NULL CONSTRAINT notifications_kind_known
                  CHECK (kind IN ('deposit_credited', 'deposit_reversed', 'deposit_corrected')),
  amount_minor  bigint NOT NULL,
  credits       bigint NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now(),
  published_at  timestamptz,
  delivered_at  timestamptz,
  read_at       timestamptz
);
-- Serves GET /v1/wallets/{id}/notifications.
CREATE INDEX notifications_by_wallet ON notifications (wallet_id, id DESC);
-- Serves the publication of a deposit's notifications, and its story.
CREATE INDEX notifications_by_deposit ON notifications (deposit_id);
-- Serves the sweep of notifications whose publication failed.
CREATE INDEX notifications_unpublished ON notifications (id) WHERE published_at IS NULL;

COMMENT ON TABLE notifications IS 'What a customer is notified of: one row for each journal that moved the wallet because of a deposit. Written by post_journals(); the API marks delivery and reading.';
COMMENT ON COLUMN notifications.id IS 'Number of the notification.';
COMMENT ON COLUMN notifications.wallet_id IS 'The wallet whose owner is notified.';
COMMENT ON COLUMN notifications.deposit_id IS 'The deposit that it is about.';
COMMENT ON COLUMN notifications.journal_id IS 'The journal that it reports.';
COMMENT ON COLUMN notifications.kind IS 'deposit_credited, deposit_reversed (the bank took it back) or deposit_corrected (it was another customer''s).';
COMMENT ON COLUMN notifications.amount_minor IS 'The money that it is about, in minor units.';
COMMENT ON COLUMN notifications.credits IS 'Whole credits that the wallet gained or lost.';
COMMENT ON COLUMN notifications.created_at IS 'When it was written.';
COMMENT ON COLUMN notifications.published_at IS 'When listeners were woken for it; null until then.';
COMMENT ON COLUMN notifications.delivered_at IS 'When it first reached a connected listener.';
COMMENT ON COLUMN notifications.read_at IS 'When the customer first marked it as read.';
