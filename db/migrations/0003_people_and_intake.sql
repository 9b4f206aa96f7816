CREATE TABLE reviews (
  deposit_id     text PRIMARY KEY REFERENCES deposits (id),
  reason         text NOT NULL,
  candidates     text[] NOT NULL DEFAULT '{}',
  opened_at      timestamptz NOT NULL DEFAULT now(),
  -- Stored, never "30 days from now": a restarted workflow keeps the deadline.
  due_at         timestamptz NOT NULL,
  reminders_sent integer NOT NULL DEFAULT 0,
  overdue_at     timestamptz,
  closed_at      timestamptz
);
-- Serves GET /v1/reviews and the oldest open review of `status`.
CREATE INDEX reviews_open ON reviews (opened_at, deposit_id) WHERE closed_at IS NULL;

CREATE TABLE api_keys (
  id          text PRIMARY KEY,
  secret_hash text NOT NULL,
  name        text NOT NULL,
  owner_kind  text NOT NULL CONSTRAINT api_keys_owner_known CHECK (owner_kind IN ('service', 'person')),
  scopes      text[] NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  expires_at  timestamptz,
  revoked_at  timestamptz,
  last_used_at timestamptz
);

-- A person's word on a review. The row is the authority; an update or a signal only carries its id.
CREATE TABLE decisions (
  id          text PRIMARY KEY,
  deposit_id  text NOT NULL REFERENCES deposits (id),
  kind        text NOT NULL CONSTRAINT decisions_kind_known CHECK (kind IN ('credit', 'return')),
  wallet_id   text REFERENCES wallets (id),
  reason      text NOT NULL CONSTRAINT decisions_reason_given CHECK (length(btrim(reason)) > 0),
  decided_by  text NOT NULL REFERENCES api_keys (id),
  decided_at  timestamptz NOT NULL DEFAULT now(),
  -- Null until the workflow has tried it.
  outcome     text CONSTRAINT decisions_outcome_known CHECK (outcome IN ('credited', 'returned', 'refused')),
  refusal     text,
  applied_at  timestamptz,
  CONSTRAINT decisions_credit_names_wallet CHECK ((kind = 'credit') = (wallet_id IS NOT NULL))
);
CREATE INDEX decisions_by_deposit ON decisions (deposit_id, decided_at);
ALTER TABLE journals ADD CONSTRAINT journals_decision_known FOREIGN KEY (decision_id) REFERENCES decisions (id);

CREATE TABLE notifications (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  wallet_id     text NOT NULL REFERENCES wallets (id),
  deposit_id    text NOT NULL REFERENCES deposits (id),
  kind          text NOT NULL CONSTRAINT notifications_kind_known CHECK (kind IN ('deposit_credited')),
  amount_minor  bigint NOT NULL,
  credits       bigint NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now(),
  published_at  timestamptz,
  delivered_at  timestamptz,
  read_at       timestamptz,
  CONSTRAINT notifications_one_per_deposit UNIQUE (deposit_id, kind)
);
-- Serves GET /v1/wallets/{id}/notifications.
CREATE INDEX notifications_by_wallet ON notifications (wallet_id, id DESC);
-- Serves the sweep of notifications whose publication failed.
CREATE INDEX notifications_unpublished ON notifications (id) WHERE published_at IS NULL;

-- Webhook events, stored before the 2xx and kept for ever: the id is the sender's idempotency key.
CREATE TABLE bank_events (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  bank_account_key text NOT NULL REFERENCES bank_accounts (key),
  event_id         text NOT NULL,
  body             bytea NOT NULL,
  body_sha256      text NOT NULL,
  received_at      timestamptz NOT NULL DEFAULT now(),
  handled_at       timestamptz,
  outcome          text CONSTRAINT bank_events_outcome_known CHECK (outcome IN ('captured', 'known', 'held', 'pointer', 'pending', 'unreadable')),
  error_code       text,
  deposit_id       text REFERENCES deposits (id),
  CONSTRAINT bank_events_once UNIQUE (bank_account_key, event_id)
);
-- Serves the relay.
CREATE INDEX bank_events_waiting ON bank_events (id) WHERE handled_at IS NULL;

CREATE TABLE statement_files (
  id               text PRIMARY KEY,
  bank_account_key text NOT NULL REFERENCES bank_accounts (key),
  sha256           text NOT NULL,
  body             bytea NOT NULL,
  received_at      timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT statement_files_once UNIQUE (bank_account_key, sha256)
);

CREATE TABLE statements (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  file_id          text NOT NULL REFERENCES statement_files (id),
  position         integer NOT NULL,
  format           text NOT NULL,
  statement_id     text,
  opening_minor    bigint,
  closing_minor    bigint,
  proof            text NOT NULL CONSTRAINT statements_proof_known CHECK (proof IN ('ok', 'failed', 'absent')),
  difference_minor bigint,
  line_count       integer NOT NULL,
  captured_at      timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT statements_once UNIQUE (file_id, position),
  -- I10: what a file proves is arithmetic, not opinion. A proof may also fail by the file's own counts and totals.
  CONSTRAINT statements_proof_is_arithmetic CHECK (
    CASE proof WHEN 'ok' THEN difference_minor = 0 WHEN 'absent' THEN difference_minor IS NULL ELSE true END)
);

CREATE TABLE idempotency_keys (
  principal      text NOT NULL,
  route          text NOT NULL,
  key            text NOT NULL,
  request_sha256 text NOT NULL,
  status         integer,
  response       jsonb,
  created_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (principal, route, key)
);
