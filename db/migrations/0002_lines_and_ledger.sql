CREATE TABLE runs (
  id               text PRIMARY KEY,
  bank_account_key text NOT NULL REFERENCES bank_accounts (key),
  kind             text NOT NULL CONSTRAINT runs_kind_known CHECK (kind IN ('poll', 'import')),
  started_at       timestamptz NOT NULL DEFAULT now(),
  finished_at      timestamptz,
  -- Null while the run is going on.
  outcome          text CONSTRAINT runs_outcome_known CHECK (outcome IN ('completed', 'waiting', 'failed')),
  error_code       text,
  window_from      date,
  window_to        date,
  lines_seen       integer NOT NULL DEFAULT 0,
  lines_new        integer NOT NULL DEFAULT 0,
  held             integer NOT NULL DEFAULT 0,
  deposits_new     integer NOT NULL DEFAULT 0,
  credited_count   integer NOT NULL DEFAULT 0,
  credited_minor   bigint NOT NULL DEFAULT 0,
  credits          bigint NOT NULL DEFAULT 0,
  review_count     integer NOT NULL DEFAULT 0,
  review_minor     bigint NOT NULL DEFAULT 0
);
-- Serves `status` and GET /v1/runs: newest runs, of one account or of all.
CREATE INDEX runs_newest ON runs (bank_account_key, started_at DESC);
CREATE INDEX runs_by_id ON runs (started_at DESC, id DESC);

-- I1, I13, I14: each booked line once; pending rows live in pending_lines, which nothing in the ledger refers to.
CREATE TABLE lines (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  bank_account_key text NOT NULL REFERENCES bank_accounts (key),
  key_scheme       smallint NOT NULL,
  facts_key        text NOT NULL,
  occurrence       integer NOT NULL CONSTRAINT lines_occurrence_positive CHECK (occurrence >= 1),
  transaction_key  text NOT NULL CONSTRAINT lines_transaction_key_shape CHECK (transaction_key ~ '^[A-Za-z0-9._:-]{1,120}$'),
  status           text NOT NULL DEFAULT 'booked' CONSTRAINT lines_booked_only CHECK (status = 'booked'),
  booking_date     date NOT NULL,
  value_date       date,
  -- Signed: credits > 0, debits < 0. Zero-amount rows are notices, marked as such, and never post.
  amount_minor     bigint NOT NULL CONSTRAINT lines_amount_in_range CHECK (amount_minor BETWEEN -10000000000000 AND 10000000000000),
  currency         text NOT NULL CONSTRAINT lines_currency_shape CHECK (currency ~ '^[A-Z]{3}$'),
  reversal         boolean NOT NULL DEFAULT false,
  "references"     text[] NOT NULL,
  text             text NOT NULL,
  counterparty_name    text,
  counterparty_account text,
  captured_at      timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT lines_captured_once UNIQUE (bank_account_key, key_scheme, facts_key, occurrence),
  CONSTRAINT lines_transaction_key_unique UNIQUE (bank_account_key, transaction_key)
);
-- Serves capture: the known lines of a window.
CREATE INDEX lines_by_day ON lines (bank_account_key, booking_date);

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

CREATE TABLE deposits (
  id               text PRIMARY KEY,
  line_id          bigint NOT NULL CONSTRAINT deposits_one_per_line UNIQUE REFERENCES lines (id),
  bank_account_key text NOT NULL REFERENCES bank_accounts (key),
  transaction_key  text NOT NULL,
  amount_minor     bigint NOT NULL CONSTRAINT deposits_amount_positive CHECK (amount_minor > 0),
  currency         text NOT NULL,
  booking_date     date NOT NULL,
  state            text NOT NULL DEFAULT 'captured'
    CONSTRAINT deposits_state_known CHECK (state IN ('captured', 'in_review', 'credited', 'returned', 'dismissed', 'reversed')),
  hold_reason      text,
  wallet_id        text REFERENCES wallets (id),
  lane             text CONSTRAINT deposits_lane_known CHECK (lane IN ('workflow', 'backlog')),
  run_id           text REFERENCES runs (id),
  -- 1, then one more for each time that the workflow ended overdue and a later decision opened it again.
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

CREATE TABLE sightings (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  bank_account_key text NOT NULL REFERENCES bank_accounts (key),
  -- Null while held: a partial sighting that may be a known line or its twin.
  line_id          bigint REFERENCES lines (id),
  feed             text NOT NULL CONSTRAINT sightings_feed_known CHECK (feed IN ('poll', 'webhook', 'file')),
  bank_id          text,
  facts_key        text NOT NULL,
  booking_date     date NOT NULL,
  amount_minor     bigint NOT NULL,
  reference        text,
  seen_at          timestamptz NOT NULL DEFAULT now()
);
-- One row for each way a line was seen, however often it is read again.
CREATE UNIQUE INDEX sightings_once ON sightings (line_id, feed, coalesce(bank_id, ''), facts_key) WHERE line_id IS NOT NULL;
CREATE UNIQUE INDEX sightings_held_once ON sightings (bank_account_key, feed, coalesce(bank_id, ''), facts_key) WHERE line_id IS NULL;
-- Serves capture: ties by the bank's id.
CREATE INDEX sightings_by_bank_id ON sightings (bank_account_key, bank_id) WHERE bank_id IS NOT NULL;

-- A journal is closed by the statement that writes it (I6) and moves at most one wallet.
CREATE TABLE journals (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind             text NOT NULL CONSTRAINT journals_kind_known CHECK (kind IN ('capture', 'credit', 'return', 'reversal')),
  bank_account_key text NOT NULL REFERENCES bank_accounts (key),
  line_id          bigint NOT NULL REFERENCES lines (id),
  deposit_id       text REFERENCES deposits (id),
  decision_id      text,
  reverses_id      bigint REFERENCES journals (id),
  rate_version     integer REFERENCES rates (version),
  wallet_id        text REFERENCES wallets (id),
  wallet_seq       bigint,
  credits_after    bigint,
  prepaid_after    bigint,
  remainder_after  bigint,
  -- The bank's day, apart from created_at, which is ours.
  event_on         date NOT NULL,
  created_at       timestamptz NOT NULL DEFAULT now(),
  xid              xid8 NOT NULL DEFAULT pg_current_xact_id(),
  CONSTRAINT journals_wallet_seq_unique UNIQUE (wallet_id, wallet_seq),
  CONSTRAINT journals_wallet_whole CHECK (
    (wallet_id IS NULL) = (wallet_seq IS NULL) AND (wallet_id IS NULL) = (credits_after IS NULL)
    AND (wallet_id IS NULL) = (prepaid_after IS NULL) AND (wallet_id IS NULL) = (remainder_after IS NULL)),
  -- Without a deposit, the index of terminal moves would let a second one pass.
  CONSTRAINT journals_move_has_deposit CHECK (kind = 'capture' OR deposit_id IS NOT NULL),
  CONSTRAINT journals_credit_has_wallet CHECK (kind NOT IN ('credit', 'reversal') OR wallet_id IS NOT NULL),
  CONSTRAINT journals_credit_has_rate CHECK (kind <> 'credit' OR rate_version IS NOT NULL),
  CONSTRAINT journals_reversal_names_origin CHECK ((kind = 'reversal') = (reverses_id IS NOT NULL)),
  CONSTRAINT journals_return_is_decided CHECK (kind <> 'return' OR decision_id IS NOT NULL)
);
-- I3: one origin for each line. I4: one terminal move for each deposit. I9: one reversal for each journal.
CREATE UNIQUE INDEX journals_one_capture ON journals (line_id) WHERE kind = 'capture';
CREATE UNIQUE INDEX journals_one_terminal ON journals (deposit_id) WHERE kind IN ('credit', 'return');
CREATE UNIQUE INDEX journals_one_reversal ON journals (reverses_id) WHERE kind = 'reversal';

-- Debit > 0, credit < 0. The account is named by its kind and its owner; its unit follows from its kind.
CREATE TABLE postings (
  journal_id       bigint NOT NULL REFERENCES journals (id),
  leg              smallint NOT NULL,
  account          text NOT NULL,
  bank_account_key text REFERENCES bank_accounts (key),
  wallet_id        text REFERENCES wallets (id),
  unit             text NOT NULL,
  amount           bigint NOT NULL CONSTRAINT postings_not_zero CHECK (amount <> 0),
  PRIMARY KEY (journal_id, leg),
  CONSTRAINT postings_account_known CHECK (
    CASE account
      WHEN 'bank' THEN bank_account_key IS NOT NULL AND wallet_id IS NULL AND unit <> 'CREDIT'
      WHEN 'suspense' THEN bank_account_key IS NOT NULL AND wallet_id IS NULL AND unit <> 'CREDIT'
      WHEN 'bank_other' THEN bank_account_key IS NOT NULL AND wallet_id IS NULL AND unit <> 'CREDIT'
      WHEN 'return_payable' THEN bank_account_key IS NOT NULL AND wallet_id IS NULL AND unit <> 'CREDIT'
      WHEN 'wallet_prepaid' THEN wallet_id IS NOT NULL AND bank_account_key IS NULL AND unit = 'ZAR'
      WHEN 'wallet_remainder' THEN wallet_id IS NOT NULL AND bank_account_key IS NULL AND unit = 'ZAR'
      WHEN 'wallet_receivable' THEN wallet_id IS NOT NULL AND bank_account_key IS NULL AND unit = 'ZAR'
      WHEN 'wallet_credits' THEN wallet_id IS NOT NULL AND bank_account_key IS NULL AND unit = 'CREDIT'
      WHEN 'credits_issued' THEN wallet_id IS NULL AND bank_account_key IS NULL AND unit = 'CREDIT'
      ELSE false
    END)
);
-- Serves `verify` and the ledger of one wallet.
CREATE INDEX postings_by_wallet ON postings (wallet_id, journal_id) WHERE wallet_id IS NOT NULL;
