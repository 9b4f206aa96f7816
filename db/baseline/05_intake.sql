-- Intake: webhook events and statement files as they came, kept permanently and read from here.

-- Stored before the sender gets its 2xx: the id is the sender's idempotency key.
CREATE TABLE bank_events (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  bank_account_key text NOT NULL REFERENCES bank_accounts (key),
  event_id         text NOT NULL,
  body             bytea NOT NULL,
  body_sha256      text NOT NULL,
  received_at      timestamptz NOT NULL DEFAULT now(),
  repeated_at      timestamptz[] NOT NULL DEFAULT '{}',
  handled_at       timestamptz,
  outcome          text CONSTRAINT bank_events_outcome_known
                     CHECK (outcome IN ('captured', 'known', 'held', 'pointer', 'pending', 'reversal', 'unreadable')),
  error_code       text,
  deposit_id       text REFERENCES deposits (id),
  facts_key        text,
  bank_id          text,
  xid              xid8 NOT NULL DEFAULT pg_current_xact_id(),
  salt             uuid DEFAULT gen_random_uuid(),
  commitment       bytea,
  CONSTRAINT bank_events_once UNIQUE (bank_account_key, event_id)
);
-- Serves the relay.
CREATE INDEX bank_events_waiting ON bank_events (id) WHERE handled_at IS NULL;
-- Serves the story of a deposit, which lists every delivery of its line.
CREATE INDEX bank_events_by_facts ON bank_events (bank_account_key, facts_key) WHERE facts_key IS NOT NULL;
-- Serves the sealer.
CREATE INDEX bank_events_by_transaction ON bank_events (xid);
CREATE TRIGGER bank_events_name_codes AFTER INSERT ON bank_events REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION name_codes('encode(r.body, ''escape'')');

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

CREATE TABLE statement_files (
  id               text PRIMARY KEY,
  bank_account_key text NOT NULL REFERENCES bank_accounts (key),
  sha256           text NOT NULL,
  bytes            bigint NOT NULL DEFAULT 0,
  received_at      timestamptz NOT NULL DEFAULT now(),
  format_asked     text,
  account_number   text,
  accepts_open_end boolean NOT NULL DEFAULT false,
  profile          jsonb CONSTRAINT statement_files_profile_shape CHECK (jsonb_typeof(profile) = 'object'),
  state            text NOT NULL CONSTRAINT statement_files_state_known
                     CHECK (state IN ('received', 'reading', 'held', 'captured', 'refused')),
  format           text,
  error_code       text,
  error_where      text,
  lines_read       integer NOT NULL DEFAULT 0,
  lines_new        integer NOT NULL DEFAULT 0,
  run_id           text REFERENCES runs (id),
  -- A key of api_keys (07_people.sql).
  released_by      text,
  release_reason   text,
  released_at      timestamptz,
  CONSTRAINT statement_files_once UNIQUE (bank_account_key, sha256),
  CONSTRAINT statement_files_release_whole
    CHECK ((released_by IS NULL) = (released_at IS NULL) AND (released_by IS NULL) = (release_reason IS NULL))
);
-- Serves GET /v1/statements: newest files.
CREATE INDEX statement_files_newest ON statement_files (received_at DESC, id DESC);
SELECT audit_table('statement_files', 'statement_file', 'id', ARRAY['bank_account_key', 'sha256', 'state', 'released_by', 'accepts_open_end']);

COMMENT ON TABLE statement_files IS 'Statement files that people handed in, each once for an account. Stored by the upload and by purser import; its progress is written by the import.';
COMMENT ON COLUMN statement_files.id IS 'Id of the file, with prefix stf_.';
COMMENT ON COLUMN statement_files.bank_account_key IS 'The account that it was handed in for.';
COMMENT ON COLUMN statement_files.sha256 IS 'SHA-256 of its bytes, in hex; a word of its own while the upload is under way.';
COMMENT ON COLUMN statement_files.bytes IS 'Its length; 0 while the upload is under way.';
COMMENT ON COLUMN statement_files.received_at IS 'When it was handed in.';
COMMENT ON COLUMN statement_files.format_asked IS 'The format that the user named, where the content cannot tell.';
COMMENT ON COLUMN statement_files.accepts_open_end IS 'A person accepts an MT940 that ends with an interim balance (:62M:) as whole.';
COMMENT ON COLUMN statement_files.account_number IS 'The account number that the user expects in it; null where none was given.';
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

CREATE TABLE statement_file_chunks (
  file_id text NOT NULL REFERENCES statement_files (id),
  seq     integer NOT NULL CONSTRAINT statement_file_chunks_seq_natural CHECK (seq >= 0),
  body    bytea NOT NULL,
  PRIMARY KEY (file_id, seq)
);
-- Pieces are read whole: compressing them would only cost time.
ALTER TABLE statement_file_chunks ALTER COLUMN body SET STORAGE EXTERNAL;

COMMENT ON TABLE statement_file_chunks IS 'The bytes of statement files in pieces, so that neither an upload nor an import holds a whole file in memory. Written by the upload; rows never change.';
COMMENT ON COLUMN statement_file_chunks.file_id IS 'The file.';
COMMENT ON COLUMN statement_file_chunks.seq IS 'Place of the piece in the file, from 0.';
COMMENT ON COLUMN statement_file_chunks.body IS 'Its bytes.';

CREATE TABLE statements (
  id                          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  file_id                     text NOT NULL REFERENCES statement_files (id),
  position                    integer NOT NULL,
  format                      text NOT NULL,
  statement_id                text,
  account                     text,
  first_day                   date,
  last_day                    date,
  opening_minor               bigint,
  closing_minor               bigint,
  whole_until                 date,
  closing_on                  date,
  shown_after_minor           bigint NOT NULL DEFAULT 0,
  line_count                  integer NOT NULL,
  booked_minor                bigint NOT NULL DEFAULT 0,
  first_booked_day            date,
  last_booked_day             date,
  run_id                      text REFERENCES runs (id),
  proof                       text NOT NULL CONSTRAINT statements_proof_known CHECK (proof IN ('ok', 'failed', 'absent')),
  difference_minor            bigint,
  proved_by                   text CONSTRAINT statements_proved_by_known CHECK (proved_by IN ('itself', 'statement', 'ledger')),
  continuity                  text CONSTRAINT statements_continuity_known
                                CHECK (continuity IN ('first', 'follows', 'gap', 'overlap', 'repeat', 'unknown')),
  continuity_difference_minor bigint,
  state                       text NOT NULL CONSTRAINT statements_state_known
                                CHECK (state IN ('captured', 'held', 'released', 'copy')),
  lines_new                   integer NOT NULL DEFAULT 0,
  captured_at                 timestamptz NOT NULL DEFAULT now(),
  xid                         xid8 NOT NULL DEFAULT pg_current_xact_id(),
  salt                        uuid DEFAULT gen_random_uuid(),
  commitment                  bytea,
  CONSTRAINT statements_once UNIQUE (file_id, position),
  -- I10: what a file proves is arithmetic, not opinion. A proof may also fail by the file's own counts and totals.
  CONSTRAINT statements_proof_is_arithmetic CHECK (
    CASE proof WHEN 'ok' THEN difference_minor = 0 WHEN 'absent' THEN difference_minor IS NULL ELSE true END),
  CONSTRAINT statements_proved_by_something CHECK ((proof = 'ok') = (proved_by IS NOT NULL))
);

SELECT audit_table('statements', 'statement', 'id', ARRAY['state', 'proof', 'proved_by', 'opening_minor', 'closing_minor']);
-- Serves the proof that comes later: the statements in which a deposit's line was shown.
CREATE INDEX statements_by_run ON statements (run_id);
-- Serves the sealer.
CREATE INDEX statements_by_transaction ON statements (xid);

COMMENT ON TABLE statements IS 'What each statement in a file says of itself, and how it continues the statements before it. Written by the import.';
COMMENT ON COLUMN statements.id IS 'Number of the statement.';
COMMENT ON COLUMN statements.file_id IS 'The file that holds it.';
COMMENT ON COLUMN statements.position IS 'Its place in the file, from 0.';
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
COMMENT ON COLUMN statements.booked_minor IS 'Signed sum of its booked lines in its currency, in minor units.';
COMMENT ON COLUMN statements.first_booked_day IS 'Day of its first booked line; null where it has none.';
COMMENT ON COLUMN statements.last_booked_day IS 'Day of its last booked line; null where it has none.';
COMMENT ON COLUMN statements.run_id IS 'The run that captured it first.';
COMMENT ON COLUMN statements.line_count IS 'How many booked entries it has.';
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

-- A row that cannot be read posts nothing and stops no other row. Its life is a case of line_cases (08_desk.sql).
CREATE TABLE quarantined_rows (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  bank_account_key text NOT NULL REFERENCES bank_accounts (key),
  source           text NOT NULL,
  digest           text NOT NULL,
  occurrence       integer NOT NULL CONSTRAINT quarantined_rows_occurrence_positive CHECK (occurrence >= 1),
  position         text NOT NULL,
  field            text,
  why              text NOT NULL CONSTRAINT quarantined_rows_why_given CHECK (length(btrim(why)) > 0),
  raw              text NOT NULL,
  day_from         date NOT NULL,
  day_to           date NOT NULL,
  first_seen_at    timestamptz NOT NULL DEFAULT now(),
  last_seen_at     timestamptz NOT NULL DEFAULT now(),
  run_id           text NOT NULL REFERENCES runs (id),
  CONSTRAINT quarantined_rows_once UNIQUE (bank_account_key, source, digest, occurrence),
  CONSTRAINT quarantined_rows_days_ordered CHECK (day_from <= day_to)
);

CREATE TRIGGER quarantined_rows_name_codes AFTER INSERT ON quarantined_rows REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION name_codes('r.raw');

COMMENT ON TABLE quarantined_rows IS 'Rows of a bank''s answer that could not be read exactly, each once however often it is shown. Written by the read of an account.';
COMMENT ON COLUMN quarantined_rows.id IS 'Number of the row.';
COMMENT ON COLUMN quarantined_rows.bank_account_key IS 'The account that was read.';
COMMENT ON COLUMN quarantined_rows.source IS 'What showed it, as sightings.source.';
COMMENT ON COLUMN quarantined_rows.digest IS 'SHA-256 of the row without its ids, in hex: the same row read again is this row.';
COMMENT ON COLUMN quarantined_rows.occurrence IS '1, and one more for each equal row of the same read.';
COMMENT ON COLUMN quarantined_rows.position IS 'Where it was shown last, such as: page 1, row 29.';
COMMENT ON COLUMN quarantined_rows.field IS 'The field at fault, as the bank names it; null where the whole row is.';
COMMENT ON COLUMN quarantined_rows.why IS 'What is wrong, without values.';
COMMENT ON COLUMN quarantined_rows.raw IS 'The row as JSON text, cut when very long. It may name people: only who may decide sees it unmasked.';
COMMENT ON COLUMN quarantined_rows.day_from IS 'First bank day that it may be of: its own day, or the days of the reads that showed it.';
COMMENT ON COLUMN quarantined_rows.day_to IS 'Last bank day that it may be of.';
COMMENT ON COLUMN quarantined_rows.first_seen_at IS 'When a read first showed it.';
COMMENT ON COLUMN quarantined_rows.last_seen_at IS 'When a read last showed it.';
COMMENT ON COLUMN quarantined_rows.run_id IS 'The run that saw it last.';

CREATE TABLE unknown_fields (
  bank_account_key text NOT NULL REFERENCES bank_accounts (key),
  name             text NOT NULL,
  first_seen_at    timestamptz NOT NULL DEFAULT now(),
  last_seen_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (bank_account_key, name)
);

COMMENT ON TABLE unknown_fields IS 'Fields of a bank''s answers that nobody reads, each once for an account. Written by the read of an account.';
COMMENT ON COLUMN unknown_fields.bank_account_key IS 'The account that was read.';
COMMENT ON COLUMN unknown_fields.name IS 'Name of the field; ? where it is not a plain word.';
COMMENT ON COLUMN unknown_fields.first_seen_at IS 'When a read first showed it.';
COMMENT ON COLUMN unknown_fields.last_seen_at IS 'When a read last showed it.';
