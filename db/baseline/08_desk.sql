-- The desk: what people look at. Reviews with their deadlines, cases about lines, gates, daily proofs, customers' claims.

CREATE TABLE reviews (
  deposit_id     text PRIMARY KEY REFERENCES deposits (id),
  -- The list of reasons is in domain/review-reasons.ts.
  reason         text NOT NULL,
  candidates     text[] NOT NULL DEFAULT '{}',
  assignee       text CONSTRAINT reviews_assignee_given CHECK (length(btrim(assignee)) > 0),
  opened_at      timestamptz NOT NULL DEFAULT now(),
  -- The instants of a round are stored, so a lost Temporal database or a changed setting moves no deadline.
  round          integer NOT NULL DEFAULT 1 CONSTRAINT reviews_round_positive CHECK (round > 0),
  remind_at      timestamptz[] NOT NULL DEFAULT '{}',
  reminders_sent integer NOT NULL DEFAULT 0,
  escalate_at    timestamptz,
  escalated_at   timestamptz,
  due_at         timestamptz NOT NULL,
  overdue_at     timestamptz,
  closed_at      timestamptz
);
-- Serves GET /v1/reviews and the oldest open review of `status`.
CREATE INDEX reviews_open ON reviews (opened_at, deposit_id) WHERE closed_at IS NULL;
-- Serves the queue: what is escalated first, then by deadline.
CREATE INDEX reviews_queue ON reviews ((escalated_at IS NULL), due_at, deposit_id) WHERE closed_at IS NULL;
SELECT audit_table('reviews', 'review', 'deposit_id',
  ARRAY['reason', 'round', 'due_at', 'escalated_at', 'overdue_at', 'assignee', 'closed_at']);

COMMENT ON TABLE reviews IS 'Deposits that wait, or waited, for a person: one row each. Opened by open_reviews(), closed by post_journals(); its deposit''s workflow writes reminders and rounds, the API the assignee.';
COMMENT ON COLUMN reviews.deposit_id IS 'The deposit.';
COMMENT ON COLUMN reviews.reason IS 'Why it waits, such as no_reference; docs/reviews.md explains each.';
COMMENT ON COLUMN reviews.candidates IS 'Customer codes that the reference may mean, likeliest first, whether or not a wallet has them. People are shown wallets instead (GET /v1/reviews/{id}/suggestions).';
COMMENT ON COLUMN reviews.assignee IS 'The person who looks after it, as api_keys.person names people.';
COMMENT ON COLUMN reviews.opened_at IS 'When it was opened; again when the deposit came back.';
COMMENT ON COLUMN reviews.round IS '1, and one more for each deadline that ran out.';
COMMENT ON COLUMN reviews.remind_at IS 'When people are reminded in this round.';
COMMENT ON COLUMN reviews.reminders_sent IS 'How many of these reminders are over.';
COMMENT ON COLUMN reviews.escalate_at IS 'When it is escalated in this round; null where the round is too short for it.';
COMMENT ON COLUMN reviews.escalated_at IS 'When it was escalated; null while it is not.';
COMMENT ON COLUMN reviews.due_at IS 'Deadline of this round.';
COMMENT ON COLUMN reviews.overdue_at IS 'When a deadline last ran out; null where none did.';
COMMENT ON COLUMN reviews.closed_at IS 'When its deposit was settled; null while it waits.';

CREATE TABLE review_comments (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  deposit_id text NOT NULL REFERENCES reviews (deposit_id),
  key_id     text NOT NULL REFERENCES api_keys (id),
  person     text,
  text       text NOT NULL CONSTRAINT review_comments_text_given CHECK (length(btrim(text)) > 0 OR commitment IS NOT NULL),
  created_at timestamptz NOT NULL DEFAULT now(),
  xid        xid8 NOT NULL DEFAULT pg_current_xact_id(),
  salt       uuid DEFAULT gen_random_uuid(),
  commitment bytea
);
-- Serves the sealer.
CREATE INDEX review_comments_by_transaction ON review_comments (xid);
-- Serves the comments of one review.
CREATE INDEX review_comments_by_deposit ON review_comments (deposit_id, id);
CREATE TRIGGER review_comments_append_only BEFORE UPDATE OR DELETE ON review_comments
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
SELECT audit_table('review_comments', 'review', 'deposit_id', ARRAY['id']);

COMMENT ON TABLE review_comments IS 'What people noted about a review. Written by the API; rows never change.';
COMMENT ON COLUMN review_comments.id IS 'Number of the comment.';
COMMENT ON COLUMN review_comments.deposit_id IS 'The review''s deposit.';
COMMENT ON COLUMN review_comments.key_id IS 'Id of the API key that wrote it.';
COMMENT ON COLUMN review_comments.person IS 'The human behind that key; null where a service wrote it.';
COMMENT ON COLUMN review_comments.text IS 'The note.';
COMMENT ON COLUMN review_comments.created_at IS 'When it was written.';
COMMENT ON COLUMN review_comments.xid IS 'The transaction that wrote it; serves the sealer.';
COMMENT ON COLUMN review_comments.salt IS 'Random; the trail holds a hash of it and of the texts of the row. Null once these are erased.';
COMMENT ON COLUMN review_comments.commitment IS 'That hash, once the texts are erased; null while they are there.';

CREATE TABLE line_cases (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind       text NOT NULL CONSTRAINT line_cases_kind_known CHECK (kind IN ('line_vanished', 'amount_changed', 'reversal_unpaired', 'row_unreadable')),
  line_id    bigint REFERENCES lines (id),
  row_id     bigint REFERENCES quarantined_rows (id),
  other_id   bigint REFERENCES lines (id),
  opened_at  timestamptz NOT NULL DEFAULT now(),
  closed_at  timestamptz,
  outcome    text CONSTRAINT line_cases_outcome_known CHECK (outcome IN ('restored', 'settled', 'decided')),
  closed_by  text REFERENCES api_keys (id),
  note       text,
  CONSTRAINT line_cases_about_one CHECK ((line_id IS NULL) = (kind = 'row_unreadable') AND (row_id IS NULL) = (kind <> 'row_unreadable')),
  CONSTRAINT line_cases_closed_whole CHECK ((closed_at IS NULL) = (outcome IS NULL)),
  CONSTRAINT line_cases_decided_by_person CHECK (outcome IS DISTINCT FROM 'decided' OR (closed_by IS NOT NULL AND note IS NOT NULL))
);
-- Serves the list of open cases, and keeps one of a kind for each line.
CREATE UNIQUE INDEX line_cases_one_open ON line_cases (line_id, kind) WHERE closed_at IS NULL;
-- Keeps one open case for each row, and serves the read that opens and closes them.
CREATE UNIQUE INDEX line_cases_one_open_row ON line_cases (row_id) WHERE closed_at IS NULL;
SELECT audit_table('line_cases', 'line_case', 'id', ARRAY['kind', 'line_id', 'row_id', 'other_id', 'outcome', 'closed_by']);
CREATE TRIGGER line_cases_hold AFTER INSERT ON line_cases REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION hold_vanished();
CREATE TRIGGER line_cases_release AFTER UPDATE ON line_cases REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION hold_vanished();

COMMENT ON TABLE line_cases IS 'What the bank did to a line after it was captured, and rows that cannot be read. A case posts nothing. Opened by capture and by the search for reversals, closed by these or by a person.';
COMMENT ON COLUMN line_cases.id IS 'Number of the case.';
COMMENT ON COLUMN line_cases.kind IS 'line_vanished (reads of the account do not show the line: the bank removed it, or only a webhook ever showed it), amount_changed (its id has another amount now), reversal_unpaired (no deposit was found for a reversal) or row_unreadable (a row of the bank cannot be read).';
COMMENT ON COLUMN line_cases.row_id IS 'For row_unreadable: the row.';
COMMENT ON COLUMN line_cases.line_id IS 'The line; null for row_unreadable.';
COMMENT ON COLUMN line_cases.other_id IS 'For amount_changed: the line that has the same id and another amount.';
COMMENT ON COLUMN line_cases.opened_at IS 'When it was opened.';
COMMENT ON COLUMN line_cases.closed_at IS 'When it was closed; null while it is open.';
COMMENT ON COLUMN line_cases.outcome IS 'restored (the bank shows the line again, or a row that could not be read no longer), settled (the line was taken back meanwhile) or decided (a person closed it).';
COMMENT ON COLUMN line_cases.closed_by IS 'Id of the API key whose owner closed it.';
COMMENT ON COLUMN line_cases.note IS 'Why that person closed it.';

CREATE TABLE gates (
  scope      text PRIMARY KEY CONSTRAINT gates_scope_shape CHECK (scope = '*' OR scope ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
  state      text NOT NULL CONSTRAINT gates_state_known CHECK (state IN ('open', 'closed')),
  cause      text NOT NULL CONSTRAINT gates_cause_known CHECK (cause IN ('operator', 'proof_failed', 'balance_differs')),
  reason     text NOT NULL CONSTRAINT gates_reason_given CHECK (length(btrim(reason)) > 0),
  changed_by text REFERENCES api_keys (id),
  changed_at timestamptz NOT NULL DEFAULT now(),
  drained_at timestamptz
);
-- Serves the sweep.
CREATE INDEX gates_undrained ON gates (scope) WHERE state = 'open' AND drained_at IS NULL;
SELECT audit_table('gates', 'gate', 'scope', ARRAY['state', 'cause', 'changed_by']);

COMMENT ON TABLE gates IS 'While an account''s gate is closed, its lines are captured and nothing is credited. A gate that was never closed has no row. Written by set_gate() and mark_gate_drained() only: people open and close them, failed proofs close.';
COMMENT ON COLUMN gates.scope IS 'Key of a bank account, or * for all of them.';
COMMENT ON COLUMN gates.state IS 'open or closed.';
COMMENT ON COLUMN gates.cause IS 'What changed it last: an operator, a statement whose totals are wrong, or a balance that differs.';
COMMENT ON COLUMN gates.reason IS 'Why, in words.';
COMMENT ON COLUMN gates.changed_by IS 'Id of the API key that changed it; null where a rule did.';
COMMENT ON COLUMN gates.changed_at IS 'When it was changed last.';
COMMENT ON COLUMN gates.drained_at IS 'When every deposit that waited had been let go; null from the opening until then.';

CREATE TABLE day_proofs (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  bank_account_key text NOT NULL REFERENCES bank_accounts (key),
  day              date NOT NULL,
  source           text NOT NULL CONSTRAINT day_proofs_source_known CHECK (source IN ('statement', 'api')),
  moment           text NOT NULL CONSTRAINT day_proofs_moment_known CHECK (moment IN ('end_of_day', 'last_line', 'now')),
  statement_id     bigint REFERENCES statements (id),
  opening_on       date NOT NULL,
  opening_minor    bigint NOT NULL,
  bank_minor       bigint NOT NULL,
  ledger_minor     bigint NOT NULL,
  difference_minor bigint NOT NULL,
  suspense_minor   bigint NOT NULL,
  open_minor       bigint NOT NULL,
  open_count       integer NOT NULL,
  taken_at         timestamptz NOT NULL DEFAULT now(),
  xid              xid8 NOT NULL DEFAULT pg_current_xact_id(),
  CONSTRAINT day_proofs_arithmetic CHECK (difference_minor = ledger_minor - bank_minor),
  CONSTRAINT day_proofs_name_statement CHECK ((source = 'statement') = (statement_id IS NOT NULL))
);
-- Serves the newest proofs of an account.
CREATE INDEX day_proofs_newest ON day_proofs (bank_account_key, id DESC);
-- Serves the sealer.
CREATE INDEX day_proofs_by_transaction ON day_proofs (xid);
CREATE TRIGGER day_proofs_append_only BEFORE UPDATE OR DELETE ON day_proofs FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Serves the sweep: statements that were not compared yet.
CREATE INDEX day_proofs_by_statement ON day_proofs (statement_id) WHERE statement_id IS NOT NULL;

COMMENT ON TABLE day_proofs IS 'The ledger compared with the bank''s own balance at one moment of a day; each look is kept. Written by runs and imports; rows never change.';
COMMENT ON COLUMN day_proofs.id IS 'Number of the look.';
COMMENT ON COLUMN day_proofs.bank_account_key IS 'The account.';
COMMENT ON COLUMN day_proofs.day IS 'The bank day of the moment at which the balances are compared.';
COMMENT ON COLUMN day_proofs.source IS 'Where the bank''s balance comes from: a statement, or its API.';
COMMENT ON COLUMN day_proofs.moment IS 'That moment: end_of_day, last_line (after the last line that the statement shows of that day) or now (as the API answered).';
COMMENT ON COLUMN day_proofs.statement_id IS 'The statement that states the bank''s balance; null where the API did.';
COMMENT ON COLUMN day_proofs.opening_on IS 'The first bank day whose lines are counted.';
COMMENT ON COLUMN day_proofs.opening_minor IS 'The balance before that day, from which the ledger counts, in minor units.';
COMMENT ON COLUMN day_proofs.bank_minor IS 'The bank''s balance, in minor units.';
COMMENT ON COLUMN day_proofs.ledger_minor IS 'The ledger''s balance, in minor units.';
COMMENT ON COLUMN day_proofs.difference_minor IS 'Ledger less bank, in minor units; 0 where they agree.';
COMMENT ON COLUMN day_proofs.suspense_minor IS 'Money in suspense at the time of the look, not at the end of that day, in minor units.';
COMMENT ON COLUMN day_proofs.open_minor IS 'Open deposits at the time of the look, which suspense must equal, in minor units.';
COMMENT ON COLUMN day_proofs.open_count IS 'How many deposits these are.';
COMMENT ON COLUMN day_proofs.taken_at IS 'When the look was taken.';
COMMENT ON COLUMN day_proofs.xid IS 'The transaction that wrote it; serves the sealer.';

CREATE TABLE claims (
  id           text PRIMARY KEY,
  wallet_id    text NOT NULL REFERENCES wallets (id),
  amount_minor bigint NOT NULL CONSTRAINT claims_amount_positive CHECK (amount_minor > 0),
  paid_on      date NOT NULL,
  proof_ref    text,
  state        text NOT NULL DEFAULT 'open'
                 CONSTRAINT claims_state_known CHECK (state IN ('open', 'met', 'expired', 'withdrawn')),
  deposit_id   text REFERENCES deposits (id),
  made_by      text NOT NULL REFERENCES api_keys (id),
  made_at      timestamptz NOT NULL DEFAULT now(),
  expires_at   timestamptz NOT NULL,
  ended_at     timestamptz,
  CONSTRAINT claims_met_names_deposit CHECK ((state = 'met') = (deposit_id IS NOT NULL)),
  CONSTRAINT claims_ended_whole CHECK ((state = 'open') = (ended_at IS NULL))
);
-- One deposit meets one claim.
CREATE UNIQUE INDEX claims_one_per_deposit ON claims (deposit_id) WHERE deposit_id IS NOT NULL;
-- Serves suggestions: open claims of about an amount.
CREATE INDEX claims_open_by_amount ON claims (amount_minor, paid_on) WHERE state = 'open';
-- Serves the claims of one wallet, newest first.
CREATE INDEX claims_by_wallet ON claims (wallet_id, made_at DESC);
SELECT audit_table('claims', 'claim', 'id', ARRAY['wallet_id', 'amount_minor', 'state', 'deposit_id']);

COMMENT ON TABLE claims IS 'What customers say to have paid. A claim ranks suggestions and never credits. Made by the API; ended by the deposit that meets it, by the sweep, or by the customer.';
COMMENT ON COLUMN claims.id IS 'Id of the claim, with prefix clm_.';
COMMENT ON COLUMN claims.wallet_id IS 'The customer''s wallet.';
COMMENT ON COLUMN claims.amount_minor IS 'What they say to have paid, in minor units.';
COMMENT ON COLUMN claims.paid_on IS 'The day on which they say to have paid.';
COMMENT ON COLUMN claims.proof_ref IS 'Where their proof of payment is kept, never the proof itself.';
COMMENT ON COLUMN claims.state IS 'open, met (a deposit answers it), expired or withdrawn.';
COMMENT ON COLUMN claims.deposit_id IS 'For met: the deposit.';
COMMENT ON COLUMN claims.made_by IS 'Id of the API key that made it.';
COMMENT ON COLUMN claims.made_at IS 'When it was made.';
COMMENT ON COLUMN claims.expires_at IS 'When it lapses.';
COMMENT ON COLUMN claims.ended_at IS 'When it left open; null while it is open.';

CREATE TABLE payer_revocations (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  wallet_id  text NOT NULL REFERENCES wallets (id),
  deposit_id text NOT NULL REFERENCES deposits (id),
  revoked_by text NOT NULL REFERENCES api_keys (id),
  reason     text NOT NULL CONSTRAINT payer_revocations_reason_given CHECK (length(btrim(reason)) > 0 OR commitment IS NOT NULL),
  revoked_at timestamptz NOT NULL DEFAULT now(),
  xid        xid8 NOT NULL DEFAULT pg_current_xact_id(),
  salt       uuid DEFAULT gen_random_uuid(),
  commitment bytea
);
-- Serves the sealer.
CREATE INDEX payer_revocations_by_transaction ON payer_revocations (xid);
-- Serves payer memory of one wallet.
CREATE INDEX payer_revocations_by_wallet ON payer_revocations (wallet_id);
CREATE TRIGGER payer_revocations_append_only BEFORE UPDATE OR DELETE ON payer_revocations FOR EACH ROW EXECUTE FUNCTION refuse_change();
SELECT audit_table('payer_revocations', 'payer_revocation', 'id', ARRAY['wallet_id', 'deposit_id', 'revoked_by']);

COMMENT ON TABLE payer_revocations IS 'Payers that people removed from payer memory. Memory itself is read from credits that people decided and that stand; a row here makes those before it count no longer. Written by the API; rows never change.';
COMMENT ON COLUMN payer_revocations.id IS 'Number of the revocation.';
COMMENT ON COLUMN payer_revocations.wallet_id IS 'The wallet that the payer was remembered for.';
COMMENT ON COLUMN payer_revocations.deposit_id IS 'A deposit of that payer: its line tells the payer''s account and name.';
COMMENT ON COLUMN payer_revocations.revoked_by IS 'Id of the API key whose owner revoked it.';
COMMENT ON COLUMN payer_revocations.reason IS 'Why.';
COMMENT ON COLUMN payer_revocations.revoked_at IS 'When.';
COMMENT ON COLUMN payer_revocations.xid IS 'The transaction that wrote it; serves the sealer.';
COMMENT ON COLUMN payer_revocations.salt IS 'Random; the trail holds a hash of it and of the texts of the row. Null once these are erased.';
COMMENT ON COLUMN payer_revocations.commitment IS 'That hash, once the texts are erased; null while they are there.';
