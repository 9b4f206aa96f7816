-- Accounts: the bank accounts that are read, the price of a credit, and the customers' wallets.

CREATE TABLE bank_accounts (
  key                      text PRIMARY KEY CONSTRAINT bank_accounts_key_shape CHECK (key ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
  bank_name                text NOT NULL,
  currency                 text NOT NULL CONSTRAINT bank_accounts_currency_shape CHECK (currency ~ '^[A-Z]{3}$'),
  time_zone                text NOT NULL,
  -- How its lines come: the list of bank protocols, then what they need.
  feed                     text CONSTRAINT bank_accounts_feed_known
                             CHECK (feed IN ('json', 'investec', 'open-banking-uk', 'berlin-group', 'stitch')),
  api_url                  text CONSTRAINT bank_accounts_api_url_shape
                             CHECK (api_url ~ '^https?://[^[:space:]]+$' AND length(api_url) <= 2000),
  bank_account_id          text,
  -- I18: names that can never name another secret of a process, whoever writes them.
  api_key_env              text CONSTRAINT bank_accounts_api_key_env_shape
                             CHECK (api_key_env ~ '^BANK_([A-Z0-9]{1,20}_){0,3}API_KEY$'),
  field_map                jsonb CONSTRAINT bank_accounts_field_map_shape CHECK (jsonb_typeof(field_map) = 'object'),
  amounts                  text NOT NULL DEFAULT 'signed'
                             CONSTRAINT bank_accounts_amounts_known CHECK (amounts IN ('signed', 'unsigned')),
  poll_enabled             boolean NOT NULL DEFAULT true,
  webhook_secret_env       text CONSTRAINT bank_accounts_webhook_secret_env_shape
                             CHECK (webhook_secret_env ~ '^BANK_([A-Z0-9]{1,20}_){0,3}WEBHOOK_SECRET$'),
  webhook_signature        text NOT NULL DEFAULT 'standard'
                             CONSTRAINT bank_accounts_webhook_signature_known CHECK (webhook_signature IN ('standard', 'hex')),
  webhook_signature_header text NOT NULL DEFAULT 'x-signature',
  webhook_timestamp_header text,
  webhook_trust            text NOT NULL DEFAULT 'credit'
                             CONSTRAINT bank_accounts_webhook_trust_known CHECK (webhook_trust IN ('credit', 'hint')),
  repeated_batch           text NOT NULL DEFAULT 'hold'
                             CONSTRAINT bank_accounts_repeated_batch_known CHECK (repeated_batch IN ('hold', 'credit')),
  unknown_fields           text NOT NULL DEFAULT 'record'
                             CONSTRAINT bank_accounts_unknown_fields_known CHECK (unknown_fields IN ('record', 'refuse')),
  webhook_spendable_minor  bigint NOT NULL DEFAULT 100000
                             CONSTRAINT bank_accounts_webhook_spendable CHECK (webhook_spendable_minor >= 0),
  webhook_spendable_hour_minor bigint NOT NULL DEFAULT 2000000
                             CONSTRAINT bank_accounts_webhook_spendable_hour CHECK (webhook_spendable_hour_minor >= 0),
  statement_account        text,
  -- What is credited without a person.
  mode                     text NOT NULL DEFAULT 'live' CONSTRAINT bank_accounts_mode_known CHECK (mode IN ('live', 'shadow')),
  amount_limit_minor       bigint CONSTRAINT bank_accounts_limit_positive CHECK (amount_limit_minor > 0),
  payer_conflict           text NOT NULL DEFAULT 'credit'
                             CONSTRAINT bank_accounts_payer_conflict_known CHECK (payer_conflict IN ('credit', 'review')),
  proof_policy             text NOT NULL DEFAULT 'hold'
                             CONSTRAINT bank_accounts_proof_policy_known CHECK (proof_policy IN ('hold', 'warn')),
  provisional              text NOT NULL DEFAULT 'pending'
                             CONSTRAINT bank_accounts_provisional_known CHECK (provisional IN ('pending', 'booked')),
  balance_policy           text NOT NULL DEFAULT 'alert'
                             CONSTRAINT bank_accounts_balance_policy_known CHECK (balance_policy IN ('alert', 'close_gate')),
  -- When the bank's consent or credential ends.
  consent_ends_on          date,
  -- Whether a person stopped its reading, and why.
  paused_at                timestamptz,
  paused_because           text,
  -- How far it has been read.
  opening_minor            bigint,
  opening_on               date,
  last_complete_day        date,
  reversals_read_to        bigint NOT NULL DEFAULT 0,
  created_at               timestamptz NOT NULL DEFAULT now(),
  salt                     uuid DEFAULT gen_random_uuid(),
  commitment               bytea,
  CONSTRAINT bank_accounts_opening_whole CHECK ((opening_minor IS NULL) = (opening_on IS NULL)),
  CONSTRAINT bank_accounts_pause_whole CHECK ((paused_at IS NULL) = (paused_because IS NULL))
);
CREATE TRIGGER bank_accounts_free BEFORE UPDATE OF key OR DELETE ON bank_accounts
  FOR EACH ROW EXECUTE FUNCTION check_bank_account_free();
CREATE TRIGGER bank_accounts_claimed AFTER INSERT OR UPDATE OF key, currency, bank_account_id, statement_account ON bank_accounts
  FOR EACH ROW EXECUTE FUNCTION claim_bank_account();
SELECT audit_table('bank_accounts', 'bank_account', 'key', ARRAY['currency', 'time_zone', 'feed', 'poll_enabled', 'proof_policy',
  'amount_limit_minor', 'amounts', 'webhook_signature', 'webhook_trust', 'repeated_batch', 'unknown_fields', 'webhook_spendable_minor',
  'webhook_spendable_hour_minor', 'balance_policy', 'provisional', 'mode', 'payer_conflict', 'api_key_env', 'webhook_secret_env',
  'webhook_signature_header', 'webhook_timestamp_header', 'consent_ends_on', 'paused_at', 'opening_minor', 'opening_on'],
  true, ARRAY['api_url', 'bank_account_id', 'statement_account', 'field_map', 'paused_because']);

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
COMMENT ON COLUMN bank_accounts.repeated_batch IS 'What credits do that repeat most of an earlier day, payment for payment: hold waits for a person, credit takes them as regular.';
COMMENT ON COLUMN bank_accounts.unknown_fields IS 'What a field that nobody knows does: record notes its name and reads on, refuse stops the read.';
COMMENT ON COLUMN bank_accounts.webhook_trust IS 'What a signed event with a whole line is worth: credit captures it at once, hint only triggers a read of the account.';
COMMENT ON COLUMN bank_accounts.webhook_spendable_minor IS 'What a customer may spend of a deposit that only a webhook has shown, in minor units.';
COMMENT ON COLUMN bank_accounts.webhook_spendable_hour_minor IS 'The most that all customers may spend of such deposits of one hour, in minor units.';
COMMENT ON COLUMN bank_accounts.statement_account IS 'Account number in statement files. Set by the first import whose number is BANK_ACCOUNT_ID or is confirmed by a person; files of another account are refused.';
COMMENT ON COLUMN bank_accounts.mode IS 'live credits by code; shadow credits nothing automatically: every match waits for a person.';
COMMENT ON COLUMN bank_accounts.amount_limit_minor IS 'Largest amount that is credited without a person, in minor units; null for no limit.';
COMMENT ON COLUMN bank_accounts.payer_conflict IS 'What to do when the payer is known for another customer than the code names: credit by the code, or send to review.';
COMMENT ON COLUMN bank_accounts.proof_policy IS 'What to do with a statement whose totals are wrong: hold captures nothing until a person releases it, warn captures it.';
COMMENT ON COLUMN bank_accounts.provisional IS 'What entries of a part count as that a statement file calls provisional: pending waits for the bank''s next statement, booked is money.';
COMMENT ON COLUMN bank_accounts.balance_policy IS 'What to do when the bank''s balance differs from the ledger: alert only, or also close the gate, which pauses crediting.';
COMMENT ON COLUMN bank_accounts.opening_minor IS 'Balance before the first captured line, in minor units: from the earliest statement whose totals are right, else worked back from the first balance that the API tells.';
COMMENT ON COLUMN bank_accounts.opening_on IS 'Bank day of opening_minor.';
COMMENT ON COLUMN bank_accounts.last_complete_day IS 'Last bank day that a poll has read completely; the next poll starts from here. Written by runs.';
COMMENT ON COLUMN bank_accounts.reversals_read_to IS 'Id of the last debit line that was looked at for reversals: captures of one account commit in the order of their ids.';
COMMENT ON COLUMN bank_accounts.consent_ends_on IS 'Last day of the bank''s consent or of the credential; null where nobody said.';
COMMENT ON COLUMN bank_accounts.paused_at IS 'Since when its reading is paused; null while it is read. The Schedule in Temporal follows it.';
COMMENT ON COLUMN bank_accounts.paused_because IS 'Why its reading is paused.';
COMMENT ON COLUMN bank_accounts.created_at IS 'When the account was added.';
COMMENT ON COLUMN bank_accounts.salt IS 'Random; the trail holds a hash of it and of the texts of the row. Null once these are erased.';
COMMENT ON COLUMN bank_accounts.commitment IS 'That hash, once the texts are erased; null while they are there.';

-- What people call an account: its key, and later names. Each of them leads to the same account for good.
CREATE TABLE bank_account_names (
  name             text CONSTRAINT bank_account_names_once PRIMARY KEY
                     CONSTRAINT bank_account_names_shape CHECK (name ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
  bank_account_key text NOT NULL REFERENCES bank_accounts (key) ON UPDATE CASCADE ON DELETE CASCADE,
  given_at         timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX bank_account_names_newest ON bank_account_names (bank_account_key, given_at DESC);
SELECT audit_table('bank_account_names', 'bank_account_name', 'name', ARRAY['bank_account_key']);

COMMENT ON TABLE bank_account_names IS 'The names under which people may speak of a bank account. Its rows, ids and workflows keep the key.';
COMMENT ON COLUMN bank_account_names.name IS 'The name. A name of one account is never the key or the name of another.';
COMMENT ON COLUMN bank_account_names.bank_account_key IS 'The account that it names.';
COMMENT ON COLUMN bank_account_names.given_at IS 'When the name was given; the newest is the one to show.';

-- L7. What the bank calls an account: its ids in the API, also those of earlier connections, and its number in statements.
-- claim_bank_account() writes them.
CREATE TABLE bank_account_numbers (
  number           text NOT NULL,
  currency         text NOT NULL,
  bank_account_key text NOT NULL REFERENCES bank_accounts (key) ON UPDATE CASCADE ON DELETE CASCADE,
  kind             text NOT NULL CONSTRAINT bank_account_numbers_kind_known CHECK (kind IN ('api', 'statement')),
  first_seen_at    timestamptz NOT NULL DEFAULT now(),
  proved_at        timestamptz,
  CONSTRAINT bank_account_numbers_one_account PRIMARY KEY (number, currency)
);
SELECT audit_table('bank_account_numbers', 'bank_account_number', 'bank_account_key', ARRAY['kind']);

COMMENT ON TABLE bank_account_numbers IS 'The ids and numbers by which the bank names our accounts. One of them in one currency belongs to one account.';
COMMENT ON COLUMN bank_account_numbers.number IS 'The id or number; digits without blanks, dashes and leading zeros.';
COMMENT ON COLUMN bank_account_numbers.currency IS 'Currency of the account: some banks give accounts in several currencies one number.';
COMMENT ON COLUMN bank_account_numbers.bank_account_key IS 'The account that it belongs to.';
COMMENT ON COLUMN bank_account_numbers.kind IS 'api: BANK_ACCOUNT_ID, now or earlier. statement: the account number in statement files.';
COMMENT ON COLUMN bank_account_numbers.first_seen_at IS 'When it was first set or read.';
COMMENT ON COLUMN bank_account_numbers.proved_at IS 'For api: when a read under this id first showed lines that the account had, or a person confirmed the id; null before.';

CREATE TABLE rates (
  version          integer PRIMARY KEY,
  minor_per_credit bigint NOT NULL CONSTRAINT rates_positive CHECK (minor_per_credit > 0),
  effective_from   date NOT NULL CONSTRAINT rates_one_per_day UNIQUE
);
INSERT INTO rates (version, minor_per_credit, effective_from) VALUES (1, 5000, '1970-01-01');
SELECT audit_table('rates', 'rate', 'version', ARRAY['minor_per_credit', 'effective_from']);

COMMENT ON TABLE rates IS 'What one credit costs, from which day on. A deposit is credited at the rate of its booking date. Written by the owner of the database.';
COMMENT ON COLUMN rates.version IS 'Number of the rate; a credit journal names the one that it used.';
COMMENT ON COLUMN rates.minor_per_credit IS 'Price of one credit, in minor units.';
COMMENT ON COLUMN rates.effective_from IS 'First booking date to which the rate applies.';

-- Not unique: a second row of a code is harmless, and a unique key would let one capture wait for another.
CREATE TABLE named_codes (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code     text NOT NULL CONSTRAINT named_codes_shape CHECK (code ~ '^CUS[0-9]{8}$'),
  named_by text NOT NULL,
  named_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  xid      xid8 NOT NULL DEFAULT pg_current_xact_id()
);
-- Serves capture and the opening of wallets: whether a code was ever named.
CREATE INDEX named_codes_by_code ON named_codes (code);
-- Serves the sealer.
CREATE INDEX named_codes_by_transaction ON named_codes (xid);
CREATE TRIGGER named_codes_append_only BEFORE UPDATE OR DELETE ON named_codes FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER named_codes_no_truncate BEFORE TRUNCATE ON named_codes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

COMMENT ON TABLE named_codes IS 'Every customer code that anything from a bank has named, whether or not a wallet has it: it is never generated for a new wallet, since money may wait under it. Written by name_codes() only; rows never change.';
COMMENT ON COLUMN named_codes.id IS 'Number of the row.';
COMMENT ON COLUMN named_codes.code IS 'The code, in upper case and without blanks.';
COMMENT ON COLUMN named_codes.named_by IS 'Table of the row that named it first.';
COMMENT ON COLUMN named_codes.named_at IS 'When that row was stored.';
COMMENT ON COLUMN named_codes.xid IS 'The transaction that wrote it; serves the sealer.';

CREATE TABLE wallets (
  id               text PRIMARY KEY,
  code             text NOT NULL CONSTRAINT wallets_code_shape CHECK (code ~ '^CUS[0-9]{8}$'),
  code_kind        text NOT NULL DEFAULT 'checked' CONSTRAINT wallets_code_kind_known CHECK (code_kind IN ('checked', 'legacy')),
  external_ref     text,
  name             text,
  status           text NOT NULL DEFAULT 'open' CONSTRAINT wallets_status_known CHECK (status IN ('open', 'frozen', 'closed')),
  credits          bigint NOT NULL DEFAULT 0 CONSTRAINT wallets_no_overdraft CHECK (credits >= 0),
  prepaid_minor    bigint NOT NULL DEFAULT 0 CONSTRAINT wallets_prepaid_not_negative CHECK (prepaid_minor >= 0),
  remainder_minor  bigint NOT NULL DEFAULT 0 CONSTRAINT wallets_remainder_not_negative CHECK (remainder_minor >= 0),
  receivable_minor bigint NOT NULL DEFAULT 0 CONSTRAINT wallets_receivable_not_negative CHECK (receivable_minor >= 0),
  last_seq         bigint NOT NULL DEFAULT 0 CONSTRAINT wallets_seq_not_negative CHECK (last_seq >= 0),
  created_at       timestamptz NOT NULL DEFAULT now(),
  created_by       text,
  salt             uuid DEFAULT gen_random_uuid(),
  commitment       bytea,
  CONSTRAINT wallets_code_unique UNIQUE (code),
  CONSTRAINT wallets_external_ref_unique UNIQUE (external_ref)
) WITH (fillfactor = 80);
CREATE TRIGGER wallets_code_unnamed BEFORE INSERT ON wallets FOR EACH ROW EXECUTE FUNCTION check_wallet_code();
SELECT audit_table('wallets', 'wallet', 'id', ARRAY['code', 'code_kind', 'status', 'created_by'], true, ARRAY['external_ref', 'name']);

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
