-- What was seen of lines: each row that a bank showed, what is beside what it may be, and what it no longer shows.

CREATE TABLE sightings (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  bank_account_key text NOT NULL,
  line_id          bigint,
  feed             text NOT NULL CONSTRAINT sightings_feed_known CHECK (feed IN ('poll', 'webhook', 'file')),
  source           text NOT NULL CONSTRAINT sightings_source_shape CHECK (source ~ '^[a-z0-9.-]+$' AND length(source) <= 60),
  run_id           text,
  bank_id          text,
  facts_key        text NOT NULL,
  booking_date     date NOT NULL,
  amount_minor     bigint NOT NULL,
  reference        text,
  balance_minor    bigint,
  batch_id         text,
  batch_minor      bigint,
  evidence         text CONSTRAINT sightings_evidence_known
                     CHECK (evidence IN ('facts', 'balance', 'id', 'code', 'text', 'count', 'parts', 'proof')),
  held_reason      text CONSTRAINT sightings_held_says_why CHECK (line_id IS NOT NULL OR held_reason IS NOT NULL),
  beside_line_id   bigint,
  held_reads       smallint NOT NULL DEFAULT 0 CONSTRAINT sightings_held_reads_natural CHECK (held_reads >= 0),
  seen_at          timestamptz NOT NULL DEFAULT now(),
  ended_at         timestamptz,
  xid              xid8 NOT NULL DEFAULT pg_current_xact_id(),
  salt             uuid DEFAULT gen_random_uuid(),
  commitment       bytea
);
-- One row for each way in which a line was seen, however often it is read again.
CREATE UNIQUE INDEX sightings_once ON sightings (line_id, source, coalesce(bank_id, ''), facts_key) WHERE line_id IS NOT NULL;
CREATE UNIQUE INDEX sightings_held_once ON sightings (bank_account_key, source, coalesce(bank_id, ''), facts_key) WHERE line_id IS NULL;
-- Serves capture: the held rows that a read looks at again.
CREATE INDEX sightings_waiting ON sightings (bank_account_key, booking_date) WHERE line_id IS NULL AND ended_at IS NULL;
-- Serves the story of a deposit: rows that may be its line, or might have been.
CREATE INDEX sightings_beside ON sightings (beside_line_id) WHERE line_id IS NULL;
-- Serves capture: a wording that is not the line's first.
CREATE INDEX sightings_other_wording ON sightings (bank_account_key, facts_key) WHERE evidence <> 'facts';
-- Serves capture: the parts of a batch whose total comes.
CREATE INDEX sightings_by_batch ON sightings (bank_account_key, booking_date, batch_minor) WHERE batch_minor IS NOT NULL;
-- Serves capture: ties by the bank's id.
CREATE INDEX sightings_by_bank_id ON sightings (bank_account_key, bank_id) WHERE bank_id IS NOT NULL;
-- Serves the sealer.
CREATE INDEX sightings_by_transaction ON sightings (xid);
-- What a row was that waited. The others are sealed with their line.
SELECT audit_table('sightings', 'sighting', 'id', ARRAY['line_id', 'evidence'], false);
CREATE TRIGGER sightings_refer AFTER INSERT ON sightings REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION check_sightings();
CREATE TRIGGER sightings_name_codes AFTER INSERT ON sightings REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION name_codes('r.reference');
CREATE TRIGGER sightings_refer_still AFTER UPDATE ON sightings REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION check_sightings();

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

CREATE TABLE line_holds (
  line_id        bigint PRIMARY KEY REFERENCES lines (id),
  reason         text NOT NULL,
  beside_line_id bigint REFERENCES lines (id),
  held_at        timestamptz NOT NULL DEFAULT now(),
  ended_at       timestamptz,
  ended_as       text CONSTRAINT line_holds_end_known CHECK (ended_as IN ('own', 'same')),
  CONSTRAINT line_holds_beside_another CHECK (beside_line_id <> line_id),
  CONSTRAINT line_holds_end_whole CHECK ((ended_at IS NULL) = (ended_as IS NULL)),
  -- It can be the same as a line only where there is one.
  CONSTRAINT line_holds_same_as_a_line CHECK (ended_as <> 'same' OR beside_line_id IS NOT NULL)
);
-- Serves capture and the pairing of reversals: the holds that still stand.
CREATE INDEX line_holds_open ON line_holds (line_id) WHERE ended_at IS NULL;
CREATE TRIGGER line_holds_keep_facts BEFORE UPDATE OF line_id, reason, beside_line_id, held_at OR DELETE ON line_holds
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
SELECT audit_table('line_holds', 'line_hold', 'line_id', ARRAY['reason', 'beside_line_id', 'ended_as']);
CREATE TRIGGER line_holds_no_truncate BEFORE TRUNCATE ON line_holds FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

COMMENT ON TABLE line_holds IS 'Lines, credits and debits, that move nothing by themselves, since they may be another line or cannot be relied on. Written by capture_lines() and end_holds() only.';
COMMENT ON COLUMN line_holds.line_id IS 'The line that is held.';
COMMENT ON COLUMN line_holds.reason IS 'Why; of a deposit also deposits.hold_reason, while the hold stands.';
COMMENT ON COLUMN line_holds.beside_line_id IS 'The line that it may be; null where it is no single one.';
COMMENT ON COLUMN line_holds.held_at IS 'When it was captured.';
COMMENT ON COLUMN line_holds.ended_at IS 'When the hold ended; null while it stands.';
COMMENT ON COLUMN line_holds.ended_as IS 'own (it is a line of its own: a read showed both, or a balance counts both) or same (a balance proves that it is the line beside it, and it is off the books).';

CREATE TABLE line_absences (
  line_id bigint NOT NULL REFERENCES lines (id),
  since   timestamptz NOT NULL,
  until   timestamptz,
  PRIMARY KEY (line_id, since),
  CONSTRAINT line_absences_in_order CHECK (until > since)
);
-- Serves the poll: a line is absent once at a time.
CREATE UNIQUE INDEX line_absences_one_open ON line_absences (line_id) WHERE until IS NULL;

COMMENT ON TABLE line_absences IS 'Known lines that a read of their whole day did not show. Absences are rare and appearances are not, so these are stored. Written by capture.';
COMMENT ON COLUMN line_absences.line_id IS 'The line that was missing.';
COMMENT ON COLUMN line_absences.since IS 'Start of the first run that did not show it.';
COMMENT ON COLUMN line_absences.until IS 'Start of the first run that showed it again; null while it is missing.';

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
CREATE TRIGGER pending_lines_name_codes AFTER INSERT ON pending_lines REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION name_codes('r.reference');

COMMENT ON TABLE pending_lines IS 'Rows that the bank has not booked yet: shown to people, never credited. Replaced by each poll.';
COMMENT ON COLUMN pending_lines.bank_account_key IS 'The account that they may move.';
COMMENT ON COLUMN pending_lines.facts_key IS 'Hash of the row''s facts, as lines.facts_key.';
COMMENT ON COLUMN pending_lines.occurrence IS 'Numbers equal rows from 1.';
COMMENT ON COLUMN pending_lines.booking_date IS 'Day that the bank states for now.';
COMMENT ON COLUMN pending_lines.amount_minor IS 'Signed amount in minor units.';
COMMENT ON COLUMN pending_lines.currency IS 'ISO 4217 code of the amount.';
COMMENT ON COLUMN pending_lines.reference IS 'The payer''s reference, as far as the bank shows it.';
COMMENT ON COLUMN pending_lines.seen_at IS 'When it was first shown.';
