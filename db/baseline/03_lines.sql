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
