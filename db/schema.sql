-- The schema as the migrations leave it, read from Postgres' own catalogue. Written by `npm run db:schema`;
-- a test holds it to the migrations. For reading and reviewing only: it is never run.

CREATE SEQUENCE customer_code_numbers MINVALUE 1 MAXVALUE 9999999;
GRANT USAGE ON SEQUENCE customer_code_numbers TO purser_app;

-- owned by purser_ledger
CREATE TABLE api_keys (
  id text NOT NULL,
  secret_hash text NOT NULL,
  name text NOT NULL,
  owner_kind text NOT NULL,
  scopes text[] NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  last_used_at timestamp with time zone,
  person text
);
ALTER TABLE api_keys ADD CONSTRAINT api_keys_owner_known CHECK ((owner_kind = ANY (ARRAY['service'::text, 'person'::text])));
ALTER TABLE api_keys ADD CONSTRAINT api_keys_person_of_person CHECK (((owner_kind = 'person'::text) = (person IS NOT NULL)));
ALTER TABLE api_keys ADD CONSTRAINT api_keys_person_spelling CHECK (((person = lower(btrim(person))) AND (person <> ''::text)));
ALTER TABLE api_keys ADD CONSTRAINT api_keys_pkey PRIMARY KEY (id);
CREATE TRIGGER api_keys_audit_delete AFTER DELETE ON public.api_keys REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION api_keys_audited();
CREATE TRIGGER api_keys_audit_insert AFTER INSERT ON public.api_keys REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION api_keys_audited();
CREATE TRIGGER api_keys_audit_update AFTER UPDATE ON public.api_keys REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION api_keys_audited();
GRANT INSERT, SELECT, UPDATE ON api_keys TO purser_app;

-- owned by purser_ledger
CREATE TABLE audit_events (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  happened_at timestamp with time zone NOT NULL DEFAULT now(),
  actor_kind text NOT NULL DEFAULT COALESCE(NULLIF(current_setting('purser.actor_kind'::text, true), ''::text),
CASE current_setting('role'::text)
    WHEN 'purser_app'::text THEN 'workflow'::text
    ELSE 'system'::text
END),
  actor_key text DEFAULT NULLIF(current_setting('purser.actor_key'::text, true), ''::text),
  actor_person text DEFAULT NULLIF(current_setting('purser.actor_person'::text, true), ''::text),
  login text NOT NULL DEFAULT SESSION_USER,
  action text NOT NULL,
  subject_kind text NOT NULL,
  subject_id text NOT NULL,
  before jsonb,
  after jsonb,
  why text DEFAULT NULLIF(current_setting('purser.why'::text, true), ''::text)
);
ALTER TABLE audit_events ADD CONSTRAINT audit_events_action_shape CHECK ((action ~ '^[a-z_]+\.[a-z_]+$'::text));
ALTER TABLE audit_events ADD CONSTRAINT audit_events_actor_known CHECK ((actor_kind = ANY (ARRAY['person'::text, 'service'::text, 'workflow'::text, 'system'::text])));
ALTER TABLE audit_events ADD CONSTRAINT audit_events_pkey PRIMARY KEY (id);
ALTER TABLE audit_events ADD CONSTRAINT audit_events_subject_shape CHECK ((subject_kind ~ '^[a-z_]+$'::text));
CREATE INDEX audit_events_by_subject ON public.audit_events USING btree (subject_kind, subject_id, id);
CREATE INDEX audit_events_by_transaction ON public.audit_events USING btree (xid, id);
CREATE TRIGGER audit_events_append_only BEFORE DELETE OR UPDATE ON public.audit_events FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_events_no_truncate BEFORE TRUNCATE ON public.audit_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT ON audit_events TO purser_app;

-- owned by purser_ledger
CREATE TABLE audit_seals (
  seq bigint NOT NULL,
  event_id bigint NOT NULL,
  prev bytea NOT NULL,
  hash bytea NOT NULL,
  sealed_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE audit_seals ADD CONSTRAINT audit_seals_event_id_fkey FOREIGN KEY (event_id) REFERENCES audit_events(id);
ALTER TABLE audit_seals ADD CONSTRAINT audit_seals_hash_length CHECK ((length(hash) = 32));
ALTER TABLE audit_seals ADD CONSTRAINT audit_seals_no_fork UNIQUE (prev);
ALTER TABLE audit_seals ADD CONSTRAINT audit_seals_once UNIQUE (event_id);
ALTER TABLE audit_seals ADD CONSTRAINT audit_seals_pkey PRIMARY KEY (seq);
ALTER TABLE audit_seals ADD CONSTRAINT audit_seals_seq_positive CHECK ((seq > 0));
CREATE TRIGGER audit_seals_append_only BEFORE DELETE OR UPDATE ON public.audit_seals FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_seals_no_truncate BEFORE TRUNCATE ON public.audit_seals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT ON audit_seals TO purser_app;

-- owned by purser_ledger
CREATE TABLE bank_accounts (
  key text NOT NULL,
  bank_name text NOT NULL,
  currency text NOT NULL,
  time_zone text NOT NULL,
  feed text,
  api_url text,
  bank_account_id text,
  api_key_env text,
  webhook_secret_env text,
  statement_account text,
  poll_enabled boolean NOT NULL DEFAULT true,
  last_complete_day date,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  proof_policy text NOT NULL DEFAULT 'hold'::text,
  field_map jsonb,
  amounts text NOT NULL DEFAULT 'signed'::text,
  webhook_signature text NOT NULL DEFAULT 'standard'::text,
  webhook_signature_header text NOT NULL DEFAULT 'x-signature'::text,
  webhook_timestamp_header text,
  webhook_trust text NOT NULL DEFAULT 'credit'::text,
  reversals_read_to bigint NOT NULL DEFAULT 0,
  amount_limit_minor bigint,
  opening_minor bigint,
  opening_on date,
  balance_policy text NOT NULL DEFAULT 'alert'::text,
  mode text NOT NULL DEFAULT 'live'::text,
  payer_conflict text NOT NULL DEFAULT 'credit'::text
);
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_amounts_known CHECK ((amounts = ANY (ARRAY['signed'::text, 'unsigned'::text])));
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_balance_policy_known CHECK ((balance_policy = ANY (ARRAY['alert'::text, 'close_gate'::text])));
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_currency_shape CHECK ((currency ~ '^[A-Z]{3}$'::text));
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_feed_known CHECK ((feed = ANY (ARRAY['json'::text, 'investec'::text, 'open-banking-uk'::text, 'berlin-group'::text, 'stitch'::text])));
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_field_map_shape CHECK ((jsonb_typeof(field_map) = 'object'::text));
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_key_shape CHECK ((key ~ '^[a-z0-9][a-z0-9-]{0,39}$'::text));
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_limit_positive CHECK ((amount_limit_minor > 0));
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_mode_known CHECK ((mode = ANY (ARRAY['live'::text, 'shadow'::text])));
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_opening_whole CHECK (((opening_minor IS NULL) = (opening_on IS NULL)));
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_payer_conflict_known CHECK ((payer_conflict = ANY (ARRAY['credit'::text, 'review'::text])));
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_pkey PRIMARY KEY (key);
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_proof_policy_known CHECK ((proof_policy = ANY (ARRAY['hold'::text, 'warn'::text])));
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_webhook_signature_known CHECK ((webhook_signature = ANY (ARRAY['standard'::text, 'hex'::text])));
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_webhook_trust_known CHECK ((webhook_trust = ANY (ARRAY['credit'::text, 'hint'::text])));
CREATE TRIGGER bank_accounts_audit_delete AFTER DELETE ON public.bank_accounts REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION bank_accounts_audited();
CREATE TRIGGER bank_accounts_audit_insert AFTER INSERT ON public.bank_accounts REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION bank_accounts_audited();
CREATE TRIGGER bank_accounts_audit_update AFTER UPDATE ON public.bank_accounts REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION bank_accounts_audited();
CREATE TRIGGER bank_accounts_free BEFORE DELETE OR UPDATE OF key ON public.bank_accounts FOR EACH ROW EXECUTE FUNCTION check_bank_account_free();
GRANT INSERT, SELECT, UPDATE ON bank_accounts TO purser_app;

-- owned by purser_ledger
CREATE TABLE bank_events (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  bank_account_key text NOT NULL,
  event_id text NOT NULL,
  body bytea NOT NULL,
  body_sha256 text NOT NULL,
  received_at timestamp with time zone NOT NULL DEFAULT now(),
  handled_at timestamp with time zone,
  outcome text,
  error_code text,
  deposit_id text,
  facts_key text,
  bank_id text,
  repeated_at timestamp with time zone[] NOT NULL DEFAULT '{}'::timestamp with time zone[]
);
ALTER TABLE bank_events ADD CONSTRAINT bank_events_bank_account_key_fkey FOREIGN KEY (bank_account_key) REFERENCES bank_accounts(key);
ALTER TABLE bank_events ADD CONSTRAINT bank_events_deposit_id_fkey FOREIGN KEY (deposit_id) REFERENCES deposits(id);
ALTER TABLE bank_events ADD CONSTRAINT bank_events_once UNIQUE (bank_account_key, event_id);
ALTER TABLE bank_events ADD CONSTRAINT bank_events_outcome_known CHECK ((outcome = ANY (ARRAY['captured'::text, 'known'::text, 'held'::text, 'pointer'::text, 'pending'::text, 'reversal'::text, 'unreadable'::text])));
ALTER TABLE bank_events ADD CONSTRAINT bank_events_pkey PRIMARY KEY (id);
CREATE INDEX bank_events_by_facts ON public.bank_events USING btree (bank_account_key, facts_key) WHERE (facts_key IS NOT NULL);
CREATE INDEX bank_events_waiting ON public.bank_events USING btree (id) WHERE (handled_at IS NULL);
GRANT INSERT, SELECT, UPDATE ON bank_events TO purser_app;

-- owned by purser_ledger
CREATE TABLE claims (
  id text NOT NULL,
  wallet_id text NOT NULL,
  amount_minor bigint NOT NULL,
  paid_on date NOT NULL,
  proof_ref text,
  state text NOT NULL DEFAULT 'open'::text,
  deposit_id text,
  made_by text NOT NULL,
  made_at timestamp with time zone NOT NULL DEFAULT now(),
  expires_at timestamp with time zone NOT NULL,
  ended_at timestamp with time zone
);
ALTER TABLE claims ADD CONSTRAINT claims_amount_positive CHECK ((amount_minor > 0));
ALTER TABLE claims ADD CONSTRAINT claims_deposit_id_fkey FOREIGN KEY (deposit_id) REFERENCES deposits(id);
ALTER TABLE claims ADD CONSTRAINT claims_ended_whole CHECK (((state = 'open'::text) = (ended_at IS NULL)));
ALTER TABLE claims ADD CONSTRAINT claims_made_by_fkey FOREIGN KEY (made_by) REFERENCES api_keys(id);
ALTER TABLE claims ADD CONSTRAINT claims_met_names_deposit CHECK (((state = 'met'::text) = (deposit_id IS NOT NULL)));
ALTER TABLE claims ADD CONSTRAINT claims_pkey PRIMARY KEY (id);
ALTER TABLE claims ADD CONSTRAINT claims_state_known CHECK ((state = ANY (ARRAY['open'::text, 'met'::text, 'expired'::text, 'withdrawn'::text])));
ALTER TABLE claims ADD CONSTRAINT claims_wallet_id_fkey FOREIGN KEY (wallet_id) REFERENCES wallets(id);
CREATE INDEX claims_by_wallet ON public.claims USING btree (wallet_id, made_at DESC);
CREATE UNIQUE INDEX claims_one_per_deposit ON public.claims USING btree (deposit_id) WHERE (deposit_id IS NOT NULL);
CREATE INDEX claims_open_by_amount ON public.claims USING btree (amount_minor, paid_on) WHERE (state = 'open'::text);
CREATE TRIGGER claims_audit_delete AFTER DELETE ON public.claims REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION claims_audited();
CREATE TRIGGER claims_audit_insert AFTER INSERT ON public.claims REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION claims_audited();
CREATE TRIGGER claims_audit_update AFTER UPDATE ON public.claims REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION claims_audited();
GRANT INSERT, SELECT ON claims TO purser_app;
GRANT UPDATE (state, deposit_id, ended_at) ON claims TO purser_app;

-- owned by purser_ledger
CREATE TABLE day_proofs (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  bank_account_key text NOT NULL,
  day date NOT NULL,
  source text NOT NULL,
  bank_minor bigint NOT NULL,
  ledger_minor bigint NOT NULL,
  difference_minor bigint NOT NULL,
  suspense_minor bigint NOT NULL,
  open_minor bigint NOT NULL,
  open_count integer NOT NULL,
  taken_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE day_proofs ADD CONSTRAINT day_proofs_arithmetic CHECK ((difference_minor = (ledger_minor - bank_minor)));
ALTER TABLE day_proofs ADD CONSTRAINT day_proofs_bank_account_key_fkey FOREIGN KEY (bank_account_key) REFERENCES bank_accounts(key);
ALTER TABLE day_proofs ADD CONSTRAINT day_proofs_pkey PRIMARY KEY (id);
ALTER TABLE day_proofs ADD CONSTRAINT day_proofs_source_known CHECK ((source = ANY (ARRAY['statement'::text, 'api'::text])));
CREATE INDEX day_proofs_newest ON public.day_proofs USING btree (bank_account_key, id DESC);
CREATE TRIGGER day_proofs_append_only BEFORE DELETE OR UPDATE ON public.day_proofs FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT INSERT, SELECT ON day_proofs TO purser_app;

-- owned by purser_ledger
CREATE TABLE decision_allocations (
  decision_id text NOT NULL,
  part smallint NOT NULL,
  wallet_id text NOT NULL,
  amount_minor bigint NOT NULL
);
ALTER TABLE decision_allocations ADD CONSTRAINT decision_allocations_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES decisions(id);
ALTER TABLE decision_allocations ADD CONSTRAINT decision_allocations_part_natural CHECK (((part >= 0) AND (part <= 99)));
ALTER TABLE decision_allocations ADD CONSTRAINT decision_allocations_pkey PRIMARY KEY (decision_id, part);
ALTER TABLE decision_allocations ADD CONSTRAINT decision_allocations_positive CHECK ((amount_minor > 0));
ALTER TABLE decision_allocations ADD CONSTRAINT decision_allocations_wallet_id_fkey FOREIGN KEY (wallet_id) REFERENCES wallets(id);
ALTER TABLE decision_allocations ADD CONSTRAINT decision_allocations_wallet_once UNIQUE (decision_id, wallet_id);
ALTER TABLE decision_allocations ADD CONSTRAINT decision_allocations_whole TRIGGER DEFERRABLE INITIALLY DEFERRED;
CREATE TRIGGER decision_allocations_append_only BEFORE DELETE OR UPDATE ON public.decision_allocations FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decision_allocations_audit_delete AFTER DELETE ON public.decision_allocations REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION decision_allocations_audited();
CREATE TRIGGER decision_allocations_audit_insert AFTER INSERT ON public.decision_allocations REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION decision_allocations_audited();
CREATE TRIGGER decision_allocations_audit_update AFTER UPDATE ON public.decision_allocations REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION decision_allocations_audited();
CREATE TRIGGER decision_allocations_no_truncate BEFORE TRUNCATE ON public.decision_allocations FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE CONSTRAINT TRIGGER decision_allocations_whole AFTER INSERT ON public.decision_allocations DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_decision_payload();
GRANT INSERT, SELECT ON decision_allocations TO purser_app;

-- owned by purser_ledger
CREATE TABLE decisions (
  id text NOT NULL,
  deposit_id text NOT NULL,
  kind text NOT NULL,
  reason text NOT NULL,
  proposed_by text,
  proposed_at timestamp with time zone NOT NULL DEFAULT now(),
  outcome text,
  refusal text,
  applied_at timestamp with time zone,
  rules smallint NOT NULL DEFAULT 2,
  state text NOT NULL,
  amount_minor bigint NOT NULL,
  currency text NOT NULL,
  keep_until date,
  payer jsonb,
  payload_sha256 text,
  needs_approval boolean NOT NULL,
  proposed_person text NOT NULL,
  expires_at timestamp with time zone,
  payer_by text,
  payer_person text,
  payer_at timestamp with time zone,
  approved_by text,
  approved_person text,
  approved_at timestamp with time zone,
  approved_sha256 text,
  rejected_by text,
  rejected_person text,
  rejected_at timestamp with time zone,
  rejected_because text,
  line_id bigint
);
ALTER TABLE decisions ADD CONSTRAINT decisions_approval_given CHECK (((rules = 1) OR (NOT needs_approval) OR (state <> ALL (ARRAY['approved'::text, 'executed'::text])) OR (approved_person IS NOT NULL)));
ALTER TABLE decisions ADD CONSTRAINT decisions_approval_whole CHECK ((((approved_by IS NULL) = (approved_person IS NULL)) AND ((approved_by IS NULL) = (approved_at IS NULL)) AND ((approved_by IS NULL) = (approved_sha256 IS NULL))));
ALTER TABLE decisions ADD CONSTRAINT decisions_approved_as_proposed CHECK (((approved_sha256 IS NULL) OR ((payload_sha256 IS NOT NULL) AND (approved_sha256 = payload_sha256))));
ALTER TABLE decisions ADD CONSTRAINT decisions_approved_by_fkey FOREIGN KEY (approved_by) REFERENCES api_keys(id);
ALTER TABLE decisions ADD CONSTRAINT decisions_deposit_id_fkey FOREIGN KEY (deposit_id) REFERENCES deposits(id);
ALTER TABLE decisions ADD CONSTRAINT decisions_keep_has_day CHECK (((kind = 'keep'::text) = (keep_until IS NOT NULL)));
ALTER TABLE decisions ADD CONSTRAINT decisions_kind_known CHECK ((kind = ANY (ARRAY['credit'::text, 'return'::text, 'dismiss'::text, 'keep'::text, 'correct'::text, 'take_back'::text, 'pair'::text])));
ALTER TABLE decisions ADD CONSTRAINT decisions_line_id_fkey FOREIGN KEY (line_id) REFERENCES lines(id);
ALTER TABLE decisions ADD CONSTRAINT decisions_outcome_fits CHECK (
CASE state
    WHEN 'executed'::text THEN ((outcome IS NOT NULL) AND (outcome =
    CASE kind
        WHEN 'credit'::text THEN 'credited'::text
        WHEN 'return'::text THEN 'returned'::text
        WHEN 'dismiss'::text THEN 'dismissed'::text
        WHEN 'keep'::text THEN 'kept'::text
        WHEN 'take_back'::text THEN 'taken_back'::text
        WHEN 'pair'::text THEN 'paired'::text
        ELSE 'corrected'::text
    END))
    WHEN 'refused'::text THEN ((outcome IS NOT NULL) AND (outcome = 'refused'::text))
    ELSE (outcome IS NULL)
END);
ALTER TABLE decisions ADD CONSTRAINT decisions_outcome_known CHECK ((outcome = ANY (ARRAY['credited'::text, 'returned'::text, 'dismissed'::text, 'kept'::text, 'corrected'::text, 'taken_back'::text, 'paired'::text, 'refused'::text])));
ALTER TABLE decisions ADD CONSTRAINT decisions_outcome_whole CHECK ((((outcome IS NULL) = (applied_at IS NULL)) AND ((refusal IS NULL) OR (outcome = 'refused'::text))));
ALTER TABLE decisions ADD CONSTRAINT decisions_pair_has_line CHECK (((kind = 'pair'::text) = (line_id IS NOT NULL)));
ALTER TABLE decisions ADD CONSTRAINT decisions_payer_by_fkey FOREIGN KEY (payer_by) REFERENCES api_keys(id);
ALTER TABLE decisions ADD CONSTRAINT decisions_payer_whole CHECK ((((payer IS NULL) OR (kind = 'return'::text)) AND ((payer IS NULL) = (payer_by IS NULL)) AND ((payer IS NULL) = (payer_person IS NULL)) AND ((payer IS NULL) = (payer_at IS NULL))));
ALTER TABLE decisions ADD CONSTRAINT decisions_payload_known CHECK (((rules = 1) OR (((payload_sha256 IS NULL) = ((kind = 'return'::text) AND (payer IS NULL))) AND ((payload_sha256 IS NOT NULL) OR (state = ANY (ARRAY['needs_payer_details'::text, 'rejected'::text, 'refused'::text]))) AND ((state <> 'needs_payer_details'::text) OR (payload_sha256 IS NULL)))));
ALTER TABLE decisions ADD CONSTRAINT decisions_payload_whole TRIGGER DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE decisions ADD CONSTRAINT decisions_pkey PRIMARY KEY (id);
ALTER TABLE decisions ADD CONSTRAINT decisions_proposal_lapses CHECK (((state <> 'proposed'::text) OR (needs_approval AND (expires_at IS NOT NULL))));
ALTER TABLE decisions ADD CONSTRAINT decisions_proposed_by_fkey FOREIGN KEY (proposed_by) REFERENCES api_keys(id);
ALTER TABLE decisions ADD CONSTRAINT decisions_reason_given CHECK ((length(btrim(reason)) > 0));
ALTER TABLE decisions ADD CONSTRAINT decisions_rejected_by_fkey FOREIGN KEY (rejected_by) REFERENCES api_keys(id);
ALTER TABLE decisions ADD CONSTRAINT decisions_rejection_whole CHECK ((((state = 'rejected'::text) = (rejected_by IS NOT NULL)) AND ((rejected_by IS NULL) = (rejected_person IS NULL)) AND ((rejected_by IS NULL) = (rejected_at IS NULL)) AND ((rejected_by IS NULL) = (rejected_because IS NULL))));
ALTER TABLE decisions ADD CONSTRAINT decisions_rules_known CHECK ((rules = ANY (ARRAY[1, 2])));
ALTER TABLE decisions ADD CONSTRAINT decisions_some_need_two CHECK (((rules = 1) OR needs_approval OR (kind = ANY (ARRAY['credit'::text, 'keep'::text]))));
ALTER TABLE decisions ADD CONSTRAINT decisions_somebody_proposes CHECK (((proposed_by IS NOT NULL) OR (kind = 'return'::text)));
ALTER TABLE decisions ADD CONSTRAINT decisions_state_known CHECK ((state = ANY (ARRAY['needs_payer_details'::text, 'proposed'::text, 'approved'::text, 'rejected'::text, 'expired'::text, 'executed'::text, 'refused'::text])));
ALTER TABLE decisions ADD CONSTRAINT decisions_two_people CHECK (((approved_person IS NULL) OR ((approved_person <> proposed_person) AND (approved_person IS DISTINCT FROM payer_person))));
CREATE INDEX decisions_by_approver ON public.decisions USING btree (approved_person, approved_at) WHERE (state = ANY (ARRAY['approved'::text, 'executed'::text]));
CREATE INDEX decisions_by_deposit ON public.decisions USING btree (deposit_id, proposed_at);
CREATE INDEX decisions_by_proposer ON public.decisions USING btree (proposed_person, proposed_at) WHERE (state = ANY (ARRAY['approved'::text, 'executed'::text]));
CREATE INDEX decisions_by_state ON public.decisions USING btree (state, proposed_at DESC, id DESC);
CREATE INDEX decisions_newest ON public.decisions USING btree (proposed_at DESC, id DESC);
CREATE UNIQUE INDEX decisions_one_open ON public.decisions USING btree (deposit_id) WHERE (state = ANY (ARRAY['needs_payer_details'::text, 'proposed'::text]));
CREATE INDEX decisions_waiting ON public.decisions USING btree (proposed_at) WHERE (state = ANY (ARRAY['needs_payer_details'::text, 'proposed'::text, 'approved'::text]));
CREATE TRIGGER decisions_audit_delete AFTER DELETE ON public.decisions REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION decisions_audited();
CREATE TRIGGER decisions_audit_insert AFTER INSERT ON public.decisions REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION decisions_audited();
CREATE TRIGGER decisions_audit_update AFTER UPDATE ON public.decisions REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION decisions_audited();
CREATE TRIGGER decisions_legal_move BEFORE UPDATE ON public.decisions FOR EACH ROW EXECUTE FUNCTION check_decision_move();
CREATE TRIGGER decisions_no_delete BEFORE DELETE ON public.decisions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decisions_no_truncate BEFORE TRUNCATE ON public.decisions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE CONSTRAINT TRIGGER decisions_payload_whole AFTER INSERT OR UPDATE ON public.decisions DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_decision_payload();
CREATE TRIGGER decisions_prepared BEFORE INSERT ON public.decisions FOR EACH ROW EXECUTE FUNCTION prepare_decision();
GRANT SELECT ON decisions TO purser_app;
GRANT INSERT (id, deposit_id, kind, reason, proposed_by, keep_until, payer, payload_sha256, needs_approval, expires_at, line_id) ON decisions TO purser_app;
GRANT UPDATE (outcome, refusal, applied_at, state, approved_by, approved_at, approved_sha256, rejected_by, rejected_at, rejected_because) ON decisions TO purser_app;

-- owned by purser_ledger
CREATE TABLE deposits (
  id text NOT NULL,
  line_id bigint NOT NULL,
  bank_account_key text NOT NULL,
  transaction_key text NOT NULL,
  amount_minor bigint NOT NULL,
  currency text NOT NULL,
  booking_date date NOT NULL,
  state text NOT NULL DEFAULT 'captured'::text,
  hold_reason text,
  wallet_id text,
  lane text,
  run_id text,
  workflow_round integer NOT NULL DEFAULT 1,
  dispatched_at timestamp with time zone,
  captured_at timestamp with time zone NOT NULL DEFAULT now(),
  settled_at timestamp with time zone,
  generation smallint NOT NULL DEFAULT 0
);
ALTER TABLE deposits ADD CONSTRAINT deposits_amount_positive CHECK ((amount_minor > 0));
ALTER TABLE deposits ADD CONSTRAINT deposits_credited_has_wallet CHECK (((state <> 'credited'::text) OR (wallet_id IS NOT NULL)));
ALTER TABLE deposits ADD CONSTRAINT deposits_generation_natural CHECK (((generation >= 0) AND (generation <= 999)));
ALTER TABLE deposits ADD CONSTRAINT deposits_lane_known CHECK ((lane = ANY (ARRAY['workflow'::text, 'backlog'::text])));
ALTER TABLE deposits ADD CONSTRAINT deposits_one_per_line UNIQUE (line_id);
ALTER TABLE deposits ADD CONSTRAINT deposits_pkey PRIMARY KEY (id);
ALTER TABLE deposits ADD CONSTRAINT deposits_state_known CHECK ((state = ANY (ARRAY['captured'::text, 'in_review'::text, 'credited'::text, 'returned'::text, 'dismissed'::text, 'reversed'::text])));
ALTER TABLE deposits ADD CONSTRAINT deposits_wallet_id_fkey FOREIGN KEY (wallet_id) REFERENCES wallets(id);
CREATE INDEX deposits_by_amount ON public.deposits USING btree (bank_account_key, amount_minor, booking_date);
CREATE INDEX deposits_by_run ON public.deposits USING btree (run_id) WHERE (run_id IS NOT NULL);
CREATE INDEX deposits_newest ON public.deposits USING btree (captured_at DESC, id DESC);
CREATE INDEX deposits_open ON public.deposits USING btree (bank_account_key, captured_at, id) WHERE (state = ANY (ARRAY['captured'::text, 'in_review'::text]));
CREATE TRIGGER deposits_audit_delete AFTER DELETE ON public.deposits REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION deposits_audited();
CREATE TRIGGER deposits_audit_update AFTER UPDATE ON public.deposits REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION deposits_audited();
CREATE TRIGGER deposits_keep_origin BEFORE UPDATE OF id, line_id, bank_account_key, booking_date, run_id ON public.deposits FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER deposits_legal_move BEFORE UPDATE ON public.deposits FOR EACH ROW EXECUTE FUNCTION check_deposit_move();
CREATE TRIGGER deposits_never_deleted BEFORE DELETE ON public.deposits FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER deposits_no_truncate BEFORE TRUNCATE ON public.deposits FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER deposits_of_lines AFTER INSERT ON public.deposits REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION check_deposits();
GRANT SELECT ON deposits TO purser_app;
GRANT UPDATE (lane, workflow_round, dispatched_at) ON deposits TO purser_app;

-- owned by purser_ledger
CREATE TABLE gates (
  scope text NOT NULL,
  state text NOT NULL,
  cause text NOT NULL,
  reason text NOT NULL,
  changed_by text,
  changed_at timestamp with time zone NOT NULL DEFAULT now(),
  drained_at timestamp with time zone
);
ALTER TABLE gates ADD CONSTRAINT gates_cause_known CHECK ((cause = ANY (ARRAY['operator'::text, 'proof_failed'::text, 'balance_differs'::text])));
ALTER TABLE gates ADD CONSTRAINT gates_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES api_keys(id);
ALTER TABLE gates ADD CONSTRAINT gates_pkey PRIMARY KEY (scope);
ALTER TABLE gates ADD CONSTRAINT gates_reason_given CHECK ((length(btrim(reason)) > 0));
ALTER TABLE gates ADD CONSTRAINT gates_scope_shape CHECK (((scope = '*'::text) OR (scope ~ '^[a-z0-9][a-z0-9-]{0,39}$'::text)));
ALTER TABLE gates ADD CONSTRAINT gates_state_known CHECK ((state = ANY (ARRAY['open'::text, 'closed'::text])));
CREATE INDEX gates_undrained ON public.gates USING btree (scope) WHERE ((state = 'open'::text) AND (drained_at IS NULL));
CREATE TRIGGER gates_audit_delete AFTER DELETE ON public.gates REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION gates_audited();
CREATE TRIGGER gates_audit_insert AFTER INSERT ON public.gates REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION gates_audited();
CREATE TRIGGER gates_audit_update AFTER UPDATE ON public.gates REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION gates_audited();
GRANT INSERT, SELECT, UPDATE ON gates TO purser_app;

-- owned by purser_ledger
CREATE TABLE idempotency_keys (
  principal text NOT NULL,
  route text NOT NULL,
  key text NOT NULL,
  request_sha256 text NOT NULL,
  status integer,
  response jsonb,
  created_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE idempotency_keys ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (principal, route, key);
GRANT INSERT, SELECT, UPDATE ON idempotency_keys TO purser_app;

-- owned by purser_ledger
CREATE TABLE journals (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  kind text NOT NULL,
  bank_account_key text,
  line_id bigint,
  deposit_id text,
  decision_id text,
  reverses_id bigint,
  rate_version integer,
  wallet_id text,
  wallet_seq bigint,
  credits_after bigint,
  prepaid_after bigint,
  remainder_after bigint,
  event_on date NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  part smallint NOT NULL DEFAULT 0,
  generation smallint NOT NULL DEFAULT 0,
  receivable_after bigint,
  spend_id text
);
ALTER TABLE journals ADD CONSTRAINT journals_credit_has_rate CHECK (((kind <> 'credit'::text) OR (rate_version IS NOT NULL)));
ALTER TABLE journals ADD CONSTRAINT journals_credit_has_wallet CHECK (((kind <> ALL (ARRAY['credit'::text, 'correction'::text, 'spend'::text])) OR (wallet_id IS NOT NULL)));
ALTER TABLE journals ADD CONSTRAINT journals_decision_known FOREIGN KEY (decision_id) REFERENCES decisions(id);
ALTER TABLE journals ADD CONSTRAINT journals_generation_natural CHECK (((generation >= 0) AND (generation <= 999)));
ALTER TABLE journals ADD CONSTRAINT journals_kind_known CHECK ((kind = ANY (ARRAY['capture'::text, 'credit'::text, 'return'::text, 'dismiss'::text, 'reversal'::text, 'correction'::text, 'return_paid'::text, 'spend'::text, 'void'::text, 'restore'::text])));
ALTER TABLE journals ADD CONSTRAINT journals_move_has_deposit CHECK (((kind = ANY (ARRAY['capture'::text, 'spend'::text])) OR (deposit_id IS NOT NULL)));
ALTER TABLE journals ADD CONSTRAINT journals_move_is_decided CHECK (((kind <> ALL (ARRAY['return'::text, 'dismiss'::text, 'correction'::text, 'void'::text])) OR (decision_id IS NOT NULL)));
ALTER TABLE journals ADD CONSTRAINT journals_part_natural CHECK (((part >= 0) AND (part <= 99)));
ALTER TABLE journals ADD CONSTRAINT journals_pkey PRIMARY KEY (id);
ALTER TABLE journals ADD CONSTRAINT journals_rate_version_fkey FOREIGN KEY (rate_version) REFERENCES rates(version);
ALTER TABLE journals ADD CONSTRAINT journals_reverses_id_fkey FOREIGN KEY (reverses_id) REFERENCES journals(id);
ALTER TABLE journals ADD CONSTRAINT journals_spend_known FOREIGN KEY (spend_id) REFERENCES spends(id);
ALTER TABLE journals ADD CONSTRAINT journals_spend_stands_alone CHECK ((((kind = 'spend'::text) = (line_id IS NULL)) AND ((kind = 'spend'::text) = (bank_account_key IS NULL)) AND ((kind = 'spend'::text) = (spend_id IS NOT NULL))));
ALTER TABLE journals ADD CONSTRAINT journals_undoing_names_origin CHECK (((kind = ANY (ARRAY['reversal'::text, 'correction'::text, 'void'::text])) = (reverses_id IS NOT NULL)));
ALTER TABLE journals ADD CONSTRAINT journals_wallet_id_fkey FOREIGN KEY (wallet_id) REFERENCES wallets(id);
ALTER TABLE journals ADD CONSTRAINT journals_wallet_whole CHECK ((((wallet_id IS NULL) = (wallet_seq IS NULL)) AND ((wallet_id IS NULL) = (credits_after IS NULL)) AND ((wallet_id IS NULL) = (prepaid_after IS NULL)) AND ((wallet_id IS NULL) = (remainder_after IS NULL)) AND ((wallet_id IS NULL) = (receivable_after IS NULL))));
CREATE INDEX journals_decided_credits ON public.journals USING btree (line_id) WHERE ((kind = 'credit'::text) AND (decision_id IS NOT NULL));
CREATE UNIQUE INDEX journals_one_capture ON public.journals USING btree (line_id) WHERE (kind = 'capture'::text);
CREATE UNIQUE INDEX journals_one_per_decision_part ON public.journals USING btree (decision_id, kind, part) WHERE (decision_id IS NOT NULL);
CREATE UNIQUE INDEX journals_one_restore ON public.journals USING btree (deposit_id, generation) WHERE (kind = 'restore'::text);
CREATE UNIQUE INDEX journals_one_return_paid ON public.journals USING btree (deposit_id) WHERE (kind = 'return_paid'::text);
CREATE UNIQUE INDEX journals_one_spend ON public.journals USING btree (spend_id) WHERE (spend_id IS NOT NULL);
CREATE UNIQUE INDEX journals_one_terminal ON public.journals USING btree (deposit_id, generation, part) WHERE (kind = ANY (ARRAY['credit'::text, 'return'::text, 'dismiss'::text]));
CREATE UNIQUE INDEX journals_one_undoing ON public.journals USING btree (reverses_id) WHERE (kind = ANY (ARRAY['reversal'::text, 'correction'::text, 'void'::text]));
CREATE INDEX journals_undoing_by_deposit ON public.journals USING btree (deposit_id) WHERE (kind = ANY (ARRAY['reversal'::text, 'correction'::text, 'return_paid'::text, 'void'::text, 'restore'::text]));
CREATE INDEX journals_voided ON public.journals USING btree (bank_account_key, line_id) WHERE (kind = 'void'::text);
CREATE UNIQUE INDEX journals_wallet_seq_unique ON public.journals USING btree (wallet_id, wallet_seq) WHERE (wallet_id IS NOT NULL);
CREATE TRIGGER journals_append_only BEFORE DELETE OR UPDATE ON public.journals FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journals_decided AFTER INSERT ON public.journals REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION check_decided_journals();
CREATE TRIGGER journals_no_truncate BEFORE TRUNCATE ON public.journals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journals_not_empty AFTER INSERT ON public.journals REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION check_journals();
CREATE TRIGGER journals_whole AFTER INSERT ON public.journals REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION check_journal_rows();
GRANT SELECT ON journals TO purser_app;

-- owned by purser_ledger
CREATE TABLE line_absences (
  line_id bigint NOT NULL,
  since timestamp with time zone NOT NULL,
  until timestamp with time zone
);
ALTER TABLE line_absences ADD CONSTRAINT line_absences_in_order CHECK ((until > since));
ALTER TABLE line_absences ADD CONSTRAINT line_absences_line_id_fkey FOREIGN KEY (line_id) REFERENCES lines(id);
ALTER TABLE line_absences ADD CONSTRAINT line_absences_pkey PRIMARY KEY (line_id, since);
CREATE UNIQUE INDEX line_absences_one_open ON public.line_absences USING btree (line_id) WHERE (until IS NULL);
GRANT INSERT, SELECT, UPDATE ON line_absences TO purser_app;

-- owned by purser_ledger
CREATE TABLE line_cases (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  kind text NOT NULL,
  line_id bigint NOT NULL,
  other_id bigint,
  opened_at timestamp with time zone NOT NULL DEFAULT now(),
  closed_at timestamp with time zone,
  outcome text,
  closed_by text,
  note text
);
ALTER TABLE line_cases ADD CONSTRAINT line_cases_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES api_keys(id);
ALTER TABLE line_cases ADD CONSTRAINT line_cases_closed_whole CHECK (((closed_at IS NULL) = (outcome IS NULL)));
ALTER TABLE line_cases ADD CONSTRAINT line_cases_decided_by_person CHECK (((outcome IS DISTINCT FROM 'decided'::text) OR ((closed_by IS NOT NULL) AND (note IS NOT NULL))));
ALTER TABLE line_cases ADD CONSTRAINT line_cases_kind_known CHECK ((kind = ANY (ARRAY['line_vanished'::text, 'amount_changed'::text, 'reversal_unpaired'::text])));
ALTER TABLE line_cases ADD CONSTRAINT line_cases_line_id_fkey FOREIGN KEY (line_id) REFERENCES lines(id);
ALTER TABLE line_cases ADD CONSTRAINT line_cases_other_id_fkey FOREIGN KEY (other_id) REFERENCES lines(id);
ALTER TABLE line_cases ADD CONSTRAINT line_cases_outcome_known CHECK ((outcome = ANY (ARRAY['restored'::text, 'settled'::text, 'decided'::text])));
ALTER TABLE line_cases ADD CONSTRAINT line_cases_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX line_cases_one_open ON public.line_cases USING btree (line_id, kind) WHERE (closed_at IS NULL);
CREATE TRIGGER line_cases_audit_delete AFTER DELETE ON public.line_cases REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION line_cases_audited();
CREATE TRIGGER line_cases_audit_insert AFTER INSERT ON public.line_cases REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION line_cases_audited();
CREATE TRIGGER line_cases_audit_update AFTER UPDATE ON public.line_cases REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION line_cases_audited();
GRANT INSERT, SELECT, UPDATE ON line_cases TO purser_app;

-- owned by purser_ledger
CREATE TABLE lines (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  bank_account_key text NOT NULL,
  key_scheme smallint NOT NULL,
  facts_key text NOT NULL,
  occurrence integer NOT NULL,
  transaction_key text NOT NULL,
  status text NOT NULL DEFAULT 'booked'::text,
  booking_date date NOT NULL,
  value_date date,
  amount_minor bigint NOT NULL,
  currency text NOT NULL,
  reversal boolean NOT NULL DEFAULT false,
  "references" text[] NOT NULL,
  text text NOT NULL,
  counterparty_name text,
  counterparty_account text,
  captured_at timestamp with time zone NOT NULL DEFAULT now(),
  source text
);
ALTER TABLE lines ADD CONSTRAINT lines_amount_in_range CHECK (((amount_minor >= '-10000000000000'::bigint) AND (amount_minor <= '10000000000000'::bigint)));
ALTER TABLE lines ADD CONSTRAINT lines_bank_account_key_fkey FOREIGN KEY (bank_account_key) REFERENCES bank_accounts(key);
ALTER TABLE lines ADD CONSTRAINT lines_booked_only CHECK ((status = 'booked'::text));
ALTER TABLE lines ADD CONSTRAINT lines_captured_once UNIQUE (bank_account_key, key_scheme, facts_key, occurrence);
ALTER TABLE lines ADD CONSTRAINT lines_currency_shape CHECK ((currency ~ '^[A-Z]{3}$'::text));
ALTER TABLE lines ADD CONSTRAINT lines_occurrence_positive CHECK ((occurrence >= 1));
ALTER TABLE lines ADD CONSTRAINT lines_pkey PRIMARY KEY (id);
ALTER TABLE lines ADD CONSTRAINT lines_transaction_key_shape CHECK (((transaction_key ~ '^[A-Za-z0-9._:-]+$'::text) AND (length(transaction_key) <= 120)));
ALTER TABLE lines ADD CONSTRAINT lines_transaction_key_unique UNIQUE (bank_account_key, transaction_key);
CREATE INDEX lines_by_day ON public.lines USING btree (bank_account_key, booking_date);
CREATE TRIGGER lines_append_only BEFORE DELETE OR UPDATE ON public.lines FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER lines_journalled AFTER INSERT ON public.lines REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION check_lines();
CREATE TRIGGER lines_no_truncate BEFORE TRUNCATE ON public.lines FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT ON lines TO purser_app;

-- owned by purser_ledger
CREATE TABLE notifications (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  wallet_id text NOT NULL,
  deposit_id text NOT NULL,
  kind text NOT NULL,
  amount_minor bigint NOT NULL,
  credits bigint NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  published_at timestamp with time zone,
  delivered_at timestamp with time zone,
  read_at timestamp with time zone,
  journal_id bigint NOT NULL
);
ALTER TABLE notifications ADD CONSTRAINT notifications_deposit_id_fkey FOREIGN KEY (deposit_id) REFERENCES deposits(id);
ALTER TABLE notifications ADD CONSTRAINT notifications_journal_id_fkey FOREIGN KEY (journal_id) REFERENCES journals(id);
ALTER TABLE notifications ADD CONSTRAINT notifications_kind_known CHECK ((kind = ANY (ARRAY['deposit_credited'::text, 'deposit_reversed'::text, 'deposit_corrected'::text])));
ALTER TABLE notifications ADD CONSTRAINT notifications_one_per_journal UNIQUE (journal_id);
ALTER TABLE notifications ADD CONSTRAINT notifications_pkey PRIMARY KEY (id);
ALTER TABLE notifications ADD CONSTRAINT notifications_wallet_id_fkey FOREIGN KEY (wallet_id) REFERENCES wallets(id);
CREATE INDEX notifications_by_deposit ON public.notifications USING btree (deposit_id);
CREATE INDEX notifications_by_wallet ON public.notifications USING btree (wallet_id, id DESC);
CREATE INDEX notifications_unpublished ON public.notifications USING btree (id) WHERE (published_at IS NULL);
GRANT SELECT ON notifications TO purser_app;
GRANT UPDATE (published_at, delivered_at, read_at) ON notifications TO purser_app;

-- owned by purser_ledger
CREATE TABLE payer_revocations (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  wallet_id text NOT NULL,
  deposit_id text NOT NULL,
  revoked_by text NOT NULL,
  reason text NOT NULL,
  revoked_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE payer_revocations ADD CONSTRAINT payer_revocations_deposit_id_fkey FOREIGN KEY (deposit_id) REFERENCES deposits(id);
ALTER TABLE payer_revocations ADD CONSTRAINT payer_revocations_pkey PRIMARY KEY (id);
ALTER TABLE payer_revocations ADD CONSTRAINT payer_revocations_reason_given CHECK ((length(btrim(reason)) > 0));
ALTER TABLE payer_revocations ADD CONSTRAINT payer_revocations_revoked_by_fkey FOREIGN KEY (revoked_by) REFERENCES api_keys(id);
ALTER TABLE payer_revocations ADD CONSTRAINT payer_revocations_wallet_id_fkey FOREIGN KEY (wallet_id) REFERENCES wallets(id);
CREATE INDEX payer_revocations_by_wallet ON public.payer_revocations USING btree (wallet_id);
CREATE TRIGGER payer_revocations_append_only BEFORE DELETE OR UPDATE ON public.payer_revocations FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER payer_revocations_audit_delete AFTER DELETE ON public.payer_revocations REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION payer_revocations_audited();
CREATE TRIGGER payer_revocations_audit_insert AFTER INSERT ON public.payer_revocations REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION payer_revocations_audited();
CREATE TRIGGER payer_revocations_audit_update AFTER UPDATE ON public.payer_revocations REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION payer_revocations_audited();
GRANT INSERT, SELECT ON payer_revocations TO purser_app;

-- owned by purser_ledger
CREATE TABLE pending_lines (
  bank_account_key text NOT NULL,
  facts_key text NOT NULL,
  occurrence integer NOT NULL,
  booking_date date NOT NULL,
  amount_minor bigint NOT NULL,
  currency text NOT NULL,
  reference text,
  seen_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE pending_lines ADD CONSTRAINT pending_lines_bank_account_key_fkey FOREIGN KEY (bank_account_key) REFERENCES bank_accounts(key);
ALTER TABLE pending_lines ADD CONSTRAINT pending_lines_pkey PRIMARY KEY (bank_account_key, facts_key, occurrence);
GRANT DELETE, INSERT, SELECT, UPDATE ON pending_lines TO purser_app;

-- owned by purser_ledger
CREATE TABLE postings (
  journal_id bigint NOT NULL,
  leg smallint NOT NULL,
  account text NOT NULL,
  bank_account_key text,
  wallet_id text,
  unit text NOT NULL,
  amount bigint NOT NULL
);
ALTER TABLE postings ADD CONSTRAINT postings_account_known CHECK (
CASE
    WHEN (account = ANY (ARRAY['bank'::text, 'suspense'::text, 'bank_other'::text, 'return_payable'::text])) THEN ((bank_account_key IS NOT NULL) AND (wallet_id IS NULL) AND (unit <> 'CREDIT'::text))
    WHEN (account = ANY (ARRAY['wallet_prepaid'::text, 'wallet_remainder'::text, 'wallet_receivable'::text])) THEN ((wallet_id IS NOT NULL) AND (bank_account_key IS NULL) AND (unit = 'ZAR'::text))
    WHEN (account = 'wallet_credits'::text) THEN ((wallet_id IS NOT NULL) AND (bank_account_key IS NULL) AND (unit = 'CREDIT'::text))
    WHEN (account = 'revenue'::text) THEN ((wallet_id IS NULL) AND (bank_account_key IS NULL) AND (unit = 'ZAR'::text))
    WHEN (account = ANY (ARRAY['credits_issued'::text, 'credits_spent'::text])) THEN ((wallet_id IS NULL) AND (bank_account_key IS NULL) AND (unit = 'CREDIT'::text))
    ELSE false
END);
ALTER TABLE postings ADD CONSTRAINT postings_not_zero CHECK ((amount <> 0));
ALTER TABLE postings ADD CONSTRAINT postings_pkey PRIMARY KEY (journal_id, leg);
ALTER TABLE postings ADD CONSTRAINT postings_wallet_id_fkey FOREIGN KEY (wallet_id) REFERENCES wallets(id);
CREATE INDEX postings_by_wallet ON public.postings USING btree (wallet_id, journal_id) WHERE (wallet_id IS NOT NULL);
CREATE TRIGGER postings_append_only BEFORE DELETE OR UPDATE ON public.postings FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER postings_balanced AFTER INSERT ON public.postings REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION check_postings();
CREATE TRIGGER postings_no_truncate BEFORE TRUNCATE ON public.postings FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT ON postings TO purser_app;

-- owned by the migrating login
CREATE TABLE purser_migrations (
  name text NOT NULL,
  sha256 text NOT NULL,
  applied_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE purser_migrations ADD CONSTRAINT purser_migrations_pkey PRIMARY KEY (name);

-- owned by purser_ledger
CREATE TABLE rates (
  version integer NOT NULL,
  minor_per_credit bigint NOT NULL,
  effective_from date NOT NULL
);
ALTER TABLE rates ADD CONSTRAINT rates_one_per_day UNIQUE (effective_from);
ALTER TABLE rates ADD CONSTRAINT rates_pkey PRIMARY KEY (version);
ALTER TABLE rates ADD CONSTRAINT rates_positive CHECK ((minor_per_credit > 0));
CREATE TRIGGER rates_audit_delete AFTER DELETE ON public.rates REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION rates_audited();
CREATE TRIGGER rates_audit_insert AFTER INSERT ON public.rates REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION rates_audited();
CREATE TRIGGER rates_audit_update AFTER UPDATE ON public.rates REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION rates_audited();
GRANT SELECT ON rates TO purser_app;

-- owned by purser_ledger
CREATE TABLE return_export_items (
  export_id text NOT NULL,
  decision_id text NOT NULL
);
ALTER TABLE return_export_items ADD CONSTRAINT return_export_items_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES decisions(id);
ALTER TABLE return_export_items ADD CONSTRAINT return_export_items_export_id_fkey FOREIGN KEY (export_id) REFERENCES return_exports(id);
ALTER TABLE return_export_items ADD CONSTRAINT return_export_items_pkey PRIMARY KEY (decision_id);
CREATE INDEX return_export_items_by_export ON public.return_export_items USING btree (export_id);
CREATE TRIGGER return_export_items_append_only BEFORE DELETE OR UPDATE ON public.return_export_items FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER return_export_items_audit_delete AFTER DELETE ON public.return_export_items REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION return_export_items_audited();
CREATE TRIGGER return_export_items_audit_insert AFTER INSERT ON public.return_export_items REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION return_export_items_audited();
CREATE TRIGGER return_export_items_audit_update AFTER UPDATE ON public.return_export_items REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION return_export_items_audited();
GRANT INSERT, SELECT ON return_export_items TO purser_app;

-- owned by purser_ledger
CREATE TABLE return_exports (
  id text NOT NULL,
  taken_by text NOT NULL,
  taken_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE return_exports ADD CONSTRAINT return_exports_pkey PRIMARY KEY (id);
ALTER TABLE return_exports ADD CONSTRAINT return_exports_taken_by_fkey FOREIGN KEY (taken_by) REFERENCES api_keys(id);
CREATE TRIGGER return_exports_append_only BEFORE DELETE OR UPDATE ON public.return_exports FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER return_exports_audit_delete AFTER DELETE ON public.return_exports REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION return_exports_audited();
CREATE TRIGGER return_exports_audit_insert AFTER INSERT ON public.return_exports REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION return_exports_audited();
CREATE TRIGGER return_exports_audit_update AFTER UPDATE ON public.return_exports REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION return_exports_audited();
GRANT INSERT, SELECT ON return_exports TO purser_app;

-- owned by purser_ledger
CREATE TABLE reversals (
  line_id bigint NOT NULL,
  bank_account_key text NOT NULL,
  state text NOT NULL DEFAULT 'waiting'::text,
  deposit_id text,
  charges_minor bigint NOT NULL DEFAULT 0,
  found_at timestamp with time zone NOT NULL DEFAULT now(),
  settled_at timestamp with time zone
);
ALTER TABLE reversals ADD CONSTRAINT reversals_bank_account_key_fkey FOREIGN KEY (bank_account_key) REFERENCES bank_accounts(key);
ALTER TABLE reversals ADD CONSTRAINT reversals_charges_not_negative CHECK ((charges_minor >= 0));
ALTER TABLE reversals ADD CONSTRAINT reversals_deposit_id_fkey FOREIGN KEY (deposit_id) REFERENCES deposits(id);
ALTER TABLE reversals ADD CONSTRAINT reversals_line_id_fkey FOREIGN KEY (line_id) REFERENCES lines(id);
ALTER TABLE reversals ADD CONSTRAINT reversals_pkey PRIMARY KEY (line_id);
ALTER TABLE reversals ADD CONSTRAINT reversals_settled_whole CHECK ((((state = ANY (ARRAY['paired'::text, 'return_paid'::text])) = (deposit_id IS NOT NULL)) AND ((state = 'waiting'::text) = (settled_at IS NULL))));
ALTER TABLE reversals ADD CONSTRAINT reversals_state_known CHECK ((state = ANY (ARRAY['waiting'::text, 'paired'::text, 'return_paid'::text, 'unpaired'::text])));
CREATE UNIQUE INDEX reversals_one_per_deposit ON public.reversals USING btree (deposit_id) WHERE (deposit_id IS NOT NULL);
CREATE INDEX reversals_open ON public.reversals USING btree (bank_account_key, line_id) WHERE (state = ANY (ARRAY['waiting'::text, 'unpaired'::text]));
CREATE TRIGGER reversals_audit_delete AFTER DELETE ON public.reversals REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION reversals_audited();
CREATE TRIGGER reversals_audit_insert AFTER INSERT ON public.reversals REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION reversals_audited();
CREATE TRIGGER reversals_audit_update AFTER UPDATE ON public.reversals REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION reversals_audited();
GRANT INSERT, SELECT, UPDATE ON reversals TO purser_app;

-- owned by purser_ledger
CREATE TABLE review_comments (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  deposit_id text NOT NULL,
  key_id text NOT NULL,
  person text,
  text text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE review_comments ADD CONSTRAINT review_comments_deposit_id_fkey FOREIGN KEY (deposit_id) REFERENCES reviews(deposit_id);
ALTER TABLE review_comments ADD CONSTRAINT review_comments_key_id_fkey FOREIGN KEY (key_id) REFERENCES api_keys(id);
ALTER TABLE review_comments ADD CONSTRAINT review_comments_pkey PRIMARY KEY (id);
ALTER TABLE review_comments ADD CONSTRAINT review_comments_text_given CHECK ((length(btrim(text)) > 0));
CREATE INDEX review_comments_by_deposit ON public.review_comments USING btree (deposit_id, id);
CREATE TRIGGER review_comments_append_only BEFORE DELETE OR UPDATE ON public.review_comments FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER review_comments_audit_delete AFTER DELETE ON public.review_comments REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION review_comments_audited();
CREATE TRIGGER review_comments_audit_insert AFTER INSERT ON public.review_comments REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION review_comments_audited();
CREATE TRIGGER review_comments_audit_update AFTER UPDATE ON public.review_comments REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION review_comments_audited();
GRANT INSERT, SELECT ON review_comments TO purser_app;

-- owned by purser_ledger
CREATE TABLE reviews (
  deposit_id text NOT NULL,
  reason text NOT NULL,
  candidates text[] NOT NULL DEFAULT '{}'::text[],
  opened_at timestamp with time zone NOT NULL DEFAULT now(),
  due_at timestamp with time zone NOT NULL,
  reminders_sent integer NOT NULL DEFAULT 0,
  overdue_at timestamp with time zone,
  closed_at timestamp with time zone,
  round integer NOT NULL DEFAULT 1,
  remind_at timestamp with time zone[] NOT NULL DEFAULT '{}'::timestamp with time zone[],
  escalate_at timestamp with time zone,
  escalated_at timestamp with time zone,
  assignee text
);
ALTER TABLE reviews ADD CONSTRAINT reviews_assignee_given CHECK ((length(btrim(assignee)) > 0));
ALTER TABLE reviews ADD CONSTRAINT reviews_deposit_id_fkey FOREIGN KEY (deposit_id) REFERENCES deposits(id);
ALTER TABLE reviews ADD CONSTRAINT reviews_pkey PRIMARY KEY (deposit_id);
ALTER TABLE reviews ADD CONSTRAINT reviews_round_positive CHECK ((round > 0));
CREATE INDEX reviews_open ON public.reviews USING btree (opened_at, deposit_id) WHERE (closed_at IS NULL);
CREATE INDEX reviews_queue ON public.reviews USING btree (((escalated_at IS NULL)), due_at, deposit_id) WHERE (closed_at IS NULL);
CREATE TRIGGER reviews_audit_delete AFTER DELETE ON public.reviews REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION reviews_audited();
CREATE TRIGGER reviews_audit_insert AFTER INSERT ON public.reviews REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION reviews_audited();
CREATE TRIGGER reviews_audit_update AFTER UPDATE ON public.reviews REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION reviews_audited();
GRANT SELECT ON reviews TO purser_app;
GRANT UPDATE (due_at, reminders_sent, overdue_at, round, remind_at, escalate_at, escalated_at, assignee) ON reviews TO purser_app;

-- owned by purser_ledger
CREATE TABLE runs (
  id text NOT NULL,
  bank_account_key text NOT NULL,
  kind text NOT NULL,
  started_at timestamp with time zone NOT NULL DEFAULT now(),
  finished_at timestamp with time zone,
  outcome text,
  error_code text,
  window_from date,
  window_to date,
  lines_seen integer NOT NULL DEFAULT 0,
  lines_new integer NOT NULL DEFAULT 0,
  held integer NOT NULL DEFAULT 0,
  deposits_new integer NOT NULL DEFAULT 0,
  credited_count integer NOT NULL DEFAULT 0,
  credited_minor bigint NOT NULL DEFAULT 0,
  credits bigint NOT NULL DEFAULT 0,
  review_count integer NOT NULL DEFAULT 0,
  review_minor bigint NOT NULL DEFAULT 0
);
ALTER TABLE runs ADD CONSTRAINT runs_bank_account_key_fkey FOREIGN KEY (bank_account_key) REFERENCES bank_accounts(key);
ALTER TABLE runs ADD CONSTRAINT runs_kind_known CHECK ((kind = ANY (ARRAY['poll'::text, 'import'::text])));
ALTER TABLE runs ADD CONSTRAINT runs_outcome_known CHECK ((outcome = ANY (ARRAY['completed'::text, 'waiting'::text, 'failed'::text])));
ALTER TABLE runs ADD CONSTRAINT runs_pkey PRIMARY KEY (id);
CREATE INDEX runs_by_id ON public.runs USING btree (started_at DESC, id DESC);
CREATE INDEX runs_newest ON public.runs USING btree (bank_account_key, started_at DESC);
CREATE TRIGGER runs_keep_names BEFORE DELETE OR UPDATE OF id ON public.runs FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER runs_no_truncate BEFORE TRUNCATE ON public.runs FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT INSERT, SELECT, UPDATE ON runs TO purser_app;

-- owned by purser_ledger
CREATE TABLE sightings (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  bank_account_key text NOT NULL,
  line_id bigint,
  feed text NOT NULL,
  bank_id text,
  facts_key text NOT NULL,
  booking_date date NOT NULL,
  amount_minor bigint NOT NULL,
  reference text,
  seen_at timestamp with time zone NOT NULL DEFAULT now(),
  source text NOT NULL DEFAULT 'unknown'::text,
  run_id text
);
ALTER TABLE sightings ADD CONSTRAINT sightings_feed_known CHECK ((feed = ANY (ARRAY['poll'::text, 'webhook'::text, 'file'::text])));
ALTER TABLE sightings ADD CONSTRAINT sightings_pkey PRIMARY KEY (id);
ALTER TABLE sightings ADD CONSTRAINT sightings_source_shape CHECK (((source ~ '^[a-z0-9.-]+$'::text) AND (length(source) <= 60)));
CREATE INDEX sightings_by_bank_id ON public.sightings USING btree (bank_account_key, bank_id) WHERE (bank_id IS NOT NULL);
CREATE UNIQUE INDEX sightings_held_once ON public.sightings USING btree (bank_account_key, source, COALESCE(bank_id, ''::text), facts_key) WHERE (line_id IS NULL);
CREATE UNIQUE INDEX sightings_once ON public.sightings USING btree (line_id, source, COALESCE(bank_id, ''::text), facts_key) WHERE (line_id IS NOT NULL);
CREATE TRIGGER sightings_refer AFTER INSERT ON public.sightings REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION check_sightings();
CREATE TRIGGER sightings_refer_still AFTER UPDATE ON public.sightings REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION check_sightings();
GRANT INSERT, SELECT, UPDATE ON sightings TO purser_app;

-- owned by purser_ledger
CREATE TABLE spends (
  id text NOT NULL,
  wallet_id text NOT NULL,
  credits bigint NOT NULL,
  revenue_minor bigint NOT NULL,
  note text,
  spent_by text NOT NULL,
  spent_on date NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE spends ADD CONSTRAINT spends_credits_positive CHECK ((credits > 0));
ALTER TABLE spends ADD CONSTRAINT spends_pkey PRIMARY KEY (id);
ALTER TABLE spends ADD CONSTRAINT spends_revenue_not_negative CHECK ((revenue_minor >= 0));
ALTER TABLE spends ADD CONSTRAINT spends_spent_by_fkey FOREIGN KEY (spent_by) REFERENCES api_keys(id);
ALTER TABLE spends ADD CONSTRAINT spends_wallet_id_fkey FOREIGN KEY (wallet_id) REFERENCES wallets(id);
CREATE INDEX spends_by_wallet ON public.spends USING btree (wallet_id, created_at DESC);
CREATE TRIGGER spends_append_only BEFORE DELETE OR UPDATE ON public.spends FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER spends_no_truncate BEFORE TRUNCATE ON public.spends FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT INSERT, SELECT ON spends TO purser_app;

-- owned by purser_ledger
CREATE TABLE statement_file_chunks (
  file_id text NOT NULL,
  seq integer NOT NULL,
  body bytea NOT NULL
);
ALTER TABLE statement_file_chunks ADD CONSTRAINT statement_file_chunks_file_id_fkey FOREIGN KEY (file_id) REFERENCES statement_files(id);
ALTER TABLE statement_file_chunks ADD CONSTRAINT statement_file_chunks_pkey PRIMARY KEY (file_id, seq);
ALTER TABLE statement_file_chunks ADD CONSTRAINT statement_file_chunks_seq_natural CHECK ((seq >= 0));
GRANT INSERT, SELECT ON statement_file_chunks TO purser_app;

-- owned by purser_ledger
CREATE TABLE statement_files (
  id text NOT NULL,
  bank_account_key text NOT NULL,
  sha256 text NOT NULL,
  body bytea,
  received_at timestamp with time zone NOT NULL DEFAULT now(),
  bytes bigint,
  state text NOT NULL DEFAULT 'captured'::text,
  format_asked text,
  profile jsonb,
  format text,
  error_code text,
  error_where text,
  lines_read integer NOT NULL DEFAULT 0,
  lines_new integer NOT NULL DEFAULT 0,
  run_id text,
  released_by text,
  release_reason text,
  released_at timestamp with time zone
);
ALTER TABLE statement_files ADD CONSTRAINT statement_files_bank_account_key_fkey FOREIGN KEY (bank_account_key) REFERENCES bank_accounts(key);
ALTER TABLE statement_files ADD CONSTRAINT statement_files_once UNIQUE (bank_account_key, sha256);
ALTER TABLE statement_files ADD CONSTRAINT statement_files_pkey PRIMARY KEY (id);
ALTER TABLE statement_files ADD CONSTRAINT statement_files_profile_shape CHECK ((jsonb_typeof(profile) = 'object'::text));
ALTER TABLE statement_files ADD CONSTRAINT statement_files_release_whole CHECK ((((released_by IS NULL) = (released_at IS NULL)) AND ((released_by IS NULL) = (release_reason IS NULL))));
ALTER TABLE statement_files ADD CONSTRAINT statement_files_released_by_fkey FOREIGN KEY (released_by) REFERENCES api_keys(id);
ALTER TABLE statement_files ADD CONSTRAINT statement_files_run_id_fkey FOREIGN KEY (run_id) REFERENCES runs(id);
ALTER TABLE statement_files ADD CONSTRAINT statement_files_state_known CHECK ((state = ANY (ARRAY['received'::text, 'reading'::text, 'held'::text, 'captured'::text, 'refused'::text])));
CREATE INDEX statement_files_newest ON public.statement_files USING btree (received_at DESC, id DESC);
CREATE TRIGGER statement_files_audit_delete AFTER DELETE ON public.statement_files REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION statement_files_audited();
CREATE TRIGGER statement_files_audit_insert AFTER INSERT ON public.statement_files REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION statement_files_audited();
CREATE TRIGGER statement_files_audit_update AFTER UPDATE ON public.statement_files REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION statement_files_audited();
GRANT INSERT, SELECT, UPDATE ON statement_files TO purser_app;

-- owned by purser_ledger
CREATE TABLE statements (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  file_id text NOT NULL,
  "position" integer NOT NULL,
  format text NOT NULL,
  statement_id text,
  opening_minor bigint,
  closing_minor bigint,
  proof text NOT NULL,
  difference_minor bigint,
  line_count integer NOT NULL,
  captured_at timestamp with time zone NOT NULL DEFAULT now(),
  account text,
  first_day date,
  last_day date,
  continuity text,
  continuity_difference_minor bigint,
  state text NOT NULL DEFAULT 'captured'::text,
  lines_new integer NOT NULL DEFAULT 0
);
ALTER TABLE statements ADD CONSTRAINT statements_continuity_known CHECK ((continuity = ANY (ARRAY['first'::text, 'follows'::text, 'gap'::text, 'overlap'::text, 'repeat'::text, 'unknown'::text])));
ALTER TABLE statements ADD CONSTRAINT statements_file_id_fkey FOREIGN KEY (file_id) REFERENCES statement_files(id);
ALTER TABLE statements ADD CONSTRAINT statements_once UNIQUE (file_id, "position");
ALTER TABLE statements ADD CONSTRAINT statements_pkey PRIMARY KEY (id);
ALTER TABLE statements ADD CONSTRAINT statements_proof_is_arithmetic CHECK (
CASE proof
    WHEN 'ok'::text THEN (difference_minor = 0)
    WHEN 'absent'::text THEN (difference_minor IS NULL)
    ELSE true
END);
ALTER TABLE statements ADD CONSTRAINT statements_proof_known CHECK ((proof = ANY (ARRAY['ok'::text, 'failed'::text, 'absent'::text])));
ALTER TABLE statements ADD CONSTRAINT statements_state_known CHECK ((state = ANY (ARRAY['captured'::text, 'held'::text, 'released'::text, 'copy'::text])));
GRANT INSERT, SELECT, UPDATE ON statements TO purser_app;

-- owned by purser_ledger
CREATE TABLE wallets (
  id text NOT NULL,
  code text NOT NULL,
  code_kind text NOT NULL DEFAULT 'checked'::text,
  external_ref text,
  name text,
  status text NOT NULL DEFAULT 'open'::text,
  credits bigint NOT NULL DEFAULT 0,
  prepaid_minor bigint NOT NULL DEFAULT 0,
  remainder_minor bigint NOT NULL DEFAULT 0,
  receivable_minor bigint NOT NULL DEFAULT 0,
  last_seq bigint NOT NULL DEFAULT 0,
  created_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE wallets ADD CONSTRAINT wallets_code_kind_known CHECK ((code_kind = ANY (ARRAY['checked'::text, 'legacy'::text])));
ALTER TABLE wallets ADD CONSTRAINT wallets_code_shape CHECK ((code ~ '^CUS[0-9]{8}$'::text));
ALTER TABLE wallets ADD CONSTRAINT wallets_code_unique UNIQUE (code);
ALTER TABLE wallets ADD CONSTRAINT wallets_external_ref_unique UNIQUE (external_ref);
ALTER TABLE wallets ADD CONSTRAINT wallets_no_overdraft CHECK ((credits >= 0));
ALTER TABLE wallets ADD CONSTRAINT wallets_pkey PRIMARY KEY (id);
ALTER TABLE wallets ADD CONSTRAINT wallets_prepaid_not_negative CHECK ((prepaid_minor >= 0));
ALTER TABLE wallets ADD CONSTRAINT wallets_receivable_not_negative CHECK ((receivable_minor >= 0));
ALTER TABLE wallets ADD CONSTRAINT wallets_remainder_not_negative CHECK ((remainder_minor >= 0));
ALTER TABLE wallets ADD CONSTRAINT wallets_seq_not_negative CHECK ((last_seq >= 0));
ALTER TABLE wallets ADD CONSTRAINT wallets_status_known CHECK ((status = ANY (ARRAY['open'::text, 'frozen'::text, 'closed'::text])));
CREATE TRIGGER wallets_audit_delete AFTER DELETE ON public.wallets REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION wallets_audited();
CREATE TRIGGER wallets_audit_insert AFTER INSERT ON public.wallets REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION wallets_audited();
CREATE TRIGGER wallets_audit_update AFTER UPDATE ON public.wallets REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION wallets_audited();
GRANT SELECT ON wallets TO purser_app;
GRANT INSERT (id, code, code_kind, external_ref, name) ON wallets TO purser_app;
GRANT UPDATE (external_ref, name, status) ON wallets TO purser_app;

CREATE OR REPLACE FUNCTION public.api_keys_audited()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, after)
        SELECT 'api_key.added', 'api_key', n.id, n.image FROM (SELECT r.id::text AS id, jsonb_build_object('owner_kind', r.owner_kind, 'person', r.person, 'scopes', r.scopes, 'expires_at', r.expires_at, 'revoked_at', r.revoked_at) AS image FROM new_rows r) n ORDER BY n.id;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, before)
        SELECT 'api_key.removed', 'api_key', o.id, o.image FROM (SELECT r.id::text AS id, jsonb_build_object('owner_kind', r.owner_kind, 'person', r.person, 'scopes', r.scopes, 'expires_at', r.expires_at, 'revoked_at', r.revoked_at) AS image FROM old_rows r) o ORDER BY o.id;
      ELSE
        -- Grouped, since a join of the two would compare each row with each: no plan knows their number. What is the same
        -- before and after is found twice and costs no more than that.
        INSERT INTO audit_events (action, subject_kind, subject_id, before, after)
        SELECT 'api_key.changed', 'api_key', i.id, (array_agg(i.image) FILTER (WHERE NOT i.is_new))[1],
               (array_agg(i.image) FILTER (WHERE i.is_new))[1]
          FROM (SELECT r.id::text AS id, jsonb_build_object('owner_kind', r.owner_kind, 'person', r.person, 'scopes', r.scopes, 'expires_at', r.expires_at, 'revoked_at', r.revoked_at) AS image, bool_or(r.is_new) AS is_new
                  FROM (SELECT r.id, r.owner_kind, r.person, r.scopes, r.expires_at, r.revoked_at, false AS is_new FROM old_rows r UNION ALL SELECT r.id, r.owner_kind, r.person, r.scopes, r.expires_at, r.revoked_at, true FROM new_rows r) r
                 GROUP BY r.id, r.owner_kind, r.person, r.scopes, r.expires_at, r.revoked_at HAVING count(*) = 1) i
         GROUP BY i.id ORDER BY i.id;
      END IF;
      RETURN NULL;
    END $function$;
-- owned by purser_ledger, may be run by nobody else

CREATE OR REPLACE FUNCTION public.audit_table(p_table text, p_subject text, p_id text, p_columns text[], p_inserts boolean DEFAULT true)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE facts text; image text; function_name text := p_table || '_audited';
BEGIN
  -- Whole numbers become texts: readers of JSON would take them for floats.
  SELECT string_agg(format(CASE WHEN a.atttypid = 'bigint'::regtype THEN '%L, r.%I::text' ELSE '%L, r.%I' END, c.name, c.name), ', '
                    ORDER BY c.place),
         string_agg(format('r.%I', c.name), ', ' ORDER BY c.place)
    INTO image, facts
    FROM unnest(p_columns) WITH ORDINALITY AS c(name, place)
    LEFT JOIN pg_attribute a ON a.attrelid = p_table::regclass AND a.attname = c.name AND NOT a.attisdropped
  HAVING bool_and(a.attname IS NOT NULL);
  IF image IS NULL THEN
    RAISE EXCEPTION 'table % has not all of the columns %', p_table, p_columns;
  END IF;
  image := format('SELECT r.%I::text AS id, jsonb_build_object(%s) AS image', p_id, image);
  facts := format('r.%I, %s', p_id, facts);
  EXECUTE format($body$
    CREATE OR REPLACE FUNCTION %1$I() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp SET timezone = 'UTC' AS $trigger$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, after)
        SELECT '%2$s.added', '%2$s', n.id, n.image FROM (%3$s FROM new_rows r) n ORDER BY n.id;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, before)
        SELECT '%2$s.removed', '%2$s', o.id, o.image FROM (%3$s FROM old_rows r) o ORDER BY o.id;
      ELSE
        -- Grouped, since a join of the two would compare each row with each: no plan knows their number. What is the same
        -- before and after is found twice and costs no more than that.
        INSERT INTO audit_events (action, subject_kind, subject_id, before, after)
        SELECT '%2$s.changed', '%2$s', i.id, (array_agg(i.image) FILTER (WHERE NOT i.is_new))[1],
               (array_agg(i.image) FILTER (WHERE i.is_new))[1]
          FROM (%3$s, bool_or(r.is_new) AS is_new
                  FROM (SELECT %4$s, false AS is_new FROM old_rows r UNION ALL SELECT %4$s, true FROM new_rows r) r
                 GROUP BY %4$s HAVING count(*) = 1) i
         GROUP BY i.id ORDER BY i.id;
      END IF;
      RETURN NULL;
    END $trigger$ $body$, function_name, p_subject, image, facts);
  EXECUTE format('ALTER FUNCTION %I OWNER TO purser_ledger', function_name);
  EXECUTE format('REVOKE EXECUTE ON FUNCTION %I FROM PUBLIC', function_name);
  IF p_inserts THEN
    EXECUTE format('CREATE OR REPLACE TRIGGER %I AFTER INSERT ON %I REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION %I()',
      p_table || '_audit_insert', p_table, function_name);
  END IF;
  EXECUTE format('CREATE OR REPLACE TRIGGER %I AFTER UPDATE ON %I REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION %I()',
    p_table || '_audit_update', p_table, function_name);
  EXECUTE format('CREATE OR REPLACE TRIGGER %I AFTER DELETE ON %I REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION %I()',
    p_table || '_audit_delete', p_table, function_name);
END $function$;
-- owned by the migrating login, may be run by nobody else

CREATE OR REPLACE FUNCTION public.bank_accounts_audited()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, after)
        SELECT 'bank_account.added', 'bank_account', n.id, n.image FROM (SELECT r.key::text AS id, jsonb_build_object('currency', r.currency, 'time_zone', r.time_zone, 'feed', r.feed, 'poll_enabled', r.poll_enabled, 'proof_policy', r.proof_policy, 'amount_limit_minor', r.amount_limit_minor::text, 'amounts', r.amounts, 'webhook_signature', r.webhook_signature, 'webhook_trust', r.webhook_trust, 'balance_policy', r.balance_policy, 'mode', r.mode, 'payer_conflict', r.payer_conflict) AS image FROM new_rows r) n ORDER BY n.id;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, before)
        SELECT 'bank_account.removed', 'bank_account', o.id, o.image FROM (SELECT r.key::text AS id, jsonb_build_object('currency', r.currency, 'time_zone', r.time_zone, 'feed', r.feed, 'poll_enabled', r.poll_enabled, 'proof_policy', r.proof_policy, 'amount_limit_minor', r.amount_limit_minor::text, 'amounts', r.amounts, 'webhook_signature', r.webhook_signature, 'webhook_trust', r.webhook_trust, 'balance_policy', r.balance_policy, 'mode', r.mode, 'payer_conflict', r.payer_conflict) AS image FROM old_rows r) o ORDER BY o.id;
      ELSE
        -- Grouped, since a join of the two would compare each row with each: no plan knows their number. What is the same
        -- before and after is found twice and costs no more than that.
        INSERT INTO audit_events (action, subject_kind, subject_id, before, after)
        SELECT 'bank_account.changed', 'bank_account', i.id, (array_agg(i.image) FILTER (WHERE NOT i.is_new))[1],
               (array_agg(i.image) FILTER (WHERE i.is_new))[1]
          FROM (SELECT r.key::text AS id, jsonb_build_object('currency', r.currency, 'time_zone', r.time_zone, 'feed', r.feed, 'poll_enabled', r.poll_enabled, 'proof_policy', r.proof_policy, 'amount_limit_minor', r.amount_limit_minor::text, 'amounts', r.amounts, 'webhook_signature', r.webhook_signature, 'webhook_trust', r.webhook_trust, 'balance_policy', r.balance_policy, 'mode', r.mode, 'payer_conflict', r.payer_conflict) AS image, bool_or(r.is_new) AS is_new
                  FROM (SELECT r.key, r.currency, r.time_zone, r.feed, r.poll_enabled, r.proof_policy, r.amount_limit_minor, r.amounts, r.webhook_signature, r.webhook_trust, r.balance_policy, r.mode, r.payer_conflict, false AS is_new FROM old_rows r UNION ALL SELECT r.key, r.currency, r.time_zone, r.feed, r.poll_enabled, r.proof_policy, r.amount_limit_minor, r.amounts, r.webhook_signature, r.webhook_trust, r.balance_policy, r.mode, r.payer_conflict, true FROM new_rows r) r
                 GROUP BY r.key, r.currency, r.time_zone, r.feed, r.poll_enabled, r.proof_policy, r.amount_limit_minor, r.amounts, r.webhook_signature, r.webhook_trust, r.balance_policy, r.mode, r.payer_conflict HAVING count(*) = 1) i
         GROUP BY i.id ORDER BY i.id;
      END IF;
      RETURN NULL;
    END $function$;
-- owned by purser_ledger, may be run by nobody else

CREATE OR REPLACE FUNCTION public.capture_lines(p_bank_account text, p_run text, p_feed text, p_source text, p_key_scheme smallint, p_facts_key text[], p_occurrence integer[], p_transaction_key text[], p_booking_date date[], p_value_date date[], p_amount bigint[], p_currency text[], p_reversal boolean[], p_references text[], p_text text[], p_counterparty_name text[], p_counterparty_account text[], p_deposit_id text[], p_hold_reason text[], p_seen boolean[], p_bank_id text[], p_shown_as text[])
 RETURNS TABLE(idx bigint, line_id bigint)
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
$function$;
-- owned by purser_ledger, may be run by purser_app

CREATE OR REPLACE FUNCTION public.check_bank_account_free()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF EXISTS (SELECT 1 FROM sightings s WHERE s.bank_account_key = OLD.key AND s.line_id IS NULL) THEN
    RAISE EXCEPTION 'bank account % has held sightings', OLD.key USING ERRCODE = '23503';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $function$;
-- owned by the migrating login, may be run by PUBLIC

CREATE OR REPLACE FUNCTION public.check_decided_journals()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE bad record;
BEGIN
  SELECT n.id, n.decision_id INTO bad FROM new_rows n LEFT JOIN decisions c ON c.id = n.decision_id
   WHERE n.decision_id IS NOT NULL AND n.kind <> 'return_paid'
     AND (c.deposit_id = n.deposit_id AND c.state = 'approved'
          AND CASE n.kind
                WHEN 'credit' THEN c.kind IN ('credit', 'correct') AND EXISTS (
                  SELECT 1 FROM decision_allocations a
                   WHERE a.decision_id = c.id AND a.wallet_id = n.wallet_id AND (c.kind = 'correct' OR a.part = n.part))
                WHEN 'correction' THEN c.kind = 'correct'
                WHEN 'reversal' THEN c.kind = 'pair' AND c.line_id = n.line_id
                WHEN 'void' THEN c.kind = 'take_back' AND EXISTS (
                  SELECT 1 FROM line_cases k WHERE k.line_id = n.line_id AND k.kind = 'line_vanished' AND k.closed_at IS NULL)
                ELSE c.kind = n.kind END) IS NOT TRUE
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal % is not what decision % approves', bad.id, bad.decision_id USING ERRCODE = 'PU020';
  END IF;
  RETURN NULL;
END $function$;
-- owned by the migrating login, may be run by PUBLIC

CREATE OR REPLACE FUNCTION public.check_decision_move()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF (NEW.id, NEW.deposit_id, NEW.kind, NEW.reason, NEW.amount_minor, NEW.currency, NEW.keep_until, NEW.line_id, NEW.needs_approval, NEW.rules,
      NEW.proposed_by, NEW.proposed_person, NEW.proposed_at)
     IS DISTINCT FROM (OLD.id, OLD.deposit_id, OLD.kind, OLD.reason, OLD.amount_minor, OLD.currency, OLD.keep_until,
      OLD.line_id, OLD.needs_approval, OLD.rules, OLD.proposed_by, OLD.proposed_person, OLD.proposed_at)
     OR (OLD.state <> 'needs_payer_details' AND (NEW.payer, NEW.payer_by, NEW.payer_person, NEW.payer_at, NEW.payload_sha256, NEW.expires_at)
         IS DISTINCT FROM (OLD.payer, OLD.payer_by, OLD.payer_person, OLD.payer_at, OLD.payload_sha256, OLD.expires_at)) THEN
    RAISE EXCEPTION 'what decision % proposes never changes', OLD.id USING ERRCODE = 'PU017';
  END IF;
  IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('needs_payer_details', 'proposed'), ('needs_payer_details', 'rejected'), ('needs_payer_details', 'refused'),
    ('proposed', 'approved'), ('proposed', 'rejected'), ('proposed', 'expired'), ('proposed', 'refused'),
    ('approved', 'executed'), ('approved', 'refused')) THEN
    RAISE EXCEPTION 'decision % cannot go from % to %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'PU020';
  END IF;
  IF NEW.state = OLD.state AND OLD.state <> 'approved' AND NEW IS DISTINCT FROM OLD THEN
    RAISE EXCEPTION 'decision % is % and stays as it is', OLD.id, OLD.state USING ERRCODE = 'PU020';
  END IF;
  IF NEW.payer_by IS DISTINCT FROM OLD.payer_by THEN
    NEW.payer_person := (SELECT person FROM api_keys WHERE id = NEW.payer_by AND owner_kind = 'person');
  END IF;
  IF NEW.approved_by IS DISTINCT FROM OLD.approved_by THEN
    NEW.approved_person := (SELECT person FROM api_keys WHERE id = NEW.approved_by AND owner_kind = 'person');
  END IF;
  IF NEW.rejected_by IS DISTINCT FROM OLD.rejected_by THEN
    NEW.rejected_person := (SELECT person FROM api_keys WHERE id = NEW.rejected_by AND owner_kind = 'person');
  END IF;
  RETURN NEW;
END $function$;
-- owned by the migrating login, may be run by PUBLIC

CREATE OR REPLACE FUNCTION public.check_decision_payload()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE c decisions; parts record; payload text;
BEGIN
  SELECT * INTO c FROM decisions WHERE id = CASE TG_TABLE_NAME WHEN 'decisions' THEN to_jsonb(NEW) ->> 'id' ELSE to_jsonb(NEW) ->> 'decision_id' END;
  -- A row that was tampered with can still be refused: nothing moves by it, and `verify` names it.
  IF c.rules = 1 OR c.state = 'refused' THEN RETURN NULL; END IF;
  SELECT count(*) AS number, coalesce(sum(a.amount_minor), 0) AS total, coalesce(max(a.part), -1) AS last,
         coalesce(string_agg(E'\n' || a.wallet_id || ' ' || a.amount_minor, '' ORDER BY a.part), '') AS text
    INTO parts FROM decision_allocations a WHERE a.decision_id = c.id;
  IF parts.last <> parts.number - 1
     OR parts.total <> (CASE WHEN c.kind IN ('credit', 'correct') THEN c.amount_minor ELSE 0 END) THEN
    RAISE EXCEPTION 'the parts of decision % are not its deposit', c.id USING ERRCODE = 'PU020';
  END IF;
  IF c.payload_sha256 IS NULL THEN RETURN NULL; END IF;
  payload := concat(E'purser decision 1\n', c.id, E'\n', c.deposit_id, E'\n', c.kind, E'\n', c.amount_minor, ' ', c.currency,
    E'\n', c.keep_until, E'\n', c.payer ->> 'name', E'\n', c.payer ->> 'bank', E'\n', c.payer ->> 'branch', E'\n', c.payer ->> 'account',
    E'\n', c.reason, E'\nline ' || c.line_id, parts.text);
  IF encode(sha256(convert_to(payload, 'UTF8')), 'hex') <> c.payload_sha256 THEN
    RAISE EXCEPTION 'the hash of decision % is not that of what it proposes', c.id USING ERRCODE = 'PU020';
  END IF;
  RETURN NULL;
END $function$;
-- owned by the migrating login, may be run by PUBLIC

CREATE OR REPLACE FUNCTION public.check_deposit_move()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF (NEW.id, NEW.line_id, NEW.amount_minor, NEW.currency, NEW.transaction_key)
     IS DISTINCT FROM (OLD.id, OLD.line_id, OLD.amount_minor, OLD.currency, OLD.transaction_key) THEN
    RAISE EXCEPTION 'the facts of deposit % never change', OLD.id USING ERRCODE = 'PU017';
  END IF;
  IF NEW.generation <> OLD.generation AND NOT (OLD.state = 'reversed' AND NEW.state = 'captured' AND NEW.generation > OLD.generation) THEN
    RAISE EXCEPTION 'the generation of deposit % changes only where its line comes back', OLD.id USING ERRCODE = 'PU017';
  END IF;
  IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('captured', 'in_review'), ('captured', 'credited'), ('captured', 'returned'), ('captured', 'reversed'),
    ('in_review', 'credited'), ('in_review', 'returned'), ('in_review', 'dismissed'), ('in_review', 'reversed'),
    ('credited', 'reversed'), ('reversed', 'captured')) THEN
    RAISE EXCEPTION 'deposit % cannot go from % to %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'PU004';
  END IF;
  RETURN NEW;
END $function$;
-- owned by the migrating login, may be run by PUBLIC

CREATE OR REPLACE FUNCTION public.check_deposits()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
 SET enable_seqscan TO 'off'
 SET enable_nestloop TO 'off'
 SET enable_mergejoin TO 'off'
AS $function$
DECLARE bad record;
BEGIN
  SELECT n.id INTO bad FROM new_rows n
    LEFT JOIN (
      SELECT l.id, l.bank_account_key, l.amount_minor, l.currency, l.booking_date, l.transaction_key FROM lines l
       WHERE l.id = ANY (ARRAY(SELECT line_id FROM new_rows)) OFFSET 0) l ON l.id = n.line_id
   WHERE (n.bank_account_key = l.bank_account_key AND n.amount_minor = l.amount_minor AND n.currency = l.currency
          AND n.booking_date = l.booking_date AND n.transaction_key = l.transaction_key) IS NOT TRUE LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'deposit % has no line with its facts', bad.id USING ERRCODE = 'PU003';
  END IF;
  SELECT n.run_id INTO bad FROM (SELECT DISTINCT run_id FROM new_rows WHERE run_id IS NOT NULL) n
   WHERE (SELECT r.id FROM runs r WHERE r.id = n.run_id LIMIT 1) IS NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'run % is unknown', bad.run_id USING ERRCODE = '23503';
  END IF;
  RETURN NULL;
END $function$;
-- owned by the migrating login, may be run by PUBLIC

CREATE OR REPLACE FUNCTION public.check_journal_rows()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
 SET enable_seqscan TO 'off'
 SET enable_nestloop TO 'off'
 SET enable_mergejoin TO 'off'
AS $function$
DECLARE bad record;
BEGIN
  -- No capture, and no coming back of a line, moves more or less money than its line brought.
  SELECT f.id, f.fault INTO bad FROM (
    SELECT n.id, CASE
             WHEN coalesce(p.legs, 0) < 2 THEN 'has fewer than two postings'
             WHEN n.line_id IS NOT NULL AND n.bank_account_key IS DISTINCT FROM l.bank_account_key
               THEN 'has no line of its bank account'
             WHEN n.deposit_id IS NOT NULL AND d.id IS NULL THEN 'has no deposit'
             WHEN n.kind IN ('capture', 'restore') AND (l.amount_minor IS DISTINCT FROM p.banked OR l.currency <> p.unit_from OR l.currency <> p.unit_to)
               THEN 'does not move the amount of its line'
           END AS fault
      FROM new_rows n
      LEFT JOIN (
        SELECT l.id, l.bank_account_key, l.amount_minor, l.currency FROM lines l
         WHERE l.id = ANY (ARRAY(SELECT line_id FROM new_rows)) OFFSET 0) l ON l.id = n.line_id
      LEFT JOIN (
        SELECT d.id FROM deposits d WHERE d.id = ANY (ARRAY(SELECT deposit_id FROM new_rows)) OFFSET 0) d ON d.id = n.deposit_id
      LEFT JOIN (
        SELECT p.journal_id, count(*) AS legs, sum(p.amount) FILTER (WHERE p.account = 'bank') AS banked,
               min(p.unit) FILTER (WHERE p.account = 'bank') AS unit_from, max(p.unit) FILTER (WHERE p.account = 'bank') AS unit_to
          FROM postings p WHERE p.journal_id = ANY (ARRAY(SELECT id FROM new_rows)) GROUP BY p.journal_id OFFSET 0) p
        ON p.journal_id = n.id) f
   WHERE f.fault IS NOT NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal % %', bad.id, bad.fault USING ERRCODE = 'PU005';
  END IF;
  RETURN NULL;
END $function$;
-- owned by the migrating login, may be run by PUBLIC

CREATE OR REPLACE FUNCTION public.check_journals()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_material TO 'off'
AS $function$
DECLARE bad record;
BEGIN
  -- Whatever happened to a deposit, its moves together take exactly its amount out of suspense; nothing where its line came back.
  SELECT m.deposit_id AS id INTO bad
    FROM (SELECT n.deposit_id, bool_or(n.kind = 'restore') AS is_restored FROM new_rows n
           WHERE n.kind NOT IN ('capture', 'spend') GROUP BY n.deposit_id) m
    LEFT JOIN deposits d ON d.id = m.deposit_id
   WHERE CASE WHEN m.is_restored THEN 0 ELSE d.amount_minor END IS DISTINCT FROM
         coalesce((SELECT sum(p.amount) FROM journals j JOIN postings p ON p.journal_id = j.id
                    WHERE j.deposit_id = d.id AND j.kind IN ('credit', 'return', 'dismiss')
                      AND p.account = 'suspense' AND p.bank_account_key = d.bank_account_key AND p.unit = d.currency), 0)
       + coalesce((SELECT sum(p.amount) FROM journals j JOIN postings p ON p.journal_id = j.id
                    WHERE j.deposit_id = d.id AND j.kind IN ('reversal', 'correction', 'return_paid', 'void', 'restore')
                      AND p.account = 'suspense' AND p.bank_account_key = d.bank_account_key AND p.unit = d.currency), 0)
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'the moves of deposit % do not take its amount out of suspense', bad.id USING ERRCODE = 'PU005';
  END IF;
  -- I9: what is undone gives back exactly what it gave, in rand; the customer may owe a part of it.
  SELECT n.id INTO bad FROM new_rows n JOIN journals o ON o.id = n.reverses_id
   WHERE n.kind IN ('reversal', 'correction', 'void')
     AND (o.deposit_id IS DISTINCT FROM n.deposit_id OR o.wallet_id IS DISTINCT FROM n.wallet_id
          OR coalesce((SELECT sum(p.amount) FROM postings p WHERE p.journal_id = n.id AND p.wallet_id IS NOT NULL AND p.unit = 'ZAR'), 0)
           + coalesce((SELECT sum(p.amount) FROM postings p WHERE p.journal_id = o.id AND p.wallet_id IS NOT NULL AND p.unit = 'ZAR'), 0) <> 0)
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal % does not give back what it undoes', bad.id USING ERRCODE = 'PU009';
  END IF;
  RETURN NULL;
END $function$;
-- owned by the migrating login, may be run by PUBLIC

CREATE OR REPLACE FUNCTION public.check_lines()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
 SET enable_seqscan TO 'off'
 SET enable_nestloop TO 'off'
 SET enable_mergejoin TO 'off'
AS $function$
DECLARE bad record;
BEGIN
  SELECT n.id INTO bad FROM new_rows n
    LEFT JOIN (
      SELECT j.line_id FROM journals j WHERE j.kind = 'capture' AND j.line_id = ANY (ARRAY(SELECT id FROM new_rows)) OFFSET 0) j
      ON j.line_id = n.id
   WHERE n.amount_minor <> 0 AND j.line_id IS NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'line % has no origin journal', bad.id USING ERRCODE = 'PU003';
  END IF;
  RETURN NULL;
END $function$;
-- owned by the migrating login, may be run by PUBLIC

CREATE OR REPLACE FUNCTION public.check_postings()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
 SET enable_seqscan TO 'off'
 SET enable_nestloop TO 'off'
 SET enable_mergejoin TO 'off'
AS $function$
DECLARE bad record;
BEGIN
  SELECT f.journal_id, f.fault INTO bad FROM (
    SELECT n.journal_id, CASE
             WHEN j.id IS NULL THEN 'unknown'
             WHEN j.xid <> pg_current_xact_id() THEN 'an earlier transaction'
             -- A second set of postings for the same journal, even a balanced one, is refused.
             WHEN n.legs <> p.legs THEN 'an earlier statement'
             WHEN n.wallet_from <> n.wallet_to OR n.wallet_from <> coalesce(j.wallet_id, '') THEN 'wallet'
             WHEN n.account_from <> n.account_to OR n.account_from <> coalesce(j.bank_account_key, '') THEN 'bank account'
           END AS fault
      FROM (SELECT journal_id, count(*) AS legs, min(wallet_id) AS wallet_from, max(wallet_id) AS wallet_to,
                   min(bank_account_key) AS account_from, max(bank_account_key) AS account_to
              FROM new_rows GROUP BY journal_id) n
      LEFT JOIN (
        SELECT j.id, j.xid, j.wallet_id, j.bank_account_key FROM journals j
         WHERE j.id = ANY (ARRAY(SELECT DISTINCT journal_id FROM new_rows)) OFFSET 0) j ON j.id = n.journal_id
      LEFT JOIN (
        SELECT p.journal_id, count(*) AS legs FROM postings p
         WHERE p.journal_id = ANY (ARRAY(SELECT DISTINCT journal_id FROM new_rows)) GROUP BY p.journal_id OFFSET 0) p
        ON p.journal_id = n.journal_id) f
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
END $function$;
-- owned by the migrating login, may be run by PUBLIC

CREATE OR REPLACE FUNCTION public.check_sightings()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
 SET enable_seqscan TO 'off'
 SET enable_nestloop TO 'off'
 SET enable_mergejoin TO 'off'
AS $function$
DECLARE bad record;
BEGIN
  SELECT n.id INTO bad FROM new_rows n
    LEFT JOIN (
      SELECT l.id, l.bank_account_key FROM lines l WHERE l.id = ANY (ARRAY(SELECT line_id FROM new_rows)) OFFSET 0) l
      ON l.id = n.line_id
   WHERE n.line_id IS NOT NULL AND n.bank_account_key IS DISTINCT FROM l.bank_account_key LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'sighting % has no line of its bank account', bad.id USING ERRCODE = '23503';
  END IF;
  -- Locked as a foreign key would, since nothing else keeps the account of a held sighting.
  PERFORM 1 FROM bank_accounts b
    WHERE b.key = ANY (ARRAY(SELECT DISTINCT bank_account_key FROM new_rows WHERE line_id IS NULL)) FOR KEY SHARE;
  SELECT n.bank_account_key INTO bad FROM (SELECT DISTINCT bank_account_key FROM new_rows WHERE line_id IS NULL) n
   WHERE (SELECT b.key FROM bank_accounts b WHERE b.key = n.bank_account_key LIMIT 1) IS NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'bank account % is unknown', bad.bank_account_key USING ERRCODE = '23503';
  END IF;
  SELECT n.run_id INTO bad FROM (SELECT DISTINCT run_id FROM new_rows WHERE run_id IS NOT NULL) n
   WHERE (SELECT r.id FROM runs r WHERE r.id = n.run_id LIMIT 1) IS NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'run % is unknown', bad.run_id USING ERRCODE = '23503';
  END IF;
  RETURN NULL;
END $function$;
-- owned by the migrating login, may be run by PUBLIC

CREATE OR REPLACE FUNCTION public.claims_audited()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, after)
        SELECT 'claim.added', 'claim', n.id, n.image FROM (SELECT r.id::text AS id, jsonb_build_object('wallet_id', r.wallet_id, 'amount_minor', r.amount_minor::text, 'state', r.state, 'deposit_id', r.deposit_id) AS image FROM new_rows r) n ORDER BY n.id;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, before)
        SELECT 'claim.removed', 'claim', o.id, o.image FROM (SELECT r.id::text AS id, jsonb_build_object('wallet_id', r.wallet_id, 'amount_minor', r.amount_minor::text, 'state', r.state, 'deposit_id', r.deposit_id) AS image FROM old_rows r) o ORDER BY o.id;
      ELSE
        -- Grouped, since a join of the two would compare each row with each: no plan knows their number. What is the same
        -- before and after is found twice and costs no more than that.
        INSERT INTO audit_events (action, subject_kind, subject_id, before, after)
        SELECT 'claim.changed', 'claim', i.id, (array_agg(i.image) FILTER (WHERE NOT i.is_new))[1],
               (array_agg(i.image) FILTER (WHERE i.is_new))[1]
          FROM (SELECT r.id::text AS id, jsonb_build_object('wallet_id', r.wallet_id, 'amount_minor', r.amount_minor::text, 'state', r.state, 'deposit_id', r.deposit_id) AS image, bool_or(r.is_new) AS is_new
                  FROM (SELECT r.id, r.wallet_id, r.amount_minor, r.state, r.deposit_id, false AS is_new FROM old_rows r UNION ALL SELECT r.id, r.wallet_id, r.amount_minor, r.state, r.deposit_id, true FROM new_rows r) r
                 GROUP BY r.id, r.wallet_id, r.amount_minor, r.state, r.deposit_id HAVING count(*) = 1) i
         GROUP BY i.id ORDER BY i.id;
      END IF;
      RETURN NULL;
    END $function$;
-- owned by purser_ledger, may be run by nobody else

CREATE OR REPLACE FUNCTION public.decision_allocations_audited()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, after)
        SELECT 'decision.added', 'decision', n.id, n.image FROM (SELECT r.decision_id::text AS id, jsonb_build_object('part', r.part, 'wallet_id', r.wallet_id, 'amount_minor', r.amount_minor::text) AS image FROM new_rows r) n ORDER BY n.id;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, before)
        SELECT 'decision.removed', 'decision', o.id, o.image FROM (SELECT r.decision_id::text AS id, jsonb_build_object('part', r.part, 'wallet_id', r.wallet_id, 'amount_minor', r.amount_minor::text) AS image FROM old_rows r) o ORDER BY o.id;
      ELSE
        -- Grouped, since a join of the two would compare each row with each: no plan knows their number. What is the same
        -- before and after is found twice and costs no more than that.
        INSERT INTO audit_events (action, subject_kind, subject_id, before, after)
        SELECT 'decision.changed', 'decision', i.id, (array_agg(i.image) FILTER (WHERE NOT i.is_new))[1],
               (array_agg(i.image) FILTER (WHERE i.is_new))[1]
          FROM (SELECT r.decision_id::text AS id, jsonb_build_object('part', r.part, 'wallet_id', r.wallet_id, 'amount_minor', r.amount_minor::text) AS image, bool_or(r.is_new) AS is_new
                  FROM (SELECT r.decision_id, r.part, r.wallet_id, r.amount_minor, false AS is_new FROM old_rows r UNION ALL SELECT r.decision_id, r.part, r.wallet_id, r.amount_minor, true FROM new_rows r) r
                 GROUP BY r.decision_id, r.part, r.wallet_id, r.amount_minor HAVING count(*) = 1) i
         GROUP BY i.id ORDER BY i.id;
      END IF;
      RETURN NULL;
    END $function$;
-- owned by purser_ledger, may be run by nobody else

CREATE OR REPLACE FUNCTION public.decisions_audited()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, after)
        SELECT 'decision.added', 'decision', n.id, n.image FROM (SELECT r.id::text AS id, jsonb_build_object('deposit_id', r.deposit_id, 'kind', r.kind, 'state', r.state, 'amount_minor', r.amount_minor::text, 'currency', r.currency, 'keep_until', r.keep_until, 'line_id', r.line_id::text, 'payload_sha256', r.payload_sha256, 'needs_approval', r.needs_approval, 'proposed_by', r.proposed_by, 'proposed_person', r.proposed_person, 'expires_at', r.expires_at, 'payer_by', r.payer_by, 'payer_person', r.payer_person, 'approved_by', r.approved_by, 'approved_person', r.approved_person, 'rejected_by', r.rejected_by, 'rejected_person', r.rejected_person, 'outcome', r.outcome, 'refusal', r.refusal) AS image FROM new_rows r) n ORDER BY n.id;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, before)
        SELECT 'decision.removed', 'decision', o.id, o.image FROM (SELECT r.id::text AS id, jsonb_build_object('deposit_id', r.deposit_id, 'kind', r.kind, 'state', r.state, 'amount_minor', r.amount_minor::text, 'currency', r.currency, 'keep_until', r.keep_until, 'line_id', r.line_id::text, 'payload_sha256', r.payload_sha256, 'needs_approval', r.needs_approval, 'proposed_by', r.proposed_by, 'proposed_person', r.proposed_person, 'expires_at', r.expires_at, 'payer_by', r.payer_by, 'payer_person', r.payer_person, 'approved_by', r.approved_by, 'approved_person', r.approved_person, 'rejected_by', r.rejected_by, 'rejected_person', r.rejected_person, 'outcome', r.outcome, 'refusal', r.refusal) AS image FROM old_rows r) o ORDER BY o.id;
      ELSE
        -- Grouped, since a join of the two would compare each row with each: no plan knows their number. What is the same
        -- before and after is found twice and costs no more than that.
        INSERT INTO audit_events (action, subject_kind, subject_id, before, after)
        SELECT 'decision.changed', 'decision', i.id, (array_agg(i.image) FILTER (WHERE NOT i.is_new))[1],
               (array_agg(i.image) FILTER (WHERE i.is_new))[1]
          FROM (SELECT r.id::text AS id, jsonb_build_object('deposit_id', r.deposit_id, 'kind', r.kind, 'state', r.state, 'amount_minor', r.amount_minor::text, 'currency', r.currency, 'keep_until', r.keep_until, 'line_id', r.line_id::text, 'payload_sha256', r.payload_sha256, 'needs_approval', r.needs_approval, 'proposed_by', r.proposed_by, 'proposed_person', r.proposed_person, 'expires_at', r.expires_at, 'payer_by', r.payer_by, 'payer_person', r.payer_person, 'approved_by', r.approved_by, 'approved_person', r.approved_person, 'rejected_by', r.rejected_by, 'rejected_person', r.rejected_person, 'outcome', r.outcome, 'refusal', r.refusal) AS image, bool_or(r.is_new) AS is_new
                  FROM (SELECT r.id, r.deposit_id, r.kind, r.state, r.amount_minor, r.currency, r.keep_until, r.line_id, r.payload_sha256, r.needs_approval, r.proposed_by, r.proposed_person, r.expires_at, r.payer_by, r.payer_person, r.approved_by, r.approved_person, r.rejected_by, r.rejected_person, r.outcome, r.refusal, false AS is_new FROM old_rows r UNION ALL SELECT r.id, r.deposit_id, r.kind, r.state, r.amount_minor, r.currency, r.keep_until, r.line_id, r.payload_sha256, r.needs_approval, r.proposed_by, r.proposed_person, r.expires_at, r.payer_by, r.payer_person, r.approved_by, r.approved_person, r.rejected_by, r.rejected_person, r.outcome, r.refusal, true FROM new_rows r) r
                 GROUP BY r.id, r.deposit_id, r.kind, r.state, r.amount_minor, r.currency, r.keep_until, r.line_id, r.payload_sha256, r.needs_approval, r.proposed_by, r.proposed_person, r.expires_at, r.payer_by, r.payer_person, r.approved_by, r.approved_person, r.rejected_by, r.rejected_person, r.outcome, r.refusal HAVING count(*) = 1) i
         GROUP BY i.id ORDER BY i.id;
      END IF;
      RETURN NULL;
    END $function$;
-- owned by purser_ledger, may be run by nobody else

CREATE OR REPLACE FUNCTION public.deposits_audited()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, after)
        SELECT 'deposit.added', 'deposit', n.id, n.image FROM (SELECT r.id::text AS id, jsonb_build_object('state', r.state, 'wallet_id', r.wallet_id) AS image FROM new_rows r) n ORDER BY n.id;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, before)
        SELECT 'deposit.removed', 'deposit', o.id, o.image FROM (SELECT r.id::text AS id, jsonb_build_object('state', r.state, 'wallet_id', r.wallet_id) AS image FROM old_rows r) o ORDER BY o.id;
      ELSE
        -- Grouped, since a join of the two would compare each row with each: no plan knows their number. What is the same
        -- before and after is found twice and costs no more than that.
        INSERT INTO audit_events (action, subject_kind, subject_id, before, after)
        SELECT 'deposit.changed', 'deposit', i.id, (array_agg(i.image) FILTER (WHERE NOT i.is_new))[1],
               (array_agg(i.image) FILTER (WHERE i.is_new))[1]
          FROM (SELECT r.id::text AS id, jsonb_build_object('state', r.state, 'wallet_id', r.wallet_id) AS image, bool_or(r.is_new) AS is_new
                  FROM (SELECT r.id, r.state, r.wallet_id, false AS is_new FROM old_rows r UNION ALL SELECT r.id, r.state, r.wallet_id, true FROM new_rows r) r
                 GROUP BY r.id, r.state, r.wallet_id HAVING count(*) = 1) i
         GROUP BY i.id ORDER BY i.id;
      END IF;
      RETURN NULL;
    END $function$;
-- owned by purser_ledger, may be run by nobody else

CREATE OR REPLACE FUNCTION public.gates_audited()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, after)
        SELECT 'gate.added', 'gate', n.id, n.image FROM (SELECT r.scope::text AS id, jsonb_build_object('state', r.state, 'cause', r.cause) AS image FROM new_rows r) n ORDER BY n.id;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, before)
        SELECT 'gate.removed', 'gate', o.id, o.image FROM (SELECT r.scope::text AS id, jsonb_build_object('state', r.state, 'cause', r.cause) AS image FROM old_rows r) o ORDER BY o.id;
      ELSE
        -- Grouped, since a join of the two would compare each row with each: no plan knows their number. What is the same
        -- before and after is found twice and costs no more than that.
        INSERT INTO audit_events (action, subject_kind, subject_id, before, after)
        SELECT 'gate.changed', 'gate', i.id, (array_agg(i.image) FILTER (WHERE NOT i.is_new))[1],
               (array_agg(i.image) FILTER (WHERE i.is_new))[1]
          FROM (SELECT r.scope::text AS id, jsonb_build_object('state', r.state, 'cause', r.cause) AS image, bool_or(r.is_new) AS is_new
                  FROM (SELECT r.scope, r.state, r.cause, false AS is_new FROM old_rows r UNION ALL SELECT r.scope, r.state, r.cause, true FROM new_rows r) r
                 GROUP BY r.scope, r.state, r.cause HAVING count(*) = 1) i
         GROUP BY i.id ORDER BY i.id;
      END IF;
      RETURN NULL;
    END $function$;
-- owned by purser_ledger, may be run by nobody else

CREATE OR REPLACE FUNCTION public.give_payer_details(p_decision text, p_payer jsonb, p_sha256 text, p_by text, p_expires_at timestamp with time zone)
 RETURNS boolean
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH given AS (
    UPDATE decisions SET payer = p_payer, payload_sha256 = p_sha256, payer_by = p_by, payer_at = now(), expires_at = p_expires_at,
           state = 'proposed'
     WHERE id = p_decision AND state = 'needs_payer_details'
    RETURNING 1
  )
  SELECT EXISTS (SELECT 1 FROM given)
$function$;
-- owned by purser_ledger, may be run by purser_app

CREATE OR REPLACE FUNCTION public.line_cases_audited()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, after)
        SELECT 'line_case.added', 'line_case', n.id, n.image FROM (SELECT r.id::text AS id, jsonb_build_object('kind', r.kind, 'line_id', r.line_id::text, 'other_id', r.other_id::text, 'outcome', r.outcome) AS image FROM new_rows r) n ORDER BY n.id;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, before)
        SELECT 'line_case.removed', 'line_case', o.id, o.image FROM (SELECT r.id::text AS id, jsonb_build_object('kind', r.kind, 'line_id', r.line_id::text, 'other_id', r.other_id::text, 'outcome', r.outcome) AS image FROM old_rows r) o ORDER BY o.id;
      ELSE
        -- Grouped, since a join of the two would compare each row with each: no plan knows their number. What is the same
        -- before and after is found twice and costs no more than that.
        INSERT INTO audit_events (action, subject_kind, subject_id, before, after)
        SELECT 'line_case.changed', 'line_case', i.id, (array_agg(i.image) FILTER (WHERE NOT i.is_new))[1],
               (array_agg(i.image) FILTER (WHERE i.is_new))[1]
          FROM (SELECT r.id::text AS id, jsonb_build_object('kind', r.kind, 'line_id', r.line_id::text, 'other_id', r.other_id::text, 'outcome', r.outcome) AS image, bool_or(r.is_new) AS is_new
                  FROM (SELECT r.id, r.kind, r.line_id, r.other_id, r.outcome, false AS is_new FROM old_rows r UNION ALL SELECT r.id, r.kind, r.line_id, r.other_id, r.outcome, true FROM new_rows r) r
                 GROUP BY r.id, r.kind, r.line_id, r.other_id, r.outcome HAVING count(*) = 1) i
         GROUP BY i.id ORDER BY i.id;
      END IF;
      RETURN NULL;
    END $function$;
-- owned by purser_ledger, may be run by nobody else

CREATE OR REPLACE FUNCTION public.open_reviews(p_deposit text[], p_reason text[], p_candidates jsonb, p_remind_at timestamp with time zone[], p_escalate_at timestamp with time zone, p_due_at timestamp with time zone)
 RETURNS SETOF text
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH input AS (
    SELECT i.*, ARRAY(SELECT jsonb_array_elements_text(p_candidates -> (i.idx::int - 1))) AS candidates
      FROM unnest(p_deposit, p_reason) WITH ORDINALITY AS i(deposit, reason, idx)
  ), moved AS (
    UPDATE deposits d SET state = 'in_review' FROM input i WHERE d.id = i.deposit AND d.state = 'captured' RETURNING d.id
  )
  INSERT INTO reviews (deposit_id, reason, candidates, remind_at, escalate_at, due_at)
  SELECT i.deposit, i.reason, i.candidates, p_remind_at, p_escalate_at, p_due_at FROM input i JOIN moved m ON m.id = i.deposit
  ON CONFLICT (deposit_id) DO UPDATE
     SET reason = excluded.reason, candidates = excluded.candidates, opened_at = now(), remind_at = excluded.remind_at,
         escalate_at = excluded.escalate_at, due_at = excluded.due_at, round = reviews.round + 1, reminders_sent = 0,
         overdue_at = NULL, escalated_at = NULL, closed_at = NULL
   WHERE reviews.closed_at IS NOT NULL
  RETURNING deposit_id
$function$;
-- owned by purser_ledger, may be run by purser_app

CREATE OR REPLACE FUNCTION public.payer_revocations_audited()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, after)
        SELECT 'payer_revocation.added', 'payer_revocation', n.id, n.image FROM (SELECT r.id::text AS id, jsonb_build_object('wallet_id', r.wallet_id, 'deposit_id', r.deposit_id, 'revoked_by', r.revoked_by) AS image FROM new_rows r) n ORDER BY n.id;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, before)
        SELECT 'payer_revocation.removed', 'payer_revocation', o.id, o.image FROM (SELECT r.id::text AS id, jsonb_build_object('wallet_id', r.wallet_id, 'deposit_id', r.deposit_id, 'revoked_by', r.revoked_by) AS image FROM old_rows r) o ORDER BY o.id;
      ELSE
        -- Grouped, since a join of the two would compare each row with each: no plan knows their number. What is the same
        -- before and after is found twice and costs no more than that.
        INSERT INTO audit_events (action, subject_kind, subject_id, before, after)
        SELECT 'payer_revocation.changed', 'payer_revocation', i.id, (array_agg(i.image) FILTER (WHERE NOT i.is_new))[1],
               (array_agg(i.image) FILTER (WHERE i.is_new))[1]
          FROM (SELECT r.id::text AS id, jsonb_build_object('wallet_id', r.wallet_id, 'deposit_id', r.deposit_id, 'revoked_by', r.revoked_by) AS image, bool_or(r.is_new) AS is_new
                  FROM (SELECT r.id, r.wallet_id, r.deposit_id, r.revoked_by, false AS is_new FROM old_rows r UNION ALL SELECT r.id, r.wallet_id, r.deposit_id, r.revoked_by, true FROM new_rows r) r
                 GROUP BY r.id, r.wallet_id, r.deposit_id, r.revoked_by HAVING count(*) = 1) i
         GROUP BY i.id ORDER BY i.id;
      END IF;
      RETURN NULL;
    END $function$;
-- owned by purser_ledger, may be run by nobody else

CREATE OR REPLACE FUNCTION public.post_journals(j_kind text[], j_deposit text[], j_part smallint[], j_generation smallint[], j_reverses bigint[], j_line bigint[], j_spend text[], j_event_on date[], j_wallet text[], j_wallet_seq bigint[], j_credits_after bigint[], j_prepaid_after bigint[], j_remainder_after bigint[], j_receivable_after bigint[], j_rate integer[], j_decision text[], j_told bigint[], j_credits bigint[], j_lane text, p_journal integer[], p_leg smallint[], p_account text[], p_bank_account text[], p_wallet text[], p_unit text[], p_amount bigint[])
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
           min(wallet) FILTER (WHERE kind = 'credit' AND part = 0) AS wallet,
           max(generation) FILTER (WHERE kind = 'restore') AS restored_as
      FROM input WHERE deposit IS NOT NULL GROUP BY deposit
  ), moved_deposits AS (
    UPDATE deposits d
       SET state = CASE m.last_kind WHEN 'credit' THEN 'credited' WHEN 'return' THEN 'returned' WHEN 'dismiss' THEN 'dismissed'
                                    WHEN 'reversal' THEN 'reversed' WHEN 'void' THEN 'reversed' WHEN 'restore' THEN 'captured'
                                    ELSE d.state END,
           generation = coalesce(m.restored_as, d.generation),
           wallet_id = CASE WHEN m.restored_as IS NULL THEN coalesce(m.wallet, d.wallet_id) END,
           settled_at = CASE WHEN m.restored_as IS NULL THEN coalesce(d.settled_at, now()) END,
           lane = CASE WHEN m.restored_as IS NULL THEN coalesce(d.lane, j_lane) END,
           -- The workflow of its life before has ended: it gets another one.
           dispatched_at = CASE WHEN m.restored_as IS NULL THEN d.dispatched_at END,
           workflow_round = d.workflow_round + CASE WHEN m.restored_as IS NULL THEN 0 ELSE 1 END
      FROM deposit_moves m
     WHERE d.id = m.deposit
       AND CASE m.first_kind
             WHEN 'correction' THEN d.state = 'credited'
             WHEN 'return_paid' THEN d.state = 'returned'
             WHEN 'reversal' THEN d.state IN ('captured', 'in_review', 'credited')
             WHEN 'void' THEN d.state IN ('captured', 'in_review', 'credited')
             WHEN 'restore' THEN d.state = 'reversed'
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
           CASE kind WHEN 'credit' THEN 'deposit_credited' WHEN 'correction' THEN 'deposit_corrected' ELSE 'deposit_reversed' END,
           told, credits
      FROM rows WHERE wallet IS NOT NULL AND kind IN ('credit', 'reversal', 'correction', 'void')
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
END $function$;
-- owned by purser_ledger, may be run by purser_app

CREATE OR REPLACE FUNCTION public.prepare_decision()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF NEW.proposed_by IS NULL THEN
    NEW.proposed_person := 'purser';
    NEW.payer := NULL;
  ELSE
    NEW.proposed_person := (SELECT person FROM api_keys WHERE id = NEW.proposed_by AND owner_kind = 'person');
  END IF;
  SELECT d.amount_minor, d.currency INTO NEW.amount_minor, NEW.currency FROM deposits d WHERE d.id = NEW.deposit_id;
  IF NEW.payer IS NOT NULL THEN
    NEW.payer_by := NEW.proposed_by;
    NEW.payer_person := NEW.proposed_person;
    NEW.payer_at := now();
  END IF;
  NEW.state := CASE WHEN NOT NEW.needs_approval THEN 'approved'
                    WHEN NEW.kind = 'return' AND NEW.payer IS NULL THEN 'needs_payer_details' ELSE 'proposed' END;
  RETURN NEW;
END $function$;
-- owned by the migrating login, may be run by PUBLIC

CREATE OR REPLACE FUNCTION public.rates_audited()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, after)
        SELECT 'rate.added', 'rate', n.id, n.image FROM (SELECT r.version::text AS id, jsonb_build_object('minor_per_credit', r.minor_per_credit::text, 'effective_from', r.effective_from) AS image FROM new_rows r) n ORDER BY n.id;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, before)
        SELECT 'rate.removed', 'rate', o.id, o.image FROM (SELECT r.version::text AS id, jsonb_build_object('minor_per_credit', r.minor_per_credit::text, 'effective_from', r.effective_from) AS image FROM old_rows r) o ORDER BY o.id;
      ELSE
        -- Grouped, since a join of the two would compare each row with each: no plan knows their number. What is the same
        -- before and after is found twice and costs no more than that.
        INSERT INTO audit_events (action, subject_kind, subject_id, before, after)
        SELECT 'rate.changed', 'rate', i.id, (array_agg(i.image) FILTER (WHERE NOT i.is_new))[1],
               (array_agg(i.image) FILTER (WHERE i.is_new))[1]
          FROM (SELECT r.version::text AS id, jsonb_build_object('minor_per_credit', r.minor_per_credit::text, 'effective_from', r.effective_from) AS image, bool_or(r.is_new) AS is_new
                  FROM (SELECT r.version, r.minor_per_credit, r.effective_from, false AS is_new FROM old_rows r UNION ALL SELECT r.version, r.minor_per_credit, r.effective_from, true FROM new_rows r) r
                 GROUP BY r.version, r.minor_per_credit, r.effective_from HAVING count(*) = 1) i
         GROUP BY i.id ORDER BY i.id;
      END IF;
      RETURN NULL;
    END $function$;
-- owned by purser_ledger, may be run by nobody else

CREATE OR REPLACE FUNCTION public.record_audit(p_action text, p_subject_kind text, p_subject_id text, p_before jsonb, p_after jsonb, p_why text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  INSERT INTO audit_events (action, subject_kind, subject_id, before, after, why)
  VALUES (p_action, p_subject_kind, p_subject_id, p_before, p_after, coalesce(p_why, nullif(current_setting('purser.why', true), '')))
$function$;
-- owned by purser_ledger, may be run by purser_app

CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION '% on % is refused: rows there are append-only', TG_OP, TG_TABLE_NAME USING ERRCODE = 'PU017';
END $function$;
-- owned by the migrating login, may be run by PUBLIC

CREATE OR REPLACE FUNCTION public.return_export_items_audited()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, after)
        SELECT 'decision.added', 'decision', n.id, n.image FROM (SELECT r.decision_id::text AS id, jsonb_build_object('export_id', r.export_id) AS image FROM new_rows r) n ORDER BY n.id;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, before)
        SELECT 'decision.removed', 'decision', o.id, o.image FROM (SELECT r.decision_id::text AS id, jsonb_build_object('export_id', r.export_id) AS image FROM old_rows r) o ORDER BY o.id;
      ELSE
        -- Grouped, since a join of the two would compare each row with each: no plan knows their number. What is the same
        -- before and after is found twice and costs no more than that.
        INSERT INTO audit_events (action, subject_kind, subject_id, before, after)
        SELECT 'decision.changed', 'decision', i.id, (array_agg(i.image) FILTER (WHERE NOT i.is_new))[1],
               (array_agg(i.image) FILTER (WHERE i.is_new))[1]
          FROM (SELECT r.decision_id::text AS id, jsonb_build_object('export_id', r.export_id) AS image, bool_or(r.is_new) AS is_new
                  FROM (SELECT r.decision_id, r.export_id, false AS is_new FROM old_rows r UNION ALL SELECT r.decision_id, r.export_id, true FROM new_rows r) r
                 GROUP BY r.decision_id, r.export_id HAVING count(*) = 1) i
         GROUP BY i.id ORDER BY i.id;
      END IF;
      RETURN NULL;
    END $function$;
-- owned by purser_ledger, may be run by nobody else

CREATE OR REPLACE FUNCTION public.return_exports_audited()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, after)
        SELECT 'return_export.added', 'return_export', n.id, n.image FROM (SELECT r.id::text AS id, jsonb_build_object('taken_by', r.taken_by) AS image FROM new_rows r) n ORDER BY n.id;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, before)
        SELECT 'return_export.removed', 'return_export', o.id, o.image FROM (SELECT r.id::text AS id, jsonb_build_object('taken_by', r.taken_by) AS image FROM old_rows r) o ORDER BY o.id;
      ELSE
        -- Grouped, since a join of the two would compare each row with each: no plan knows their number. What is the same
        -- before and after is found twice and costs no more than that.
        INSERT INTO audit_events (action, subject_kind, subject_id, before, after)
        SELECT 'return_export.changed', 'return_export', i.id, (array_agg(i.image) FILTER (WHERE NOT i.is_new))[1],
               (array_agg(i.image) FILTER (WHERE i.is_new))[1]
          FROM (SELECT r.id::text AS id, jsonb_build_object('taken_by', r.taken_by) AS image, bool_or(r.is_new) AS is_new
                  FROM (SELECT r.id, r.taken_by, false AS is_new FROM old_rows r UNION ALL SELECT r.id, r.taken_by, true FROM new_rows r) r
                 GROUP BY r.id, r.taken_by HAVING count(*) = 1) i
         GROUP BY i.id ORDER BY i.id;
      END IF;
      RETURN NULL;
    END $function$;
-- owned by purser_ledger, may be run by nobody else

CREATE OR REPLACE FUNCTION public.reversals_audited()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, after)
        SELECT 'reversal.added', 'reversal', n.id, n.image FROM (SELECT r.line_id::text AS id, jsonb_build_object('bank_account_key', r.bank_account_key, 'state', r.state, 'deposit_id', r.deposit_id, 'charges_minor', r.charges_minor::text) AS image FROM new_rows r) n ORDER BY n.id;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, before)
        SELECT 'reversal.removed', 'reversal', o.id, o.image FROM (SELECT r.line_id::text AS id, jsonb_build_object('bank_account_key', r.bank_account_key, 'state', r.state, 'deposit_id', r.deposit_id, 'charges_minor', r.charges_minor::text) AS image FROM old_rows r) o ORDER BY o.id;
      ELSE
        -- Grouped, since a join of the two would compare each row with each: no plan knows their number. What is the same
        -- before and after is found twice and costs no more than that.
        INSERT INTO audit_events (action, subject_kind, subject_id, before, after)
        SELECT 'reversal.changed', 'reversal', i.id, (array_agg(i.image) FILTER (WHERE NOT i.is_new))[1],
               (array_agg(i.image) FILTER (WHERE i.is_new))[1]
          FROM (SELECT r.line_id::text AS id, jsonb_build_object('bank_account_key', r.bank_account_key, 'state', r.state, 'deposit_id', r.deposit_id, 'charges_minor', r.charges_minor::text) AS image, bool_or(r.is_new) AS is_new
                  FROM (SELECT r.line_id, r.bank_account_key, r.state, r.deposit_id, r.charges_minor, false AS is_new FROM old_rows r UNION ALL SELECT r.line_id, r.bank_account_key, r.state, r.deposit_id, r.charges_minor, true FROM new_rows r) r
                 GROUP BY r.line_id, r.bank_account_key, r.state, r.deposit_id, r.charges_minor HAVING count(*) = 1) i
         GROUP BY i.id ORDER BY i.id;
      END IF;
      RETURN NULL;
    END $function$;
-- owned by purser_ledger, may be run by nobody else

CREATE OR REPLACE FUNCTION public.review_comments_audited()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, after)
        SELECT 'review.added', 'review', n.id, n.image FROM (SELECT r.deposit_id::text AS id, jsonb_build_object('id', r.id::text) AS image FROM new_rows r) n ORDER BY n.id;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, before)
        SELECT 'review.removed', 'review', o.id, o.image FROM (SELECT r.deposit_id::text AS id, jsonb_build_object('id', r.id::text) AS image FROM old_rows r) o ORDER BY o.id;
      ELSE
        -- Grouped, since a join of the two would compare each row with each: no plan knows their number. What is the same
        -- before and after is found twice and costs no more than that.
        INSERT INTO audit_events (action, subject_kind, subject_id, before, after)
        SELECT 'review.changed', 'review', i.id, (array_agg(i.image) FILTER (WHERE NOT i.is_new))[1],
               (array_agg(i.image) FILTER (WHERE i.is_new))[1]
          FROM (SELECT r.deposit_id::text AS id, jsonb_build_object('id', r.id::text) AS image, bool_or(r.is_new) AS is_new
                  FROM (SELECT r.deposit_id, r.id, false AS is_new FROM old_rows r UNION ALL SELECT r.deposit_id, r.id, true FROM new_rows r) r
                 GROUP BY r.deposit_id, r.id HAVING count(*) = 1) i
         GROUP BY i.id ORDER BY i.id;
      END IF;
      RETURN NULL;
    END $function$;
-- owned by purser_ledger, may be run by nobody else

CREATE OR REPLACE FUNCTION public.reviews_audited()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, after)
        SELECT 'review.added', 'review', n.id, n.image FROM (SELECT r.deposit_id::text AS id, jsonb_build_object('reason', r.reason, 'round', r.round, 'due_at', r.due_at, 'escalated_at', r.escalated_at, 'overdue_at', r.overdue_at, 'assignee', r.assignee, 'closed_at', r.closed_at) AS image FROM new_rows r) n ORDER BY n.id;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, before)
        SELECT 'review.removed', 'review', o.id, o.image FROM (SELECT r.deposit_id::text AS id, jsonb_build_object('reason', r.reason, 'round', r.round, 'due_at', r.due_at, 'escalated_at', r.escalated_at, 'overdue_at', r.overdue_at, 'assignee', r.assignee, 'closed_at', r.closed_at) AS image FROM old_rows r) o ORDER BY o.id;
      ELSE
        -- Grouped, since a join of the two would compare each row with each: no plan knows their number. What is the same
        -- before and after is found twice and costs no more than that.
        INSERT INTO audit_events (action, subject_kind, subject_id, before, after)
        SELECT 'review.changed', 'review', i.id, (array_agg(i.image) FILTER (WHERE NOT i.is_new))[1],
               (array_agg(i.image) FILTER (WHERE i.is_new))[1]
          FROM (SELECT r.deposit_id::text AS id, jsonb_build_object('reason', r.reason, 'round', r.round, 'due_at', r.due_at, 'escalated_at', r.escalated_at, 'overdue_at', r.overdue_at, 'assignee', r.assignee, 'closed_at', r.closed_at) AS image, bool_or(r.is_new) AS is_new
                  FROM (SELECT r.deposit_id, r.reason, r.round, r.due_at, r.escalated_at, r.overdue_at, r.assignee, r.closed_at, false AS is_new FROM old_rows r UNION ALL SELECT r.deposit_id, r.reason, r.round, r.due_at, r.escalated_at, r.overdue_at, r.assignee, r.closed_at, true FROM new_rows r) r
                 GROUP BY r.deposit_id, r.reason, r.round, r.due_at, r.escalated_at, r.overdue_at, r.assignee, r.closed_at HAVING count(*) = 1) i
         GROUP BY i.id ORDER BY i.id;
      END IF;
      RETURN NULL;
    END $function$;
-- owned by purser_ledger, may be run by nobody else

CREATE OR REPLACE FUNCTION public.seal_audit(p_limit integer)
 RETURNS TABLE(sealed integer, head_seq bigint, head_hash text)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE event record; head_xid xid8; head_event bigint; prev_hash bytea; next_hash bytea;
BEGIN
  sealed := 0;
  PERFORM pg_advisory_xact_lock(7805296118541);
  SELECT s.seq, s.hash, e.xid, e.id INTO head_seq, next_hash, head_xid, head_event
    FROM audit_seals s JOIN audit_events e ON e.id = s.event_id ORDER BY s.seq DESC LIMIT 1;
  IF NOT FOUND THEN
    head_seq := 0;
    next_hash := decode(repeat('00', 32), 'hex');
  END IF;
  -- Nothing sealed yet, or only by another server: every row is looked at.
  IF head_xid IS NULL OR head_xid >= pg_snapshot_xmax(pg_current_snapshot()) THEN
    head_xid := '0';
    head_event := 0;
  END IF;
  FOR event IN
    SELECT e.* FROM audit_events e
     WHERE (e.xid < pg_snapshot_xmin(pg_current_snapshot()) OR e.xid >= pg_snapshot_xmax(pg_current_snapshot()))
       AND (e.xid, e.id) > (head_xid, head_event)
       AND NOT EXISTS (SELECT 1 FROM audit_seals s WHERE s.event_id = e.id)
     ORDER BY e.xid, e.id LIMIT p_limit
  LOOP
    sealed := sealed + 1;
    head_seq := head_seq + 1;
    prev_hash := next_hash;
    next_hash := sha256(prev_hash || convert_to(jsonb_build_array(
      head_seq, event.id, event.xid::text, to_char(event.happened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
      event.actor_kind, event.actor_key, event.actor_person, event.login, event.action, event.subject_kind, event.subject_id,
      event.before, event.after, event.why)::text, 'UTF8'));
    INSERT INTO audit_seals (seq, event_id, prev, hash) VALUES (head_seq, event.id, prev_hash, next_hash);
  END LOOP;
  head_hash := encode(next_hash, 'hex');
  RETURN NEXT;
END $function$;
-- owned by purser_ledger, may be run by purser_app

CREATE OR REPLACE FUNCTION public.statement_files_audited()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, after)
        SELECT 'statement_file.added', 'statement_file', n.id, n.image FROM (SELECT r.id::text AS id, jsonb_build_object('bank_account_key', r.bank_account_key, 'state', r.state, 'released_by', r.released_by) AS image FROM new_rows r) n ORDER BY n.id;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, before)
        SELECT 'statement_file.removed', 'statement_file', o.id, o.image FROM (SELECT r.id::text AS id, jsonb_build_object('bank_account_key', r.bank_account_key, 'state', r.state, 'released_by', r.released_by) AS image FROM old_rows r) o ORDER BY o.id;
      ELSE
        -- Grouped, since a join of the two would compare each row with each: no plan knows their number. What is the same
        -- before and after is found twice and costs no more than that.
        INSERT INTO audit_events (action, subject_kind, subject_id, before, after)
        SELECT 'statement_file.changed', 'statement_file', i.id, (array_agg(i.image) FILTER (WHERE NOT i.is_new))[1],
               (array_agg(i.image) FILTER (WHERE i.is_new))[1]
          FROM (SELECT r.id::text AS id, jsonb_build_object('bank_account_key', r.bank_account_key, 'state', r.state, 'released_by', r.released_by) AS image, bool_or(r.is_new) AS is_new
                  FROM (SELECT r.id, r.bank_account_key, r.state, r.released_by, false AS is_new FROM old_rows r UNION ALL SELECT r.id, r.bank_account_key, r.state, r.released_by, true FROM new_rows r) r
                 GROUP BY r.id, r.bank_account_key, r.state, r.released_by HAVING count(*) = 1) i
         GROUP BY i.id ORDER BY i.id;
      END IF;
      RETURN NULL;
    END $function$;
-- owned by purser_ledger, may be run by nobody else

CREATE OR REPLACE FUNCTION public.wallets_audited()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, after)
        SELECT 'wallet.added', 'wallet', n.id, n.image FROM (SELECT r.id::text AS id, jsonb_build_object('code', r.code, 'status', r.status) AS image FROM new_rows r) n ORDER BY n.id;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, before)
        SELECT 'wallet.removed', 'wallet', o.id, o.image FROM (SELECT r.id::text AS id, jsonb_build_object('code', r.code, 'status', r.status) AS image FROM old_rows r) o ORDER BY o.id;
      ELSE
        -- Grouped, since a join of the two would compare each row with each: no plan knows their number. What is the same
        -- before and after is found twice and costs no more than that.
        INSERT INTO audit_events (action, subject_kind, subject_id, before, after)
        SELECT 'wallet.changed', 'wallet', i.id, (array_agg(i.image) FILTER (WHERE NOT i.is_new))[1],
               (array_agg(i.image) FILTER (WHERE i.is_new))[1]
          FROM (SELECT r.id::text AS id, jsonb_build_object('code', r.code, 'status', r.status) AS image, bool_or(r.is_new) AS is_new
                  FROM (SELECT r.id, r.code, r.status, false AS is_new FROM old_rows r UNION ALL SELECT r.id, r.code, r.status, true FROM new_rows r) r
                 GROUP BY r.id, r.code, r.status HAVING count(*) = 1) i
         GROUP BY i.id ORDER BY i.id;
      END IF;
      RETURN NULL;
    END $function$;
-- owned by purser_ledger, may be run by nobody else
