-- People and programs: their keys, the answers that they were given, and the trail of what they did.

CREATE TABLE api_keys (
  id             text PRIMARY KEY,
  secret_hash    text NOT NULL,
  name           text NOT NULL,
  owner_kind     text NOT NULL CONSTRAINT api_keys_owner_known CHECK (owner_kind IN ('service', 'person')),
  -- "Different persons" is asked of persons, never of keys: one person may hold several. In few letters, or one person would
  -- pass for two: check_api_key() refuses names that only look like another.
  person         text CONSTRAINT api_keys_person_spelling CHECK (person ~ '^[a-z0-9][a-z0-9._@-]{0,63}$'),
  -- Whoever calls, with whatever key: a repeated request under the next key of the same caller is still a repeat.
  caller         text NOT NULL CONSTRAINT api_keys_caller_spelling CHECK (caller ~ '^[a-z0-9][a-z0-9._@-]{0,63}$'),
  scopes         text[] NOT NULL CONSTRAINT api_keys_scopes_known CHECK (scopes <@ ARRAY[
                   'account:operate', 'account:read', 'audit:read', 'claim:read', 'claim:write', 'decision:approve', 'deposit:read',
                   'gate:operate', 'gate:read', 'key:admin', 'notification:write', 'return:export', 'review:decide', 'review:read', 'review:work', 'run:read',
                   'run:start', 'statement:read', 'statement:release', 'statement:write', 'status:read', 'wallet:create',
                   'wallet:mint_token', 'wallet:operate', 'wallet:read', 'wallet:register_code', 'wallet:spend']),
  -- Names of accounts, which stay with their account when its key changes.
  bound_accounts text[] CONSTRAINT api_keys_bound_to_some CHECK (cardinality(bound_accounts) > 0),
  own_wallets    boolean NOT NULL DEFAULT false,
  rotated_from   text REFERENCES api_keys (id),
  created_at     timestamptz NOT NULL DEFAULT now(),
  expires_at     timestamptz,
  revoked_at     timestamptz,
  last_used_at   timestamptz,
  salt           uuid DEFAULT gen_random_uuid(),
  commitment     bytea,
  CONSTRAINT api_keys_person_of_person CHECK ((owner_kind = 'person') = (person IS NOT NULL)),
  CONSTRAINT api_keys_person_calls CHECK (owner_kind = 'service' OR caller = person),
  CONSTRAINT api_keys_person_unbound CHECK (owner_kind = 'service' OR (bound_accounts IS NULL AND NOT own_wallets)),
  CONSTRAINT api_keys_scopes_of_persons CHECK (owner_kind = 'person' OR NOT scopes && ARRAY[
                   'account:operate', 'decision:approve', 'gate:operate', 'key:admin', 'review:decide', 'statement:release', 'wallet:operate'])
);
CREATE TRIGGER api_keys_keep_facts BEFORE INSERT OR UPDATE ON api_keys FOR EACH ROW EXECUTE FUNCTION check_api_key();
SELECT audit_table('api_keys', 'api_key', 'id', ARRAY['owner_kind', 'person', 'caller', 'scopes', 'bound_accounts', 'own_wallets',
                   'rotated_from', 'expires_at', 'revoked_at'], true, ARRAY['secret_hash', 'name']);
ALTER TABLE statement_files ADD CONSTRAINT statement_files_released_by_fkey FOREIGN KEY (released_by) REFERENCES api_keys (id);
ALTER TABLE spends ADD CONSTRAINT spends_spent_by_fkey FOREIGN KEY (spent_by) REFERENCES api_keys (id);

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

COMMENT ON TABLE idempotency_keys IS 'What a caller was answered, so that a repeated request gets the same answer and has no second effect. Written by the API.';
COMMENT ON COLUMN idempotency_keys.principal IS 'Who called: service or person, and the caller of the API key, whichever key it was.';
COMMENT ON COLUMN idempotency_keys.route IS 'Method and path that were called.';
COMMENT ON COLUMN idempotency_keys.key IS 'The Idempotency-Key that the caller sent.';
COMMENT ON COLUMN idempotency_keys.request_sha256 IS 'SHA-256 of the request, in hex: another request under the same key is refused.';
COMMENT ON COLUMN idempotency_keys.status IS 'HTTP status of the answer; null while the effect is stored and the answer is not known yet.';
COMMENT ON COLUMN idempotency_keys.response IS 'Body of the answer.';
COMMENT ON COLUMN idempotency_keys.created_at IS 'When the first request came.';

-- Lost with a crash of the server, and nothing is the worse for it.
CREATE UNLOGGED TABLE request_counts (
  name         text NOT NULL,
  window_start timestamptz NOT NULL,
  count        integer NOT NULL CONSTRAINT request_counts_count_positive CHECK (count > 0),
  PRIMARY KEY (name, window_start)
);

COMMENT ON TABLE request_counts IS 'How often each caller called lately, summed over the API processes: a limit holds for all of them together.';
COMMENT ON COLUMN request_counts.name IS 'The route if it has a limit of its own, and the API key or the address that called.';
COMMENT ON COLUMN request_counts.window_start IS 'Start of the minute; rows are deleted some minutes later.';
COMMENT ON COLUMN request_counts.count IS 'How many requests.';

-- I19: who did what, when and why: one row for each change of state, written by the transaction that makes the change.
-- The functions that audit_table() makes write it, so no code can forget to.
CREATE TABLE audit_events (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- Rows are sealed in the order of their transactions: ids are given before transactions end.
  xid          xid8 NOT NULL DEFAULT pg_current_xact_id(),
  happened_at  timestamptz NOT NULL DEFAULT now(),
  -- Set for each transaction by `actAs`. Without it, the application's own role is at work for a workflow, any other by hand.
  actor_kind   text NOT NULL DEFAULT coalesce(nullif(current_setting('purser.actor_kind', true), ''),
                 CASE current_setting('role') WHEN 'purser_app' THEN 'workflow' ELSE 'system' END)
                 CONSTRAINT audit_events_actor_known CHECK (actor_kind IN ('person', 'service', 'workflow', 'system')),
  actor_key    text DEFAULT nullif(current_setting('purser.actor_key', true), ''),
  actor_person text DEFAULT nullif(current_setting('purser.actor_person', true), ''),
  -- The database login, which nobody can set.
  login        text NOT NULL DEFAULT session_user,
  action       text NOT NULL CONSTRAINT audit_events_action_shape CHECK (action ~ '^[a-z_]+\.[a-z_]+$'),
  subject_kind text NOT NULL CONSTRAINT audit_events_subject_shape CHECK (subject_kind ~ '^[a-z_]+$'),
  subject_id   text NOT NULL,
  before       jsonb,
  after        jsonb,
  why          text DEFAULT nullif(current_setting('purser.why', true), ''),
  salt         uuid DEFAULT gen_random_uuid(),
  commitment   bytea
);
-- Serves the story of one subject.
CREATE INDEX audit_events_by_subject ON audit_events (subject_kind, subject_id, id);
-- Serves the sealer.
CREATE INDEX audit_events_by_transaction ON audit_events (xid, id);
-- I17: append-only, for everybody whom triggers hold.
CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE ON audit_events FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_events_no_truncate BEFORE TRUNCATE ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The first row of the trail: when the database was made, and by which login.
INSERT INTO audit_events (action, subject_kind, subject_id) VALUES ('audit.started', 'audit', 'trail');
-- The first rate is older than the trail.
INSERT INTO audit_events (action, subject_kind, subject_id, after)
SELECT 'rate.added', 'rate', version::text, jsonb_build_object('minor_per_credit', minor_per_credit::text, 'effective_from', effective_from)
  FROM rates;

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

-- The chain, one link for each batch: hash = sha256(prev and what the batch holds). Two links cannot follow one, and none can
-- be left out. What a batch holds is listed in seal_audit().
CREATE TABLE audit_seals (
  seq       bigint PRIMARY KEY CONSTRAINT audit_seals_seq_positive CHECK (seq > 0),
  event_ids int8multirange NOT NULL,
  contents  jsonb NOT NULL,
  prev      bytea NOT NULL CONSTRAINT audit_seals_no_fork UNIQUE,
  hash      bytea NOT NULL CONSTRAINT audit_seals_hash_length CHECK (length(hash) = 32),
  sealed_at timestamptz NOT NULL DEFAULT now(),
  -- Where the next batch begins.
  until_xid xid8 NOT NULL,
  tops      jsonb NOT NULL,
  floors    jsonb NOT NULL
);
-- Serves the trail, which shows the seal of each event.
CREATE INDEX audit_seals_by_event ON audit_seals USING gist (event_ids);
CREATE TRIGGER audit_seals_append_only BEFORE UPDATE OR DELETE ON audit_seals FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_seals_no_truncate BEFORE TRUNCATE ON audit_seals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

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
