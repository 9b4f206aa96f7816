-- Which source showed a line: the poll, the webhook, or one file format. Two formats word one line in two ways.
ALTER TABLE sightings ADD COLUMN source text;
UPDATE sightings SET source = feed;
-- A default, since a worker of the version before may still write while this one starts.
ALTER TABLE sightings ALTER COLUMN source SET DEFAULT 'unknown', ALTER COLUMN source SET NOT NULL,
  ADD CONSTRAINT sightings_source_shape CHECK (source ~ '^[a-z0-9.-]{1,60}$'),
  -- The run that saw the line in this way first; later runs over its day saw it too, but for its absences.
  ADD COLUMN run_id text REFERENCES runs (id);
DROP INDEX sightings_once;
DROP INDEX sightings_held_once;
CREATE UNIQUE INDEX sightings_once ON sightings (line_id, source, coalesce(bank_id, ''), facts_key) WHERE line_id IS NOT NULL;
CREATE UNIQUE INDEX sightings_held_once ON sightings (bank_account_key, source, coalesce(bank_id, ''), facts_key) WHERE line_id IS NULL;

-- A known line that a read of its whole day did not show. Absences are rare and appearances are not, so these are stored.
CREATE TABLE line_absences (
  line_id bigint NOT NULL REFERENCES lines (id),
  -- Start of the first run that missed the line, and of the first one that saw it again.
  since   timestamptz NOT NULL,
  until   timestamptz,
  PRIMARY KEY (line_id, since),
  CONSTRAINT line_absences_in_order CHECK (until > since)
);
CREATE UNIQUE INDEX line_absences_one_open ON line_absences (line_id) WHERE until IS NULL;
ALTER TABLE line_absences OWNER TO purser_ledger;
GRANT SELECT, INSERT, UPDATE ON line_absences TO purser_app;

-- What an event showed, so that a story can list every delivery of it.
ALTER TABLE bank_events
  ADD COLUMN facts_key text,
  ADD COLUMN bank_id text,
  ADD COLUMN repeated_at timestamptz[] NOT NULL DEFAULT '{}';
CREATE INDEX bank_events_by_facts ON bank_events (bank_account_key, facts_key) WHERE facts_key IS NOT NULL;
