-- Alerts: what a person must know. Each is a condition that rows state (db/queries/alerts/), kept here with its history.

CREATE TABLE alerts (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- The list of kinds is in domain/words/alert-words.ts.
  kind             text NOT NULL CONSTRAINT alerts_kind_shape CHECK (kind ~ '^[a-z_]{3,40}$'),
  subject          text NOT NULL,
  bank_account_key text REFERENCES bank_accounts (key) ON UPDATE CASCADE,
  code             text,
  example          text,
  count            integer NOT NULL CONSTRAINT alerts_count_positive CHECK (count > 0),
  first_seen_at    timestamptz NOT NULL DEFAULT now(),
  last_seen_at     timestamptz NOT NULL DEFAULT now(),
  announced_at     timestamptz,
  announced_count  integer,
  cleared_at       timestamptz,
  CONSTRAINT alerts_announced_whole CHECK ((announced_at IS NULL) = (announced_count IS NULL)),
  CONSTRAINT alerts_in_order CHECK (last_seen_at >= first_seen_at AND cleared_at >= first_seen_at)
);
-- One alert of a kind about a subject stands at a time.
CREATE UNIQUE INDEX alerts_one_standing ON alerts (kind, subject) WHERE cleared_at IS NULL;
CREATE TRIGGER alerts_keep_facts BEFORE UPDATE OF id, kind, subject, first_seen_at OR DELETE ON alerts
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

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

CREATE TABLE service_beats (
  service         text PRIMARY KEY CONSTRAINT service_beats_known CHECK (service IN ('worker')),
  beat_at         timestamptz NOT NULL DEFAULT now(),
  poll_interval_s integer NOT NULL CONSTRAINT service_beats_interval_positive CHECK (poll_interval_s > 0)
);

COMMENT ON TABLE service_beats IS 'Signs of life. Written by each worker every few seconds.';
COMMENT ON COLUMN service_beats.service IS 'worker: any of them.';
COMMENT ON COLUMN service_beats.beat_at IS 'The last sign of life.';
COMMENT ON COLUMN service_beats.poll_interval_s IS 'Seconds between two reads of an account, as that worker is set.';

CREATE TABLE service_reports (
  kind             text NOT NULL,
  subject          text NOT NULL,
  bank_account_key text REFERENCES bank_accounts (key) ON UPDATE CASCADE,
  example          text,
  count            integer NOT NULL CONSTRAINT service_reports_count_positive CHECK (count > 0),
  reported_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (kind, subject)
);

COMMENT ON TABLE service_reports IS 'Conditions that only Temporal states, as a worker found them last; each look replaces those of its kinds.';
COMMENT ON COLUMN service_reports.kind IS 'Kind of the alert.';
COMMENT ON COLUMN service_reports.subject IS 'What it is about.';
COMMENT ON COLUMN service_reports.bank_account_key IS 'The account that it is about, if any.';
COMMENT ON COLUMN service_reports.example IS 'Id of one thing that it is about.';
COMMENT ON COLUMN service_reports.count IS 'How many things it is about.';
COMMENT ON COLUMN service_reports.reported_at IS 'When it was found.';

CREATE TABLE webhook_refusals (
  bank_account_key text NOT NULL REFERENCES bank_accounts (key) ON UPDATE CASCADE ON DELETE CASCADE,
  hour             timestamptz NOT NULL,
  code             text NOT NULL,
  count            integer NOT NULL CONSTRAINT webhook_refusals_count_positive CHECK (count > 0),
  last_at          timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (bank_account_key, hour, code)
);

COMMENT ON TABLE webhook_refusals IS 'How many webhooks of an account were refused in an hour, by error code. Written by the API.';
COMMENT ON COLUMN webhook_refusals.bank_account_key IS 'The account that the webhook named.';
COMMENT ON COLUMN webhook_refusals.hour IS 'Start of the hour.';
COMMENT ON COLUMN webhook_refusals.code IS 'Why they were refused (docs/errors.md).';
COMMENT ON COLUMN webhook_refusals.count IS 'How many.';
COMMENT ON COLUMN webhook_refusals.last_at IS 'When the last one was refused.';

CREATE TABLE verifications (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  ran_at   timestamptz NOT NULL DEFAULT now(),
  broken   text[] NOT NULL
);
CREATE TRIGGER verifications_append_only BEFORE UPDATE OR DELETE ON verifications FOR EACH ROW EXECUTE FUNCTION refuse_change();

COMMENT ON TABLE verifications IS 'Each run of purser verify, with the checks that failed. Rows never change.';
COMMENT ON COLUMN verifications.id IS 'Number of the run.';
COMMENT ON COLUMN verifications.ran_at IS 'When it ended.';
COMMENT ON COLUMN verifications.broken IS 'Ids of the checks that found a broken row; empty where every invariant holds.';
