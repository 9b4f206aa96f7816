-- Lines: what the bank shows, how often it showed it, and the deposit that is made of each credit.
--
-- A foreign key is checked for each row by a query of its own: thirteen for a line that is captured, and half of what it
-- costs. Where a column here names a row and has no foreign key, a trigger refuses the same once for each statement
-- (docs/decisions/0006). Rows that others name are never deleted and keep their names, which triggers refuse to change.

CREATE TABLE runs (
  id               text PRIMARY KEY,
  bank_account_key text NOT NULL REFERENCES bank_accounts (key),
  kind             text NOT NULL CONSTRAINT runs_kind_known CHECK (kind IN ('poll', 'import')),
  started_at       timestamptz NOT NULL DEFAULT now(),
  finished_at      timestamptz,
  outcome          text CONSTRAINT runs_outcome_known CHECK (outcome IN ('completed', 'waiting', 'failed')),
  error_code       text,
  error_detail     text,
  window_from      date,
  window_to        date,
  lines_seen       integer NOT NULL DEFAULT 0,
  lines_new        integer NOT NULL DEFAULT 0,
  held             integer NOT NULL DEFAULT 0,
  rows_waiting     integer NOT NULL DEFAULT 0,
  rows_quarantined integer NOT NULL DEFAULT 0,
  warnings         text[] NOT NULL DEFAULT '{}',
  balance_gap      boolean NOT NULL DEFAULT false,
  deposits_new     integer NOT NULL DEFAULT 0,
  credited_count   integer NOT NULL DEFAULT 0,
  credited_minor   bigint NOT NULL DEFAULT 0,
  credits          bigint NOT NULL DEFAULT 0,
  review_count     integer NOT NULL DEFAULT 0,
  review_minor     bigint NOT NULL DEFAULT 0
);
-- Serves `status` and GET /v1/runs: newest runs, of one account or of all.
CREATE INDEX runs_newest ON runs (bank_account_key, started_at DESC);
-- Serves the alert of a bank that shows nothing new.
CREATE INDEX runs_with_lines ON runs (started_at) WHERE kind = 'poll' AND lines_new > 0;
-- Serves the start of a run, which closes those that never ended.
CREATE INDEX runs_under_way ON runs (bank_account_key) WHERE finished_at IS NULL;
CREATE INDEX runs_by_id ON runs (started_at DESC, id DESC);
CREATE TRIGGER runs_keep_names BEFORE UPDATE OF id OR DELETE ON runs FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER runs_no_truncate BEFORE TRUNCATE ON runs FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

COMMENT ON TABLE runs IS 'One row for each read of a bank account, by API or by file, with its counts. Written by the run''s own activities.';
COMMENT ON COLUMN runs.id IS 'Id of the run, with prefix run_.';
COMMENT ON COLUMN runs.bank_account_key IS 'The account that was read.';
COMMENT ON COLUMN runs.kind IS 'poll: the bank''s API was read. import: a statement file was.';
COMMENT ON COLUMN runs.started_at IS 'When the run began.';
COMMENT ON COLUMN runs.finished_at IS 'When it ended; null while it is under way.';
COMMENT ON COLUMN runs.outcome IS 'How it ended: completed, waiting (some of its deposits are still captured) or failed; null while it is under way.';
COMMENT ON COLUMN runs.error_code IS 'Why it failed, as docs/errors.md lists it.';
COMMENT ON COLUMN runs.error_detail IS 'What was wrong, in words: page, row and field where the bank''s answer was, never a value.';
COMMENT ON COLUMN runs.window_from IS 'First bank day that was read.';
COMMENT ON COLUMN runs.window_to IS 'Last bank day that was read.';
COMMENT ON COLUMN runs.lines_seen IS 'Rows that the bank showed.';
COMMENT ON COLUMN runs.lines_new IS 'Rows that were captured as new lines.';
COMMENT ON COLUMN runs.held IS 'Rows that wait and new lines that are held, since they may be a known line.';
COMMENT ON COLUMN runs.rows_waiting IS 'Rows that are no line yet, since they may be a known one.';
COMMENT ON COLUMN runs.rows_quarantined IS 'Rows that could not be read, whether or not earlier runs saw them.';
COMMENT ON COLUMN runs.warnings IS 'What the run did without, such as pending rows or a balance that the bank did not state.';
COMMENT ON COLUMN runs.balance_gap IS 'The balances beside the rows leave out a line that no earlier read shows.';
COMMENT ON COLUMN runs.deposits_new IS 'Deposits that were made of the new lines.';
COMMENT ON COLUMN runs.credited_count IS 'How many of its deposits were credited when it ended.';
COMMENT ON COLUMN runs.credited_minor IS 'Their amount, in minor units.';
COMMENT ON COLUMN runs.credits IS 'The whole credits that they brought.';
COMMENT ON COLUMN runs.review_count IS 'How many of its deposits were in review when it ended.';
COMMENT ON COLUMN runs.review_minor IS 'Their amount, in minor units.';

-- I1, I13, I14: each booked line once; pending rows live in pending_lines, which nothing in the ledger refers to.
CREATE TABLE lines (
  id                   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  bank_account_key     text NOT NULL REFERENCES bank_accounts (key),
  key_scheme           smallint NOT NULL,
  facts_key            text NOT NULL,
  occurrence           integer NOT NULL CONSTRAINT lines_occurrence_positive CHECK (occurrence >= 1),
  -- Its length apart: a bounded repetition is a machine of as many states as it may repeat, built anew for each row.
  transaction_key      text NOT NULL CONSTRAINT lines_transaction_key_shape
                         CHECK (transaction_key ~ '^[A-Za-z0-9._:-]+$' AND length(transaction_key) <= 120),
  status               text NOT NULL DEFAULT 'booked' CONSTRAINT lines_booked_only CHECK (status = 'booked'),
  booking_date         date NOT NULL,
  value_date           date,
  amount_minor         bigint NOT NULL
                         CONSTRAINT lines_amount_in_range CHECK (amount_minor BETWEEN -10000000000000 AND 10000000000000),
  currency             text NOT NULL CONSTRAINT lines_currency_shape CHECK (currency ~ '^[A-Z]{3}$'),
  reversal             boolean NOT NULL DEFAULT false,
  "references"         text[] NOT NULL,
  text                 text NOT NULL,
  counterparty_name    text,
  counterparty_account text,
  -- Of most lines it tells alone that a source has shown them, so that capture need not look at the sightings of every line.
  source               text NOT NULL,
  captured_at          timestamptz NOT NULL DEFAULT now(),
  xid                  xid8 NOT NULL DEFAULT pg_current_xact_id(),
  salt                 uuid DEFAULT gen_random_uuid(),
  commitment           bytea,
  CONSTRAINT lines_captured_once UNIQUE (bank_account_key, key_scheme, facts_key, occurrence),
  CONSTRAINT lines_transaction_key_unique UNIQUE (bank_account_key, transaction_key)
);
-- Serves capture: the known lines of a window.
CREATE INDEX lines_by_day ON lines (bank_account_key, booking_date);
-- Serves the sealer.
CREATE INDEX lines_by_transaction ON lines (xid);
CREATE TRIGGER lines_append_only BEFORE UPDATE OR DELETE ON lines FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER lines_no_truncate BEFORE TRUNCATE ON lines FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER lines_journalled AFTER INSERT ON lines REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION check_lines();
CREATE TRIGGER lines_name_codes AFTER INSERT ON lines REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION name_codes('array_to_string(r."references", '' '') || '' '' || r.text');

COMMENT ON TABLE lines IS 'Booked lines of the bank accounts, each once, as the bank first showed it. Written by capture_lines() only; rows never change.';
COMMENT ON COLUMN lines.id IS 'Number of the line.';
COMMENT ON COLUMN lines.bank_account_key IS 'The account that it moved.';
COMMENT ON COLUMN lines.key_scheme IS 'Version of the rule that made facts_key.';
COMMENT ON COLUMN lines.facts_key IS 'Hash of the facts that identify a line where the bank''s ids cannot be trusted: account, day, amount, currency and texts.';
COMMENT ON COLUMN lines.occurrence IS 'Numbers equal lines (same facts) from 1: real twins are counted.';
COMMENT ON COLUMN lines.transaction_key IS 'The line''s name in workflow ids: the bank''s id where it can be trusted, else made of the facts.';
COMMENT ON COLUMN lines.status IS 'Always booked.';
COMMENT ON COLUMN lines.booking_date IS 'Bank day on which the line was booked.';
COMMENT ON COLUMN lines.value_date IS 'Bank day from which the amount counts for interest; null where the bank tells none.';
COMMENT ON COLUMN lines.amount_minor IS 'Signed amount in minor units: credits > 0, debits < 0. A zero-amount row is a notice of the bank and never posts.';
COMMENT ON COLUMN lines.currency IS 'ISO 4217 code of the amount.';
COMMENT ON COLUMN lines.reversal IS 'Whether the bank marks the line as the reversal of an earlier one.';
COMMENT ON COLUMN lines."references" IS 'Texts that may hold the payer''s reference, in order of trust.';
COMMENT ON COLUMN lines.text IS 'The bank''s own wording.';
COMMENT ON COLUMN lines.counterparty_name IS 'Who paid or was paid, as the bank names them.';
COMMENT ON COLUMN lines.counterparty_account IS 'Account number of the payer or payee, as the bank writes it.';
COMMENT ON COLUMN lines.source IS 'What showed the line first: the poll, the webhook, or one file format.';
COMMENT ON COLUMN lines.captured_at IS 'When it was stored.';
COMMENT ON COLUMN lines.xid IS 'The transaction that wrote it; serves the sealer.';
COMMENT ON COLUMN lines.salt IS 'Random; the trail holds a hash of it and of the texts of the row. Null once these are erased.';
COMMENT ON COLUMN lines.commitment IS 'That hash, once the texts are erased; null while they are there.';

CREATE TABLE deposits (
  id               text PRIMARY KEY,
  line_id          bigint NOT NULL CONSTRAINT deposits_one_per_line UNIQUE,
  bank_account_key text NOT NULL,
  transaction_key  text NOT NULL,
  amount_minor     bigint NOT NULL CONSTRAINT deposits_amount_positive CHECK (amount_minor > 0),
  currency         text NOT NULL,
  booking_date     date NOT NULL,
  run_id           text,
  -- The list of states; check_deposit_move() has the legal moves, domain/ the same words.
  state            text NOT NULL DEFAULT 'captured' CONSTRAINT deposits_state_known
                     CHECK (state IN ('captured', 'in_review', 'credited', 'returned', 'dismissed', 'reversed')),
  generation       smallint NOT NULL DEFAULT 0 CONSTRAINT deposits_generation_natural CHECK (generation BETWEEN 0 AND 999),
  hold_reason      text,
  wallet_id        text REFERENCES wallets (id),
  lane             text CONSTRAINT deposits_lane_known CHECK (lane IN ('workflow', 'backlog')),
  workflow_round   integer NOT NULL DEFAULT 1,
  dispatched_at    timestamptz,
  captured_at      timestamptz NOT NULL DEFAULT now(),
  settled_at       timestamptz,
  CONSTRAINT deposits_credited_has_wallet CHECK (state <> 'credited' OR wallet_id IS NOT NULL)
);
-- Serves the claim of undispatched deposits, the wait of a run and the sweep; small, since settled rows leave it.
CREATE INDEX deposits_open ON deposits (bank_account_key, captured_at, id) WHERE state IN ('captured', 'in_review');
-- Serves GET /v1/deposits (newest first, by state).
CREATE INDEX deposits_newest ON deposits (captured_at DESC, id DESC);
-- Serves the counts of a run.
CREATE INDEX deposits_by_run ON deposits (run_id) WHERE run_id IS NOT NULL;
-- Serves pairing, suggestions and claims: deposits of about an amount.
CREATE INDEX deposits_by_amount ON deposits (bank_account_key, amount_minor, booking_date);
CREATE TRIGGER deposits_of_lines AFTER INSERT ON deposits REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION check_deposits();
CREATE TRIGGER deposits_keep_origin BEFORE UPDATE OF id, line_id, bank_account_key, booking_date, run_id ON deposits
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER deposits_legal_move BEFORE UPDATE ON deposits FOR EACH ROW EXECUTE FUNCTION check_deposit_move();
CREATE TRIGGER deposits_never_deleted BEFORE DELETE ON deposits FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER deposits_no_truncate BEFORE TRUNCATE ON deposits FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- A deposit's first state follows from its line and is no change.
SELECT audit_table('deposits', 'deposit', 'id', ARRAY['state', 'wallet_id'], false);

COMMENT ON TABLE deposits IS 'Money that came in: one row for each credit line, and what became of it. Made by capture_lines(); state and wallet are written by post_journals() and open_reviews() only.';
COMMENT ON COLUMN deposits.id IS 'Id of the deposit, with prefix dep_.';
COMMENT ON COLUMN deposits.line_id IS 'The line that it was made of.';
COMMENT ON COLUMN deposits.bank_account_key IS 'The account that the money came to; as the line has it.';
COMMENT ON COLUMN deposits.transaction_key IS 'The line''s name in workflow ids; as the line has it.';
COMMENT ON COLUMN deposits.amount_minor IS 'Amount in minor units, above zero; as the line has it.';
COMMENT ON COLUMN deposits.currency IS 'ISO 4217 code of the amount; as the line has it.';
COMMENT ON COLUMN deposits.booking_date IS 'Bank day of the line; it decides the rate.';
COMMENT ON COLUMN deposits.run_id IS 'The run that captured it; null where a webhook did.';
COMMENT ON COLUMN deposits.state IS 'captured (nothing decided yet), in_review (a person must decide), credited, returned, dismissed, or reversed (the bank took it back).';
COMMENT ON COLUMN deposits.generation IS '0, and one more each time that it begins again because its line came back; the number of its next credit.';
COMMENT ON COLUMN deposits.hold_reason IS 'Why capture does not let it credit automatically; null where nothing holds it, or no longer.';
COMMENT ON COLUMN deposits.wallet_id IS 'The wallet that it was credited to; of a split, the first part''s.';
COMMENT ON COLUMN deposits.lane IS 'How it was processed: by a workflow of its own, or set-based with the rest of a backlog.';
COMMENT ON COLUMN deposits.workflow_round IS 'Numbers its workflows from 1: one more each time that a new one follows one that ended.';
COMMENT ON COLUMN deposits.dispatched_at IS 'When its workflow was started; null while none was.';
COMMENT ON COLUMN deposits.captured_at IS 'When it was stored.';
COMMENT ON COLUMN deposits.settled_at IS 'When it was settled; null while it is captured or in review.';

CREATE TABLE sightings (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  bank_account_key text NOT NULL,
  line_id          bigint,
  feed             text NOT NULL CONSTRAINT sightings_feed_known CHECK (feed IN ('poll', 'webhook', 'file')),
  source           text NOT NULL CONSTRAINT sightings_source_shape CHECK (source ~ '^[a-z0-9.-]+$' AND length(source) <= 60),
  run_id           text,
  bank_id          text,
  facts_key        text NOT NULL,
  booking_date     date NOT NULL,
  amount_minor     bigint NOT NULL,
  reference        text,
  balance_minor    bigint,
  batch_id         text,
  batch_minor      bigint,
  evidence         text CONSTRAINT sightings_evidence_known
                     CHECK (evidence IN ('facts', 'balance', 'id', 'code', 'text', 'count', 'parts', 'proof')),
  held_reason      text CONSTRAINT sightings_held_says_why CHECK (line_id IS NOT NULL OR held_reason IS NOT NULL),
  beside_line_id   bigint,
  held_reads       smallint NOT NULL DEFAULT 0 CONSTRAINT sightings_held_reads_natural CHECK (held_reads >= 0),
  seen_at          timestamptz NOT NULL DEFAULT now(),
  ended_at         timestamptz,
  xid              xid8 NOT NULL DEFAULT pg_current_xact_id(),
  salt             uuid DEFAULT gen_random_uuid(),
  commitment       bytea
);
-- One row for each way in which a line was seen, however often it is read again.
CREATE UNIQUE INDEX sightings_once ON sightings (line_id, source, coalesce(bank_id, ''), facts_key) WHERE line_id IS NOT NULL;
CREATE UNIQUE INDEX sightings_held_once ON sightings (bank_account_key, source, coalesce(bank_id, ''), facts_key) WHERE line_id IS NULL;
-- Serves capture: the held rows that a read looks at again.
CREATE INDEX sightings_waiting ON sightings (bank_account_key, booking_date) WHERE line_id IS NULL AND ended_at IS NULL;
-- Serves the story of a deposit: rows that may be its line, or might have been.
CREATE INDEX sightings_beside ON sightings (beside_line_id) WHERE line_id IS NULL;
-- Serves capture: a wording that is not the line's first.
CREATE INDEX sightings_other_wording ON sightings (bank_account_key, facts_key) WHERE evidence <> 'facts';
-- Serves capture: the parts of a batch whose total comes.
CREATE INDEX sightings_by_batch ON sightings (bank_account_key, booking_date, batch_minor) WHERE batch_minor IS NOT NULL;
-- Serves capture: ties by the bank's id.
CREATE INDEX sightings_by_bank_id ON sightings (bank_account_key, bank_id) WHERE bank_id IS NOT NULL;
-- Serves the sealer.
CREATE INDEX sightings_by_transaction ON sightings (xid);
-- What a row was that waited. The others are sealed with their line.
SELECT audit_table('sightings', 'sighting', 'id', ARRAY['line_id', 'evidence'], false);
CREATE TRIGGER sightings_refer AFTER INSERT ON sightings REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION check_sightings();
CREATE TRIGGER sightings_name_codes AFTER INSERT ON sightings REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION name_codes('r.reference');
CREATE TRIGGER sightings_refer_still AFTER UPDATE ON sightings REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION check_sightings();

COMMENT ON TABLE sightings IS 'Each way in which a line was shown: two sources word one line in two ways. Written by capture.';
COMMENT ON COLUMN sightings.id IS 'Number of the sighting.';
COMMENT ON COLUMN sightings.bank_account_key IS 'The account that was read.';
COMMENT ON COLUMN sightings.line_id IS 'The line that was shown; null while the sighting is held, since it may be a known line or its twin.';
COMMENT ON COLUMN sightings.feed IS 'Kind of source: poll, webhook or file.';
COMMENT ON COLUMN sightings.source IS 'The poll, the webhook, or one file format.';
COMMENT ON COLUMN sightings.run_id IS 'The run that first saw the line in this way; null for a webhook.';
COMMENT ON COLUMN sightings.bank_id IS 'The bank''s own id of the row, where this source states one.';
COMMENT ON COLUMN sightings.facts_key IS 'Hash of the row''s facts, as lines.facts_key.';
COMMENT ON COLUMN sightings.booking_date IS 'Bank day as this source states it.';
COMMENT ON COLUMN sightings.amount_minor IS 'Signed amount in minor units, as this source states it.';
COMMENT ON COLUMN sightings.reference IS 'The reference as this source words it, where it differs from the line''s.';
COMMENT ON COLUMN sightings.balance_minor IS 'The account''s balance beside the row, in minor units; null where this source states none.';
COMMENT ON COLUMN sightings.batch_id IS 'The bank''s reference of the batch entry that the row is a part of.';
COMMENT ON COLUMN sightings.batch_minor IS 'Signed total of that entry, in minor units; null where the row is no part of one.';
COMMENT ON COLUMN sightings.evidence IS 'What tied the row to its line; null for the row that the line was made of, and while the row is held.';
COMMENT ON COLUMN sightings.held_reason IS 'Why the row was held, in the words of holds; null where it never was.';
COMMENT ON COLUMN sightings.beside_line_id IS 'The line that the held row may be.';
COMMENT ON COLUMN sightings.held_reads IS 'How many complete reads of its closed day left the row held.';
COMMENT ON COLUMN sightings.seen_at IS 'When it was first seen in this way.';
COMMENT ON COLUMN sightings.ended_at IS 'When a held row without a line stopped waiting: complete reads of its day never showed it.';
COMMENT ON COLUMN sightings.xid IS 'The transaction that wrote it; serves the sealer.';
COMMENT ON COLUMN sightings.salt IS 'Random; the trail holds a hash of it and of the texts of the row. Null once these are erased.';
COMMENT ON COLUMN sightings.commitment IS 'That hash, once the texts are erased; null while they are there.';

CREATE TABLE line_holds (
  line_id        bigint PRIMARY KEY REFERENCES lines (id),
  reason         text NOT NULL,
  beside_line_id bigint REFERENCES lines (id),
  held_at        timestamptz NOT NULL DEFAULT now(),
  ended_at       timestamptz,
  ended_as       text CONSTRAINT line_holds_end_known CHECK (ended_as IN ('own', 'same')),
  CONSTRAINT line_holds_beside_another CHECK (beside_line_id <> line_id),
  CONSTRAINT line_holds_end_whole CHECK ((ended_at IS NULL) = (ended_as IS NULL)),
  -- It can be the same as a line only where there is one.
  CONSTRAINT line_holds_same_as_a_line CHECK (ended_as <> 'same' OR beside_line_id IS NOT NULL)
);
-- Serves capture and the pairing of reversals: the holds that still stand.
CREATE INDEX line_holds_open ON line_holds (line_id) WHERE ended_at IS NULL;
CREATE TRIGGER line_holds_keep_facts BEFORE UPDATE OF line_id, reason, beside_line_id, held_at OR DELETE ON line_holds
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
SELECT audit_table('line_holds', 'line_hold', 'line_id', ARRAY['reason', 'beside_line_id', 'ended_as']);
CREATE TRIGGER line_holds_no_truncate BEFORE TRUNCATE ON line_holds FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

COMMENT ON TABLE line_holds IS 'Lines, credits and debits, that move nothing by themselves, since they may be another line or cannot be relied on. Written by capture_lines() and end_holds() only.';
COMMENT ON COLUMN line_holds.line_id IS 'The line that is held.';
COMMENT ON COLUMN line_holds.reason IS 'Why; of a deposit also deposits.hold_reason, while the hold stands.';
COMMENT ON COLUMN line_holds.beside_line_id IS 'The line that it may be; null where it is no single one.';
COMMENT ON COLUMN line_holds.held_at IS 'When it was captured.';
COMMENT ON COLUMN line_holds.ended_at IS 'When the hold ended; null while it stands.';
COMMENT ON COLUMN line_holds.ended_as IS 'own (it is a line of its own: a read showed both, or a balance counts both) or same (a balance proves that it is the line beside it, and it is off the books).';

CREATE TABLE line_absences (
  line_id bigint NOT NULL REFERENCES lines (id),
  since   timestamptz NOT NULL,
  until   timestamptz,
  PRIMARY KEY (line_id, since),
  CONSTRAINT line_absences_in_order CHECK (until > since)
);
-- Serves the poll: a line is absent once at a time.
CREATE UNIQUE INDEX line_absences_one_open ON line_absences (line_id) WHERE until IS NULL;

COMMENT ON TABLE line_absences IS 'Known lines that a read of their whole day did not show. Absences are rare and appearances are not, so these are stored. Written by capture.';
COMMENT ON COLUMN line_absences.line_id IS 'The line that was missing.';
COMMENT ON COLUMN line_absences.since IS 'Start of the first run that did not show it.';
COMMENT ON COLUMN line_absences.until IS 'Start of the first run that showed it again; null while it is missing.';

CREATE TABLE pending_lines (
  bank_account_key text NOT NULL REFERENCES bank_accounts (key),
  facts_key        text NOT NULL,
  occurrence       integer NOT NULL,
  booking_date     date NOT NULL,
  amount_minor     bigint NOT NULL,
  currency         text NOT NULL,
  reference        text,
  seen_at          timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (bank_account_key, facts_key, occurrence)
);
CREATE TRIGGER pending_lines_name_codes AFTER INSERT ON pending_lines REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION name_codes('r.reference');

COMMENT ON TABLE pending_lines IS 'Rows that the bank has not booked yet: shown to people, never credited. Replaced by each poll.';
COMMENT ON COLUMN pending_lines.bank_account_key IS 'The account that they may move.';
COMMENT ON COLUMN pending_lines.facts_key IS 'Hash of the row''s facts, as lines.facts_key.';
COMMENT ON COLUMN pending_lines.occurrence IS 'Numbers equal rows from 1.';
COMMENT ON COLUMN pending_lines.booking_date IS 'Day that the bank states for now.';
COMMENT ON COLUMN pending_lines.amount_minor IS 'Signed amount in minor units.';
COMMENT ON COLUMN pending_lines.currency IS 'ISO 4217 code of the amount.';
COMMENT ON COLUMN pending_lines.reference IS 'The payer''s reference, as far as the bank shows it.';
COMMENT ON COLUMN pending_lines.seen_at IS 'When it was first shown.';
