-- A gate holds money, not data: while it is closed, lines are captured and nobody is credited.
CREATE TABLE gates (
  -- A bank account's key, or `*` for all of them.
  scope      text PRIMARY KEY CONSTRAINT gates_scope_shape CHECK (scope = '*' OR scope ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
  state      text NOT NULL CONSTRAINT gates_state_known CHECK (state IN ('open', 'closed')),
  cause      text NOT NULL CONSTRAINT gates_cause_known CHECK (cause IN ('operator', 'proof_failed', 'balance_differs')),
  reason     text NOT NULL CONSTRAINT gates_reason_given CHECK (length(btrim(reason)) > 0),
  changed_by text REFERENCES api_keys (id),
  changed_at timestamptz NOT NULL DEFAULT now(),
  -- Null from the opening until every deposit that waited has been let go.
  drained_at timestamptz
);
-- Serves the sweep.
CREATE INDEX gates_undrained ON gates (scope) WHERE state = 'open' AND drained_at IS NULL;
ALTER TABLE gates OWNER TO purser_ledger;
GRANT SELECT, INSERT, UPDATE ON gates TO purser_app;

-- What the account held before the first line of ours, so that ledger and bank can be held against each other. The first
-- statement whose proof is good says it.
ALTER TABLE bank_accounts
  ADD COLUMN opening_minor bigint,
  ADD COLUMN opening_on date,
  -- What a balance that differs means: `alert` tells a person, `close_gate` also stops crediting.
  ADD COLUMN balance_policy text NOT NULL DEFAULT 'alert'
    CONSTRAINT bank_accounts_balance_policy_known CHECK (balance_policy IN ('alert', 'close_gate')),
  ADD CONSTRAINT bank_accounts_opening_whole CHECK ((opening_minor IS NULL) = (opening_on IS NULL));

-- Ledger and bank held against each other at the end of a day; each look is kept.
CREATE TABLE day_proofs (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  bank_account_key text NOT NULL REFERENCES bank_accounts (key),
  day              date NOT NULL,
  -- Where the bank's figure comes from.
  source           text NOT NULL CONSTRAINT day_proofs_source_known CHECK (source IN ('statement', 'api')),
  bank_minor       bigint NOT NULL,
  ledger_minor     bigint NOT NULL,
  difference_minor bigint NOT NULL,
  -- Now, not at the end of that day: what is nobody's yet, and the open deposits that it must be.
  suspense_minor   bigint NOT NULL,
  open_minor       bigint NOT NULL,
  open_count       integer NOT NULL,
  taken_at         timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT day_proofs_arithmetic CHECK (difference_minor = ledger_minor - bank_minor)
);
CREATE INDEX day_proofs_newest ON day_proofs (bank_account_key, id DESC);
CREATE TRIGGER day_proofs_append_only BEFORE UPDATE OR DELETE ON day_proofs FOR EACH ROW EXECUTE FUNCTION refuse_change();
ALTER TABLE day_proofs OWNER TO purser_ledger;
GRANT SELECT, INSERT ON day_proofs TO purser_app;

-- What the bank did to a line after we had captured it. A case posts nothing; a person looks, and closes it.
CREATE TABLE line_cases (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind       text NOT NULL CONSTRAINT line_cases_kind_known CHECK (kind IN ('line_vanished', 'amount_changed', 'reversal_unpaired')),
  line_id    bigint NOT NULL REFERENCES lines (id),
  -- The line that has the same id and another amount.
  other_id   bigint REFERENCES lines (id),
  opened_at  timestamptz NOT NULL DEFAULT now(),
  closed_at  timestamptz,
  -- `restored`: the bank shows the line again; `settled`: it was taken back meanwhile; `decided`: a person closed it.
  outcome    text CONSTRAINT line_cases_outcome_known CHECK (outcome IN ('restored', 'settled', 'decided')),
  closed_by  text REFERENCES api_keys (id),
  note       text,
  CONSTRAINT line_cases_closed_whole CHECK ((closed_at IS NULL) = (outcome IS NULL)),
  CONSTRAINT line_cases_decided_by_person CHECK (outcome IS DISTINCT FROM 'decided' OR (closed_by IS NOT NULL AND note IS NOT NULL))
);
CREATE UNIQUE INDEX line_cases_one_open ON line_cases (line_id, kind) WHERE closed_at IS NULL;
ALTER TABLE line_cases OWNER TO purser_ledger;
GRANT SELECT, INSERT, UPDATE ON line_cases TO purser_app;

SELECT audit_table('gates', 'gate', 'scope', ARRAY['state', 'cause']);
SELECT audit_table('line_cases', 'line_case', 'id', ARRAY['kind', 'line_id', 'other_id', 'outcome']);

-- A new account runs for real with its credits withheld: what the rules would credit waits for a person.
ALTER TABLE bank_accounts
  ADD COLUMN mode text NOT NULL DEFAULT 'live' CONSTRAINT bank_accounts_mode_known CHECK (mode IN ('live', 'shadow'));
SELECT audit_table('bank_accounts', 'bank_account', 'key', ARRAY['currency', 'time_zone', 'feed', 'poll_enabled', 'proof_policy',
  'amount_limit_minor', 'amounts', 'webhook_signature', 'webhook_trust', 'balance_policy', 'mode']);
