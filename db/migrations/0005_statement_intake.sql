-- Files are kept in pieces, so that neither an upload nor an import holds a whole file; older ones keep their body.
ALTER TABLE statement_files ALTER COLUMN body DROP NOT NULL,
  ADD COLUMN bytes bigint,
  ADD COLUMN state text NOT NULL DEFAULT 'captured'
    CONSTRAINT statement_files_state_known CHECK (state IN ('received', 'reading', 'held', 'captured', 'refused')),
  -- What the user said that it is, where its content cannot tell.
  ADD COLUMN format_asked text,
  -- A CSV layout that the user declared.
  ADD COLUMN profile jsonb CONSTRAINT statement_files_profile_shape CHECK (jsonb_typeof(profile) = 'object'),
  ADD COLUMN format text,
  ADD COLUMN error_code text,
  -- Where the file is wrong: `statement 1, entry 3`.
  ADD COLUMN error_where text,
  ADD COLUMN lines_read integer NOT NULL DEFAULT 0,
  ADD COLUMN lines_new integer NOT NULL DEFAULT 0,
  ADD COLUMN run_id text REFERENCES runs (id),
  ADD COLUMN released_by text REFERENCES api_keys (id),
  ADD COLUMN release_reason text,
  ADD COLUMN released_at timestamptz,
  ADD CONSTRAINT statement_files_release_whole
    CHECK ((released_by IS NULL) = (released_at IS NULL) AND (released_by IS NULL) = (release_reason IS NULL));
CREATE INDEX statement_files_newest ON statement_files (received_at DESC, id DESC);

CREATE TABLE statement_file_chunks (
  file_id text NOT NULL REFERENCES statement_files (id),
  seq     integer NOT NULL CONSTRAINT statement_file_chunks_seq_natural CHECK (seq >= 0),
  body    bytea NOT NULL,
  PRIMARY KEY (file_id, seq)
);
-- Pieces are read whole: compressing them would only cost time.
ALTER TABLE statement_file_chunks ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE statement_file_chunks OWNER TO purser_ledger;
GRANT SELECT, INSERT ON statement_file_chunks TO purser_app;

-- What a statement says of its place among the account's statements, and what became of it.
ALTER TABLE statements
  ADD COLUMN account text,
  ADD COLUMN first_day date,
  ADD COLUMN last_day date,
  ADD COLUMN continuity text
    CONSTRAINT statements_continuity_known CHECK (continuity IN ('first', 'follows', 'gap', 'overlap', 'repeat', 'unknown')),
  ADD COLUMN continuity_difference_minor bigint,
  ADD COLUMN state text NOT NULL DEFAULT 'captured'
    CONSTRAINT statements_state_known CHECK (state IN ('captured', 'held', 'released', 'copy')),
  ADD COLUMN lines_new integer NOT NULL DEFAULT 0;
UPDATE statements SET state = 'held' WHERE proof = 'failed';

-- What a proof that fails means: `hold` captures nothing of the statement until a person releases it; `warn` captures it.
ALTER TABLE bank_accounts
  ADD COLUMN proof_policy text NOT NULL DEFAULT 'hold'
    CONSTRAINT bank_accounts_proof_policy_known CHECK (proof_policy IN ('hold', 'warn'));
