-- Decisions of people. I20: a decision is proposed, approved by another person where it must be, and carried out once. The row
-- is the authority: a workflow's update or signal only carries its id. The application writes no row here: it calls
-- propose_decision(), give_payer_details(), approve_decision(), reject_decision(), conclude_decision() and take_returns().

-- Written by the owner of the database, never by services: a login that could raise the limit needs no second person.
CREATE TABLE approval_limits (
  kind        text PRIMARY KEY CONSTRAINT approval_limits_kind_known CHECK (kind = 'credit'),
  above_minor bigint NOT NULL CONSTRAINT approval_limits_not_negative CHECK (above_minor >= 0)
);
SELECT audit_table('approval_limits', 'approval_limit', 'kind', ARRAY['above_minor']);

COMMENT ON TABLE approval_limits IS 'Above which sum a decision needs a second person. Written by purser migrate, from FOUR_EYES_ABOVE.';
COMMENT ON COLUMN approval_limits.kind IS 'The kind of decision: credit. All others need two people, or move no money.';
COMMENT ON COLUMN approval_limits.above_minor IS 'In minor units of ZAR: the most that one person decides alone, in one credit and in all credits of seven days for one customer.';

CREATE TABLE decisions (
  id               text PRIMARY KEY,
  deposit_id       text NOT NULL REFERENCES deposits (id),
  -- The list of kinds; domain/ has the same words.
  kind             text NOT NULL CONSTRAINT decisions_kind_known
                     CHECK (kind IN ('credit', 'return', 'dismiss', 'keep', 'correct', 'take_back', 'pair')),
  -- The list of states; check_decision_move() has the legal moves.
  state            text NOT NULL CONSTRAINT decisions_state_known
                     CHECK (state IN ('needs_payer_details', 'proposed', 'approved', 'rejected', 'expired', 'executed', 'refused')),
  -- What is proposed: it never changes, but that a return gets the bank details it asked for.
  amount_minor     bigint NOT NULL,
  currency         text NOT NULL,
  keep_until       date,
  line_id          bigint REFERENCES lines (id),
  payer            jsonb,
  reason           text NOT NULL CONSTRAINT decisions_reason_given CHECK (length(btrim(reason)) > 0),
  payload_sha256   text,
  needs_approval   boolean NOT NULL,
  expires_at       timestamptz,
  -- Who proposed it, gave the bank details, approved or rejected it.
  proposed_by      text REFERENCES api_keys (id),
  proposed_person  text NOT NULL,
  proposed_at      timestamptz NOT NULL DEFAULT now(),
  payer_by         text REFERENCES api_keys (id),
  payer_person     text,
  payer_at         timestamptz,
  approved_by      text REFERENCES api_keys (id),
  approved_person  text,
  approved_at      timestamptz,
  approved_sha256  text,
  rejected_by      text REFERENCES api_keys (id),
  rejected_person  text,
  rejected_at      timestamptz,
  rejected_because text,
  -- What came of it: the list of outcomes.
  outcome          text CONSTRAINT decisions_outcome_known
                     CHECK (outcome IN ('credited', 'returned', 'dismissed', 'kept', 'corrected', 'taken_back', 'paired', 'refused')),
  refusal          text,
  applied_at       timestamptz,
  -- A review that ran out may propose a return by itself: one person then gives the bank details, and another approves.
  CONSTRAINT decisions_somebody_proposes CHECK (proposed_by IS NOT NULL OR kind = 'return'),
  CONSTRAINT decisions_keep_has_day CHECK ((kind = 'keep') = (keep_until IS NOT NULL)),
  CONSTRAINT decisions_pair_has_line CHECK ((kind = 'pair') = (line_id IS NOT NULL)),
  CONSTRAINT decisions_payer_whole CHECK (
    (payer IS NULL OR kind = 'return') AND (payer IS NULL) = (payer_by IS NULL) AND (payer IS NULL) = (payer_person IS NULL)
    AND (payer IS NULL) = (payer_at IS NULL)),
  -- Only a return that waits for its payer's bank details, or that ended without them, has nothing to approve yet.
  CONSTRAINT decisions_payload_known CHECK (
    (payload_sha256 IS NULL) = (kind = 'return' AND payer IS NULL)
    AND (payload_sha256 IS NOT NULL OR state IN ('needs_payer_details', 'rejected', 'refused'))
    AND (state <> 'needs_payer_details' OR payload_sha256 IS NULL)),
  CONSTRAINT decisions_some_need_two CHECK (needs_approval OR kind IN ('credit', 'keep')),
  CONSTRAINT decisions_proposal_lapses CHECK (state <> 'proposed' OR (needs_approval AND expires_at IS NOT NULL)),
  CONSTRAINT decisions_approval_whole CHECK (
    (approved_by IS NULL) = (approved_person IS NULL) AND (approved_by IS NULL) = (approved_at IS NULL)
    AND (approved_by IS NULL) = (approved_sha256 IS NULL)),
  CONSTRAINT decisions_approval_given CHECK (
    NOT needs_approval OR state NOT IN ('approved', 'executed') OR approved_person IS NOT NULL),
  CONSTRAINT decisions_two_people CHECK (approved_person IS NULL
    OR (approved_person <> proposed_person AND approved_person IS DISTINCT FROM payer_person)),
  CONSTRAINT decisions_approved_as_proposed CHECK (approved_sha256 IS NULL
    OR (payload_sha256 IS NOT NULL AND approved_sha256 = payload_sha256)),
  CONSTRAINT decisions_rejection_whole CHECK (
    (state = 'rejected') = (rejected_by IS NOT NULL) AND (rejected_by IS NULL) = (rejected_person IS NULL)
    AND (rejected_by IS NULL) = (rejected_at IS NULL) AND (rejected_by IS NULL) = (rejected_because IS NULL)),
  CONSTRAINT decisions_outcome_whole CHECK ((outcome IS NULL) = (applied_at IS NULL) AND (refusal IS NULL OR outcome = 'refused')),
  CONSTRAINT decisions_outcome_fits CHECK (
    CASE state
      WHEN 'executed' THEN outcome IS NOT NULL AND outcome = CASE kind WHEN 'credit' THEN 'credited' WHEN 'return' THEN 'returned'
             WHEN 'dismiss' THEN 'dismissed' WHEN 'keep' THEN 'kept' WHEN 'take_back' THEN 'taken_back' WHEN 'pair' THEN 'paired'
             ELSE 'corrected' END
      WHEN 'refused' THEN outcome IS NOT NULL AND outcome = 'refused'
      ELSE outcome IS NULL END)
);
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
CREATE TRIGGER decisions_prepared BEFORE INSERT ON decisions FOR EACH ROW EXECUTE FUNCTION prepare_decision();
CREATE TRIGGER decisions_legal_move BEFORE UPDATE ON decisions FOR EACH ROW EXECUTE FUNCTION check_decision_move();
CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decisions_no_truncate BEFORE TRUNCATE ON decisions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE CONSTRAINT TRIGGER decisions_payload_whole AFTER INSERT OR UPDATE ON decisions
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_decision_payload();
CREATE CONSTRAINT TRIGGER decisions_alone_small AFTER INSERT ON decisions
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = 'credit' AND NOT NEW.needs_approval)
  EXECUTE FUNCTION check_decided_alone();
-- Neither texts nor bank details: the row has them, and its hash covers them.
SELECT audit_table('decisions', 'decision', 'id', ARRAY['deposit_id', 'kind', 'state', 'amount_minor', 'currency', 'keep_until', 'line_id',
  'payload_sha256', 'needs_approval', 'proposed_by', 'proposed_person', 'expires_at', 'payer_by', 'payer_person', 'approved_by',
  'approved_person', 'rejected_by', 'rejected_person', 'outcome', 'refusal']);
ALTER TABLE journals ADD CONSTRAINT journals_decision_known FOREIGN KEY (decision_id) REFERENCES decisions (id);

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

CREATE TABLE decision_allocations (
  decision_id  text NOT NULL REFERENCES decisions (id),
  part         smallint NOT NULL CONSTRAINT decision_allocations_part_natural CHECK (part BETWEEN 0 AND 99),
  wallet_id    text NOT NULL REFERENCES wallets (id),
  amount_minor bigint NOT NULL CONSTRAINT decision_allocations_positive CHECK (amount_minor > 0),
  PRIMARY KEY (decision_id, part),
  CONSTRAINT decision_allocations_wallet_once UNIQUE (decision_id, wallet_id)
);
CREATE TRIGGER decision_allocations_append_only BEFORE UPDATE OR DELETE ON decision_allocations
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decision_allocations_no_truncate BEFORE TRUNCATE ON decision_allocations
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE CONSTRAINT TRIGGER decision_allocations_whole AFTER INSERT ON decision_allocations
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_decision_payload();
SELECT audit_table('decision_allocations', 'decision', 'decision_id', ARRAY['part', 'wallet_id', 'amount_minor']);

COMMENT ON TABLE decision_allocations IS 'The wallets that a credit or a correction goes to, each with its part of the deposit. Written with the proposal; rows never change.';
COMMENT ON COLUMN decision_allocations.decision_id IS 'The decision.';
COMMENT ON COLUMN decision_allocations.part IS 'Numbers the parts from 0.';
COMMENT ON COLUMN decision_allocations.wallet_id IS 'The wallet that gets this part.';
COMMENT ON COLUMN decision_allocations.amount_minor IS 'The part, in minor units; all parts together are the deposit.';

CREATE TABLE return_exports (
  id       text PRIMARY KEY,
  taken_by text NOT NULL REFERENCES api_keys (id),
  taken_at timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER return_exports_append_only BEFORE UPDATE OR DELETE ON return_exports FOR EACH ROW EXECUTE FUNCTION refuse_change();
SELECT audit_table('return_exports', 'return_export', 'id', ARRAY['taken_by']);

COMMENT ON TABLE return_exports IS 'Files of payment instructions that people took for returns. Written by the API; rows never change.';
COMMENT ON COLUMN return_exports.id IS 'Id of the file, with prefix rex_.';
COMMENT ON COLUMN return_exports.taken_by IS 'Id of the API key that took it.';
COMMENT ON COLUMN return_exports.taken_at IS 'When it was taken.';

CREATE TABLE return_export_items (
  export_id   text NOT NULL REFERENCES return_exports (id),
  decision_id text PRIMARY KEY REFERENCES decisions (id)
);
-- Serves the file when it is taken again.
CREATE INDEX return_export_items_by_export ON return_export_items (export_id);
CREATE TRIGGER return_export_items_append_only BEFORE UPDATE OR DELETE ON return_export_items
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
SELECT audit_table('return_export_items', 'decision', 'decision_id', ARRAY['export_id']);

COMMENT ON TABLE return_export_items IS 'What is in each file of payment instructions: a return is in one file. Written with the file; rows never change.';
COMMENT ON COLUMN return_export_items.export_id IS 'The file.';
COMMENT ON COLUMN return_export_items.decision_id IS 'The return.';
