-- The schema as `purser migrate` leaves it, read from Postgres' own catalogue. Written by `npm run db:schema`, and
-- a test compares the two, so that a review shows what a change does. To read the schema, read db/baseline/ and
-- db/functions/ instead; this file is never run.

-- owned by purser_ledger
CREATE TABLE alerts (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  kind text NOT NULL,
  subject text NOT NULL,
  bank_account_key text,
  code text,
  example text,
  count integer NOT NULL,
  first_seen_at timestamp with time zone NOT NULL DEFAULT now(),
  last_seen_at timestamp with time zone NOT NULL DEFAULT now(),
  announced_at timestamp with time zone,
  announced_count integer,
  cleared_at timestamp with time zone
);
COMMENT ON TABLE alerts IS 'What a person must know, each with its first and last moment. Raised and cleared by every look at the conditions.';
COMMENT ON COLUMN alerts.id IS 'Number of the alert.';
COMMENT ON COLUMN alerts.kind IS 'What is wrong, as docs/runbook.md names it.';
COMMENT ON COLUMN alerts.subject IS 'What it is about: the key of a bank account, or service.';
COMMENT ON COLUMN alerts.bank_account_key IS 'The account that it is about, if any.';
COMMENT ON COLUMN alerts.code IS 'The error code behind it, if any (docs/errors.md).';
COMMENT ON COLUMN alerts.example IS 'Id of one thing that it is about: a run, a deposit, a file, a decision.';
COMMENT ON COLUMN alerts.count IS 'How many things it was about when it was last seen.';
COMMENT ON COLUMN alerts.first_seen_at IS 'When it was raised.';
COMMENT ON COLUMN alerts.last_seen_at IS 'When its condition was last found.';
COMMENT ON COLUMN alerts.announced_at IS 'When a process last wrote it to its log; null until then. It is written again when it is about more things.';
COMMENT ON COLUMN alerts.announced_count IS 'How many things it was about then.';
COMMENT ON COLUMN alerts.cleared_at IS 'When its condition was first found to be gone; null while it stands.';
ALTER TABLE alerts ADD CONSTRAINT alerts_announced_whole CHECK (((announced_at IS NULL) = (announced_count IS NULL)));
ALTER TABLE alerts ADD CONSTRAINT alerts_bank_account_key_fkey FOREIGN KEY (bank_account_key) REFERENCES bank_accounts(key) ON UPDATE CASCADE;
ALTER TABLE alerts ADD CONSTRAINT alerts_count_positive CHECK ((count > 0));
ALTER TABLE alerts ADD CONSTRAINT alerts_in_order CHECK (((last_seen_at >= first_seen_at) AND (cleared_at >= first_seen_at)));
ALTER TABLE alerts ADD CONSTRAINT alerts_kind_shape CHECK ((kind ~ '^[a-z_]{3,40}$'::text));
ALTER TABLE alerts ADD CONSTRAINT alerts_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX alerts_one_standing ON public.alerts USING btree (kind, subject) WHERE (cleared_at IS NULL);
CREATE TRIGGER alerts_keep_facts BEFORE DELETE OR UPDATE OF id, kind, subject, first_seen_at ON public.alerts FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT INSERT, SELECT, UPDATE ON alerts TO purser_app;

-- owned by purser_ledger
CREATE TABLE api_keys (
  id text NOT NULL,
  secret_hash text NOT NULL,
  name text NOT NULL,
  owner_kind text NOT NULL,
  person text,
  caller text NOT NULL,
  scopes text[] NOT NULL,
  bound_accounts text[],
  own_wallets boolean NOT NULL DEFAULT false,
  rotated_from text,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  last_used_at timestamp with time zone,
  salt uuid DEFAULT gen_random_uuid(),
  commitment bytea
);
COMMENT ON TABLE api_keys IS 'Keys of the HTTP API, of services and of people. Written by create_api_key(), expire_api_key(), revoke_api_key() and use_api_key() only.';
COMMENT ON COLUMN api_keys.id IS 'Id of the key, with prefix key_: the part before the dot of what its owner holds.';
COMMENT ON COLUMN api_keys.secret_hash IS 'Hash of the secret and of every fact that never changes, under API_KEY_PEPPER: a key with an edited row works no more. The secret itself is stored nowhere.';
COMMENT ON COLUMN api_keys.name IS 'What the key is for, in words.';
COMMENT ON COLUMN api_keys.owner_kind IS 'service or person.';
COMMENT ON COLUMN api_keys.person IS 'The human behind a person''s key, in lower case; null for a service''s.';
COMMENT ON COLUMN api_keys.caller IS 'Who calls, over all their keys: the person, or the name of the service.';
COMMENT ON COLUMN api_keys.scopes IS 'What the key may do.';
COMMENT ON COLUMN api_keys.bound_accounts IS 'Names of the bank accounts that a service''s key is bound to; null for all.';
COMMENT ON COLUMN api_keys.own_wallets IS 'True if a service''s key is bound to the wallets that its caller created.';
COMMENT ON COLUMN api_keys.rotated_from IS 'The key that this one replaces; null if it is a first one.';
COMMENT ON COLUMN api_keys.created_at IS 'When it was made.';
COMMENT ON COLUMN api_keys.expires_at IS 'When it stops working by itself; null for never.';
COMMENT ON COLUMN api_keys.revoked_at IS 'When it was revoked; null while it is not.';
COMMENT ON COLUMN api_keys.last_used_at IS 'When it was last used, to the minute.';
COMMENT ON COLUMN api_keys.salt IS 'Random; the trail holds a hash of it and of the texts of the row. Null once these are erased.';
COMMENT ON COLUMN api_keys.commitment IS 'That hash, once the texts are erased; null while they are there.';
ALTER TABLE api_keys ADD CONSTRAINT api_keys_bound_to_some CHECK ((cardinality(bound_accounts) > 0));
ALTER TABLE api_keys ADD CONSTRAINT api_keys_caller_spelling CHECK ((caller ~ '^[a-z0-9][a-z0-9._@-]{0,63}$'::text));
ALTER TABLE api_keys ADD CONSTRAINT api_keys_owner_known CHECK ((owner_kind = ANY (ARRAY['service'::text, 'person'::text])));
ALTER TABLE api_keys ADD CONSTRAINT api_keys_person_calls CHECK (((owner_kind = 'service'::text) OR (caller = person)));
ALTER TABLE api_keys ADD CONSTRAINT api_keys_person_of_person CHECK (((owner_kind = 'person'::text) = (person IS NOT NULL)));
ALTER TABLE api_keys ADD CONSTRAINT api_keys_person_spelling CHECK ((person ~ '^[a-z0-9][a-z0-9._@-]{0,63}$'::text));
ALTER TABLE api_keys ADD CONSTRAINT api_keys_person_unbound CHECK (((owner_kind = 'service'::text) OR ((bound_accounts IS NULL) AND (NOT own_wallets))));
ALTER TABLE api_keys ADD CONSTRAINT api_keys_pkey PRIMARY KEY (id);
ALTER TABLE api_keys ADD CONSTRAINT api_keys_rotated_from_fkey FOREIGN KEY (rotated_from) REFERENCES api_keys(id);
ALTER TABLE api_keys ADD CONSTRAINT api_keys_scopes_known CHECK ((scopes <@ ARRAY['account:operate'::text, 'account:read'::text, 'audit:read'::text, 'claim:read'::text, 'claim:write'::text, 'decision:approve'::text, 'deposit:read'::text, 'gate:operate'::text, 'gate:read'::text, 'key:admin'::text, 'notification:write'::text, 'return:export'::text, 'review:decide'::text, 'review:read'::text, 'review:work'::text, 'run:read'::text, 'run:start'::text, 'statement:read'::text, 'statement:release'::text, 'statement:write'::text, 'status:read'::text, 'wallet:create'::text, 'wallet:mint_token'::text, 'wallet:operate'::text, 'wallet:read'::text, 'wallet:register_code'::text, 'wallet:spend'::text]));
ALTER TABLE api_keys ADD CONSTRAINT api_keys_scopes_of_persons CHECK (((owner_kind = 'person'::text) OR (NOT (scopes && ARRAY['account:operate'::text, 'decision:approve'::text, 'gate:operate'::text, 'key:admin'::text, 'review:decide'::text, 'statement:release'::text, 'wallet:operate'::text]))));
CREATE TRIGGER api_keys_audit_delete AFTER DELETE ON public.api_keys REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION api_keys_audited();
CREATE TRIGGER api_keys_audit_insert AFTER INSERT ON public.api_keys REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION api_keys_audited();
CREATE TRIGGER api_keys_audit_update AFTER UPDATE ON public.api_keys REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION api_keys_audited();
CREATE TRIGGER api_keys_keep_facts BEFORE INSERT OR UPDATE ON public.api_keys FOR EACH ROW EXECUTE FUNCTION check_api_key();
GRANT SELECT ON api_keys TO purser_app;

-- owned by purser_ledger
CREATE TABLE approval_limits (
  kind text NOT NULL,
  above_minor bigint NOT NULL
);
COMMENT ON TABLE approval_limits IS 'Above which sum a decision needs a second person. Written by purser migrate, from FOUR_EYES_ABOVE.';
COMMENT ON COLUMN approval_limits.kind IS 'The kind of decision: credit. All others need two people, or move no money.';
COMMENT ON COLUMN approval_limits.above_minor IS 'In minor units of ZAR: the most that one person decides alone, in one credit and in all credits of seven days for one customer.';
ALTER TABLE approval_limits ADD CONSTRAINT approval_limits_kind_known CHECK ((kind = 'credit'::text));
ALTER TABLE approval_limits ADD CONSTRAINT approval_limits_not_negative CHECK ((above_minor >= 0));
ALTER TABLE approval_limits ADD CONSTRAINT approval_limits_pkey PRIMARY KEY (kind);
CREATE TRIGGER approval_limits_audit_delete AFTER DELETE ON public.approval_limits REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION approval_limits_audited();
CREATE TRIGGER approval_limits_audit_insert AFTER INSERT ON public.approval_limits REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION approval_limits_audited();
CREATE TRIGGER approval_limits_audit_update AFTER UPDATE ON public.approval_limits REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION approval_limits_audited();
GRANT SELECT ON approval_limits TO purser_app;

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
  why text DEFAULT NULLIF(current_setting('purser.why'::text, true), ''::text),
  salt uuid DEFAULT gen_random_uuid(),
  commitment bytea
);
COMMENT ON TABLE audit_events IS 'Who changed what, when and why. Written by triggers and record_audit() only; rows never change.';
COMMENT ON COLUMN audit_events.id IS 'Number of the event.';
COMMENT ON COLUMN audit_events.xid IS 'The transaction that made the change.';
COMMENT ON COLUMN audit_events.happened_at IS 'When that transaction began.';
COMMENT ON COLUMN audit_events.actor_kind IS 'person or service (by an API key), workflow (a rule), or system (an operator at the machine).';
COMMENT ON COLUMN audit_events.actor_key IS 'Id of the API key that was used.';
COMMENT ON COLUMN audit_events.actor_person IS 'The human behind that key.';
COMMENT ON COLUMN audit_events.login IS 'The database login, which nobody can set.';
COMMENT ON COLUMN audit_events.action IS 'What happened: subject and past participle, such as deposit.changed.';
COMMENT ON COLUMN audit_events.subject_kind IS 'What it happened to.';
COMMENT ON COLUMN audit_events.subject_id IS 'The id of that row.';
COMMENT ON COLUMN audit_events.before IS 'The audited columns before; null where there was no row. Ids, states, codes and amounts only: never a reference, a name or an account number.';
COMMENT ON COLUMN audit_events.after IS 'The audited columns after; null where the row is gone.';
COMMENT ON COLUMN audit_events.why IS 'The reason that the actor gave.';
COMMENT ON COLUMN audit_events.salt IS 'Random; the trail holds a hash of it and of the texts of the row. Null once these are erased.';
COMMENT ON COLUMN audit_events.commitment IS 'That hash, once the texts are erased; null while they are there.';
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
  event_ids int8multirange NOT NULL,
  contents jsonb NOT NULL,
  prev bytea NOT NULL,
  hash bytea NOT NULL,
  sealed_at timestamp with time zone NOT NULL DEFAULT now(),
  until_xid xid8 NOT NULL,
  tops jsonb NOT NULL,
  floors jsonb NOT NULL
);
COMMENT ON TABLE audit_seals IS 'A chain of hashes over the audit trail, the ledger and what the banks said, a link for each batch: no edit of them goes unseen. Written by seal_audit() only; rows never change.';
COMMENT ON COLUMN audit_seals.seq IS 'Numbers the seals from 1, without gaps.';
COMMENT ON COLUMN audit_seals.event_ids IS 'The audit events of the batch.';
COMMENT ON COLUMN audit_seals.contents IS 'For each table: the ids of its rows in the batch, their number, and the SHA-256 of the SHA-256 of each, by id.';
COMMENT ON COLUMN audit_seals.prev IS 'Hash of the seal before; 32 zero bytes for the first.';
COMMENT ON COLUMN audit_seals.hash IS 'SHA-256 of prev, the number and the contents.';
COMMENT ON COLUMN audit_seals.sealed_at IS 'When it was sealed.';
COMMENT ON COLUMN audit_seals.until_xid IS 'Rows of earlier transactions are sealed.';
COMMENT ON COLUMN audit_seals.tops IS 'Highest id that is sealed, for each table.';
COMMENT ON COLUMN audit_seals.floors IS 'For each table: highest id that another server gave, before a restore. Transactions are numbered anew after it.';
ALTER TABLE audit_seals ADD CONSTRAINT audit_seals_hash_length CHECK ((length(hash) = 32));
ALTER TABLE audit_seals ADD CONSTRAINT audit_seals_no_fork UNIQUE (prev);
ALTER TABLE audit_seals ADD CONSTRAINT audit_seals_pkey PRIMARY KEY (seq);
ALTER TABLE audit_seals ADD CONSTRAINT audit_seals_seq_positive CHECK ((seq > 0));
CREATE INDEX audit_seals_by_event ON public.audit_seals USING gist (event_ids);
CREATE TRIGGER audit_seals_append_only BEFORE DELETE OR UPDATE ON public.audit_seals FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_seals_no_truncate BEFORE TRUNCATE ON public.audit_seals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT ON audit_seals TO purser_app;

-- owned by purser_ledger
CREATE TABLE bank_account_names (
  name text NOT NULL,
  bank_account_key text NOT NULL,
  given_at timestamp with time zone NOT NULL DEFAULT now()
);
COMMENT ON TABLE bank_account_names IS 'The names under which people may speak of a bank account. Its rows, ids and workflows keep the key.';
COMMENT ON COLUMN bank_account_names.name IS 'The name. A name of one account is never the key or the name of another.';
COMMENT ON COLUMN bank_account_names.bank_account_key IS 'The account that it names.';
COMMENT ON COLUMN bank_account_names.given_at IS 'When the name was given; the newest is the one to show.';
ALTER TABLE bank_account_names ADD CONSTRAINT bank_account_names_bank_account_key_fkey FOREIGN KEY (bank_account_key) REFERENCES bank_accounts(key) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE bank_account_names ADD CONSTRAINT bank_account_names_once PRIMARY KEY (name);
ALTER TABLE bank_account_names ADD CONSTRAINT bank_account_names_shape CHECK ((name ~ '^[a-z0-9][a-z0-9-]{0,39}$'::text));
CREATE INDEX bank_account_names_newest ON public.bank_account_names USING btree (bank_account_key, given_at DESC);
CREATE TRIGGER bank_account_names_audit_delete AFTER DELETE ON public.bank_account_names REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION bank_account_names_audited();
CREATE TRIGGER bank_account_names_audit_insert AFTER INSERT ON public.bank_account_names REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION bank_account_names_audited();
CREATE TRIGGER bank_account_names_audit_update AFTER UPDATE ON public.bank_account_names REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION bank_account_names_audited();
GRANT SELECT ON bank_account_names TO purser_app;

-- owned by purser_ledger
CREATE TABLE bank_account_numbers (
  number text NOT NULL,
  currency text NOT NULL,
  bank_account_key text NOT NULL,
  kind text NOT NULL,
  first_seen_at timestamp with time zone NOT NULL DEFAULT now(),
  proved_at timestamp with time zone
);
COMMENT ON TABLE bank_account_numbers IS 'The ids and numbers by which the bank names our accounts. One of them in one currency belongs to one account.';
COMMENT ON COLUMN bank_account_numbers.number IS 'The id or number; digits without blanks, dashes and leading zeros.';
COMMENT ON COLUMN bank_account_numbers.currency IS 'Currency of the account: some banks give accounts in several currencies one number.';
COMMENT ON COLUMN bank_account_numbers.bank_account_key IS 'The account that it belongs to.';
COMMENT ON COLUMN bank_account_numbers.kind IS 'api: BANK_ACCOUNT_ID, now or earlier. statement: the account number in statement files.';
COMMENT ON COLUMN bank_account_numbers.first_seen_at IS 'When it was first set or read.';
COMMENT ON COLUMN bank_account_numbers.proved_at IS 'For api: when a read under this id first showed lines that the account had, or a person confirmed the id; null before.';
ALTER TABLE bank_account_numbers ADD CONSTRAINT bank_account_numbers_bank_account_key_fkey FOREIGN KEY (bank_account_key) REFERENCES bank_accounts(key) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE bank_account_numbers ADD CONSTRAINT bank_account_numbers_kind_known CHECK ((kind = ANY (ARRAY['api'::text, 'statement'::text])));
ALTER TABLE bank_account_numbers ADD CONSTRAINT bank_account_numbers_one_account PRIMARY KEY (number, currency);
CREATE TRIGGER bank_account_numbers_audit_delete AFTER DELETE ON public.bank_account_numbers REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION bank_account_numbers_audited();
CREATE TRIGGER bank_account_numbers_audit_insert AFTER INSERT ON public.bank_account_numbers REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION bank_account_numbers_audited();
CREATE TRIGGER bank_account_numbers_audit_update AFTER UPDATE ON public.bank_account_numbers REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION bank_account_numbers_audited();
GRANT SELECT ON bank_account_numbers TO purser_app;
GRANT UPDATE (proved_at) ON bank_account_numbers TO purser_app;

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
  field_map jsonb,
  amounts text NOT NULL DEFAULT 'signed'::text,
  poll_enabled boolean NOT NULL DEFAULT true,
  webhook_secret_env text,
  webhook_signature text NOT NULL DEFAULT 'standard'::text,
  webhook_signature_header text NOT NULL DEFAULT 'x-signature'::text,
  webhook_timestamp_header text,
  webhook_trust text NOT NULL DEFAULT 'credit'::text,
  repeated_batch text NOT NULL DEFAULT 'hold'::text,
  unknown_fields text NOT NULL DEFAULT 'record'::text,
  webhook_spendable_minor bigint NOT NULL DEFAULT 100000,
  webhook_spendable_hour_minor bigint NOT NULL DEFAULT 2000000,
  statement_account text,
  mode text NOT NULL DEFAULT 'live'::text,
  amount_limit_minor bigint,
  payer_conflict text NOT NULL DEFAULT 'credit'::text,
  proof_policy text NOT NULL DEFAULT 'hold'::text,
  provisional text NOT NULL DEFAULT 'pending'::text,
  balance_policy text NOT NULL DEFAULT 'alert'::text,
  consent_ends_on date,
  paused_at timestamp with time zone,
  paused_because text,
  opening_minor bigint,
  opening_on date,
  last_complete_day date,
  reversals_read_to bigint NOT NULL DEFAULT 0,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  salt uuid DEFAULT gen_random_uuid(),
  commitment bytea
);
COMMENT ON TABLE bank_accounts IS 'The bank accounts that Purser reconciles. The worker writes the account of the BANK_ settings at its start; purser bank-account and the API add others. Settings are written by write_bank_account() and pause_bank_account() only.';
COMMENT ON COLUMN bank_accounts.key IS 'Short name of the account, used in URLs, ids and settings (BANK_ACCOUNT_KEY). Never changes once the account has lines; bank_account_names has its later names.';
COMMENT ON COLUMN bank_accounts.bank_name IS 'Name of the bank, for people.';
COMMENT ON COLUMN bank_accounts.currency IS 'ISO 4217 code of the account''s currency. Lines in another one are held or refused.';
COMMENT ON COLUMN bank_accounts.time_zone IS 'IANA time zone in which the bank''s days begin and end.';
COMMENT ON COLUMN bank_accounts.feed IS 'Protocol of the bank''s API; null where lines come by statement file or webhook only.';
COMMENT ON COLUMN bank_accounts.api_url IS 'Base address of the bank''s API.';
COMMENT ON COLUMN bank_accounts.bank_account_id IS 'How the bank''s API names the account.';
COMMENT ON COLUMN bank_accounts.api_key_env IS 'Name of the worker''s environment variable that holds the API key, never the key itself: BANK_API_KEY or BANK_<NAME>_API_KEY.';
COMMENT ON COLUMN bank_accounts.field_map IS 'For feed json: where the bank keeps which field. Null for the default format.';
COMMENT ON COLUMN bank_accounts.amounts IS 'For feed berlin-group: whether amounts carry a sign.';
COMMENT ON COLUMN bank_accounts.poll_enabled IS 'Whether the schedule reads this account.';
COMMENT ON COLUMN bank_accounts.webhook_secret_env IS 'Name of the API''s environment variable that holds the webhook secret, never the secret itself: BANK_WEBHOOK_SECRET or BANK_<NAME>_WEBHOOK_SECRET.';
COMMENT ON COLUMN bank_accounts.webhook_signature IS 'How the bank signs webhooks: Standard Webhooks, or a hex HMAC.';
COMMENT ON COLUMN bank_accounts.webhook_signature_header IS 'For hex signatures: the header that holds the signature.';
COMMENT ON COLUMN bank_accounts.webhook_timestamp_header IS 'For hex signatures: the header that holds the signed time; null where the bank signs none.';
COMMENT ON COLUMN bank_accounts.webhook_trust IS 'What a signed event with a whole line is worth: credit captures it at once, hint only triggers a read of the account.';
COMMENT ON COLUMN bank_accounts.repeated_batch IS 'What credits do that repeat most of an earlier day, payment for payment: hold waits for a person, credit takes them as regular.';
COMMENT ON COLUMN bank_accounts.unknown_fields IS 'What a field that nobody knows does: record notes its name and reads on, refuse stops the read.';
COMMENT ON COLUMN bank_accounts.webhook_spendable_minor IS 'What a customer may spend of a deposit that only a webhook has shown, in minor units.';
COMMENT ON COLUMN bank_accounts.webhook_spendable_hour_minor IS 'The most that all customers may spend of such deposits of one hour, in minor units.';
COMMENT ON COLUMN bank_accounts.statement_account IS 'Account number in statement files. Set by the first import whose number is BANK_ACCOUNT_ID or is confirmed by a person; files of another account are refused.';
COMMENT ON COLUMN bank_accounts.mode IS 'live credits by code; shadow credits nothing automatically: every match waits for a person.';
COMMENT ON COLUMN bank_accounts.amount_limit_minor IS 'Largest amount that is credited without a person, in minor units; null for no limit.';
COMMENT ON COLUMN bank_accounts.payer_conflict IS 'What to do when the payer is known for another customer than the code names: credit by the code, or send to review.';
COMMENT ON COLUMN bank_accounts.proof_policy IS 'What to do with a statement whose totals are wrong: hold captures nothing until a person releases it, warn captures it.';
COMMENT ON COLUMN bank_accounts.provisional IS 'What entries of a part count as that a statement file calls provisional: pending waits for the bank''s next statement, booked is money.';
COMMENT ON COLUMN bank_accounts.balance_policy IS 'What to do when the bank''s balance differs from the ledger: alert only, or also close the gate, which pauses crediting.';
COMMENT ON COLUMN bank_accounts.consent_ends_on IS 'Last day of the bank''s consent or of the credential; null where nobody said.';
COMMENT ON COLUMN bank_accounts.paused_at IS 'Since when its reading is paused; null while it is read. The Schedule in Temporal follows it.';
COMMENT ON COLUMN bank_accounts.paused_because IS 'Why its reading is paused.';
COMMENT ON COLUMN bank_accounts.opening_minor IS 'Balance before the first captured line, in minor units: from the earliest statement whose totals are right, else worked back from the first balance that the API tells.';
COMMENT ON COLUMN bank_accounts.opening_on IS 'Bank day of opening_minor.';
COMMENT ON COLUMN bank_accounts.last_complete_day IS 'Last bank day that a poll has read completely; the next poll starts from here. Written by runs.';
COMMENT ON COLUMN bank_accounts.reversals_read_to IS 'Id of the last debit line that was looked at for reversals: captures of one account commit in the order of their ids.';
COMMENT ON COLUMN bank_accounts.created_at IS 'When the account was added.';
COMMENT ON COLUMN bank_accounts.salt IS 'Random; the trail holds a hash of it and of the texts of the row. Null once these are erased.';
COMMENT ON COLUMN bank_accounts.commitment IS 'That hash, once the texts are erased; null while they are there.';
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_amounts_known CHECK ((amounts = ANY (ARRAY['signed'::text, 'unsigned'::text])));
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_api_key_env_shape CHECK ((api_key_env ~ '^BANK_([A-Z0-9]{1,20}_){0,3}API_KEY$'::text));
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_api_url_shape CHECK (((api_url ~ '^https?://[^[:space:]]+$'::text) AND (length(api_url) <= 2000)));
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_balance_policy_known CHECK ((balance_policy = ANY (ARRAY['alert'::text, 'close_gate'::text])));
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_currency_shape CHECK ((currency ~ '^[A-Z]{3}$'::text));
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_feed_known CHECK ((feed = ANY (ARRAY['json'::text, 'investec'::text, 'open-banking-uk'::text, 'berlin-group'::text, 'stitch'::text])));
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_field_map_shape CHECK ((jsonb_typeof(field_map) = 'object'::text));
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_key_shape CHECK ((key ~ '^[a-z0-9][a-z0-9-]{0,39}$'::text));
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_limit_positive CHECK ((amount_limit_minor > 0));
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_mode_known CHECK ((mode = ANY (ARRAY['live'::text, 'shadow'::text])));
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_opening_whole CHECK (((opening_minor IS NULL) = (opening_on IS NULL)));
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_pause_whole CHECK (((paused_at IS NULL) = (paused_because IS NULL)));
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_payer_conflict_known CHECK ((payer_conflict = ANY (ARRAY['credit'::text, 'review'::text])));
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_pkey PRIMARY KEY (key);
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_proof_policy_known CHECK ((proof_policy = ANY (ARRAY['hold'::text, 'warn'::text])));
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_provisional_known CHECK ((provisional = ANY (ARRAY['pending'::text, 'booked'::text])));
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_repeated_batch_known CHECK ((repeated_batch = ANY (ARRAY['hold'::text, 'credit'::text])));
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_unknown_fields_known CHECK ((unknown_fields = ANY (ARRAY['record'::text, 'refuse'::text])));
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_webhook_secret_env_shape CHECK ((webhook_secret_env ~ '^BANK_([A-Z0-9]{1,20}_){0,3}WEBHOOK_SECRET$'::text));
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_webhook_signature_known CHECK ((webhook_signature = ANY (ARRAY['standard'::text, 'hex'::text])));
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_webhook_spendable CHECK ((webhook_spendable_minor >= 0));
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_webhook_spendable_hour CHECK ((webhook_spendable_hour_minor >= 0));
ALTER TABLE bank_accounts ADD CONSTRAINT bank_accounts_webhook_trust_known CHECK ((webhook_trust = ANY (ARRAY['credit'::text, 'hint'::text])));
CREATE TRIGGER bank_accounts_audit_delete AFTER DELETE ON public.bank_accounts REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION bank_accounts_audited();
CREATE TRIGGER bank_accounts_audit_insert AFTER INSERT ON public.bank_accounts REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION bank_accounts_audited();
CREATE TRIGGER bank_accounts_audit_update AFTER UPDATE ON public.bank_accounts REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION bank_accounts_audited();
CREATE TRIGGER bank_accounts_claimed AFTER INSERT OR UPDATE OF key, currency, bank_account_id, statement_account ON public.bank_accounts FOR EACH ROW EXECUTE FUNCTION claim_bank_account();
CREATE TRIGGER bank_accounts_free BEFORE DELETE OR UPDATE OF key ON public.bank_accounts FOR EACH ROW EXECUTE FUNCTION check_bank_account_free();
GRANT SELECT ON bank_accounts TO purser_app;
GRANT UPDATE (opening_minor, opening_on, last_complete_day, reversals_read_to) ON bank_accounts TO purser_app;

-- owned by purser_ledger
CREATE TABLE bank_events (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  bank_account_key text NOT NULL,
  event_id text NOT NULL,
  body bytea NOT NULL,
  body_sha256 text NOT NULL,
  received_at timestamp with time zone NOT NULL DEFAULT now(),
  repeated_at timestamp with time zone[] NOT NULL DEFAULT '{}'::timestamp with time zone[],
  handled_at timestamp with time zone,
  outcome text,
  error_code text,
  deposit_id text,
  facts_key text,
  bank_id text,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  salt uuid DEFAULT gen_random_uuid(),
  commitment bytea
);
COMMENT ON TABLE bank_events IS 'Webhook events, byte for byte. Stored by the API, handled by the worker''s inbox relay.';
COMMENT ON COLUMN bank_events.id IS 'Number of the event, in the order of arrival.';
COMMENT ON COLUMN bank_events.bank_account_key IS 'The account whose webhook address was called.';
COMMENT ON COLUMN bank_events.event_id IS 'The sender''s id of the event; a second event of this id adds no row.';
COMMENT ON COLUMN bank_events.body IS 'The request body as it came.';
COMMENT ON COLUMN bank_events.body_sha256 IS 'Its SHA-256, in hex: another body under the same id is refused.';
COMMENT ON COLUMN bank_events.received_at IS 'When the first delivery came.';
COMMENT ON COLUMN bank_events.repeated_at IS 'When the same event came again; the first 100 times are noted.';
COMMENT ON COLUMN bank_events.handled_at IS 'When the relay handled it; null while it waits.';
COMMENT ON COLUMN bank_events.outcome IS 'What became of it: captured, known (the line was there), held, pointer (it holds no whole line and triggers a read), pending, reversal (the bank took a line back; the next read brings that line) or unreadable.';
COMMENT ON COLUMN bank_events.error_code IS 'Why it could not be read, as docs/errors.md lists it.';
COMMENT ON COLUMN bank_events.deposit_id IS 'The deposit that it showed, where there is one.';
COMMENT ON COLUMN bank_events.facts_key IS 'Hash of the facts of the line that it showed, as lines.facts_key; null where it showed none.';
COMMENT ON COLUMN bank_events.bank_id IS 'The bank''s own id of the line that it showed.';
COMMENT ON COLUMN bank_events.xid IS 'The transaction that wrote it; serves the sealer.';
COMMENT ON COLUMN bank_events.salt IS 'Random; the trail holds a hash of it and of the texts of the row. Null once these are erased.';
COMMENT ON COLUMN bank_events.commitment IS 'That hash, once the texts are erased; null while they are there.';
ALTER TABLE bank_events ADD CONSTRAINT bank_events_bank_account_key_fkey FOREIGN KEY (bank_account_key) REFERENCES bank_accounts(key);
ALTER TABLE bank_events ADD CONSTRAINT bank_events_deposit_id_fkey FOREIGN KEY (deposit_id) REFERENCES deposits(id);
ALTER TABLE bank_events ADD CONSTRAINT bank_events_once UNIQUE (bank_account_key, event_id);
ALTER TABLE bank_events ADD CONSTRAINT bank_events_outcome_known CHECK ((outcome = ANY (ARRAY['captured'::text, 'known'::text, 'held'::text, 'pointer'::text, 'pending'::text, 'reversal'::text, 'unreadable'::text])));
ALTER TABLE bank_events ADD CONSTRAINT bank_events_pkey PRIMARY KEY (id);
CREATE INDEX bank_events_by_facts ON public.bank_events USING btree (bank_account_key, facts_key) WHERE (facts_key IS NOT NULL);
CREATE INDEX bank_events_by_transaction ON public.bank_events USING btree (xid);
CREATE INDEX bank_events_waiting ON public.bank_events USING btree (id) WHERE (handled_at IS NULL);
CREATE TRIGGER bank_events_name_codes AFTER INSERT ON public.bank_events REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION name_codes('encode(r.body, ''escape'')');
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
CREATE TABLE credit_holds (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  journal_id bigint NOT NULL,
  reason text NOT NULL,
  wallet_id text NOT NULL,
  bank_account_key text NOT NULL,
  line_id bigint NOT NULL,
  held_minor bigint NOT NULL,
  spendable_minor bigint NOT NULL,
  from_seq bigint NOT NULL,
  until_seq bigint,
  opened_at timestamp with time zone NOT NULL DEFAULT now(),
  closed_at timestamp with time zone,
  outcome text
);
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
ALTER TABLE credit_holds ADD CONSTRAINT credit_holds_bank_account_key_fkey FOREIGN KEY (bank_account_key) REFERENCES bank_accounts(key);
ALTER TABLE credit_holds ADD CONSTRAINT credit_holds_closed_whole CHECK ((((closed_at IS NULL) = (outcome IS NULL)) AND ((closed_at IS NULL) = (until_seq IS NULL))));
ALTER TABLE credit_holds ADD CONSTRAINT credit_holds_held_not_negative CHECK ((held_minor >= 0));
ALTER TABLE credit_holds ADD CONSTRAINT credit_holds_in_order CHECK ((until_seq >= from_seq));
ALTER TABLE credit_holds ADD CONSTRAINT credit_holds_journal_id_fkey FOREIGN KEY (journal_id) REFERENCES journals(id);
ALTER TABLE credit_holds ADD CONSTRAINT credit_holds_line_id_fkey FOREIGN KEY (line_id) REFERENCES lines(id);
ALTER TABLE credit_holds ADD CONSTRAINT credit_holds_outcome_known CHECK ((outcome = ANY (ARRAY['confirmed'::text, 'restored'::text, 'decided'::text, 'undone'::text])));
ALTER TABLE credit_holds ADD CONSTRAINT credit_holds_pkey PRIMARY KEY (id);
ALTER TABLE credit_holds ADD CONSTRAINT credit_holds_reason_known CHECK ((reason = ANY (ARRAY['unconfirmed'::text, 'vanished'::text])));
ALTER TABLE credit_holds ADD CONSTRAINT credit_holds_spendable_not_negative CHECK ((spendable_minor >= 0));
ALTER TABLE credit_holds ADD CONSTRAINT credit_holds_wallet_id_fkey FOREIGN KEY (wallet_id) REFERENCES wallets(id);
CREATE INDEX credit_holds_by_line ON public.credit_holds USING btree (line_id);
CREATE INDEX credit_holds_by_wallet ON public.credit_holds USING btree (wallet_id) WHERE (closed_at IS NULL);
CREATE UNIQUE INDEX credit_holds_one_open ON public.credit_holds USING btree (journal_id, reason) WHERE (closed_at IS NULL);
CREATE INDEX credit_holds_open ON public.credit_holds USING btree (line_id) WHERE (closed_at IS NULL);
CREATE INDEX credit_holds_unconfirmed ON public.credit_holds USING btree (bank_account_key, opened_at) WHERE (reason = 'unconfirmed'::text);
CREATE TRIGGER credit_holds_audit_delete AFTER DELETE ON public.credit_holds REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION credit_holds_audited();
CREATE TRIGGER credit_holds_audit_insert AFTER INSERT ON public.credit_holds REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION credit_holds_audited();
CREATE TRIGGER credit_holds_audit_update AFTER UPDATE ON public.credit_holds REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION credit_holds_audited();
CREATE TRIGGER credit_holds_keep_facts BEFORE DELETE OR UPDATE OF id, journal_id, reason, wallet_id, bank_account_key, line_id, held_minor, spendable_minor, from_seq, opened_at ON public.credit_holds FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER credit_holds_no_truncate BEFORE TRUNCATE ON public.credit_holds FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT ON credit_holds TO purser_app;

-- owned by purser_ledger
CREATE TABLE day_proofs (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  bank_account_key text NOT NULL,
  day date NOT NULL,
  source text NOT NULL,
  moment text NOT NULL,
  statement_id bigint,
  opening_on date NOT NULL,
  opening_minor bigint NOT NULL,
  bank_minor bigint NOT NULL,
  ledger_minor bigint NOT NULL,
  difference_minor bigint NOT NULL,
  suspense_minor bigint NOT NULL,
  open_minor bigint NOT NULL,
  open_count integer NOT NULL,
  taken_at timestamp with time zone NOT NULL DEFAULT now(),
  xid xid8 NOT NULL DEFAULT pg_current_xact_id()
);
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
ALTER TABLE day_proofs ADD CONSTRAINT day_proofs_arithmetic CHECK ((difference_minor = (ledger_minor - bank_minor)));
ALTER TABLE day_proofs ADD CONSTRAINT day_proofs_bank_account_key_fkey FOREIGN KEY (bank_account_key) REFERENCES bank_accounts(key);
ALTER TABLE day_proofs ADD CONSTRAINT day_proofs_moment_known CHECK ((moment = ANY (ARRAY['end_of_day'::text, 'last_line'::text, 'now'::text])));
ALTER TABLE day_proofs ADD CONSTRAINT day_proofs_name_statement CHECK (((source = 'statement'::text) = (statement_id IS NOT NULL)));
ALTER TABLE day_proofs ADD CONSTRAINT day_proofs_pkey PRIMARY KEY (id);
ALTER TABLE day_proofs ADD CONSTRAINT day_proofs_source_known CHECK ((source = ANY (ARRAY['statement'::text, 'api'::text])));
ALTER TABLE day_proofs ADD CONSTRAINT day_proofs_statement_id_fkey FOREIGN KEY (statement_id) REFERENCES statements(id);
CREATE INDEX day_proofs_by_statement ON public.day_proofs USING btree (statement_id) WHERE (statement_id IS NOT NULL);
CREATE INDEX day_proofs_by_transaction ON public.day_proofs USING btree (xid);
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
COMMENT ON TABLE decision_allocations IS 'The wallets that a credit or a correction goes to, each with its part of the deposit. Written with the proposal; rows never change.';
COMMENT ON COLUMN decision_allocations.decision_id IS 'The decision.';
COMMENT ON COLUMN decision_allocations.part IS 'Numbers the parts from 0.';
COMMENT ON COLUMN decision_allocations.wallet_id IS 'The wallet that gets this part.';
COMMENT ON COLUMN decision_allocations.amount_minor IS 'The part, in minor units; all parts together are the deposit.';
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
GRANT SELECT ON decision_allocations TO purser_app;

-- owned by purser_ledger
CREATE TABLE decisions (
  id text NOT NULL,
  deposit_id text NOT NULL,
  kind text NOT NULL,
  state text NOT NULL,
  amount_minor bigint NOT NULL,
  currency text NOT NULL,
  keep_until date,
  line_id bigint,
  payer jsonb,
  reason text NOT NULL,
  payload_sha256 text,
  needs_approval boolean NOT NULL,
  expires_at timestamp with time zone,
  proposed_by text,
  proposed_person text NOT NULL,
  proposed_at timestamp with time zone NOT NULL DEFAULT now(),
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
  outcome text,
  refusal text,
  applied_at timestamp with time zone
);
COMMENT ON TABLE decisions IS 'What people decided about deposits. Proposed, approved and rejected through the API; the outcome is written by whoever carries it out. Rows are never deleted.';
COMMENT ON COLUMN decisions.id IS 'Id of the decision, with prefix dec_.';
COMMENT ON COLUMN decisions.deposit_id IS 'The deposit that it is about.';
COMMENT ON COLUMN decisions.kind IS 'credit, return (send the money back), dismiss (it needs no move), keep (wait until a day), correct (it was credited to the wrong wallet), take_back (its line vanished) or pair (another line reverses it).';
COMMENT ON COLUMN decisions.state IS 'needs_payer_details, proposed, approved, rejected, expired, executed or refused. What needs no second person begins as approved.';
COMMENT ON COLUMN decisions.amount_minor IS 'The deposit''s amount, in minor units; written by prepare_decision().';
COMMENT ON COLUMN decisions.currency IS 'The deposit''s currency; written by prepare_decision().';
COMMENT ON COLUMN decisions.keep_until IS 'For keep: until which day the deposit waits.';
COMMENT ON COLUMN decisions.line_id IS 'For pair: the debit line by which the bank took the deposit back.';
COMMENT ON COLUMN decisions.payer IS 'For return: where it is paid to, as {name, bank, branch, account}; null until that is known.';
COMMENT ON COLUMN decisions.reason IS 'Why, in the proposer''s words.';
COMMENT ON COLUMN decisions.payload_sha256 IS 'SHA-256, in hex, of all that is proposed; null while a return lacks its bank details. check_decision_payload() compares it.';
COMMENT ON COLUMN decisions.needs_approval IS 'Whether a second person must approve it.';
COMMENT ON COLUMN decisions.expires_at IS 'When the proposal lapses; null where it needs no approval.';
COMMENT ON COLUMN decisions.proposed_by IS 'Id of the API key that proposed it; null where a review that ran out did.';
COMMENT ON COLUMN decisions.proposed_person IS 'The human behind that key, or purser; written by prepare_decision().';
COMMENT ON COLUMN decisions.proposed_at IS 'When it was proposed.';
COMMENT ON COLUMN decisions.payer_by IS 'Id of the API key that gave the bank details.';
COMMENT ON COLUMN decisions.payer_person IS 'The human behind that key; written by a trigger.';
COMMENT ON COLUMN decisions.payer_at IS 'When they were given.';
COMMENT ON COLUMN decisions.approved_by IS 'Id of the API key that approved it.';
COMMENT ON COLUMN decisions.approved_person IS 'The human behind that key; written by a trigger. Never the one who proposed it or gave the bank details.';
COMMENT ON COLUMN decisions.approved_at IS 'When it was approved.';
COMMENT ON COLUMN decisions.approved_sha256 IS 'The payload_sha256 that was approved.';
COMMENT ON COLUMN decisions.rejected_by IS 'Id of the API key that rejected it.';
COMMENT ON COLUMN decisions.rejected_person IS 'The human behind that key; written by a trigger.';
COMMENT ON COLUMN decisions.rejected_at IS 'When it was rejected.';
COMMENT ON COLUMN decisions.rejected_because IS 'Why it was rejected.';
COMMENT ON COLUMN decisions.outcome IS 'What came of it; null until it was carried out or refused.';
COMMENT ON COLUMN decisions.refusal IS 'For refused: why it could not be carried out, as docs/errors.md lists it.';
COMMENT ON COLUMN decisions.applied_at IS 'When it was carried out or refused.';
ALTER TABLE decisions ADD CONSTRAINT decisions_alone_small TRIGGER DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE decisions ADD CONSTRAINT decisions_approval_given CHECK (((NOT needs_approval) OR (state <> ALL (ARRAY['approved'::text, 'executed'::text])) OR (approved_person IS NOT NULL)));
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
ALTER TABLE decisions ADD CONSTRAINT decisions_payload_known CHECK ((((payload_sha256 IS NULL) = ((kind = 'return'::text) AND (payer IS NULL))) AND ((payload_sha256 IS NOT NULL) OR (state = ANY (ARRAY['needs_payer_details'::text, 'rejected'::text, 'refused'::text]))) AND ((state <> 'needs_payer_details'::text) OR (payload_sha256 IS NULL))));
ALTER TABLE decisions ADD CONSTRAINT decisions_payload_whole TRIGGER DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE decisions ADD CONSTRAINT decisions_pkey PRIMARY KEY (id);
ALTER TABLE decisions ADD CONSTRAINT decisions_proposal_lapses CHECK (((state <> 'proposed'::text) OR (needs_approval AND (expires_at IS NOT NULL))));
ALTER TABLE decisions ADD CONSTRAINT decisions_proposed_by_fkey FOREIGN KEY (proposed_by) REFERENCES api_keys(id);
ALTER TABLE decisions ADD CONSTRAINT decisions_reason_given CHECK ((length(btrim(reason)) > 0));
ALTER TABLE decisions ADD CONSTRAINT decisions_rejected_by_fkey FOREIGN KEY (rejected_by) REFERENCES api_keys(id);
ALTER TABLE decisions ADD CONSTRAINT decisions_rejection_whole CHECK ((((state = 'rejected'::text) = (rejected_by IS NOT NULL)) AND ((rejected_by IS NULL) = (rejected_person IS NULL)) AND ((rejected_by IS NULL) = (rejected_at IS NULL)) AND ((rejected_by IS NULL) = (rejected_because IS NULL))));
ALTER TABLE decisions ADD CONSTRAINT decisions_some_need_two CHECK ((needs_approval OR (kind = ANY (ARRAY['credit'::text, 'keep'::text]))));
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
CREATE CONSTRAINT TRIGGER decisions_alone_small AFTER INSERT ON public.decisions DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (((new.kind = 'credit'::text) AND (NOT new.needs_approval))) EXECUTE FUNCTION check_decided_alone();
CREATE TRIGGER decisions_audit_delete AFTER DELETE ON public.decisions REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION decisions_audited();
CREATE TRIGGER decisions_audit_insert AFTER INSERT ON public.decisions REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION decisions_audited();
CREATE TRIGGER decisions_audit_update AFTER UPDATE ON public.decisions REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION decisions_audited();
CREATE TRIGGER decisions_legal_move BEFORE UPDATE ON public.decisions FOR EACH ROW EXECUTE FUNCTION check_decision_move();
CREATE TRIGGER decisions_no_delete BEFORE DELETE ON public.decisions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decisions_no_truncate BEFORE TRUNCATE ON public.decisions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE CONSTRAINT TRIGGER decisions_payload_whole AFTER INSERT OR UPDATE ON public.decisions DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_decision_payload();
CREATE TRIGGER decisions_prepared BEFORE INSERT ON public.decisions FOR EACH ROW EXECUTE FUNCTION prepare_decision();
GRANT SELECT ON decisions TO purser_app;

-- owned by purser_ledger
CREATE TABLE deposits (
  id text NOT NULL,
  line_id bigint NOT NULL,
  bank_account_key text NOT NULL,
  transaction_key text NOT NULL,
  amount_minor bigint NOT NULL,
  currency text NOT NULL,
  booking_date date NOT NULL,
  run_id text,
  state text NOT NULL DEFAULT 'captured'::text,
  generation smallint NOT NULL DEFAULT 0,
  hold_reason text,
  wallet_id text,
  lane text,
  workflow_round integer NOT NULL DEFAULT 1,
  dispatched_at timestamp with time zone,
  captured_at timestamp with time zone NOT NULL DEFAULT now(),
  settled_at timestamp with time zone
);
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
COMMENT ON TABLE gates IS 'While an account''s gate is closed, its lines are captured and nothing is credited. A gate that was never closed has no row. Written by set_gate() and mark_gate_drained() only: people open and close them, failed proofs close.';
COMMENT ON COLUMN gates.scope IS 'Key of a bank account, or * for all of them.';
COMMENT ON COLUMN gates.state IS 'open or closed.';
COMMENT ON COLUMN gates.cause IS 'What changed it last: an operator, a statement whose totals are wrong, or a balance that differs.';
COMMENT ON COLUMN gates.reason IS 'Why, in words.';
COMMENT ON COLUMN gates.changed_by IS 'Id of the API key that changed it; null where a rule did.';
COMMENT ON COLUMN gates.changed_at IS 'When it was changed last.';
COMMENT ON COLUMN gates.drained_at IS 'When every deposit that waited had been let go; null from the opening until then.';
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
GRANT SELECT ON gates TO purser_app;

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
COMMENT ON TABLE idempotency_keys IS 'What a caller was answered, so that a repeated request gets the same answer and has no second effect. Written by the API.';
COMMENT ON COLUMN idempotency_keys.principal IS 'Who called: service or person, and the caller of the API key, whichever key it was.';
COMMENT ON COLUMN idempotency_keys.route IS 'Method and path that were called.';
COMMENT ON COLUMN idempotency_keys.key IS 'The Idempotency-Key that the caller sent.';
COMMENT ON COLUMN idempotency_keys.request_sha256 IS 'SHA-256 of the request, in hex: another request under the same key is refused.';
COMMENT ON COLUMN idempotency_keys.status IS 'HTTP status of the answer; null while the effect is stored and the answer is not known yet.';
COMMENT ON COLUMN idempotency_keys.response IS 'Body of the answer.';
COMMENT ON COLUMN idempotency_keys.created_at IS 'When the first request came.';
ALTER TABLE idempotency_keys ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (principal, route, key);
GRANT INSERT, SELECT, UPDATE ON idempotency_keys TO purser_app;

-- owned by purser_ledger
CREATE TABLE journals (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  kind text NOT NULL,
  bank_account_key text,
  line_id bigint,
  deposit_id text,
  part smallint NOT NULL DEFAULT 0,
  generation smallint NOT NULL DEFAULT 0,
  decision_id text,
  reverses_id bigint,
  spend_id text,
  rate_version integer,
  wallet_id text,
  wallet_seq bigint,
  credits_after bigint,
  prepaid_after bigint,
  remainder_after bigint,
  receivable_after bigint,
  event_on date NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  xid xid8 NOT NULL DEFAULT pg_current_xact_id()
);
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
ALTER TABLE journals ADD CONSTRAINT journals_credit_has_rate CHECK (((kind <> 'credit'::text) OR (rate_version IS NOT NULL)));
ALTER TABLE journals ADD CONSTRAINT journals_credit_has_wallet CHECK (((kind <> ALL (ARRAY['credit'::text, 'correction'::text, 'spend'::text])) OR (wallet_id IS NOT NULL)));
ALTER TABLE journals ADD CONSTRAINT journals_decision_known FOREIGN KEY (decision_id) REFERENCES decisions(id);
ALTER TABLE journals ADD CONSTRAINT journals_generation_natural CHECK (((generation >= 0) AND (generation <= 999)));
ALTER TABLE journals ADD CONSTRAINT journals_kind_known CHECK ((kind = ANY (ARRAY['capture'::text, 'credit'::text, 'return'::text, 'dismiss'::text, 'reversal'::text, 'correction'::text, 'return_paid'::text, 'spend'::text, 'void'::text, 'restore'::text])));
ALTER TABLE journals ADD CONSTRAINT journals_move_has_deposit CHECK (((kind = ANY (ARRAY['capture'::text, 'spend'::text])) OR (deposit_id IS NOT NULL)));
ALTER TABLE journals ADD CONSTRAINT journals_move_is_decided CHECK (((kind <> ALL (ARRAY['return'::text, 'dismiss'::text, 'correction'::text])) OR (decision_id IS NOT NULL)));
ALTER TABLE journals ADD CONSTRAINT journals_part_natural CHECK (((part >= 0) AND (part <= 99)));
ALTER TABLE journals ADD CONSTRAINT journals_pkey PRIMARY KEY (id);
ALTER TABLE journals ADD CONSTRAINT journals_rate_version_fkey FOREIGN KEY (rate_version) REFERENCES rates(version);
ALTER TABLE journals ADD CONSTRAINT journals_reverses_id_fkey FOREIGN KEY (reverses_id) REFERENCES journals(id);
ALTER TABLE journals ADD CONSTRAINT journals_spend_known FOREIGN KEY (spend_id) REFERENCES spends(id);
ALTER TABLE journals ADD CONSTRAINT journals_spend_stands_alone CHECK ((((kind = 'spend'::text) = (line_id IS NULL)) AND ((kind = 'spend'::text) = (bank_account_key IS NULL)) AND ((kind = 'spend'::text) = (spend_id IS NOT NULL))));
ALTER TABLE journals ADD CONSTRAINT journals_undoing_names_origin CHECK (((kind = ANY (ARRAY['reversal'::text, 'correction'::text, 'void'::text])) = (reverses_id IS NOT NULL)));
ALTER TABLE journals ADD CONSTRAINT journals_wallet_id_fkey FOREIGN KEY (wallet_id) REFERENCES wallets(id);
ALTER TABLE journals ADD CONSTRAINT journals_wallet_whole CHECK ((((wallet_id IS NULL) = (wallet_seq IS NULL)) AND ((wallet_id IS NULL) = (credits_after IS NULL)) AND ((wallet_id IS NULL) = (prepaid_after IS NULL)) AND ((wallet_id IS NULL) = (remainder_after IS NULL)) AND ((wallet_id IS NULL) = (receivable_after IS NULL))));
CREATE INDEX journals_by_transaction ON public.journals USING btree (xid);
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
CREATE TRIGGER journals_held AFTER INSERT ON public.journals REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION hold_credits();
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
COMMENT ON TABLE line_absences IS 'Known lines that a read of their whole day did not show. Absences are rare and appearances are not, so these are stored. Written by capture.';
COMMENT ON COLUMN line_absences.line_id IS 'The line that was missing.';
COMMENT ON COLUMN line_absences.since IS 'Start of the first run that did not show it.';
COMMENT ON COLUMN line_absences.until IS 'Start of the first run that showed it again; null while it is missing.';
ALTER TABLE line_absences ADD CONSTRAINT line_absences_in_order CHECK ((until > since));
ALTER TABLE line_absences ADD CONSTRAINT line_absences_line_id_fkey FOREIGN KEY (line_id) REFERENCES lines(id);
ALTER TABLE line_absences ADD CONSTRAINT line_absences_pkey PRIMARY KEY (line_id, since);
CREATE UNIQUE INDEX line_absences_one_open ON public.line_absences USING btree (line_id) WHERE (until IS NULL);
GRANT INSERT, SELECT, UPDATE ON line_absences TO purser_app;

-- owned by purser_ledger
CREATE TABLE line_cases (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  kind text NOT NULL,
  line_id bigint,
  row_id bigint,
  other_id bigint,
  opened_at timestamp with time zone NOT NULL DEFAULT now(),
  closed_at timestamp with time zone,
  outcome text,
  closed_by text,
  note text
);
COMMENT ON TABLE line_cases IS 'What the bank did to a line after it was captured, and rows that cannot be read. A case posts nothing. Opened by capture and by the search for reversals, closed by these or by a person.';
COMMENT ON COLUMN line_cases.id IS 'Number of the case.';
COMMENT ON COLUMN line_cases.kind IS 'line_vanished (reads of the account do not show the line: the bank removed it, or only a webhook ever showed it), amount_changed (its id has another amount now), reversal_unpaired (no deposit was found for a reversal) or row_unreadable (a row of the bank cannot be read).';
COMMENT ON COLUMN line_cases.line_id IS 'The line; null for row_unreadable.';
COMMENT ON COLUMN line_cases.row_id IS 'For row_unreadable: the row.';
COMMENT ON COLUMN line_cases.other_id IS 'For amount_changed: the line that has the same id and another amount.';
COMMENT ON COLUMN line_cases.opened_at IS 'When it was opened.';
COMMENT ON COLUMN line_cases.closed_at IS 'When it was closed; null while it is open.';
COMMENT ON COLUMN line_cases.outcome IS 'restored (the bank shows the line again, or a row that could not be read no longer), settled (the line was taken back meanwhile) or decided (a person closed it).';
COMMENT ON COLUMN line_cases.closed_by IS 'Id of the API key whose owner closed it.';
COMMENT ON COLUMN line_cases.note IS 'Why that person closed it.';
ALTER TABLE line_cases ADD CONSTRAINT line_cases_about_one CHECK ((((line_id IS NULL) = (kind = 'row_unreadable'::text)) AND ((row_id IS NULL) = (kind <> 'row_unreadable'::text))));
ALTER TABLE line_cases ADD CONSTRAINT line_cases_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES api_keys(id);
ALTER TABLE line_cases ADD CONSTRAINT line_cases_closed_whole CHECK (((closed_at IS NULL) = (outcome IS NULL)));
ALTER TABLE line_cases ADD CONSTRAINT line_cases_decided_by_person CHECK (((outcome IS DISTINCT FROM 'decided'::text) OR ((closed_by IS NOT NULL) AND (note IS NOT NULL))));
ALTER TABLE line_cases ADD CONSTRAINT line_cases_kind_known CHECK ((kind = ANY (ARRAY['line_vanished'::text, 'amount_changed'::text, 'reversal_unpaired'::text, 'row_unreadable'::text])));
ALTER TABLE line_cases ADD CONSTRAINT line_cases_line_id_fkey FOREIGN KEY (line_id) REFERENCES lines(id);
ALTER TABLE line_cases ADD CONSTRAINT line_cases_other_id_fkey FOREIGN KEY (other_id) REFERENCES lines(id);
ALTER TABLE line_cases ADD CONSTRAINT line_cases_outcome_known CHECK ((outcome = ANY (ARRAY['restored'::text, 'settled'::text, 'decided'::text])));
ALTER TABLE line_cases ADD CONSTRAINT line_cases_pkey PRIMARY KEY (id);
ALTER TABLE line_cases ADD CONSTRAINT line_cases_row_id_fkey FOREIGN KEY (row_id) REFERENCES quarantined_rows(id);
CREATE UNIQUE INDEX line_cases_one_open ON public.line_cases USING btree (line_id, kind) WHERE (closed_at IS NULL);
CREATE UNIQUE INDEX line_cases_one_open_row ON public.line_cases USING btree (row_id) WHERE (closed_at IS NULL);
CREATE TRIGGER line_cases_audit_delete AFTER DELETE ON public.line_cases REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION line_cases_audited();
CREATE TRIGGER line_cases_audit_insert AFTER INSERT ON public.line_cases REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION line_cases_audited();
CREATE TRIGGER line_cases_audit_update AFTER UPDATE ON public.line_cases REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION line_cases_audited();
CREATE TRIGGER line_cases_hold AFTER INSERT ON public.line_cases REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION hold_vanished();
CREATE TRIGGER line_cases_release AFTER UPDATE ON public.line_cases REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION hold_vanished();
GRANT INSERT, SELECT, UPDATE ON line_cases TO purser_app;

-- owned by purser_ledger
CREATE TABLE line_holds (
  line_id bigint NOT NULL,
  reason text NOT NULL,
  beside_line_id bigint,
  held_at timestamp with time zone NOT NULL DEFAULT now(),
  ended_at timestamp with time zone,
  ended_as text
);
COMMENT ON TABLE line_holds IS 'Lines, credits and debits, that move nothing by themselves, since they may be another line or cannot be relied on. Written by capture_lines() and end_holds() only.';
COMMENT ON COLUMN line_holds.line_id IS 'The line that is held.';
COMMENT ON COLUMN line_holds.reason IS 'Why; of a deposit also deposits.hold_reason, while the hold stands.';
COMMENT ON COLUMN line_holds.beside_line_id IS 'The line that it may be; null where it is no single one.';
COMMENT ON COLUMN line_holds.held_at IS 'When it was captured.';
COMMENT ON COLUMN line_holds.ended_at IS 'When the hold ended; null while it stands.';
COMMENT ON COLUMN line_holds.ended_as IS 'own (it is a line of its own: a read showed both, or a balance counts both) or same (a balance proves that it is the line beside it, and it is off the books).';
ALTER TABLE line_holds ADD CONSTRAINT line_holds_beside_another CHECK ((beside_line_id <> line_id));
ALTER TABLE line_holds ADD CONSTRAINT line_holds_beside_line_id_fkey FOREIGN KEY (beside_line_id) REFERENCES lines(id);
ALTER TABLE line_holds ADD CONSTRAINT line_holds_end_known CHECK ((ended_as = ANY (ARRAY['own'::text, 'same'::text])));
ALTER TABLE line_holds ADD CONSTRAINT line_holds_end_whole CHECK (((ended_at IS NULL) = (ended_as IS NULL)));
ALTER TABLE line_holds ADD CONSTRAINT line_holds_line_id_fkey FOREIGN KEY (line_id) REFERENCES lines(id);
ALTER TABLE line_holds ADD CONSTRAINT line_holds_pkey PRIMARY KEY (line_id);
ALTER TABLE line_holds ADD CONSTRAINT line_holds_same_as_a_line CHECK (((ended_as <> 'same'::text) OR (beside_line_id IS NOT NULL)));
CREATE INDEX line_holds_open ON public.line_holds USING btree (line_id) WHERE (ended_at IS NULL);
CREATE TRIGGER line_holds_audit_delete AFTER DELETE ON public.line_holds REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION line_holds_audited();
CREATE TRIGGER line_holds_audit_insert AFTER INSERT ON public.line_holds REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION line_holds_audited();
CREATE TRIGGER line_holds_audit_update AFTER UPDATE ON public.line_holds REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION line_holds_audited();
CREATE TRIGGER line_holds_keep_facts BEFORE DELETE OR UPDATE OF line_id, reason, beside_line_id, held_at ON public.line_holds FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER line_holds_no_truncate BEFORE TRUNCATE ON public.line_holds FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT ON line_holds TO purser_app;

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
  source text NOT NULL,
  captured_at timestamp with time zone NOT NULL DEFAULT now(),
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  salt uuid DEFAULT gen_random_uuid(),
  commitment bytea
);
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
CREATE INDEX lines_by_transaction ON public.lines USING btree (xid);
CREATE TRIGGER lines_append_only BEFORE DELETE OR UPDATE ON public.lines FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER lines_journalled AFTER INSERT ON public.lines REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION check_lines();
CREATE TRIGGER lines_name_codes AFTER INSERT ON public.lines REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION name_codes('array_to_string(r."references", '' '') || '' '' || r.text');
CREATE TRIGGER lines_no_truncate BEFORE TRUNCATE ON public.lines FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT ON lines TO purser_app;

-- owned by purser_ledger
CREATE TABLE named_codes (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  code text NOT NULL,
  named_by text NOT NULL,
  named_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  xid xid8 NOT NULL DEFAULT pg_current_xact_id()
);
COMMENT ON TABLE named_codes IS 'Every customer code that anything from a bank has named, whether or not a wallet has it: it is never generated for a new wallet, since money may wait under it. Written by name_codes() only; rows never change.';
COMMENT ON COLUMN named_codes.id IS 'Number of the row.';
COMMENT ON COLUMN named_codes.code IS 'The code, in upper case and without blanks.';
COMMENT ON COLUMN named_codes.named_by IS 'Table of the row that named it first.';
COMMENT ON COLUMN named_codes.named_at IS 'When that row was stored.';
COMMENT ON COLUMN named_codes.xid IS 'The transaction that wrote it; serves the sealer.';
ALTER TABLE named_codes ADD CONSTRAINT named_codes_pkey PRIMARY KEY (id);
ALTER TABLE named_codes ADD CONSTRAINT named_codes_shape CHECK ((code ~ '^CUS[0-9]{8}$'::text));
CREATE INDEX named_codes_by_code ON public.named_codes USING btree (code);
CREATE INDEX named_codes_by_transaction ON public.named_codes USING btree (xid);
CREATE TRIGGER named_codes_append_only BEFORE DELETE OR UPDATE ON public.named_codes FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER named_codes_no_truncate BEFORE TRUNCATE ON public.named_codes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT ON named_codes TO purser_app;

-- owned by purser_ledger
CREATE TABLE notifications (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  wallet_id text NOT NULL,
  deposit_id text NOT NULL,
  journal_id bigint NOT NULL,
  kind text NOT NULL,
  amount_minor bigint NOT NULL,
  credits bigint NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  published_at timestamp with time zone,
  delivered_at timestamp with time zone,
  read_at timestamp with time zone
);
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
  revoked_at timestamp with time zone NOT NULL DEFAULT now(),
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  salt uuid DEFAULT gen_random_uuid(),
  commitment bytea
);
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
ALTER TABLE payer_revocations ADD CONSTRAINT payer_revocations_deposit_id_fkey FOREIGN KEY (deposit_id) REFERENCES deposits(id);
ALTER TABLE payer_revocations ADD CONSTRAINT payer_revocations_pkey PRIMARY KEY (id);
ALTER TABLE payer_revocations ADD CONSTRAINT payer_revocations_reason_given CHECK (((length(btrim(reason)) > 0) OR (commitment IS NOT NULL)));
ALTER TABLE payer_revocations ADD CONSTRAINT payer_revocations_revoked_by_fkey FOREIGN KEY (revoked_by) REFERENCES api_keys(id);
ALTER TABLE payer_revocations ADD CONSTRAINT payer_revocations_wallet_id_fkey FOREIGN KEY (wallet_id) REFERENCES wallets(id);
CREATE INDEX payer_revocations_by_transaction ON public.payer_revocations USING btree (xid);
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
COMMENT ON TABLE pending_lines IS 'Rows that the bank has not booked yet: shown to people, never credited. Replaced by each poll.';
COMMENT ON COLUMN pending_lines.bank_account_key IS 'The account that they may move.';
COMMENT ON COLUMN pending_lines.facts_key IS 'Hash of the row''s facts, as lines.facts_key.';
COMMENT ON COLUMN pending_lines.occurrence IS 'Numbers equal rows from 1.';
COMMENT ON COLUMN pending_lines.booking_date IS 'Day that the bank states for now.';
COMMENT ON COLUMN pending_lines.amount_minor IS 'Signed amount in minor units.';
COMMENT ON COLUMN pending_lines.currency IS 'ISO 4217 code of the amount.';
COMMENT ON COLUMN pending_lines.reference IS 'The payer''s reference, as far as the bank shows it.';
COMMENT ON COLUMN pending_lines.seen_at IS 'When it was first shown.';
ALTER TABLE pending_lines ADD CONSTRAINT pending_lines_bank_account_key_fkey FOREIGN KEY (bank_account_key) REFERENCES bank_accounts(key);
ALTER TABLE pending_lines ADD CONSTRAINT pending_lines_pkey PRIMARY KEY (bank_account_key, facts_key, occurrence);
CREATE TRIGGER pending_lines_name_codes AFTER INSERT ON public.pending_lines REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION name_codes('r.reference');
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
COMMENT ON TABLE postings IS 'The legs of the journals; those of one journal sum to zero in each unit. Written with their journal, and never changed.';
COMMENT ON COLUMN postings.journal_id IS 'The journal that it belongs to.';
COMMENT ON COLUMN postings.leg IS 'Numbers the legs of a journal from 1.';
COMMENT ON COLUMN postings.account IS 'bank (what the bank holds), suspense (money that is nobody''s yet), bank_other (debit lines, fees), return_payable (to be sent back); wallet_prepaid, wallet_remainder, wallet_receivable and wallet_credits (a customer''s balances); revenue, credits_issued and credits_spent (the business''s).';
COMMENT ON COLUMN postings.bank_account_key IS 'Whose account it is, for the bank''s accounts; else null.';
COMMENT ON COLUMN postings.wallet_id IS 'Whose account it is, for the wallet accounts; else null.';
COMMENT ON COLUMN postings.unit IS 'ISO 4217 code of the money, or CREDIT; it follows from the account.';
COMMENT ON COLUMN postings.amount IS 'Debit > 0, credit < 0: minor units of the money, or whole credits.';
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
COMMENT ON TABLE purser_migrations IS 'What purser migrate has applied to this database. Written by purser migrate only.';
COMMENT ON COLUMN purser_migrations.name IS 'baseline, a function''s file, or a numbered file.';
COMMENT ON COLUMN purser_migrations.sha256 IS 'SHA-256 of its text, in hex.';
COMMENT ON COLUMN purser_migrations.applied_at IS 'When this text was applied.';
ALTER TABLE purser_migrations ADD CONSTRAINT purser_migrations_pkey PRIMARY KEY (name);

-- owned by purser_ledger
CREATE TABLE quarantined_rows (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  bank_account_key text NOT NULL,
  source text NOT NULL,
  digest text NOT NULL,
  occurrence integer NOT NULL,
  "position" text NOT NULL,
  field text,
  why text NOT NULL,
  raw text NOT NULL,
  day_from date NOT NULL,
  day_to date NOT NULL,
  first_seen_at timestamp with time zone NOT NULL DEFAULT now(),
  last_seen_at timestamp with time zone NOT NULL DEFAULT now(),
  run_id text NOT NULL
);
COMMENT ON TABLE quarantined_rows IS 'Rows of a bank''s answer that could not be read exactly, each once however often it is shown. Written by the read of an account.';
COMMENT ON COLUMN quarantined_rows.id IS 'Number of the row.';
COMMENT ON COLUMN quarantined_rows.bank_account_key IS 'The account that was read.';
COMMENT ON COLUMN quarantined_rows.source IS 'What showed it, as sightings.source.';
COMMENT ON COLUMN quarantined_rows.digest IS 'SHA-256 of the row without its ids, in hex: the same row read again is this row.';
COMMENT ON COLUMN quarantined_rows.occurrence IS '1, and one more for each equal row of the same read.';
COMMENT ON COLUMN quarantined_rows."position" IS 'Where it was shown last, such as: page 1, row 29.';
COMMENT ON COLUMN quarantined_rows.field IS 'The field at fault, as the bank names it; null where the whole row is.';
COMMENT ON COLUMN quarantined_rows.why IS 'What is wrong, without values.';
COMMENT ON COLUMN quarantined_rows.raw IS 'The row as JSON text, cut when very long. It may name people: only who may decide sees it unmasked.';
COMMENT ON COLUMN quarantined_rows.day_from IS 'First bank day that it may be of: its own day, or the days of the reads that showed it.';
COMMENT ON COLUMN quarantined_rows.day_to IS 'Last bank day that it may be of.';
COMMENT ON COLUMN quarantined_rows.first_seen_at IS 'When a read first showed it.';
COMMENT ON COLUMN quarantined_rows.last_seen_at IS 'When a read last showed it.';
COMMENT ON COLUMN quarantined_rows.run_id IS 'The run that saw it last.';
ALTER TABLE quarantined_rows ADD CONSTRAINT quarantined_rows_bank_account_key_fkey FOREIGN KEY (bank_account_key) REFERENCES bank_accounts(key);
ALTER TABLE quarantined_rows ADD CONSTRAINT quarantined_rows_days_ordered CHECK ((day_from <= day_to));
ALTER TABLE quarantined_rows ADD CONSTRAINT quarantined_rows_occurrence_positive CHECK ((occurrence >= 1));
ALTER TABLE quarantined_rows ADD CONSTRAINT quarantined_rows_once UNIQUE (bank_account_key, source, digest, occurrence);
ALTER TABLE quarantined_rows ADD CONSTRAINT quarantined_rows_pkey PRIMARY KEY (id);
ALTER TABLE quarantined_rows ADD CONSTRAINT quarantined_rows_run_id_fkey FOREIGN KEY (run_id) REFERENCES runs(id);
ALTER TABLE quarantined_rows ADD CONSTRAINT quarantined_rows_why_given CHECK ((length(btrim(why)) > 0));
CREATE TRIGGER quarantined_rows_name_codes AFTER INSERT ON public.quarantined_rows REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION name_codes('r.raw');
GRANT INSERT, SELECT, UPDATE ON quarantined_rows TO purser_app;

-- owned by purser_ledger
CREATE TABLE rates (
  version integer NOT NULL,
  minor_per_credit bigint NOT NULL,
  effective_from date NOT NULL
);
COMMENT ON TABLE rates IS 'What one credit costs, from which day on. A deposit is credited at the rate of its booking date. Written by the owner of the database.';
COMMENT ON COLUMN rates.version IS 'Number of the rate; a credit journal names the one that it used.';
COMMENT ON COLUMN rates.minor_per_credit IS 'Price of one credit, in minor units.';
COMMENT ON COLUMN rates.effective_from IS 'First booking date to which the rate applies.';
ALTER TABLE rates ADD CONSTRAINT rates_one_per_day UNIQUE (effective_from);
ALTER TABLE rates ADD CONSTRAINT rates_pkey PRIMARY KEY (version);
ALTER TABLE rates ADD CONSTRAINT rates_positive CHECK ((minor_per_credit > 0));
CREATE TRIGGER rates_audit_delete AFTER DELETE ON public.rates REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION rates_audited();
CREATE TRIGGER rates_audit_insert AFTER INSERT ON public.rates REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION rates_audited();
CREATE TRIGGER rates_audit_update AFTER UPDATE ON public.rates REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION rates_audited();
GRANT SELECT ON rates TO purser_app;

-- owned by purser_ledger
CREATE TABLE request_counts (
  name text NOT NULL,
  window_start timestamp with time zone NOT NULL,
  count integer NOT NULL
);
COMMENT ON TABLE request_counts IS 'How often each caller called lately, summed over the API processes: a limit holds for all of them together.';
COMMENT ON COLUMN request_counts.name IS 'The route if it has a limit of its own, and the API key or the address that called.';
COMMENT ON COLUMN request_counts.window_start IS 'Start of the minute; rows are deleted some minutes later.';
COMMENT ON COLUMN request_counts.count IS 'How many requests.';
ALTER TABLE request_counts ADD CONSTRAINT request_counts_count_positive CHECK ((count > 0));
ALTER TABLE request_counts ADD CONSTRAINT request_counts_pkey PRIMARY KEY (name, window_start);
GRANT DELETE, INSERT, SELECT, UPDATE ON request_counts TO purser_app;

-- owned by purser_ledger
CREATE TABLE return_export_items (
  export_id text NOT NULL,
  decision_id text NOT NULL
);
COMMENT ON TABLE return_export_items IS 'What is in each file of payment instructions: a return is in one file. Written with the file; rows never change.';
COMMENT ON COLUMN return_export_items.export_id IS 'The file.';
COMMENT ON COLUMN return_export_items.decision_id IS 'The return.';
ALTER TABLE return_export_items ADD CONSTRAINT return_export_items_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES decisions(id);
ALTER TABLE return_export_items ADD CONSTRAINT return_export_items_export_id_fkey FOREIGN KEY (export_id) REFERENCES return_exports(id);
ALTER TABLE return_export_items ADD CONSTRAINT return_export_items_pkey PRIMARY KEY (decision_id);
CREATE INDEX return_export_items_by_export ON public.return_export_items USING btree (export_id);
CREATE TRIGGER return_export_items_append_only BEFORE DELETE OR UPDATE ON public.return_export_items FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER return_export_items_audit_delete AFTER DELETE ON public.return_export_items REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION return_export_items_audited();
CREATE TRIGGER return_export_items_audit_insert AFTER INSERT ON public.return_export_items REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION return_export_items_audited();
CREATE TRIGGER return_export_items_audit_update AFTER UPDATE ON public.return_export_items REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION return_export_items_audited();
GRANT SELECT ON return_export_items TO purser_app;

-- owned by purser_ledger
CREATE TABLE return_exports (
  id text NOT NULL,
  taken_by text NOT NULL,
  taken_at timestamp with time zone NOT NULL DEFAULT now()
);
COMMENT ON TABLE return_exports IS 'Files of payment instructions that people took for returns. Written by the API; rows never change.';
COMMENT ON COLUMN return_exports.id IS 'Id of the file, with prefix rex_.';
COMMENT ON COLUMN return_exports.taken_by IS 'Id of the API key that took it.';
COMMENT ON COLUMN return_exports.taken_at IS 'When it was taken.';
ALTER TABLE return_exports ADD CONSTRAINT return_exports_pkey PRIMARY KEY (id);
ALTER TABLE return_exports ADD CONSTRAINT return_exports_taken_by_fkey FOREIGN KEY (taken_by) REFERENCES api_keys(id);
CREATE TRIGGER return_exports_append_only BEFORE DELETE OR UPDATE ON public.return_exports FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER return_exports_audit_delete AFTER DELETE ON public.return_exports REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION return_exports_audited();
CREATE TRIGGER return_exports_audit_insert AFTER INSERT ON public.return_exports REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION return_exports_audited();
CREATE TRIGGER return_exports_audit_update AFTER UPDATE ON public.return_exports REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION return_exports_audited();
GRANT SELECT ON return_exports TO purser_app;

-- owned by purser_ledger
CREATE TABLE reversals (
  line_id bigint NOT NULL,
  bank_account_key text NOT NULL,
  state text NOT NULL DEFAULT 'waiting'::text,
  deposit_id text,
  charges_minor bigint NOT NULL DEFAULT 0,
  candidates text[] NOT NULL DEFAULT '{}'::text[],
  found_at timestamp with time zone NOT NULL DEFAULT now(),
  settled_at timestamp with time zone
);
COMMENT ON TABLE reversals IS 'Debit lines by which the bank took a deposit back or paid a return, and the deposit that each was found to belong to. Written by the search for reversals, and by people who pair one.';
COMMENT ON COLUMN reversals.line_id IS 'The debit line.';
COMMENT ON COLUMN reversals.bank_account_key IS 'The account that it moved.';
COMMENT ON COLUMN reversals.state IS 'waiting (its deposit may still come), paired (a deposit was taken back), return_paid (a return was paid) or unpaired (a person must say which, if any).';
COMMENT ON COLUMN reversals.deposit_id IS 'The deposit that it took back or paid back; null while there is none.';
COMMENT ON COLUMN reversals.charges_minor IS 'What the bank took beyond the deposit, in minor units; people say so, Purser assumes none.';
COMMENT ON COLUMN reversals.candidates IS 'For unpaired: the deposits that people should look at, likeliest first.';
COMMENT ON COLUMN reversals.found_at IS 'When the line was recognised as a reversal.';
COMMENT ON COLUMN reversals.settled_at IS 'When it left waiting.';
ALTER TABLE reversals ADD CONSTRAINT reversals_bank_account_key_fkey FOREIGN KEY (bank_account_key) REFERENCES bank_accounts(key);
ALTER TABLE reversals ADD CONSTRAINT reversals_candidates_bounded CHECK ((cardinality(candidates) <= 10));
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
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  salt uuid DEFAULT gen_random_uuid(),
  commitment bytea
);
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
ALTER TABLE review_comments ADD CONSTRAINT review_comments_deposit_id_fkey FOREIGN KEY (deposit_id) REFERENCES reviews(deposit_id);
ALTER TABLE review_comments ADD CONSTRAINT review_comments_key_id_fkey FOREIGN KEY (key_id) REFERENCES api_keys(id);
ALTER TABLE review_comments ADD CONSTRAINT review_comments_pkey PRIMARY KEY (id);
ALTER TABLE review_comments ADD CONSTRAINT review_comments_text_given CHECK (((length(btrim(text)) > 0) OR (commitment IS NOT NULL)));
CREATE INDEX review_comments_by_deposit ON public.review_comments USING btree (deposit_id, id);
CREATE INDEX review_comments_by_transaction ON public.review_comments USING btree (xid);
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
  assignee text,
  opened_at timestamp with time zone NOT NULL DEFAULT now(),
  round integer NOT NULL DEFAULT 1,
  remind_at timestamp with time zone[] NOT NULL DEFAULT '{}'::timestamp with time zone[],
  reminders_sent integer NOT NULL DEFAULT 0,
  escalate_at timestamp with time zone,
  escalated_at timestamp with time zone,
  due_at timestamp with time zone NOT NULL,
  overdue_at timestamp with time zone,
  closed_at timestamp with time zone
);
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
GRANT UPDATE (assignee, round, remind_at, reminders_sent, escalate_at, escalated_at, due_at, overdue_at) ON reviews TO purser_app;

-- owned by purser_ledger
CREATE TABLE runs (
  id text NOT NULL,
  bank_account_key text NOT NULL,
  kind text NOT NULL,
  started_at timestamp with time zone NOT NULL DEFAULT now(),
  finished_at timestamp with time zone,
  outcome text,
  error_code text,
  error_detail text,
  window_from date,
  window_to date,
  lines_seen integer NOT NULL DEFAULT 0,
  lines_new integer NOT NULL DEFAULT 0,
  held integer NOT NULL DEFAULT 0,
  rows_waiting integer NOT NULL DEFAULT 0,
  rows_quarantined integer NOT NULL DEFAULT 0,
  warnings text[] NOT NULL DEFAULT '{}'::text[],
  balance_gap boolean NOT NULL DEFAULT false,
  deposits_new integer NOT NULL DEFAULT 0,
  credited_count integer NOT NULL DEFAULT 0,
  credited_minor bigint NOT NULL DEFAULT 0,
  credits bigint NOT NULL DEFAULT 0,
  review_count integer NOT NULL DEFAULT 0,
  review_minor bigint NOT NULL DEFAULT 0
);
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
ALTER TABLE runs ADD CONSTRAINT runs_bank_account_key_fkey FOREIGN KEY (bank_account_key) REFERENCES bank_accounts(key);
ALTER TABLE runs ADD CONSTRAINT runs_kind_known CHECK ((kind = ANY (ARRAY['poll'::text, 'import'::text])));
ALTER TABLE runs ADD CONSTRAINT runs_outcome_known CHECK ((outcome = ANY (ARRAY['completed'::text, 'waiting'::text, 'failed'::text])));
ALTER TABLE runs ADD CONSTRAINT runs_pkey PRIMARY KEY (id);
CREATE INDEX runs_by_id ON public.runs USING btree (started_at DESC, id DESC);
CREATE INDEX runs_newest ON public.runs USING btree (bank_account_key, started_at DESC);
CREATE INDEX runs_under_way ON public.runs USING btree (bank_account_key) WHERE (finished_at IS NULL);
CREATE INDEX runs_with_lines ON public.runs USING btree (started_at) WHERE ((kind = 'poll'::text) AND (lines_new > 0));
CREATE TRIGGER runs_keep_names BEFORE DELETE OR UPDATE OF id ON public.runs FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER runs_no_truncate BEFORE TRUNCATE ON public.runs FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT INSERT, SELECT, UPDATE ON runs TO purser_app;

-- owned by purser_ledger
CREATE TABLE service_beats (
  service text NOT NULL,
  beat_at timestamp with time zone NOT NULL DEFAULT now(),
  poll_interval_s integer NOT NULL
);
COMMENT ON TABLE service_beats IS 'Signs of life. Written by each worker every few seconds.';
COMMENT ON COLUMN service_beats.service IS 'worker: any of them.';
COMMENT ON COLUMN service_beats.beat_at IS 'The last sign of life.';
COMMENT ON COLUMN service_beats.poll_interval_s IS 'Seconds between two reads of an account, as that worker is set.';
ALTER TABLE service_beats ADD CONSTRAINT service_beats_interval_positive CHECK ((poll_interval_s > 0));
ALTER TABLE service_beats ADD CONSTRAINT service_beats_known CHECK ((service = 'worker'::text));
ALTER TABLE service_beats ADD CONSTRAINT service_beats_pkey PRIMARY KEY (service);
GRANT INSERT, SELECT, UPDATE ON service_beats TO purser_app;

-- owned by purser_ledger
CREATE TABLE service_reports (
  kind text NOT NULL,
  subject text NOT NULL,
  bank_account_key text,
  example text,
  count integer NOT NULL,
  reported_at timestamp with time zone NOT NULL DEFAULT now()
);
COMMENT ON TABLE service_reports IS 'Conditions that only Temporal states, as a worker found them last; each look replaces those of its kinds.';
COMMENT ON COLUMN service_reports.kind IS 'Kind of the alert.';
COMMENT ON COLUMN service_reports.subject IS 'What it is about.';
COMMENT ON COLUMN service_reports.bank_account_key IS 'The account that it is about, if any.';
COMMENT ON COLUMN service_reports.example IS 'Id of one thing that it is about.';
COMMENT ON COLUMN service_reports.count IS 'How many things it is about.';
COMMENT ON COLUMN service_reports.reported_at IS 'When it was found.';
ALTER TABLE service_reports ADD CONSTRAINT service_reports_bank_account_key_fkey FOREIGN KEY (bank_account_key) REFERENCES bank_accounts(key) ON UPDATE CASCADE;
ALTER TABLE service_reports ADD CONSTRAINT service_reports_count_positive CHECK ((count > 0));
ALTER TABLE service_reports ADD CONSTRAINT service_reports_pkey PRIMARY KEY (kind, subject);
GRANT DELETE, INSERT, SELECT, UPDATE ON service_reports TO purser_app;

-- owned by purser_ledger
CREATE TABLE sightings (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  bank_account_key text NOT NULL,
  line_id bigint,
  feed text NOT NULL,
  source text NOT NULL,
  run_id text,
  bank_id text,
  facts_key text NOT NULL,
  booking_date date NOT NULL,
  amount_minor bigint NOT NULL,
  reference text,
  balance_minor bigint,
  batch_id text,
  batch_minor bigint,
  evidence text,
  held_reason text,
  beside_line_id bigint,
  held_reads smallint NOT NULL DEFAULT 0,
  seen_at timestamp with time zone NOT NULL DEFAULT now(),
  ended_at timestamp with time zone,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  salt uuid DEFAULT gen_random_uuid(),
  commitment bytea
);
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
ALTER TABLE sightings ADD CONSTRAINT sightings_evidence_known CHECK ((evidence = ANY (ARRAY['facts'::text, 'balance'::text, 'id'::text, 'code'::text, 'text'::text, 'count'::text, 'parts'::text, 'proof'::text])));
ALTER TABLE sightings ADD CONSTRAINT sightings_feed_known CHECK ((feed = ANY (ARRAY['poll'::text, 'webhook'::text, 'file'::text])));
ALTER TABLE sightings ADD CONSTRAINT sightings_held_reads_natural CHECK ((held_reads >= 0));
ALTER TABLE sightings ADD CONSTRAINT sightings_held_says_why CHECK (((line_id IS NOT NULL) OR (held_reason IS NOT NULL)));
ALTER TABLE sightings ADD CONSTRAINT sightings_pkey PRIMARY KEY (id);
ALTER TABLE sightings ADD CONSTRAINT sightings_source_shape CHECK (((source ~ '^[a-z0-9.-]+$'::text) AND (length(source) <= 60)));
CREATE INDEX sightings_beside ON public.sightings USING btree (beside_line_id) WHERE (line_id IS NULL);
CREATE INDEX sightings_by_bank_id ON public.sightings USING btree (bank_account_key, bank_id) WHERE (bank_id IS NOT NULL);
CREATE INDEX sightings_by_batch ON public.sightings USING btree (bank_account_key, booking_date, batch_minor) WHERE (batch_minor IS NOT NULL);
CREATE INDEX sightings_by_transaction ON public.sightings USING btree (xid);
CREATE UNIQUE INDEX sightings_held_once ON public.sightings USING btree (bank_account_key, source, COALESCE(bank_id, ''::text), facts_key) WHERE (line_id IS NULL);
CREATE UNIQUE INDEX sightings_once ON public.sightings USING btree (line_id, source, COALESCE(bank_id, ''::text), facts_key) WHERE (line_id IS NOT NULL);
CREATE INDEX sightings_other_wording ON public.sightings USING btree (bank_account_key, facts_key) WHERE (evidence <> 'facts'::text);
CREATE INDEX sightings_waiting ON public.sightings USING btree (bank_account_key, booking_date) WHERE ((line_id IS NULL) AND (ended_at IS NULL));
CREATE TRIGGER sightings_audit_delete AFTER DELETE ON public.sightings REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION sightings_audited();
CREATE TRIGGER sightings_audit_update AFTER UPDATE ON public.sightings REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION sightings_audited();
CREATE TRIGGER sightings_confirm AFTER INSERT ON public.sightings REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION confirm_credits();
CREATE TRIGGER sightings_confirm_still AFTER UPDATE ON public.sightings REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION confirm_credits();
CREATE TRIGGER sightings_name_codes AFTER INSERT ON public.sightings REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION name_codes('r.reference');
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
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  salt uuid DEFAULT gen_random_uuid(),
  commitment bytea
);
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
COMMENT ON TABLE statement_file_chunks IS 'The bytes of statement files in pieces, so that neither an upload nor an import holds a whole file in memory. Written by the upload; rows never change.';
COMMENT ON COLUMN statement_file_chunks.file_id IS 'The file.';
COMMENT ON COLUMN statement_file_chunks.seq IS 'Place of the piece in the file, from 0.';
COMMENT ON COLUMN statement_file_chunks.body IS 'Its bytes.';
ALTER TABLE statement_file_chunks ADD CONSTRAINT statement_file_chunks_file_id_fkey FOREIGN KEY (file_id) REFERENCES statement_files(id);
ALTER TABLE statement_file_chunks ADD CONSTRAINT statement_file_chunks_pkey PRIMARY KEY (file_id, seq);
ALTER TABLE statement_file_chunks ADD CONSTRAINT statement_file_chunks_seq_natural CHECK ((seq >= 0));
GRANT INSERT, SELECT ON statement_file_chunks TO purser_app;

-- owned by purser_ledger
CREATE TABLE statement_files (
  id text NOT NULL,
  bank_account_key text NOT NULL,
  sha256 text NOT NULL,
  bytes bigint NOT NULL DEFAULT 0,
  received_at timestamp with time zone NOT NULL DEFAULT now(),
  format_asked text,
  account_number text,
  accepts_open_end boolean NOT NULL DEFAULT false,
  profile jsonb,
  state text NOT NULL,
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
COMMENT ON TABLE statement_files IS 'Statement files that people handed in, each once for an account. Stored by the upload and by purser import; its progress is written by the import.';
COMMENT ON COLUMN statement_files.id IS 'Id of the file, with prefix stf_.';
COMMENT ON COLUMN statement_files.bank_account_key IS 'The account that it was handed in for.';
COMMENT ON COLUMN statement_files.sha256 IS 'SHA-256 of its bytes, in hex; a word of its own while the upload is under way.';
COMMENT ON COLUMN statement_files.bytes IS 'Its length; 0 while the upload is under way.';
COMMENT ON COLUMN statement_files.received_at IS 'When it was handed in.';
COMMENT ON COLUMN statement_files.format_asked IS 'The format that the user named, where the content cannot tell.';
COMMENT ON COLUMN statement_files.account_number IS 'The account number that the user expects in it; null where none was given.';
COMMENT ON COLUMN statement_files.accepts_open_end IS 'A person accepts an MT940 that ends with an interim balance (:62M:) as whole.';
COMMENT ON COLUMN statement_files.profile IS 'A CSV layout that the user declared.';
COMMENT ON COLUMN statement_files.state IS 'received, reading, held (its totals are wrong, and a person must release it), captured or refused.';
COMMENT ON COLUMN statement_files.format IS 'The format that it was read as.';
COMMENT ON COLUMN statement_files.error_code IS 'Why it was refused, as docs/errors.md lists it.';
COMMENT ON COLUMN statement_files.error_where IS 'Where the file is wrong, such as: statement 1, entry 3.';
COMMENT ON COLUMN statement_files.lines_read IS 'Entries that were read so far.';
COMMENT ON COLUMN statement_files.lines_new IS 'Entries that were captured as new lines so far.';
COMMENT ON COLUMN statement_files.run_id IS 'The run that imported it last.';
COMMENT ON COLUMN statement_files.released_by IS 'Id of the API key whose owner released a held file.';
COMMENT ON COLUMN statement_files.release_reason IS 'Why that person released it.';
COMMENT ON COLUMN statement_files.released_at IS 'When that was.';
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
  account text,
  first_day date,
  last_day date,
  opening_minor bigint,
  closing_minor bigint,
  whole_until date,
  closing_on date,
  shown_after_minor bigint NOT NULL DEFAULT 0,
  line_count integer NOT NULL,
  booked_minor bigint NOT NULL DEFAULT 0,
  first_booked_day date,
  last_booked_day date,
  run_id text,
  proof text NOT NULL,
  difference_minor bigint,
  proved_by text,
  continuity text,
  continuity_difference_minor bigint,
  state text NOT NULL,
  lines_new integer NOT NULL DEFAULT 0,
  captured_at timestamp with time zone NOT NULL DEFAULT now(),
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  salt uuid DEFAULT gen_random_uuid(),
  commitment bytea
);
COMMENT ON TABLE statements IS 'What each statement in a file says of itself, and how it continues the statements before it. Written by the import.';
COMMENT ON COLUMN statements.id IS 'Number of the statement.';
COMMENT ON COLUMN statements.file_id IS 'The file that holds it.';
COMMENT ON COLUMN statements."position" IS 'Its place in the file, from 0.';
COMMENT ON COLUMN statements.format IS 'The format that it was read as.';
COMMENT ON COLUMN statements.statement_id IS 'The bank''s own number of the statement.';
COMMENT ON COLUMN statements.account IS 'Account number, as the statement writes it.';
COMMENT ON COLUMN statements.first_day IS 'First bank day that it covers.';
COMMENT ON COLUMN statements.last_day IS 'Last bank day that it covers.';
COMMENT ON COLUMN statements.opening_minor IS 'Opening balance, signed, in minor units.';
COMMENT ON COLUMN statements.closing_minor IS 'Closing balance, signed, in minor units.';
COMMENT ON COLUMN statements.whole_until IS 'Last bank day that was over and that it shows whole; null where it states no days.';
COMMENT ON COLUMN statements.closing_on IS 'The day of the moment that the closing balance belongs to: the end of whole_until, or after its last line of a later day.';
COMMENT ON COLUMN statements.shown_after_minor IS 'Sum of the ledger''s lines of days after whole_until that the statement shows too, at its capture, in minor units.';
COMMENT ON COLUMN statements.line_count IS 'How many booked entries it has.';
COMMENT ON COLUMN statements.booked_minor IS 'Signed sum of its booked lines in its currency, in minor units.';
COMMENT ON COLUMN statements.first_booked_day IS 'Day of its first booked line; null where it has none.';
COMMENT ON COLUMN statements.last_booked_day IS 'Day of its last booked line; null where it has none.';
COMMENT ON COLUMN statements.run_id IS 'The run that captured it first.';
COMMENT ON COLUMN statements.proof IS 'ok: opening balance and entries add up to the closing balance. failed: they do not. absent: it states no balances.';
COMMENT ON COLUMN statements.difference_minor IS 'Closing balance less opening balance and entries, in minor units.';
COMMENT ON COLUMN statements.proved_by IS 'What proves it: the balances that it states itself, or that its opening balance is exactly the closing balance of a statement before it, or the ledger''s balance, which had agreed with the bank; null without a good proof.';
COMMENT ON COLUMN statements.continuity IS 'How it continues the account''s statements: first, follows, gap, overlap, repeat or unknown.';
COMMENT ON COLUMN statements.continuity_difference_minor IS 'Its opening balance less the closing balance before it, in minor units.';
COMMENT ON COLUMN statements.state IS 'captured, held (its totals are wrong), released by a person, or copy (the file itself says that it must not post: a duplicate or a test).';
COMMENT ON COLUMN statements.lines_new IS 'Entries that were captured as new lines.';
COMMENT ON COLUMN statements.captured_at IS 'When it was recorded.';
COMMENT ON COLUMN statements.xid IS 'The transaction that wrote it; serves the sealer.';
COMMENT ON COLUMN statements.salt IS 'Random; the trail holds a hash of it and of the texts of the row. Null once these are erased.';
COMMENT ON COLUMN statements.commitment IS 'That hash, once the texts are erased; null while they are there.';
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
ALTER TABLE statements ADD CONSTRAINT statements_proved_by_known CHECK ((proved_by = ANY (ARRAY['itself'::text, 'statement'::text, 'ledger'::text])));
ALTER TABLE statements ADD CONSTRAINT statements_proved_by_something CHECK (((proof = 'ok'::text) = (proved_by IS NOT NULL)));
ALTER TABLE statements ADD CONSTRAINT statements_run_id_fkey FOREIGN KEY (run_id) REFERENCES runs(id);
ALTER TABLE statements ADD CONSTRAINT statements_state_known CHECK ((state = ANY (ARRAY['captured'::text, 'held'::text, 'released'::text, 'copy'::text])));
CREATE INDEX statements_by_run ON public.statements USING btree (run_id);
CREATE INDEX statements_by_transaction ON public.statements USING btree (xid);
CREATE TRIGGER statements_audit_delete AFTER DELETE ON public.statements REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION statements_audited();
CREATE TRIGGER statements_audit_insert AFTER INSERT ON public.statements REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION statements_audited();
CREATE TRIGGER statements_audit_update AFTER UPDATE ON public.statements REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION statements_audited();
GRANT INSERT, SELECT, UPDATE ON statements TO purser_app;

-- owned by purser_ledger
CREATE TABLE unknown_fields (
  bank_account_key text NOT NULL,
  name text NOT NULL,
  first_seen_at timestamp with time zone NOT NULL DEFAULT now(),
  last_seen_at timestamp with time zone NOT NULL DEFAULT now()
);
COMMENT ON TABLE unknown_fields IS 'Fields of a bank''s answers that nobody reads, each once for an account. Written by the read of an account.';
COMMENT ON COLUMN unknown_fields.bank_account_key IS 'The account that was read.';
COMMENT ON COLUMN unknown_fields.name IS 'Name of the field; ? where it is not a plain word.';
COMMENT ON COLUMN unknown_fields.first_seen_at IS 'When a read first showed it.';
COMMENT ON COLUMN unknown_fields.last_seen_at IS 'When a read last showed it.';
ALTER TABLE unknown_fields ADD CONSTRAINT unknown_fields_bank_account_key_fkey FOREIGN KEY (bank_account_key) REFERENCES bank_accounts(key);
ALTER TABLE unknown_fields ADD CONSTRAINT unknown_fields_pkey PRIMARY KEY (bank_account_key, name);
GRANT INSERT, SELECT, UPDATE ON unknown_fields TO purser_app;

-- owned by purser_ledger
CREATE TABLE verifications (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  ran_at timestamp with time zone NOT NULL DEFAULT now(),
  broken text[] NOT NULL
);
COMMENT ON TABLE verifications IS 'Each run of purser verify, with the checks that failed. Rows never change.';
COMMENT ON COLUMN verifications.id IS 'Number of the run.';
COMMENT ON COLUMN verifications.ran_at IS 'When it ended.';
COMMENT ON COLUMN verifications.broken IS 'Ids of the checks that found a broken row; empty where every invariant holds.';
ALTER TABLE verifications ADD CONSTRAINT verifications_pkey PRIMARY KEY (id);
CREATE TRIGGER verifications_append_only BEFORE DELETE OR UPDATE ON public.verifications FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT INSERT, SELECT ON verifications TO purser_app;

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
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  created_by text,
  salt uuid DEFAULT gen_random_uuid(),
  commitment bytea
);
COMMENT ON TABLE wallets IS 'One row for each customer. Opened by the API; the balances are written by post_journals() only, and verify holds them against the postings.';
COMMENT ON COLUMN wallets.id IS 'Id of the wallet, with prefix wal_.';
COMMENT ON COLUMN wallets.code IS 'The code that the customer writes into the payment reference.';
COMMENT ON COLUMN wallets.code_kind IS 'checked: Purser made the code, at random and with a Damm check digit. legacy: the business gave it out without one, and it matches only exactly as registered.';
COMMENT ON COLUMN wallets.external_ref IS 'How the caller''s own system names the customer.';
COMMENT ON COLUMN wallets.name IS 'Name of the customer, for people.';
COMMENT ON COLUMN wallets.status IS 'Deposits are credited to open wallets only; those for a frozen or closed one wait in review.';
COMMENT ON COLUMN wallets.credits IS 'Whole credits that the customer can spend.';
COMMENT ON COLUMN wallets.prepaid_minor IS 'What the unspent credits cost, in minor units of ZAR.';
COMMENT ON COLUMN wallets.remainder_minor IS 'What was paid and does not make a whole credit yet, in minor units of ZAR.';
COMMENT ON COLUMN wallets.receivable_minor IS 'What the customer owes after a reversal of spent credits, in minor units of ZAR. The next deposit pays it first.';
COMMENT ON COLUMN wallets.last_seq IS 'Number of the last journal of this wallet; each journal of a wallet has the next one.';
COMMENT ON COLUMN wallets.created_at IS 'When the wallet was opened.';
COMMENT ON COLUMN wallets.created_by IS 'Who opened it: service or person, and the caller of the API key. A key that is bound to its own wallets reaches those of its caller.';
COMMENT ON COLUMN wallets.salt IS 'Random; the trail holds a hash of it and of the texts of the row. Null once these are erased.';
COMMENT ON COLUMN wallets.commitment IS 'That hash, once the texts are erased; null while they are there.';
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
CREATE TRIGGER wallets_code_unnamed BEFORE INSERT ON public.wallets FOR EACH ROW EXECUTE FUNCTION check_wallet_code();
GRANT SELECT ON wallets TO purser_app;
GRANT INSERT (id, code, code_kind, external_ref, name, created_by) ON wallets TO purser_app;
GRANT UPDATE (external_ref, name, status) ON wallets TO purser_app;

-- owned by purser_ledger
CREATE TABLE webhook_refusals (
  bank_account_key text NOT NULL,
  hour timestamp with time zone NOT NULL,
  code text NOT NULL,
  count integer NOT NULL,
  last_at timestamp with time zone NOT NULL DEFAULT now()
);
COMMENT ON TABLE webhook_refusals IS 'How many webhooks of an account were refused in an hour, by error code. Written by the API.';
COMMENT ON COLUMN webhook_refusals.bank_account_key IS 'The account that the webhook named.';
COMMENT ON COLUMN webhook_refusals.hour IS 'Start of the hour.';
COMMENT ON COLUMN webhook_refusals.code IS 'Why they were refused (docs/errors.md).';
COMMENT ON COLUMN webhook_refusals.count IS 'How many.';
COMMENT ON COLUMN webhook_refusals.last_at IS 'When the last one was refused.';
ALTER TABLE webhook_refusals ADD CONSTRAINT webhook_refusals_bank_account_key_fkey FOREIGN KEY (bank_account_key) REFERENCES bank_accounts(key) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE webhook_refusals ADD CONSTRAINT webhook_refusals_count_positive CHECK ((count > 0));
ALTER TABLE webhook_refusals ADD CONSTRAINT webhook_refusals_pkey PRIMARY KEY (bank_account_key, hour, code);
GRANT INSERT, SELECT, UPDATE ON webhook_refusals TO purser_app;

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
        SELECT 'api_key.added', 'api_key', n.id, n.image FROM (SELECT r.id::text AS id, jsonb_build_object('owner_kind', r.owner_kind, 'person', r.person, 'caller', r.caller, 'scopes', r.scopes, 'bound_accounts', r.bound_accounts, 'own_wallets', r.own_wallets, 'rotated_from', r.rotated_from, 'expires_at', r.expires_at, 'revoked_at', r.revoked_at, 'private', encode(coalesce(r.commitment, sha256(uuid_send(r.salt) || convert_to(ROW(r.secret_hash, r.name)::text, 'UTF8'))), 'hex')) AS image FROM new_rows r) n ORDER BY n.id;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, before)
        SELECT 'api_key.removed', 'api_key', o.id, o.image FROM (SELECT r.id::text AS id, jsonb_build_object('owner_kind', r.owner_kind, 'person', r.person, 'caller', r.caller, 'scopes', r.scopes, 'bound_accounts', r.bound_accounts, 'own_wallets', r.own_wallets, 'rotated_from', r.rotated_from, 'expires_at', r.expires_at, 'revoked_at', r.revoked_at, 'private', encode(coalesce(r.commitment, sha256(uuid_send(r.salt) || convert_to(ROW(r.secret_hash, r.name)::text, 'UTF8'))), 'hex')) AS image FROM old_rows r) o ORDER BY o.id;
      ELSE
        -- Grouped, since a join of the two would compare each row with each: no plan knows their number. What is the same
        -- before and after is found twice and costs no more than that.
        INSERT INTO audit_events (action, subject_kind, subject_id, before, after)
        SELECT 'api_key.changed', 'api_key', i.id, (array_agg(i.image) FILTER (WHERE NOT i.is_new))[1],
               (array_agg(i.image) FILTER (WHERE i.is_new))[1]
          FROM (SELECT r.id::text AS id, jsonb_build_object('owner_kind', r.owner_kind, 'person', r.person, 'caller', r.caller, 'scopes', r.scopes, 'bound_accounts', r.bound_accounts, 'own_wallets', r.own_wallets, 'rotated_from', r.rotated_from, 'expires_at', r.expires_at, 'revoked_at', r.revoked_at, 'private', encode(coalesce(r.commitment, sha256(uuid_send(r.salt) || convert_to(ROW(r.secret_hash, r.name)::text, 'UTF8'))), 'hex')) AS image, bool_or(r.is_new) AS is_new
                  FROM (SELECT r.id, r.owner_kind, r.person, r.caller, r.scopes, r.bound_accounts, r.own_wallets, r.rotated_from, r.expires_at, r.revoked_at, r.salt, r.commitment, r.secret_hash, r.name, false AS is_new FROM old_rows r UNION ALL SELECT r.id, r.owner_kind, r.person, r.caller, r.scopes, r.bound_accounts, r.own_wallets, r.rotated_from, r.expires_at, r.revoked_at, r.salt, r.commitment, r.secret_hash, r.name, true FROM new_rows r) r
                 GROUP BY r.id, r.owner_kind, r.person, r.caller, r.scopes, r.bound_accounts, r.own_wallets, r.rotated_from, r.expires_at, r.revoked_at, r.salt, r.commitment, r.secret_hash, r.name HAVING count(*) = 1) i
         GROUP BY i.id ORDER BY i.id;
      END IF;
      RETURN NULL;
    END $function$;
-- owned by purser_ledger, may be run by nobody else

CREATE OR REPLACE FUNCTION public.approval_limits_audited()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, after)
        SELECT 'approval_limit.added', 'approval_limit', n.id, n.image FROM (SELECT r.kind::text AS id, jsonb_build_object('above_minor', r.above_minor::text) AS image FROM new_rows r) n ORDER BY n.id;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, before)
        SELECT 'approval_limit.removed', 'approval_limit', o.id, o.image FROM (SELECT r.kind::text AS id, jsonb_build_object('above_minor', r.above_minor::text) AS image FROM old_rows r) o ORDER BY o.id;
      ELSE
        -- Grouped, since a join of the two would compare each row with each: no plan knows their number. What is the same
        -- before and after is found twice and costs no more than that.
        INSERT INTO audit_events (action, subject_kind, subject_id, before, after)
        SELECT 'approval_limit.changed', 'approval_limit', i.id, (array_agg(i.image) FILTER (WHERE NOT i.is_new))[1],
               (array_agg(i.image) FILTER (WHERE i.is_new))[1]
          FROM (SELECT r.kind::text AS id, jsonb_build_object('above_minor', r.above_minor::text) AS image, bool_or(r.is_new) AS is_new
                  FROM (SELECT r.kind, r.above_minor, false AS is_new FROM old_rows r UNION ALL SELECT r.kind, r.above_minor, true FROM new_rows r) r
                 GROUP BY r.kind, r.above_minor HAVING count(*) = 1) i
         GROUP BY i.id ORDER BY i.id;
      END IF;
      RETURN NULL;
    END $function$;
-- owned by purser_ledger, may be run by nobody else

CREATE OR REPLACE FUNCTION public.approve_decision(p_decision text, p_by text, p_sha256 text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  PERFORM require_person(p_by, 'decision:approve');
  UPDATE decisions SET state = 'approved', approved_by = p_by, approved_at = now(), approved_sha256 = p_sha256
   WHERE id = p_decision AND state = 'proposed' AND expires_at > now();
  RETURN FOUND;
END $function$;
-- owned by purser_ledger, may be run by purser_app

CREATE OR REPLACE FUNCTION public.audit_table(p_table text, p_subject text, p_id text, p_columns text[], p_inserts boolean DEFAULT true, p_private text[] DEFAULT '{}'::text[])
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
  IF cardinality(p_private) > 0 THEN
    SELECT image || format(', ''private'', encode(coalesce(r.commitment, sha256(uuid_send(r.salt) || convert_to(ROW(%s)::text, ''UTF8''))), ''hex'')',
                           string_agg(format('r.%I', c.name), ', ' ORDER BY c.place)),
           facts || ', r.salt, r.commitment, ' || string_agg(format('r.%I', c.name), ', ' ORDER BY c.place)
      INTO image, facts FROM unnest(p_private) WITH ORDINALITY AS c(name, place);
  END IF;
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
  -- The call stays with what it made, so that this file can make it again when its own text changes.
  EXECUTE format('COMMENT ON FUNCTION %I() IS %L', function_name,
    format('SELECT audit_table(%L, %L, %L, %L, %L, %L)', p_table, p_subject, p_id, p_columns, p_inserts, p_private));
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

CREATE OR REPLACE FUNCTION public.bank_account_names_audited()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, after)
        SELECT 'bank_account_name.added', 'bank_account_name', n.id, n.image FROM (SELECT r.name::text AS id, jsonb_build_object('bank_account_key', r.bank_account_key) AS image FROM new_rows r) n ORDER BY n.id;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, before)
        SELECT 'bank_account_name.removed', 'bank_account_name', o.id, o.image FROM (SELECT r.name::text AS id, jsonb_build_object('bank_account_key', r.bank_account_key) AS image FROM old_rows r) o ORDER BY o.id;
      ELSE
        -- Grouped, since a join of the two would compare each row with each: no plan knows their number. What is the same
        -- before and after is found twice and costs no more than that.
        INSERT INTO audit_events (action, subject_kind, subject_id, before, after)
        SELECT 'bank_account_name.changed', 'bank_account_name', i.id, (array_agg(i.image) FILTER (WHERE NOT i.is_new))[1],
               (array_agg(i.image) FILTER (WHERE i.is_new))[1]
          FROM (SELECT r.name::text AS id, jsonb_build_object('bank_account_key', r.bank_account_key) AS image, bool_or(r.is_new) AS is_new
                  FROM (SELECT r.name, r.bank_account_key, false AS is_new FROM old_rows r UNION ALL SELECT r.name, r.bank_account_key, true FROM new_rows r) r
                 GROUP BY r.name, r.bank_account_key HAVING count(*) = 1) i
         GROUP BY i.id ORDER BY i.id;
      END IF;
      RETURN NULL;
    END $function$;
-- owned by purser_ledger, may be run by nobody else

CREATE OR REPLACE FUNCTION public.bank_account_numbers_audited()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, after)
        SELECT 'bank_account_number.added', 'bank_account_number', n.id, n.image FROM (SELECT r.bank_account_key::text AS id, jsonb_build_object('kind', r.kind) AS image FROM new_rows r) n ORDER BY n.id;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, before)
        SELECT 'bank_account_number.removed', 'bank_account_number', o.id, o.image FROM (SELECT r.bank_account_key::text AS id, jsonb_build_object('kind', r.kind) AS image FROM old_rows r) o ORDER BY o.id;
      ELSE
        -- Grouped, since a join of the two would compare each row with each: no plan knows their number. What is the same
        -- before and after is found twice and costs no more than that.
        INSERT INTO audit_events (action, subject_kind, subject_id, before, after)
        SELECT 'bank_account_number.changed', 'bank_account_number', i.id, (array_agg(i.image) FILTER (WHERE NOT i.is_new))[1],
               (array_agg(i.image) FILTER (WHERE i.is_new))[1]
          FROM (SELECT r.bank_account_key::text AS id, jsonb_build_object('kind', r.kind) AS image, bool_or(r.is_new) AS is_new
                  FROM (SELECT r.bank_account_key, r.kind, false AS is_new FROM old_rows r UNION ALL SELECT r.bank_account_key, r.kind, true FROM new_rows r) r
                 GROUP BY r.bank_account_key, r.kind HAVING count(*) = 1) i
         GROUP BY i.id ORDER BY i.id;
      END IF;
      RETURN NULL;
    END $function$;
-- owned by purser_ledger, may be run by nobody else

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
        SELECT 'bank_account.added', 'bank_account', n.id, n.image FROM (SELECT r.key::text AS id, jsonb_build_object('currency', r.currency, 'time_zone', r.time_zone, 'feed', r.feed, 'poll_enabled', r.poll_enabled, 'proof_policy', r.proof_policy, 'amount_limit_minor', r.amount_limit_minor::text, 'amounts', r.amounts, 'webhook_signature', r.webhook_signature, 'webhook_trust', r.webhook_trust, 'repeated_batch', r.repeated_batch, 'unknown_fields', r.unknown_fields, 'webhook_spendable_minor', r.webhook_spendable_minor::text, 'webhook_spendable_hour_minor', r.webhook_spendable_hour_minor::text, 'balance_policy', r.balance_policy, 'provisional', r.provisional, 'mode', r.mode, 'payer_conflict', r.payer_conflict, 'api_key_env', r.api_key_env, 'webhook_secret_env', r.webhook_secret_env, 'webhook_signature_header', r.webhook_signature_header, 'webhook_timestamp_header', r.webhook_timestamp_header, 'consent_ends_on', r.consent_ends_on, 'paused_at', r.paused_at, 'opening_minor', r.opening_minor::text, 'opening_on', r.opening_on, 'private', encode(coalesce(r.commitment, sha256(uuid_send(r.salt) || convert_to(ROW(r.api_url, r.bank_account_id, r.statement_account, r.field_map, r.paused_because)::text, 'UTF8'))), 'hex')) AS image FROM new_rows r) n ORDER BY n.id;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, before)
        SELECT 'bank_account.removed', 'bank_account', o.id, o.image FROM (SELECT r.key::text AS id, jsonb_build_object('currency', r.currency, 'time_zone', r.time_zone, 'feed', r.feed, 'poll_enabled', r.poll_enabled, 'proof_policy', r.proof_policy, 'amount_limit_minor', r.amount_limit_minor::text, 'amounts', r.amounts, 'webhook_signature', r.webhook_signature, 'webhook_trust', r.webhook_trust, 'repeated_batch', r.repeated_batch, 'unknown_fields', r.unknown_fields, 'webhook_spendable_minor', r.webhook_spendable_minor::text, 'webhook_spendable_hour_minor', r.webhook_spendable_hour_minor::text, 'balance_policy', r.balance_policy, 'provisional', r.provisional, 'mode', r.mode, 'payer_conflict', r.payer_conflict, 'api_key_env', r.api_key_env, 'webhook_secret_env', r.webhook_secret_env, 'webhook_signature_header', r.webhook_signature_header, 'webhook_timestamp_header', r.webhook_timestamp_header, 'consent_ends_on', r.consent_ends_on, 'paused_at', r.paused_at, 'opening_minor', r.opening_minor::text, 'opening_on', r.opening_on, 'private', encode(coalesce(r.commitment, sha256(uuid_send(r.salt) || convert_to(ROW(r.api_url, r.bank_account_id, r.statement_account, r.field_map, r.paused_because)::text, 'UTF8'))), 'hex')) AS image FROM old_rows r) o ORDER BY o.id;
      ELSE
        -- Grouped, since a join of the two would compare each row with each: no plan knows their number. What is the same
        -- before and after is found twice and costs no more than that.
        INSERT INTO audit_events (action, subject_kind, subject_id, before, after)
        SELECT 'bank_account.changed', 'bank_account', i.id, (array_agg(i.image) FILTER (WHERE NOT i.is_new))[1],
               (array_agg(i.image) FILTER (WHERE i.is_new))[1]
          FROM (SELECT r.key::text AS id, jsonb_build_object('currency', r.currency, 'time_zone', r.time_zone, 'feed', r.feed, 'poll_enabled', r.poll_enabled, 'proof_policy', r.proof_policy, 'amount_limit_minor', r.amount_limit_minor::text, 'amounts', r.amounts, 'webhook_signature', r.webhook_signature, 'webhook_trust', r.webhook_trust, 'repeated_batch', r.repeated_batch, 'unknown_fields', r.unknown_fields, 'webhook_spendable_minor', r.webhook_spendable_minor::text, 'webhook_spendable_hour_minor', r.webhook_spendable_hour_minor::text, 'balance_policy', r.balance_policy, 'provisional', r.provisional, 'mode', r.mode, 'payer_conflict', r.payer_conflict, 'api_key_env', r.api_key_env, 'webhook_secret_env', r.webhook_secret_env, 'webhook_signature_header', r.webhook_signature_header, 'webhook_timestamp_header', r.webhook_timestamp_header, 'consent_ends_on', r.consent_ends_on, 'paused_at', r.paused_at, 'opening_minor', r.opening_minor::text, 'opening_on', r.opening_on, 'private', encode(coalesce(r.commitment, sha256(uuid_send(r.salt) || convert_to(ROW(r.api_url, r.bank_account_id, r.statement_account, r.field_map, r.paused_because)::text, 'UTF8'))), 'hex')) AS image, bool_or(r.is_new) AS is_new
                  FROM (SELECT r.key, r.currency, r.time_zone, r.feed, r.poll_enabled, r.proof_policy, r.amount_limit_minor, r.amounts, r.webhook_signature, r.webhook_trust, r.repeated_batch, r.unknown_fields, r.webhook_spendable_minor, r.webhook_spendable_hour_minor, r.balance_policy, r.provisional, r.mode, r.payer_conflict, r.api_key_env, r.webhook_secret_env, r.webhook_signature_header, r.webhook_timestamp_header, r.consent_ends_on, r.paused_at, r.opening_minor, r.opening_on, r.salt, r.commitment, r.api_url, r.bank_account_id, r.statement_account, r.field_map, r.paused_because, false AS is_new FROM old_rows r UNION ALL SELECT r.key, r.currency, r.time_zone, r.feed, r.poll_enabled, r.proof_policy, r.amount_limit_minor, r.amounts, r.webhook_signature, r.webhook_trust, r.repeated_batch, r.unknown_fields, r.webhook_spendable_minor, r.webhook_spendable_hour_minor, r.balance_policy, r.provisional, r.mode, r.payer_conflict, r.api_key_env, r.webhook_secret_env, r.webhook_signature_header, r.webhook_timestamp_header, r.consent_ends_on, r.paused_at, r.opening_minor, r.opening_on, r.salt, r.commitment, r.api_url, r.bank_account_id, r.statement_account, r.field_map, r.paused_because, true FROM new_rows r) r
                 GROUP BY r.key, r.currency, r.time_zone, r.feed, r.poll_enabled, r.proof_policy, r.amount_limit_minor, r.amounts, r.webhook_signature, r.webhook_trust, r.repeated_batch, r.unknown_fields, r.webhook_spendable_minor, r.webhook_spendable_hour_minor, r.balance_policy, r.provisional, r.mode, r.payer_conflict, r.api_key_env, r.webhook_secret_env, r.webhook_signature_header, r.webhook_timestamp_header, r.consent_ends_on, r.paused_at, r.opening_minor, r.opening_on, r.salt, r.commitment, r.api_url, r.bank_account_id, r.statement_account, r.field_map, r.paused_because HAVING count(*) = 1) i
         GROUP BY i.id ORDER BY i.id;
      END IF;
      RETURN NULL;
    END $function$;
-- owned by purser_ledger, may be run by nobody else

CREATE OR REPLACE FUNCTION public.capture_lines(p_bank_account text, p_run text, p_feed text, p_source text, p_key_scheme smallint, p_facts_key text[], p_occurrence integer[], p_transaction_key text[], p_booking_date date[], p_value_date date[], p_amount bigint[], p_currency text[], p_reversal boolean[], p_references text[], p_text text[], p_counterparty_name text[], p_counterparty_account text[], p_deposit_id text[], p_hold_reason text[], p_seen boolean[], p_bank_id text[], p_shown_as text[], p_beside bigint[], p_balance bigint[], p_batch_id text[], p_batch_minor bigint[])
 RETURNS TABLE(idx bigint, line_id bigint)
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH input AS MATERIALIZED (
    SELECT nextval('public.lines_id_seq') AS line_id, nextval('public.journals_id_seq') AS journal_id, i.*
      FROM unnest(p_facts_key, p_occurrence, p_transaction_key, p_booking_date, p_value_date, p_amount, p_currency,
                  p_reversal, p_references, p_text, p_counterparty_name, p_counterparty_account, p_deposit_id, p_hold_reason,
                  p_seen, p_bank_id, p_shown_as, p_beside, p_balance, p_batch_id, p_batch_minor)
           WITH ORDINALITY AS i(facts_key, occurrence, transaction_key, booking_date, value_date, amount, currency,
                  reversal, refs, text, counterparty_name, counterparty_account, deposit_id, hold_reason,
                  seen, bank_id, shown_as, beside, balance, batch_id, batch_minor, idx)
  ), new_lines AS (
    INSERT INTO lines (id, bank_account_key, key_scheme, facts_key, occurrence, transaction_key, booking_date, value_date,
                       amount_minor, currency, reversal, "references", text, counterparty_name, counterparty_account, source)
    OVERRIDING SYSTEM VALUE
    SELECT line_id, p_bank_account, p_key_scheme, facts_key, occurrence, transaction_key, booking_date, value_date,
           amount, currency, reversal, refs::text[], text, counterparty_name, counterparty_account, p_source FROM input
  ), new_sightings AS (
    INSERT INTO sightings (bank_account_key, line_id, feed, source, run_id, bank_id, facts_key, booking_date, amount_minor, reference,
                           balance_minor, batch_id, batch_minor)
    SELECT p_bank_account, line_id, p_feed, p_source, p_run, bank_id, facts_key, booking_date, amount, shown_as,
           balance, batch_id, batch_minor FROM input WHERE seen
  ), new_holds AS (
    INSERT INTO line_holds (line_id, reason, beside_line_id)
    SELECT line_id, hold_reason, beside FROM input WHERE hold_reason IS NOT NULL
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

CREATE OR REPLACE FUNCTION public.check_api_key()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.id, NEW.secret_hash, NEW.name, NEW.owner_kind, NEW.person, NEW.caller, NEW.scopes, NEW.bound_accounts, NEW.own_wallets,
        NEW.rotated_from, NEW.created_at)
       IS DISTINCT FROM (OLD.id, OLD.secret_hash, OLD.name, OLD.owner_kind, OLD.person, OLD.caller, OLD.scopes, OLD.bound_accounts,
        OLD.own_wallets, OLD.rotated_from, OLD.created_at) THEN
      RAISE EXCEPTION 'what API key % may do, and for whom, never changes', OLD.id USING ERRCODE = 'PU017';
    END IF;
    IF (OLD.revoked_at IS NOT NULL OR OLD.expires_at <= now())
       AND (NEW.revoked_at, NEW.expires_at) IS DISTINCT FROM (OLD.revoked_at, OLD.expires_at) THEN
      RAISE EXCEPTION 'API key % has ended for good', OLD.id USING ERRCODE = 'PU017';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.person IS NOT NULL THEN
    -- Two new persons of one form would not see each other.
    PERFORM pg_advisory_xact_lock(7805296118546);
    IF name_form(NEW.person) = name_form('purser') OR EXISTS (
      SELECT 1 FROM api_keys k WHERE k.person <> NEW.person AND name_form(k.person) = name_form(NEW.person)) THEN
      RAISE EXCEPTION 'the name looks like another person''s' USING ERRCODE = '23505',
        CONSTRAINT = 'api_keys_one_name_a_person', TABLE = 'api_keys';
    END IF;
  END IF;
  RETURN NEW;
END $function$;
-- owned by the migrating login, may be run by PUBLIC

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

CREATE OR REPLACE FUNCTION public.check_decided_alone()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE above bigint; most bigint;
BEGIN
  SELECT l.above_minor INTO above FROM approval_limits l WHERE l.kind = 'credit';
  SELECT max(decided_alone_minor(NEW.proposed_person, a.wallet_id)) INTO most
    FROM decision_allocations a WHERE a.decision_id = NEW.id;
  IF greatest(NEW.amount_minor, most) > coalesce(above, 0) THEN
    RAISE EXCEPTION 'decision % needs a second person', NEW.id USING ERRCODE = 'PU020';
  END IF;
  RETURN NULL;
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
  SELECT n.id, h.reason INTO bad FROM new_rows n JOIN line_holds h ON h.line_id = n.line_id
   WHERE n.kind = 'credit' AND n.decision_id IS NULL AND h.ended_at IS NULL AND h.reason <> 'proof_absent' LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal % credits a line that is held (%)', bad.id, bad.reason USING ERRCODE = 'PU020';
  END IF;
  SELECT n.id INTO bad FROM new_rows n
   WHERE n.kind = 'void' AND n.decision_id IS NULL
     AND (n.wallet_id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM line_holds h WHERE h.line_id = n.line_id AND h.ended_as = 'same')) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal % takes a line off the books that nobody decided about', bad.id USING ERRCODE = 'PU020';
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
  IF (NEW.id, NEW.deposit_id, NEW.kind, NEW.reason, NEW.amount_minor, NEW.currency, NEW.keep_until, NEW.line_id, NEW.needs_approval,
      NEW.proposed_by, NEW.proposed_person, NEW.proposed_at)
     IS DISTINCT FROM (OLD.id, OLD.deposit_id, OLD.kind, OLD.reason, OLD.amount_minor, OLD.currency, OLD.keep_until,
      OLD.line_id, OLD.needs_approval, OLD.proposed_by, OLD.proposed_person, OLD.proposed_at)
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
  IF c.state = 'refused' THEN RETURN NULL; END IF;
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
    E'\n', c.reason, E'\n', c.line_id, parts.text);
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

CREATE OR REPLACE FUNCTION public.check_wallet_code()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF NEW.code_kind = 'checked' AND EXISTS (SELECT 1 FROM named_codes k WHERE k.code = NEW.code) THEN
    RAISE EXCEPTION 'code of wallet % was named before it was issued', NEW.id USING ERRCODE = 'PU022';
  END IF;
  RETURN NEW;
END $function$;
-- owned by the migrating login, may be run by PUBLIC

CREATE OR REPLACE FUNCTION public.claim_bank_account()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE claim record;
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO bank_account_names (name, bank_account_key) VALUES (NEW.key, NEW.key);
  ELSIF NEW.key <> OLD.key THEN
    UPDATE bank_account_names SET name = NEW.key WHERE name = OLD.key;
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.statement_account IS NOT NULL AND NEW.statement_account IS NULL THEN
    DELETE FROM bank_account_numbers WHERE bank_account_key = NEW.key AND kind = 'statement';
  END IF;
  -- An account without lines gives its id free: nothing was read under its key.
  IF TG_OP = 'UPDATE' AND OLD.bank_account_id IS NOT NULL AND NEW.bank_account_id IS NULL
     AND NOT EXISTS (SELECT 1 FROM lines l WHERE l.bank_account_key = NEW.key) THEN
    DELETE FROM bank_account_numbers WHERE bank_account_key = NEW.key AND kind = 'api';
  END IF;
  FOR claim IN
    SELECT CASE WHEN given.number ~ '^[0-9 .-]+$' THEN ltrim(regexp_replace(given.number, '[^0-9]', '', 'g'), '0')
                ELSE btrim(given.number) END AS number, given.kind
      FROM (VALUES (NEW.bank_account_id, 'api'), (NEW.statement_account, 'statement')) AS given (number, kind)
     WHERE given.number IS NOT NULL AND given.number !~ '[*#•]' AND upper(given.number) !~ '^[0-9]*X[0-9X]*$'
  LOOP
    INSERT INTO bank_account_numbers AS n (number, currency, bank_account_key, kind)
    VALUES (claim.number, NEW.currency, NEW.key, claim.kind)
    ON CONFLICT ON CONSTRAINT bank_account_numbers_one_account DO UPDATE
       SET kind = CASE WHEN excluded.kind = 'api' THEN 'api' ELSE n.kind END
     WHERE n.bank_account_key = excluded.bank_account_key;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'the bank''s account is known here under another key' USING ERRCODE = '23505',
        CONSTRAINT = 'bank_account_numbers_one_account', TABLE = 'bank_account_numbers';
    END IF;
  END LOOP;
  RETURN NULL;
END $function$;
-- owned by purser_ledger, may be run by PUBLIC

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

CREATE OR REPLACE FUNCTION public.codes_named(p_text text)
 RETURNS SETOF text
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  SELECT 'CUS' || translate(substr(found[1], 4), 'OILSB', '01158')
    FROM (
      -- Nearly every text is ASCII, which needs no normal form; only UTF8 has one.
      SELECT upper(CASE WHEN octet_length(p_text) = length(p_text) OR getdatabaseencoding() <> 'UTF8' THEN p_text
                        ELSE normalize(p_text, NFKC) END) AS text OFFSET 0) plain,
    LATERAL (
      SELECT text AS reading
      UNION ALL
      SELECT regexp_replace(text, '[?>~<^+](2[0-9]|6[0-3])', '', 'g') WHERE text ~ '[?>~<^+][26][0-9]'
      UNION ALL
      SELECT regexp_replace(text, '\\+([BFNRT]|U[0-9A-F]{4}|[0-7]{3})', ' ', 'g') WHERE text LIKE '%\\%') readings,
    LATERAL regexp_matches(regexp_replace(reading, '[^A-Z0-9]+', '', 'g'), 'CUS[0-9OILSB]{8}', 'g') AS found
$function$;
-- owned by purser_ledger, may be run by purser_app

CREATE OR REPLACE FUNCTION public.conclude_decision(p_decision text, p_outcome text, p_refusal text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  UPDATE decisions c SET state = CASE p_outcome WHEN 'refused' THEN 'refused' ELSE 'executed' END, outcome = p_outcome,
         refusal = p_refusal, applied_at = now()
   WHERE c.id = p_decision AND c.state = 'approved' AND (p_outcome = 'refused') = (p_refusal IS NOT NULL)
     AND EXISTS (SELECT 1 FROM journals j WHERE j.decision_id = c.id) = (p_outcome NOT IN ('refused', 'kept'));
  IF NOT FOUND THEN
    RAISE EXCEPTION 'decision % did not end as %', p_decision, p_outcome USING ERRCODE = 'PU020';
  END IF;
END $function$;
-- owned by purser_ledger, may be run by purser_app

CREATE OR REPLACE FUNCTION public.confirm_credits()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  UPDATE credit_holds h SET closed_at = now(), outcome = 'confirmed',
         until_seq = (SELECT w.last_seq FROM wallets w WHERE w.id = h.wallet_id)
   WHERE h.reason = 'unconfirmed' AND h.closed_at IS NULL
     AND h.line_id IN (SELECT n.line_id FROM new_rows n WHERE n.feed <> 'webhook' AND n.evidence IS DISTINCT FROM 'count');
  RETURN NULL;
END $function$;
-- owned by purser_ledger, may be run by nobody else

CREATE OR REPLACE FUNCTION public.create_api_key(p_id text, p_secret_hash text, p_name text, p_owner_kind text, p_person text, p_caller text, p_scopes text[], p_bound_accounts text[], p_own_wallets boolean, p_expires_at timestamp with time zone, p_rotated_from text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF EXISTS (SELECT 1 FROM unnest(p_bound_accounts) AS a (name)
              WHERE NOT EXISTS (SELECT 1 FROM bank_account_names n WHERE n.name = a.name)) THEN
    RAISE EXCEPTION 'a key is bound to an account that does not exist' USING ERRCODE = '23503',
      CONSTRAINT = 'api_keys_bound_accounts_known', TABLE = 'api_keys';
  END IF;
  IF p_rotated_from IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM api_keys k
     WHERE k.id = p_rotated_from AND k.revoked_at IS NULL AND coalesce(k.expires_at, 'infinity') > now()
       AND (k.name, k.owner_kind, k.person, k.caller, k.scopes, k.bound_accounts, k.own_wallets)
           IS NOT DISTINCT FROM (p_name, p_owner_kind, p_person, p_caller, p_scopes, p_bound_accounts, p_own_wallets)) THEN
    RAISE EXCEPTION 'API key % is not in force, or may do something else', p_rotated_from USING ERRCODE = 'PU017';
  END IF;
  INSERT INTO api_keys (id, secret_hash, name, owner_kind, person, caller, scopes, bound_accounts, own_wallets, expires_at, rotated_from)
  VALUES (p_id, p_secret_hash, p_name, p_owner_kind, p_person, p_caller, p_scopes, p_bound_accounts, p_own_wallets, p_expires_at, p_rotated_from);
END $function$;
-- owned by purser_ledger, may be run by purser_app

CREATE OR REPLACE FUNCTION public.credit_holds_audited()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, after)
        SELECT 'credit_hold.added', 'credit_hold', n.id, n.image FROM (SELECT r.id::text AS id, jsonb_build_object('journal_id', r.journal_id::text, 'reason', r.reason, 'wallet_id', r.wallet_id, 'held_minor', r.held_minor::text, 'outcome', r.outcome) AS image FROM new_rows r) n ORDER BY n.id;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, before)
        SELECT 'credit_hold.removed', 'credit_hold', o.id, o.image FROM (SELECT r.id::text AS id, jsonb_build_object('journal_id', r.journal_id::text, 'reason', r.reason, 'wallet_id', r.wallet_id, 'held_minor', r.held_minor::text, 'outcome', r.outcome) AS image FROM old_rows r) o ORDER BY o.id;
      ELSE
        -- Grouped, since a join of the two would compare each row with each: no plan knows their number. What is the same
        -- before and after is found twice and costs no more than that.
        INSERT INTO audit_events (action, subject_kind, subject_id, before, after)
        SELECT 'credit_hold.changed', 'credit_hold', i.id, (array_agg(i.image) FILTER (WHERE NOT i.is_new))[1],
               (array_agg(i.image) FILTER (WHERE i.is_new))[1]
          FROM (SELECT r.id::text AS id, jsonb_build_object('journal_id', r.journal_id::text, 'reason', r.reason, 'wallet_id', r.wallet_id, 'held_minor', r.held_minor::text, 'outcome', r.outcome) AS image, bool_or(r.is_new) AS is_new
                  FROM (SELECT r.id, r.journal_id, r.reason, r.wallet_id, r.held_minor, r.outcome, false AS is_new FROM old_rows r UNION ALL SELECT r.id, r.journal_id, r.reason, r.wallet_id, r.held_minor, r.outcome, true FROM new_rows r) r
                 GROUP BY r.id, r.journal_id, r.reason, r.wallet_id, r.held_minor, r.outcome HAVING count(*) = 1) i
         GROUP BY i.id ORDER BY i.id;
      END IF;
      RETURN NULL;
    END $function$;
-- owned by purser_ledger, may be run by nobody else

CREATE OR REPLACE FUNCTION public.customer_of(p_wallet text)
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT coalesce('name:' || nullif(lower(btrim(w.name)), ''), w.id) FROM wallets w WHERE w.id = p_wallet
$function$;
-- owned by the migrating login, may be run by PUBLIC

CREATE OR REPLACE FUNCTION public.decided_alone_minor(p_person text, p_wallet text)
 RETURNS bigint
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT coalesce(sum(a.amount_minor), 0)::bigint
    FROM decisions c JOIN decision_allocations a ON a.decision_id = c.id
   WHERE c.proposed_person = p_person AND c.state IN ('approved', 'executed') AND c.proposed_at > now() - interval '7 days'
     AND c.kind = 'credit' AND NOT c.needs_approval
     AND customer_of(a.wallet_id) = customer_of(p_wallet)
$function$;
-- owned by the migrating login, may be run by PUBLIC

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

CREATE OR REPLACE FUNCTION public.end_holds(p_bank_account text, p_lines bigint[], p_ended_as text)
 RETURNS TABLE(deposit_id text)
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH ended AS (
    UPDATE line_holds h SET ended_at = now(), ended_as = p_ended_as FROM lines l
     WHERE l.id = h.line_id AND l.bank_account_key = p_bank_account AND h.line_id = ANY (p_lines) AND h.ended_at IS NULL
    RETURNING h.line_id
  ), freed AS (
    -- Also those that have an outcome: one whose line vanished and comes back begins again.
    UPDATE deposits d SET hold_reason = NULL FROM ended e WHERE d.line_id = e.line_id RETURNING d.id, d.state
  )
  SELECT id FROM freed WHERE state IN ('captured', 'in_review')
$function$;
-- owned by purser_ledger, may be run by purser_app

CREATE OR REPLACE FUNCTION public.expire_api_key(p_id text, p_at timestamp with time zone)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  UPDATE api_keys SET expires_at = p_at
   WHERE id = p_id AND revoked_at IS NULL AND coalesce(expires_at, 'infinity') > now();
  RETURN FOUND;
END $function$;
-- owned by purser_ledger, may be run by purser_app

CREATE OR REPLACE FUNCTION public.expire_decisions(p_deposit text)
 RETURNS integer
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH ended AS (
    UPDATE decisions SET state = 'expired'
     WHERE state = 'proposed' AND expires_at <= now() AND (p_deposit IS NULL OR deposit_id = p_deposit)
    RETURNING 1
  )
  SELECT count(*)::integer FROM ended
$function$;
-- owned by purser_ledger, may be run by purser_app

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
        SELECT 'gate.added', 'gate', n.id, n.image FROM (SELECT r.scope::text AS id, jsonb_build_object('state', r.state, 'cause', r.cause, 'changed_by', r.changed_by) AS image FROM new_rows r) n ORDER BY n.id;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, before)
        SELECT 'gate.removed', 'gate', o.id, o.image FROM (SELECT r.scope::text AS id, jsonb_build_object('state', r.state, 'cause', r.cause, 'changed_by', r.changed_by) AS image FROM old_rows r) o ORDER BY o.id;
      ELSE
        -- Grouped, since a join of the two would compare each row with each: no plan knows their number. What is the same
        -- before and after is found twice and costs no more than that.
        INSERT INTO audit_events (action, subject_kind, subject_id, before, after)
        SELECT 'gate.changed', 'gate', i.id, (array_agg(i.image) FILTER (WHERE NOT i.is_new))[1],
               (array_agg(i.image) FILTER (WHERE i.is_new))[1]
          FROM (SELECT r.scope::text AS id, jsonb_build_object('state', r.state, 'cause', r.cause, 'changed_by', r.changed_by) AS image, bool_or(r.is_new) AS is_new
                  FROM (SELECT r.scope, r.state, r.cause, r.changed_by, false AS is_new FROM old_rows r UNION ALL SELECT r.scope, r.state, r.cause, r.changed_by, true FROM new_rows r) r
                 GROUP BY r.scope, r.state, r.cause, r.changed_by HAVING count(*) = 1) i
         GROUP BY i.id ORDER BY i.id;
      END IF;
      RETURN NULL;
    END $function$;
-- owned by purser_ledger, may be run by nobody else

CREATE OR REPLACE FUNCTION public.give_payer_details(p_decision text, p_payer jsonb, p_sha256 text, p_by text, p_expires_at timestamp with time zone)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  PERFORM require_person(p_by, 'review:decide');
  UPDATE decisions SET payer = p_payer, payload_sha256 = p_sha256, payer_by = p_by, payer_at = now(), expires_at = p_expires_at,
         state = 'proposed'
   WHERE id = p_decision AND state = 'needs_payer_details';
  RETURN FOUND;
END $function$;
-- owned by purser_ledger, may be run by purser_app

CREATE OR REPLACE FUNCTION public.held_minor(p_wallet text)
 RETURNS bigint
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT coalesce(sum(h.held), 0)::bigint
    FROM (SELECT max(held_minor) AS held FROM credit_holds WHERE wallet_id = p_wallet AND closed_at IS NULL GROUP BY journal_id) h
$function$;
-- owned by the migrating login, may be run by PUBLIC

CREATE OR REPLACE FUNCTION public.hold_credits()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
AS $function$
DECLARE new_credit record; limits record; used bigint; used_of_line bigint; allowed bigint; bad record;
BEGIN
  UPDATE credit_holds h SET closed_at = now(), outcome = 'undone', until_seq = n.wallet_seq
    FROM new_rows n
   WHERE n.kind IN ('reversal', 'correction', 'void') AND h.journal_id = n.reverses_id AND h.closed_at IS NULL;

  FOR new_credit IN
    SELECT n.id, n.wallet_id, n.wallet_seq, n.line_id, n.bank_account_key AS account, l.booking_date,
           (SELECT sum(p.amount) FROM postings p WHERE p.journal_id = n.id AND p.account = 'suspense') AS amount,
           l.source = 'webhook' AND NOT EXISTS (
             SELECT 1 FROM sightings s WHERE s.line_id = l.id AND s.feed <> 'webhook' AND s.evidence IS DISTINCT FROM 'count')
           -- A person has answered for the line.
           AND NOT EXISTS (SELECT 1 FROM credit_holds h WHERE h.line_id = l.id AND h.outcome = 'decided') AS is_unconfirmed,
           EXISTS (SELECT 1 FROM line_cases c
                    WHERE c.line_id = l.id AND c.kind = 'line_vanished' AND c.closed_at IS NULL) AS is_vanished
      FROM new_rows n JOIN lines l ON l.id = n.line_id
     WHERE n.kind = 'credit' ORDER BY n.bank_account_key, n.id
  LOOP
    IF new_credit.is_unconfirmed THEN
      -- One at a time for each account, so that the hour is counted whole.
      PERFORM pg_advisory_xact_lock(hashtextextended('webhook-spendable/' || new_credit.account, 0));
      SELECT a.webhook_spendable_minor AS each_minor, a.webhook_spendable_hour_minor AS hour_minor INTO limits
        FROM bank_accounts a WHERE a.key = new_credit.account;
      SELECT coalesce(sum(h.spendable_minor), 0) INTO used FROM credit_holds h
       WHERE h.bank_account_key = new_credit.account AND h.reason = 'unconfirmed'
         AND h.opened_at > clock_timestamp() - interval '1 hour' AND (h.outcome IN ('confirmed', 'decided')) IS NOT TRUE;
      -- A deposit that people split among wallets is one deposit.
      SELECT coalesce(sum(h.spendable_minor), 0) INTO used_of_line FROM credit_holds h
       WHERE h.line_id = new_credit.line_id AND h.reason = 'unconfirmed' AND h.closed_at IS NULL;
      allowed := greatest(0, least(new_credit.amount, limits.each_minor - used_of_line, limits.hour_minor - used));
      -- Nothing of a day that no read can have shown yet, and nothing while an earlier event of the account is refuted.
      IF new_credit.booking_date > current_date + 1 OR EXISTS (
        SELECT 1 FROM credit_holds h JOIN line_cases c ON c.line_id = h.line_id AND c.kind = 'line_vanished' AND c.closed_at IS NULL
         WHERE h.bank_account_key = new_credit.account AND h.reason = 'unconfirmed' AND h.closed_at IS NULL) THEN
        allowed := 0;
      END IF;
      INSERT INTO credit_holds (journal_id, reason, wallet_id, bank_account_key, line_id, held_minor, spendable_minor, from_seq)
      VALUES (new_credit.id, 'unconfirmed', new_credit.wallet_id, new_credit.account, new_credit.line_id,
              new_credit.amount - allowed, allowed, new_credit.wallet_seq);
    END IF;
    IF new_credit.is_vanished THEN
      INSERT INTO credit_holds (journal_id, reason, wallet_id, bank_account_key, line_id, held_minor, spendable_minor, from_seq)
      VALUES (new_credit.id, 'vanished', new_credit.wallet_id, new_credit.account, new_credit.line_id,
              new_credit.amount, 0, new_credit.wallet_seq);
    END IF;
  END LOOP;

  SELECT n.id INTO bad FROM new_rows n
   WHERE n.kind = 'spend' AND n.prepaid_after + n.remainder_after < held_minor(n.wallet_id) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal % spends credits that wait for the bank', bad.id USING ERRCODE = 'PU021';
  END IF;
  RETURN NULL;
END $function$;
-- owned by the migrating login, may be run by PUBLIC

CREATE OR REPLACE FUNCTION public.hold_vanished()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE credit record; wallet record; others bigint;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    UPDATE credit_holds h SET closed_at = now(), outcome = CASE n.outcome WHEN 'decided' THEN 'decided' ELSE 'restored' END,
           until_seq = (SELECT w.last_seq FROM wallets w WHERE w.id = h.wallet_id)
      FROM new_rows n JOIN old_rows o ON o.id = n.id
     WHERE n.kind = 'line_vanished' AND o.closed_at IS NULL AND n.closed_at IS NOT NULL
       AND h.line_id = n.line_id AND h.closed_at IS NULL AND (h.reason = 'vanished' OR n.outcome = 'decided');
    RETURN NULL;
  END IF;
  -- In the order of every other writer: a credit of these deposits comes before, or sees the case.
  PERFORM 1 FROM deposits d
    WHERE d.line_id IN (SELECT line_id FROM new_rows WHERE kind = 'line_vanished' AND closed_at IS NULL) ORDER BY d.id FOR UPDATE;
  FOR credit IN
    SELECT j.id, j.wallet_id, j.line_id, j.bank_account_key AS account,
           (SELECT sum(p.amount) FROM postings p WHERE p.journal_id = j.id AND p.account = 'suspense') AS amount
      FROM new_rows n JOIN deposits d ON d.line_id = n.line_id
      JOIN journals j ON j.deposit_id = d.id AND j.kind = 'credit'
     WHERE n.kind = 'line_vanished' AND n.closed_at IS NULL
       AND NOT EXISTS (SELECT 1 FROM journals u WHERE u.reverses_id = j.id AND u.kind IN ('reversal', 'correction', 'void'))
     ORDER BY j.wallet_id, j.id
  LOOP
    SELECT w.prepaid_minor + w.remainder_minor AS minor, w.last_seq INTO wallet FROM wallets w WHERE w.id = credit.wallet_id FOR UPDATE;
    SELECT coalesce(sum(h.held), 0) INTO others
      FROM (SELECT max(held_minor) AS held FROM credit_holds
             WHERE wallet_id = credit.wallet_id AND closed_at IS NULL AND journal_id <> credit.id GROUP BY journal_id) h;
    INSERT INTO credit_holds (journal_id, reason, wallet_id, bank_account_key, line_id, held_minor, spendable_minor, from_seq)
    VALUES (credit.id, 'vanished', credit.wallet_id, credit.account, credit.line_id,
            greatest(0, least(credit.amount, wallet.minor - others)), 0, wallet.last_seq);
  END LOOP;
  RETURN NULL;
END $function$;
-- owned by purser_ledger, may be run by nobody else

CREATE OR REPLACE FUNCTION public.is_decidable(p_kind text, p_state text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT (CASE
    WHEN p_kind IN ('credit', 'return', 'dismiss', 'keep') THEN p_state = 'in_review'
    WHEN p_kind = 'correct' THEN p_state = 'credited'
    WHEN p_kind IN ('take_back', 'pair') THEN p_state IN ('captured', 'in_review', 'credited')
  END) IS TRUE
$function$;
-- owned by the migrating login, may be run by PUBLIC

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
        SELECT 'line_case.added', 'line_case', n.id, n.image FROM (SELECT r.id::text AS id, jsonb_build_object('kind', r.kind, 'line_id', r.line_id::text, 'row_id', r.row_id::text, 'other_id', r.other_id::text, 'outcome', r.outcome, 'closed_by', r.closed_by) AS image FROM new_rows r) n ORDER BY n.id;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, before)
        SELECT 'line_case.removed', 'line_case', o.id, o.image FROM (SELECT r.id::text AS id, jsonb_build_object('kind', r.kind, 'line_id', r.line_id::text, 'row_id', r.row_id::text, 'other_id', r.other_id::text, 'outcome', r.outcome, 'closed_by', r.closed_by) AS image FROM old_rows r) o ORDER BY o.id;
      ELSE
        -- Grouped, since a join of the two would compare each row with each: no plan knows their number. What is the same
        -- before and after is found twice and costs no more than that.
        INSERT INTO audit_events (action, subject_kind, subject_id, before, after)
        SELECT 'line_case.changed', 'line_case', i.id, (array_agg(i.image) FILTER (WHERE NOT i.is_new))[1],
               (array_agg(i.image) FILTER (WHERE i.is_new))[1]
          FROM (SELECT r.id::text AS id, jsonb_build_object('kind', r.kind, 'line_id', r.line_id::text, 'row_id', r.row_id::text, 'other_id', r.other_id::text, 'outcome', r.outcome, 'closed_by', r.closed_by) AS image, bool_or(r.is_new) AS is_new
                  FROM (SELECT r.id, r.kind, r.line_id, r.row_id, r.other_id, r.outcome, r.closed_by, false AS is_new FROM old_rows r UNION ALL SELECT r.id, r.kind, r.line_id, r.row_id, r.other_id, r.outcome, r.closed_by, true FROM new_rows r) r
                 GROUP BY r.id, r.kind, r.line_id, r.row_id, r.other_id, r.outcome, r.closed_by HAVING count(*) = 1) i
         GROUP BY i.id ORDER BY i.id;
      END IF;
      RETURN NULL;
    END $function$;
-- owned by purser_ledger, may be run by nobody else

CREATE OR REPLACE FUNCTION public.line_holds_audited()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, after)
        SELECT 'line_hold.added', 'line_hold', n.id, n.image FROM (SELECT r.line_id::text AS id, jsonb_build_object('reason', r.reason, 'beside_line_id', r.beside_line_id::text, 'ended_as', r.ended_as) AS image FROM new_rows r) n ORDER BY n.id;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, before)
        SELECT 'line_hold.removed', 'line_hold', o.id, o.image FROM (SELECT r.line_id::text AS id, jsonb_build_object('reason', r.reason, 'beside_line_id', r.beside_line_id::text, 'ended_as', r.ended_as) AS image FROM old_rows r) o ORDER BY o.id;
      ELSE
        -- Grouped, since a join of the two would compare each row with each: no plan knows their number. What is the same
        -- before and after is found twice and costs no more than that.
        INSERT INTO audit_events (action, subject_kind, subject_id, before, after)
        SELECT 'line_hold.changed', 'line_hold', i.id, (array_agg(i.image) FILTER (WHERE NOT i.is_new))[1],
               (array_agg(i.image) FILTER (WHERE i.is_new))[1]
          FROM (SELECT r.line_id::text AS id, jsonb_build_object('reason', r.reason, 'beside_line_id', r.beside_line_id::text, 'ended_as', r.ended_as) AS image, bool_or(r.is_new) AS is_new
                  FROM (SELECT r.line_id, r.reason, r.beside_line_id, r.ended_as, false AS is_new FROM old_rows r UNION ALL SELECT r.line_id, r.reason, r.beside_line_id, r.ended_as, true FROM new_rows r) r
                 GROUP BY r.line_id, r.reason, r.beside_line_id, r.ended_as HAVING count(*) = 1) i
         GROUP BY i.id ORDER BY i.id;
      END IF;
      RETURN NULL;
    END $function$;
-- owned by purser_ledger, may be run by nobody else

CREATE OR REPLACE FUNCTION public.lock_decision(p_decision text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  PERFORM 1 FROM decisions WHERE id = p_decision FOR UPDATE;
END $function$;
-- owned by purser_ledger, may be run by purser_app

CREATE OR REPLACE FUNCTION public.mark_gate_drained(p_scope text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  UPDATE gates SET drained_at = now() WHERE scope = p_scope AND state = 'open' AND drained_at IS NULL
$function$;
-- owned by purser_ledger, may be run by purser_app

CREATE OR REPLACE FUNCTION public.name_bank_account(p_key text, p_name text)
 RETURNS boolean
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH named AS (
    INSERT INTO bank_account_names AS n (name, bank_account_key) VALUES (p_name, p_key)
    ON CONFLICT ON CONSTRAINT bank_account_names_once DO UPDATE SET given_at = now()
     WHERE n.bank_account_key = excluded.bank_account_key
    RETURNING 1
  )
  SELECT count(*) > 0 FROM named
$function$;
-- owned by purser_ledger, may be run by purser_app

CREATE OR REPLACE FUNCTION public.name_codes()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET enable_seqscan TO 'off'
AS $function$
BEGIN
  EXECUTE format($query$
    INSERT INTO named_codes (code, named_by)
    SELECT n.code, %L FROM (SELECT DISTINCT c AS code FROM new_rows r, codes_named(%s) c) n
     WHERE (SELECT true FROM named_codes k WHERE k.code = n.code LIMIT 1) IS NULL$query$, TG_TABLE_NAME, TG_ARGV[0]);
  RETURN NULL;
END $function$;
-- owned by purser_ledger, may be run by PUBLIC

CREATE OR REPLACE FUNCTION public.name_form(p_name text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT translate(replace(replace(p_name, 'rn', 'm'), 'vv', 'w'), '01._-', 'ol')
$function$;
-- owned by the migrating login, may be run by PUBLIC

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

CREATE OR REPLACE FUNCTION public.pause_bank_account(p_key text, p_because text)
 RETURNS boolean
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT require_person_at_work('account:operate');
  WITH changed AS (
    UPDATE bank_accounts SET paused_at = CASE WHEN p_because IS NOT NULL THEN now() END, paused_because = p_because
     WHERE key = p_key AND (paused_at IS NULL) = (p_because IS NOT NULL) RETURNING 1
  )
  SELECT count(*) > 0 FROM changed
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
  IF NOT NEW.needs_approval AND NEW.kind = 'credit' THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('decisions of ' || NEW.proposed_person, 0));
  END IF;
  NEW.state := CASE WHEN NOT NEW.needs_approval THEN 'approved'
                    WHEN NEW.kind = 'return' AND NEW.payer IS NULL THEN 'needs_payer_details' ELSE 'proposed' END;
  RETURN NEW;
END $function$;
-- owned by the migrating login, may be run by PUBLIC

CREATE OR REPLACE FUNCTION public.propose_decision(p_decision text, p_deposit text, p_kind text, p_reason text, p_keep_until date, p_line bigint, p_payer jsonb, p_sha256 text, p_needs_approval boolean, p_by text, p_expires_at timestamp with time zone, p_wallets text[], p_amounts bigint[])
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF p_by IS NOT NULL THEN
    PERFORM require_person(p_by, 'review:decide');
  ELSIF p_kind <> 'return' OR p_payer IS NOT NULL OR NOT EXISTS (
    SELECT 1 FROM reviews r WHERE r.deposit_id = p_deposit AND r.closed_at IS NULL AND r.overdue_at IS NOT NULL) THEN
    RAISE EXCEPTION 'decision % is proposed by nobody', p_decision USING ERRCODE = 'PU023';
  END IF;
  INSERT INTO decisions (id, deposit_id, kind, reason, keep_until, line_id, payer, payload_sha256, needs_approval, proposed_by, expires_at)
  VALUES (p_decision, p_deposit, p_kind, p_reason, p_keep_until, p_line, p_payer, p_sha256, p_needs_approval, p_by, p_expires_at);
  INSERT INTO decision_allocations (decision_id, part, wallet_id, amount_minor)
  SELECT p_decision, i.idx - 1, i.wallet_id, i.amount_minor
    FROM unnest(p_wallets, p_amounts) WITH ORDINALITY AS i(wallet_id, amount_minor, idx);
END $function$;
-- owned by purser_ledger, may be run by purser_app

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

CREATE OR REPLACE FUNCTION public.refuse_overtaken()
 RETURNS integer
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH ended AS (
    UPDATE decisions c SET state = 'refused', outcome = 'refused', refusal = 'already_settled', applied_at = now()
      FROM deposits d
     WHERE d.id = c.deposit_id AND c.state IN ('needs_payer_details', 'proposed') AND NOT is_decidable(c.kind, d.state)
    RETURNING 1
  )
  SELECT count(*)::integer FROM ended
$function$;
-- owned by purser_ledger, may be run by purser_app

CREATE OR REPLACE FUNCTION public.reject_decision(p_decision text, p_by text, p_because text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  PERFORM require_person(p_by, 'decision:approve');
  UPDATE decisions SET state = 'rejected', rejected_by = p_by, rejected_at = now(), rejected_because = p_because
   WHERE id = p_decision AND state IN ('needs_payer_details', 'proposed');
  RETURN FOUND;
END $function$;
-- owned by purser_ledger, may be run by purser_app

CREATE OR REPLACE FUNCTION public.release_confirmed(p_account text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  UPDATE credit_holds h SET closed_at = now(), outcome = 'confirmed',
         until_seq = (SELECT w.last_seq FROM wallets w WHERE w.id = h.wallet_id)
   WHERE h.bank_account_key = p_account AND h.reason = 'unconfirmed' AND h.closed_at IS NULL
     AND EXISTS (SELECT 1 FROM sightings s WHERE s.line_id = h.line_id AND s.feed <> 'webhook' AND s.evidence IS DISTINCT FROM 'count')
$function$;
-- owned by purser_ledger, may be run by purser_app

CREATE OR REPLACE FUNCTION public.require_key(p_key text, p_scope text)
 RETURNS text
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE who text;
BEGIN
  SELECT k.person INTO who FROM api_keys k
   WHERE k.id = p_key AND p_scope = ANY (k.scopes)
     AND (k.revoked_at IS NULL OR k.revoked_at > now()) AND (k.expires_at IS NULL OR k.expires_at > now())
     AND current_setting('purser.actor_kind', true) = k.owner_kind
     AND current_setting('purser.actor_key', true) = k.id
     AND coalesce(current_setting('purser.actor_person', true), '') = coalesce(k.person, '');
  IF NOT FOUND THEN
    RAISE EXCEPTION 'key % may not do this, or is not the one at work', p_key USING ERRCODE = 'PU023';
  END IF;
  RETURN who;
END $function$;
-- owned by the migrating login, may be run by purser_ledger

CREATE OR REPLACE FUNCTION public.require_person(p_key text, p_scope text)
 RETURNS void
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF require_key(p_key, p_scope) IS NULL THEN
    RAISE EXCEPTION 'key % is not of a person', p_key USING ERRCODE = 'PU023';
  END IF;
END $function$;
-- owned by the migrating login, may be run by purser_ledger

CREATE OR REPLACE FUNCTION public.require_person_at_work(p_scope text)
 RETURNS void
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF coalesce(current_setting('purser.actor_key', true), '') <> '' THEN
    PERFORM require_person(current_setting('purser.actor_key', true), p_scope);
  END IF;
END $function$;
-- owned by the migrating login, may be run by purser_ledger

CREATE OR REPLACE FUNCTION public.restate_review(p_deposit text, p_reason text, p_candidates text[])
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  UPDATE reviews SET reason = p_reason, candidates = p_candidates WHERE deposit_id = p_deposit AND closed_at IS NULL
$function$;
-- owned by purser_ledger, may be run by purser_app

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

CREATE OR REPLACE FUNCTION public.revoke_api_key(p_id text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  UPDATE api_keys SET revoked_at = now()
   WHERE id = p_id AND revoked_at IS NULL AND coalesce(expires_at, 'infinity') > now();
  RETURN FOUND;
END $function$;
-- owned by purser_ledger, may be run by purser_app

CREATE OR REPLACE FUNCTION public.seal_audit(p_limit integer)
 RETURNS TABLE(sealed integer, head_seq bigint, head_hash text)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
 SET "DateStyle" TO 'ISO, YMD'
 SET bytea_output TO 'hex'
AS $function$
DECLARE
  head audit_seals; next audit_seals; is_restored boolean; future xid8; cut xid8; part record;
  part_rows bigint; part_ids int8multirange; part_hash text; part_top bigint; part_floor bigint; top bigint; floor bigint;
BEGIN
  sealed := 0;
  PERFORM pg_advisory_xact_lock(7805296118541);
  SELECT * INTO head FROM audit_seals s ORDER BY s.seq DESC LIMIT 1;
  IF NOT FOUND THEN
    head.seq := 0;
    head.hash := decode(repeat('00', 32), 'hex');
    head.until_xid := '0';
    head.tops := '{}';
    head.floors := '{}';
  END IF;
  next := head;
  next.seq := head.seq + 1;
  next.event_ids := '{}';
  next.contents := '{}';
  SELECT pg_snapshot_xmin(s), pg_snapshot_xmax(s) INTO next.until_xid, future FROM pg_current_snapshot() s;
  is_restored := head.until_xid > future;
  -- A backlog is sealed in several batches; a transaction is in one.
  SELECT greatest(min(n.over), (min(n.least)::text::bigint + 1)::text::xid8) INTO cut FROM (
    SELECT (SELECT e.xid FROM audit_events e WHERE e.xid >= head.until_xid ORDER BY e.xid LIMIT 1) AS least,
           (SELECT e.xid FROM audit_events e WHERE e.xid >= head.until_xid ORDER BY e.xid OFFSET p_limit LIMIT 1) AS over
    UNION ALL
    SELECT (SELECT l.xid FROM lines l WHERE l.xid >= head.until_xid ORDER BY l.xid LIMIT 1),
           (SELECT l.xid FROM lines l WHERE l.xid >= head.until_xid ORDER BY l.xid OFFSET p_limit LIMIT 1)
    UNION ALL
    SELECT (SELECT j.xid FROM journals j WHERE j.xid >= head.until_xid ORDER BY j.xid LIMIT 1),
           (SELECT j.xid FROM journals j WHERE j.xid >= head.until_xid ORDER BY j.xid OFFSET p_limit LIMIT 1)
    UNION ALL
    SELECT (SELECT s.xid FROM sightings s WHERE s.xid >= head.until_xid ORDER BY s.xid LIMIT 1),
           (SELECT s.xid FROM sightings s WHERE s.xid >= head.until_xid ORDER BY s.xid OFFSET p_limit LIMIT 1)) n;
  IF cut < next.until_xid AND NOT is_restored THEN
    next.until_xid := cut;
  END IF;
  FOR part IN
    SELECT p.name, p.facts, p.private FROM (VALUES
      ('audit_events', 't.happened_at, t.actor_kind, t.actor_key, t.actor_person, t.login, t.action, t.subject_kind, t.subject_id,
        t.before, t.after', 't.why'),
      ('lines', 't.bank_account_key, t.key_scheme, t.facts_key, t.occurrence, t.transaction_key, t.status, t.booking_date,
        t.value_date, t.amount_minor, t.currency, t.reversal, t.source, t.captured_at',
        't."references", t.text, t.counterparty_name, t.counterparty_account'),
      ('journals', 't.kind, t.bank_account_key, t.line_id, t.deposit_id, t.part, t.generation, t.decision_id, t.reverses_id,
        t.spend_id, t.rate_version, t.wallet_id, t.wallet_seq, t.credits_after, t.prepaid_after, t.remainder_after,
        t.receivable_after, t.event_on, t.created_at,
        (SELECT string_agg(ROW(p.leg, p.account, p.bank_account_key, p.wallet_id, p.unit, p.amount)::text, '''' ORDER BY p.leg)
           FROM postings p WHERE p.journal_id = t.id),
        CASE WHEN t.spend_id IS NOT NULL THEN (
          SELECT ROW(s.wallet_id, s.credits, s.revenue_minor, s.spent_by, s.spent_on, s.created_at, coalesce(s.commitment,
                   sha256(uuid_send(s.salt) || convert_to(ROW(s.note)::text, ''UTF8''))))::text
            FROM spends s WHERE s.id = t.spend_id) END', NULL),
      ('sightings', 't.bank_account_key, t.feed, t.source, t.run_id, t.bank_id, t.facts_key, t.booking_date, t.amount_minor,
        t.balance_minor, t.batch_id, t.batch_minor, t.seen_at, t.held_reason IS NULL,
        CASE WHEN t.held_reason IS NULL THEN t.line_id END, CASE WHEN t.held_reason IS NULL THEN t.evidence END', 't.reference'),
      ('bank_events', 't.bank_account_key, t.event_id, t.received_at', 't.body, t.body_sha256'),
      ('statements', 't.file_id, t.position, t.format, t.statement_id, t.first_day, t.last_day, t.whole_until, t.closing_on,
        t.line_count, t.booked_minor, t.first_booked_day, t.last_booked_day, t.run_id, t.captured_at', 't.account'),
      ('day_proofs', 't.bank_account_key, t.day, t.source, t.moment, t.statement_id, t.opening_on, t.opening_minor, t.bank_minor,
        t.ledger_minor, t.difference_minor, t.suspense_minor, t.open_minor, t.open_count, t.taken_at', NULL),
      ('named_codes', 't.code, t.named_by, t.named_at', NULL),
      ('review_comments', 't.deposit_id, t.key_id, t.person, t.created_at', 't.text'),
      ('payer_revocations', 't.wallet_id, t.deposit_id, t.revoked_by, t.revoked_at', 't.reason')) AS p (name, facts, private)
  LOOP
    top := coalesce((head.tops ->> part.name)::bigint, 0);
    floor := coalesce((head.floors ->> part.name)::bigint, 0);
    EXECUTE format($query$
      SELECT count(*), range_agg(int8range(r.id, r.id, '[]')),
             encode(sha256(string_agg(sha256(convert_to(r.facts, 'UTF8')), ''::bytea ORDER BY r.id)), 'hex'),
             max(r.id), max(r.id) FILTER (WHERE r.xid >= $3)
        FROM (SELECT t.id, t.xid, ROW(t.id, %s%s)::text AS facts FROM %I t
               WHERE (t.xid >= $1 AND t.xid < $2 AND t.id > $4) OR (t.xid >= $3 AND t.id > $5)) r $query$,
      part.facts,
      ', coalesce(t.commitment, sha256(uuid_send(t.salt) || convert_to(ROW(' || part.private || ')::text, ''UTF8'')))', part.name)
      INTO part_rows, part_ids, part_hash, part_top, part_floor
      USING CASE WHEN is_restored THEN '0' ELSE head.until_xid END, next.until_xid, greatest(future, head.until_xid),
            CASE WHEN is_restored THEN top ELSE floor END, CASE WHEN is_restored THEN 0 ELSE floor END;
    IF is_restored OR part_floor IS NOT NULL THEN
      next.floors := next.floors || jsonb_build_object(part.name, greatest(CASE WHEN is_restored THEN top ELSE floor END, part_floor));
    END IF;
    CONTINUE WHEN part_rows = 0;
    sealed := sealed + part_rows;
    next.tops := next.tops || jsonb_build_object(part.name, greatest(top, part_top));
    next.contents := next.contents
      || jsonb_build_object(part.name, jsonb_build_object('ids', part_ids::text, 'rows', part_rows, 'sha256', part_hash));
    IF part.name = 'audit_events' THEN
      next.event_ids := part_ids;
    END IF;
  END LOOP;
  IF sealed > 0 THEN
    next.prev := head.hash;
    next.hash := sha256(next.prev || convert_to(next.seq::text || ' ' || next.contents::text, 'UTF8'));
    INSERT INTO audit_seals (seq, event_ids, contents, prev, hash, until_xid, tops, floors)
    VALUES (next.seq, next.event_ids, next.contents, next.prev, next.hash, next.until_xid, next.tops, next.floors);
    head := next;
  END IF;
  head_seq := head.seq;
  head_hash := encode(head.hash, 'hex');
  RETURN NEXT;
END $function$;
-- owned by purser_ledger, may be run by purser_app

CREATE OR REPLACE FUNCTION public.set_gate(p_scope text, p_state text, p_cause text, p_reason text, p_by text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF p_cause = 'operator' THEN
    PERFORM require_person(p_by, 'gate:operate');
  ELSIF p_by IS NOT NULL OR p_state <> 'closed' OR p_scope = '*' THEN
    RAISE EXCEPTION 'gate % is opened by people only', p_scope USING ERRCODE = 'PU023';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('gate:' || p_scope, 0));
  IF p_state = 'closed' THEN
    INSERT INTO gates (scope, state, cause, reason, changed_by) VALUES (p_scope, 'closed', p_cause, p_reason, p_by)
    ON CONFLICT (scope) DO UPDATE
       SET state = 'closed', cause = excluded.cause, reason = excluded.reason, changed_by = excluded.changed_by,
           changed_at = now(), drained_at = NULL
     WHERE gates.state = 'open';
  ELSE
    UPDATE gates SET state = p_state, cause = p_cause, reason = p_reason, changed_by = p_by, changed_at = now(), drained_at = NULL
     WHERE scope = p_scope AND state = 'closed';
  END IF;
  RETURN FOUND;
END $function$;
-- owned by purser_ledger, may be run by purser_app

CREATE OR REPLACE FUNCTION public.set_statement_account(p_key text, p_number text)
 RETURNS boolean
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH changed AS (
    UPDATE bank_accounts SET statement_account = p_number
     WHERE key = p_key AND (statement_account IS NULL) = (p_number IS NOT NULL) RETURNING 1
  )
  SELECT count(*) > 0 FROM changed
$function$;
-- owned by purser_ledger, may be run by purser_app

CREATE OR REPLACE FUNCTION public.sightings_audited()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, after)
        SELECT 'sighting.added', 'sighting', n.id, n.image FROM (SELECT r.id::text AS id, jsonb_build_object('line_id', r.line_id::text, 'evidence', r.evidence) AS image FROM new_rows r) n ORDER BY n.id;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, before)
        SELECT 'sighting.removed', 'sighting', o.id, o.image FROM (SELECT r.id::text AS id, jsonb_build_object('line_id', r.line_id::text, 'evidence', r.evidence) AS image FROM old_rows r) o ORDER BY o.id;
      ELSE
        -- Grouped, since a join of the two would compare each row with each: no plan knows their number. What is the same
        -- before and after is found twice and costs no more than that.
        INSERT INTO audit_events (action, subject_kind, subject_id, before, after)
        SELECT 'sighting.changed', 'sighting', i.id, (array_agg(i.image) FILTER (WHERE NOT i.is_new))[1],
               (array_agg(i.image) FILTER (WHERE i.is_new))[1]
          FROM (SELECT r.id::text AS id, jsonb_build_object('line_id', r.line_id::text, 'evidence', r.evidence) AS image, bool_or(r.is_new) AS is_new
                  FROM (SELECT r.id, r.line_id, r.evidence, false AS is_new FROM old_rows r UNION ALL SELECT r.id, r.line_id, r.evidence, true FROM new_rows r) r
                 GROUP BY r.id, r.line_id, r.evidence HAVING count(*) = 1) i
         GROUP BY i.id ORDER BY i.id;
      END IF;
      RETURN NULL;
    END $function$;
-- owned by purser_ledger, may be run by nobody else

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
        SELECT 'statement_file.added', 'statement_file', n.id, n.image FROM (SELECT r.id::text AS id, jsonb_build_object('bank_account_key', r.bank_account_key, 'sha256', r.sha256, 'state', r.state, 'released_by', r.released_by, 'accepts_open_end', r.accepts_open_end) AS image FROM new_rows r) n ORDER BY n.id;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, before)
        SELECT 'statement_file.removed', 'statement_file', o.id, o.image FROM (SELECT r.id::text AS id, jsonb_build_object('bank_account_key', r.bank_account_key, 'sha256', r.sha256, 'state', r.state, 'released_by', r.released_by, 'accepts_open_end', r.accepts_open_end) AS image FROM old_rows r) o ORDER BY o.id;
      ELSE
        -- Grouped, since a join of the two would compare each row with each: no plan knows their number. What is the same
        -- before and after is found twice and costs no more than that.
        INSERT INTO audit_events (action, subject_kind, subject_id, before, after)
        SELECT 'statement_file.changed', 'statement_file', i.id, (array_agg(i.image) FILTER (WHERE NOT i.is_new))[1],
               (array_agg(i.image) FILTER (WHERE i.is_new))[1]
          FROM (SELECT r.id::text AS id, jsonb_build_object('bank_account_key', r.bank_account_key, 'sha256', r.sha256, 'state', r.state, 'released_by', r.released_by, 'accepts_open_end', r.accepts_open_end) AS image, bool_or(r.is_new) AS is_new
                  FROM (SELECT r.id, r.bank_account_key, r.sha256, r.state, r.released_by, r.accepts_open_end, false AS is_new FROM old_rows r UNION ALL SELECT r.id, r.bank_account_key, r.sha256, r.state, r.released_by, r.accepts_open_end, true FROM new_rows r) r
                 GROUP BY r.id, r.bank_account_key, r.sha256, r.state, r.released_by, r.accepts_open_end HAVING count(*) = 1) i
         GROUP BY i.id ORDER BY i.id;
      END IF;
      RETURN NULL;
    END $function$;
-- owned by purser_ledger, may be run by nobody else

CREATE OR REPLACE FUNCTION public.statements_audited()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, after)
        SELECT 'statement.added', 'statement', n.id, n.image FROM (SELECT r.id::text AS id, jsonb_build_object('state', r.state, 'proof', r.proof, 'proved_by', r.proved_by, 'opening_minor', r.opening_minor::text, 'closing_minor', r.closing_minor::text) AS image FROM new_rows r) n ORDER BY n.id;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, before)
        SELECT 'statement.removed', 'statement', o.id, o.image FROM (SELECT r.id::text AS id, jsonb_build_object('state', r.state, 'proof', r.proof, 'proved_by', r.proved_by, 'opening_minor', r.opening_minor::text, 'closing_minor', r.closing_minor::text) AS image FROM old_rows r) o ORDER BY o.id;
      ELSE
        -- Grouped, since a join of the two would compare each row with each: no plan knows their number. What is the same
        -- before and after is found twice and costs no more than that.
        INSERT INTO audit_events (action, subject_kind, subject_id, before, after)
        SELECT 'statement.changed', 'statement', i.id, (array_agg(i.image) FILTER (WHERE NOT i.is_new))[1],
               (array_agg(i.image) FILTER (WHERE i.is_new))[1]
          FROM (SELECT r.id::text AS id, jsonb_build_object('state', r.state, 'proof', r.proof, 'proved_by', r.proved_by, 'opening_minor', r.opening_minor::text, 'closing_minor', r.closing_minor::text) AS image, bool_or(r.is_new) AS is_new
                  FROM (SELECT r.id, r.state, r.proof, r.proved_by, r.opening_minor, r.closing_minor, false AS is_new FROM old_rows r UNION ALL SELECT r.id, r.state, r.proof, r.proved_by, r.opening_minor, r.closing_minor, true FROM new_rows r) r
                 GROUP BY r.id, r.state, r.proof, r.proved_by, r.opening_minor, r.closing_minor HAVING count(*) = 1) i
         GROUP BY i.id ORDER BY i.id;
      END IF;
      RETURN NULL;
    END $function$;
-- owned by purser_ledger, may be run by nobody else

CREATE OR REPLACE FUNCTION public.take_returns(p_export text, p_by text, p_limit integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE due text[];
BEGIN
  PERFORM require_key(p_by, 'return:export');
  PERFORM pg_advisory_xact_lock(hashtextextended('files of returns', 0));
  due := ARRAY(
    SELECT c.id FROM decisions c
     WHERE c.kind = 'return' AND c.state = 'executed' AND c.payer IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM return_export_items i WHERE i.decision_id = c.id)
       AND NOT EXISTS (SELECT 1 FROM journals j WHERE j.deposit_id = c.deposit_id AND j.kind = 'return_paid')
     ORDER BY c.applied_at, c.id LIMIT p_limit);
  IF cardinality(due) > 0 THEN
    INSERT INTO return_exports (id, taken_by) VALUES (p_export, p_by);
    INSERT INTO return_export_items (export_id, decision_id) SELECT p_export, unnest(due);
  END IF;
  RETURN cardinality(due);
END $function$;
-- owned by purser_ledger, may be run by purser_app

CREATE OR REPLACE FUNCTION public.use_api_key(p_id text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  UPDATE api_keys SET last_used_at = now()
   WHERE id = p_id AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
$function$;
-- owned by purser_ledger, may be run by purser_app

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
        SELECT 'wallet.added', 'wallet', n.id, n.image FROM (SELECT r.id::text AS id, jsonb_build_object('code', r.code, 'code_kind', r.code_kind, 'status', r.status, 'created_by', r.created_by, 'private', encode(coalesce(r.commitment, sha256(uuid_send(r.salt) || convert_to(ROW(r.external_ref, r.name)::text, 'UTF8'))), 'hex')) AS image FROM new_rows r) n ORDER BY n.id;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO audit_events (action, subject_kind, subject_id, before)
        SELECT 'wallet.removed', 'wallet', o.id, o.image FROM (SELECT r.id::text AS id, jsonb_build_object('code', r.code, 'code_kind', r.code_kind, 'status', r.status, 'created_by', r.created_by, 'private', encode(coalesce(r.commitment, sha256(uuid_send(r.salt) || convert_to(ROW(r.external_ref, r.name)::text, 'UTF8'))), 'hex')) AS image FROM old_rows r) o ORDER BY o.id;
      ELSE
        -- Grouped, since a join of the two would compare each row with each: no plan knows their number. What is the same
        -- before and after is found twice and costs no more than that.
        INSERT INTO audit_events (action, subject_kind, subject_id, before, after)
        SELECT 'wallet.changed', 'wallet', i.id, (array_agg(i.image) FILTER (WHERE NOT i.is_new))[1],
               (array_agg(i.image) FILTER (WHERE i.is_new))[1]
          FROM (SELECT r.id::text AS id, jsonb_build_object('code', r.code, 'code_kind', r.code_kind, 'status', r.status, 'created_by', r.created_by, 'private', encode(coalesce(r.commitment, sha256(uuid_send(r.salt) || convert_to(ROW(r.external_ref, r.name)::text, 'UTF8'))), 'hex')) AS image, bool_or(r.is_new) AS is_new
                  FROM (SELECT r.id, r.code, r.code_kind, r.status, r.created_by, r.salt, r.commitment, r.external_ref, r.name, false AS is_new FROM old_rows r UNION ALL SELECT r.id, r.code, r.code_kind, r.status, r.created_by, r.salt, r.commitment, r.external_ref, r.name, true FROM new_rows r) r
                 GROUP BY r.id, r.code, r.code_kind, r.status, r.created_by, r.salt, r.commitment, r.external_ref, r.name HAVING count(*) = 1) i
         GROUP BY i.id ORDER BY i.id;
      END IF;
      RETURN NULL;
    END $function$;
-- owned by purser_ledger, may be run by nobody else

CREATE OR REPLACE FUNCTION public.write_bank_account(p_key text, p_settings jsonb, p_is_new boolean)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  -- The currency is set once: the lines are in it.
  settings CONSTANT text[] := ARRAY['bank_name', 'time_zone', 'feed', 'api_url', 'bank_account_id', 'api_key_env', 'field_map', 'amounts',
    'poll_enabled', 'webhook_secret_env', 'webhook_signature', 'webhook_signature_header', 'webhook_timestamp_header', 'webhook_trust',
    'repeated_batch', 'unknown_fields', 'webhook_spendable_minor', 'webhook_spendable_hour_minor', 'mode', 'amount_limit_minor',
    'payer_conflict', 'proof_policy', 'provisional', 'balance_policy', 'consent_ends_on']
    || CASE WHEN p_is_new THEN ARRAY['currency'] ELSE ARRAY[]::text[] END;
  given text[] := ARRAY(SELECT jsonb_object_keys(p_settings) ORDER BY 1);
  columns text;
  written bigint;
BEGIN
  PERFORM require_person_at_work('account:operate');
  IF NOT given <@ settings THEN
    RAISE EXCEPTION 'not settings of a bank account: %', ARRAY(SELECT unnest(given) EXCEPT SELECT unnest(settings))
      USING ERRCODE = 'PU024';
  END IF;
  -- A name that the server does not know would stop every report that reads the account's days.
  IF p_settings ->> 'time_zone' IS NOT NULL THEN
    PERFORM now() AT TIME ZONE (p_settings ->> 'time_zone');
  END IF;
  SELECT string_agg(format('%I', n), ', ') INTO columns FROM unnest(given) n;
  IF p_is_new THEN
    EXECUTE format('INSERT INTO bank_accounts (key, %1$s) SELECT $1, %1$s FROM jsonb_populate_record(NULL::bank_accounts, $2)
                    ON CONFLICT (key) DO NOTHING', columns) USING p_key, p_settings;
  ELSIF columns IS NOT NULL THEN
    EXECUTE format('UPDATE bank_accounts SET (%1$s) = (SELECT %1$s FROM jsonb_populate_record(NULL::bank_accounts, $2))
                     WHERE key = $1', columns) USING p_key, p_settings;
  END IF;
  GET DIAGNOSTICS written = ROW_COUNT;
  RETURN written > 0;
END $function$;
-- owned by purser_ledger, may be run by purser_app
