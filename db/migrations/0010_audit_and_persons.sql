-- Who did what, when and why: one row for each change of state, written by the transaction that makes the change, and a
-- chain of hashes over these rows that no edit survives unseen.

-- "Different persons" is asked of persons, never of keys: one person may hold several.
ALTER TABLE api_keys ADD COLUMN person text;
UPDATE api_keys SET person = lower(id) WHERE owner_kind = 'person';
ALTER TABLE api_keys
  ADD CONSTRAINT api_keys_person_of_person CHECK ((owner_kind = 'person') = (person IS NOT NULL)),
  -- In one spelling, or one person would pass for two.
  ADD CONSTRAINT api_keys_person_spelling CHECK (person = lower(btrim(person)) AND person <> '');

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
  -- Ids, states, codes and amounts only: never a reference, a name or an account number. Null where there was nothing.
  before       jsonb,
  after        jsonb,
  why          text DEFAULT nullif(current_setting('purser.why', true), '')
);
-- Serves the story of one subject.
CREATE INDEX audit_events_by_subject ON audit_events (subject_kind, subject_id, id);
-- Serves the sealer.
CREATE INDEX audit_events_by_transaction ON audit_events (xid, id);

-- The chain: hash = sha256(prev and the event as text). Two rows cannot follow one, and none can be left out.
CREATE TABLE audit_seals (
  seq       bigint CONSTRAINT audit_seals_pkey PRIMARY KEY CONSTRAINT audit_seals_seq_positive CHECK (seq > 0),
  event_id  bigint NOT NULL REFERENCES audit_events (id) CONSTRAINT audit_seals_once UNIQUE,
  prev      bytea NOT NULL CONSTRAINT audit_seals_no_fork UNIQUE,
  hash      bytea NOT NULL CONSTRAINT audit_seals_hash_length CHECK (length(hash) = 32),
  sealed_at timestamptz NOT NULL DEFAULT now()
);

-- I17: append-only, for everybody whom triggers hold.
CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE ON audit_events FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_events_no_truncate BEFORE TRUNCATE ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_seals_append_only BEFORE UPDATE OR DELETE ON audit_seals FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_seals_no_truncate BEFORE TRUNCATE ON audit_seals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What happened that changed no row of its own, such as an attempt that was refused.
CREATE FUNCTION record_audit(p_action text, p_subject_kind text, p_subject_id text, p_before jsonb, p_after jsonb, p_why text)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO audit_events (action, subject_kind, subject_id, before, after, why)
  VALUES (p_action, p_subject_kind, p_subject_id, p_before, p_after, coalesce(p_why, nullif(current_setting('purser.why', true), '')))
$$;

-- Seals up to `p_limit` events and answers how many, with the head of the chain. Transactions below the oldest that still
-- runs are over, so nothing can come in before what is sealed. A restore into another server brings transaction numbers of
-- the future with it: those are over too.
CREATE FUNCTION seal_audit(p_limit integer) RETURNS TABLE (sealed integer, head_seq bigint, head_hash text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
END $$;

-- Has each change of these columns of a table written down, with the row's id as the subject; new and deleted rows too. For
-- use in migrations; called again for a table, it replaces the list. `p_inserts` false: only what happens to rows later.
CREATE FUNCTION audit_table(p_table text, p_subject text, p_id text, p_columns text[], p_inserts boolean DEFAULT true)
RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
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
END $$;

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['audit_events', 'audit_seals'] LOOP
    EXECUTE format('ALTER TABLE %I OWNER TO purser_ledger', name);
    EXECUTE format('GRANT SELECT ON %I TO purser_app', name);
  END LOOP;
END $$;
ALTER FUNCTION record_audit OWNER TO purser_ledger;
ALTER FUNCTION seal_audit OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION record_audit, seal_audit, audit_table FROM PUBLIC;
GRANT EXECUTE ON FUNCTION record_audit, seal_audit TO purser_app;

-- Marks where the trail begins: what happened before has no rows.
INSERT INTO audit_events (action, subject_kind, subject_id) VALUES ('audit.started', 'audit', 'trail');

-- A deposit's first state follows from its line and is no change.
SELECT audit_table('deposits', 'deposit', 'id', ARRAY['state', 'wallet_id'], false);
SELECT audit_table('reviews', 'review', 'deposit_id', ARRAY['reason', 'due_at', 'overdue_at', 'closed_at']);
SELECT audit_table('decisions', 'decision', 'id', ARRAY['deposit_id', 'kind', 'wallet_id', 'decided_by', 'outcome', 'refusal']);
SELECT audit_table('wallets', 'wallet', 'id', ARRAY['code', 'status']);
SELECT audit_table('api_keys', 'api_key', 'id', ARRAY['owner_kind', 'person', 'scopes', 'expires_at', 'revoked_at']);
SELECT audit_table('statement_files', 'statement_file', 'id', ARRAY['bank_account_key', 'state', 'released_by']);
SELECT audit_table('bank_accounts', 'bank_account', 'key', ARRAY['currency', 'time_zone', 'feed', 'poll_enabled', 'proof_policy',
  'amounts', 'webhook_signature', 'webhook_trust']);
SELECT audit_table('rates', 'rate', 'version', ARRAY['minor_per_credit', 'effective_from']);
SELECT audit_table('reversals', 'reversal', 'line_id', ARRAY['bank_account_key', 'state', 'deposit_id', 'charges_minor']);
