-- I20: a decision is proposed, approved by another person where it must be, and carried out once. The row is the authority.

ALTER TABLE decisions RENAME COLUMN decided_by TO proposed_by;
ALTER TABLE decisions RENAME COLUMN decided_at TO proposed_at;
ALTER TABLE decisions RENAME CONSTRAINT decisions_decided_by_fkey TO decisions_proposed_by_fkey;
ALTER TABLE decisions
  DROP CONSTRAINT decisions_kind_known, DROP CONSTRAINT decisions_outcome_known, DROP CONSTRAINT decisions_credit_names_wallet,
  -- The version of the rules that the row was written under: 1 was one person's word, whatever the kind and the amount.
  ADD COLUMN rules smallint NOT NULL DEFAULT 1 CONSTRAINT decisions_rules_known CHECK (rules IN (1, 2)),
  ADD COLUMN state text,
  ADD COLUMN amount_minor bigint,
  ADD COLUMN currency text,
  ADD COLUMN keep_until date,
  -- Where a return is paid to: {name, bank, branch, account}.
  ADD COLUMN payer jsonb,
  ADD COLUMN payload_sha256 text,
  ADD COLUMN needs_approval boolean NOT NULL DEFAULT false,
  ADD COLUMN proposed_person text,
  ADD COLUMN expires_at timestamptz,
  ADD COLUMN payer_by text REFERENCES api_keys (id),
  ADD COLUMN payer_person text,
  ADD COLUMN payer_at timestamptz,
  ADD COLUMN approved_by text REFERENCES api_keys (id),
  ADD COLUMN approved_person text,
  ADD COLUMN approved_at timestamptz,
  ADD COLUMN approved_sha256 text,
  ADD COLUMN rejected_by text REFERENCES api_keys (id),
  ADD COLUMN rejected_person text,
  ADD COLUMN rejected_at timestamptz,
  ADD COLUMN rejected_because text;
DROP INDEX decisions_by_deposit;
-- Neither texts nor bank details: the row has them, and the hash holds them fast.
SELECT audit_table('decisions', 'decision', 'id', ARRAY['deposit_id', 'kind', 'state', 'amount_minor', 'currency', 'keep_until',
  'payload_sha256', 'needs_approval', 'proposed_by', 'proposed_person', 'expires_at', 'payer_by', 'payer_person', 'approved_by',
  'approved_person', 'rejected_by', 'rejected_person', 'outcome', 'refusal']);

-- The wallets that a credit or a correction goes to, each with its part of the deposit.
CREATE TABLE decision_allocations (
  decision_id  text NOT NULL REFERENCES decisions (id),
  part         smallint NOT NULL CONSTRAINT decision_allocations_part_natural CHECK (part BETWEEN 0 AND 99),
  wallet_id    text NOT NULL REFERENCES wallets (id),
  amount_minor bigint NOT NULL CONSTRAINT decision_allocations_positive CHECK (amount_minor > 0),
  PRIMARY KEY (decision_id, part),
  CONSTRAINT decision_allocations_wallet_once UNIQUE (decision_id, wallet_id)
);

INSERT INTO decision_allocations (decision_id, part, wallet_id, amount_minor)
SELECT c.id, 0, c.wallet_id, d.amount_minor FROM decisions c JOIN deposits d ON d.id = c.deposit_id WHERE c.wallet_id IS NOT NULL;
-- What nobody has carried out yet is asked for again under the new rules.
UPDATE decisions c
   SET amount_minor = d.amount_minor, currency = d.currency, proposed_person = coalesce(k.person, k.id),
       state = CASE WHEN c.outcome IS NULL THEN 'expired' WHEN c.outcome = 'refused' THEN 'refused' ELSE 'executed' END
  FROM deposits d, api_keys k WHERE d.id = c.deposit_id AND k.id = c.proposed_by;

ALTER TABLE decisions
  DROP COLUMN wallet_id,
  -- A review that ran out may propose a return by itself: one person then gives the bank details, and another approves.
  ALTER COLUMN proposed_by DROP NOT NULL,
  ADD CONSTRAINT decisions_somebody_proposes CHECK (proposed_by IS NOT NULL OR kind = 'return'),
  ALTER COLUMN rules SET DEFAULT 2,
  ALTER COLUMN needs_approval DROP DEFAULT,
  ALTER COLUMN state SET NOT NULL,
  ALTER COLUMN amount_minor SET NOT NULL,
  ALTER COLUMN currency SET NOT NULL,
  ALTER COLUMN proposed_person SET NOT NULL,
  ADD CONSTRAINT decisions_kind_known CHECK (kind IN ('credit', 'return', 'dismiss', 'keep', 'correct')),
  ADD CONSTRAINT decisions_state_known
    CHECK (state IN ('needs_payer_details', 'proposed', 'approved', 'rejected', 'expired', 'executed', 'refused')),
  ADD CONSTRAINT decisions_outcome_known CHECK (outcome IN ('credited', 'returned', 'dismissed', 'kept', 'corrected', 'refused')),
  ADD CONSTRAINT decisions_outcome_fits CHECK (
    CASE state
      WHEN 'executed' THEN outcome IS NOT NULL AND outcome = CASE kind WHEN 'credit' THEN 'credited' WHEN 'return' THEN 'returned'
             WHEN 'dismiss' THEN 'dismissed' WHEN 'keep' THEN 'kept' ELSE 'corrected' END
      WHEN 'refused' THEN outcome IS NOT NULL AND outcome = 'refused'
      ELSE outcome IS NULL END),
  ADD CONSTRAINT decisions_outcome_whole CHECK ((outcome IS NULL) = (applied_at IS NULL) AND (refusal IS NULL OR outcome = 'refused')),
  ADD CONSTRAINT decisions_keep_has_day CHECK ((kind = 'keep') = (keep_until IS NOT NULL)),
  ADD CONSTRAINT decisions_payer_whole CHECK (
    (payer IS NULL OR kind = 'return') AND (payer IS NULL) = (payer_by IS NULL) AND (payer IS NULL) = (payer_person IS NULL)
    AND (payer IS NULL) = (payer_at IS NULL)),
  -- Only a return that waits for its payer's bank details, or that ended without them, has nothing to approve yet.
  ADD CONSTRAINT decisions_payload_known CHECK (rules = 1 OR (
    (payload_sha256 IS NULL) = (kind = 'return' AND payer IS NULL)
    AND (payload_sha256 IS NOT NULL OR state IN ('needs_payer_details', 'rejected', 'refused'))
    AND (state <> 'needs_payer_details' OR payload_sha256 IS NULL))),
  ADD CONSTRAINT decisions_some_need_two CHECK (rules = 1 OR needs_approval OR kind IN ('credit', 'keep')),
  ADD CONSTRAINT decisions_proposal_lapses CHECK (state <> 'proposed' OR (needs_approval AND expires_at IS NOT NULL)),
  ADD CONSTRAINT decisions_approval_whole CHECK (
    (approved_by IS NULL) = (approved_person IS NULL) AND (approved_by IS NULL) = (approved_at IS NULL)
    AND (approved_by IS NULL) = (approved_sha256 IS NULL)),
  ADD CONSTRAINT decisions_approval_given CHECK (
    rules = 1 OR NOT needs_approval OR state NOT IN ('approved', 'executed') OR approved_person IS NOT NULL),
  ADD CONSTRAINT decisions_two_people CHECK (approved_person IS NULL
    OR (approved_person <> proposed_person AND approved_person IS DISTINCT FROM payer_person)),
  ADD CONSTRAINT decisions_approved_as_proposed CHECK (approved_sha256 IS NULL
    OR (payload_sha256 IS NOT NULL AND approved_sha256 = payload_sha256)),
  ADD CONSTRAINT decisions_rejection_whole CHECK (
    (state = 'rejected') = (rejected_by IS NOT NULL) AND (rejected_by IS NULL) = (rejected_person IS NULL)
    AND (rejected_by IS NULL) = (rejected_at IS NULL) AND (rejected_by IS NULL) = (rejected_because IS NULL));

-- One question at a time about each deposit.
CREATE UNIQUE INDEX decisions_one_open ON decisions (deposit_id) WHERE state IN ('needs_payer_details', 'proposed');
-- Serves the story of a deposit.
CREATE INDEX decisions_by_deposit ON decisions (deposit_id, proposed_at);
-- Serves GET /v1/decisions, by state and for all.
CREATE INDEX decisions_by_state ON decisions (state, proposed_at DESC, id DESC);
CREATE INDEX decisions_newest ON decisions (proposed_at DESC, id DESC);
-- Serves the sweep of approved decisions that nobody carried out, and of proposals that lapsed.
CREATE INDEX decisions_waiting ON decisions (proposed_at) WHERE state IN ('needs_payer_details', 'proposed', 'approved');
-- Serve the daily limits.
CREATE INDEX decisions_by_proposer ON decisions (proposed_person, proposed_at) WHERE state IN ('approved', 'executed');
CREATE INDEX decisions_by_approver ON decisions (approved_person, approved_at) WHERE state IN ('approved', 'executed');
-- I20: each part of a decision moves money once.
CREATE UNIQUE INDEX journals_one_per_decision_part ON journals (decision_id, kind, part) WHERE decision_id IS NOT NULL;

-- The files of payment instructions that were taken, and what is in each: a return is in one file.
CREATE TABLE return_exports (
  id         text PRIMARY KEY,
  taken_by   text NOT NULL REFERENCES api_keys (id),
  taken_at   timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE return_export_items (
  export_id   text NOT NULL REFERENCES return_exports (id),
  decision_id text PRIMARY KEY REFERENCES decisions (id)
);
CREATE INDEX return_export_items_by_export ON return_export_items (export_id);
SELECT audit_table('decision_allocations', 'decision', 'decision_id', ARRAY['part', 'wallet_id', 'amount_minor']);
SELECT audit_table('return_exports', 'return_export', 'id', ARRAY['taken_by']);
SELECT audit_table('return_export_items', 'decision', 'decision_id', ARRAY['export_id']);

-- Persons come from the keys that were used, never from the caller; the amount is the deposit's.
CREATE FUNCTION prepare_decision() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
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
END $$;
CREATE TRIGGER decisions_prepared BEFORE INSERT ON decisions FOR EACH ROW EXECUTE FUNCTION prepare_decision();

-- What was proposed never changes, but that a return gets the bank details it asked for; and a decision goes one way.
CREATE FUNCTION check_decision_move() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF (NEW.id, NEW.deposit_id, NEW.kind, NEW.reason, NEW.amount_minor, NEW.currency, NEW.keep_until, NEW.needs_approval, NEW.rules,
      NEW.proposed_by, NEW.proposed_person, NEW.proposed_at)
     IS DISTINCT FROM (OLD.id, OLD.deposit_id, OLD.kind, OLD.reason, OLD.amount_minor, OLD.currency, OLD.keep_until,
      OLD.needs_approval, OLD.rules, OLD.proposed_by, OLD.proposed_person, OLD.proposed_at)
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
END $$;
CREATE TRIGGER decisions_legal_move BEFORE UPDATE ON decisions FOR EACH ROW EXECUTE FUNCTION check_decision_move();
CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decisions_no_truncate BEFORE TRUNCATE ON decisions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decision_allocations_append_only BEFORE UPDATE OR DELETE ON decision_allocations
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decision_allocations_no_truncate BEFORE TRUNCATE ON decision_allocations
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER return_exports_append_only BEFORE UPDATE OR DELETE ON return_exports FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER return_export_items_append_only BEFORE UPDATE OR DELETE ON return_export_items
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- At the end of the transaction, when the allocations are there too: the parts are the deposit to the cent, and the hash is
-- the hash of the very rows. domain/approval.ts writes the same text.
CREATE FUNCTION check_decision_payload() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
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
    E'\n', c.reason, parts.text);
  IF encode(sha256(convert_to(payload, 'UTF8')), 'hex') <> c.payload_sha256 THEN
    RAISE EXCEPTION 'the hash of decision % is not that of what it proposes', c.id USING ERRCODE = 'PU020';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER decisions_payload_whole AFTER INSERT OR UPDATE ON decisions
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_decision_payload();
CREATE CONSTRAINT TRIGGER decision_allocations_whole AFTER INSERT ON decision_allocations
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_decision_payload();

-- I20: money that moves on a decision moves while that decision is approved, and to where it says.
CREATE FUNCTION check_decided_journals() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
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
                ELSE c.kind = n.kind END) IS NOT TRUE
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal % is not what decision % approves', bad.id, bad.decision_id USING ERRCODE = 'PU020';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER journals_decided AFTER INSERT ON journals REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION check_decided_journals();

-- The one way in which a proposal is completed: a return gets the bank details that it asked for. False when it asks for none.
CREATE FUNCTION give_payer_details(p_decision text, p_payer jsonb, p_sha256 text, p_by text, p_expires_at timestamptz) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH given AS (
    UPDATE decisions SET payer = p_payer, payload_sha256 = p_sha256, payer_by = p_by, payer_at = now(), expires_at = p_expires_at,
           state = 'proposed'
     WHERE id = p_decision AND state = 'needs_payer_details'
    RETURNING 1
  )
  SELECT EXISTS (SELECT 1 FROM given)
$$;

ALTER TABLE decision_allocations OWNER TO purser_ledger;
ALTER TABLE return_exports OWNER TO purser_ledger;
ALTER TABLE return_export_items OWNER TO purser_ledger;
ALTER FUNCTION give_payer_details OWNER TO purser_ledger;
REVOKE EXECUTE ON FUNCTION give_payer_details FROM PUBLIC;
GRANT EXECUTE ON FUNCTION give_payer_details TO purser_app;
-- The columns of the payload can be written once, and the amount, the persons and the rules not at all.
GRANT INSERT (keep_until, payer, payload_sha256, needs_approval, expires_at),
      UPDATE (state, approved_by, approved_at, approved_sha256, rejected_by, rejected_at, rejected_because) ON decisions TO purser_app;
GRANT SELECT, INSERT ON decision_allocations, return_exports, return_export_items TO purser_app;
