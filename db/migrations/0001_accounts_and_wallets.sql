-- Roles. The ledger role owns every table; the application role may only do what is granted at the end of 0003.
-- Roles belong to the cluster, so another database (or a twin migrator) may have made them already.
DO $$ BEGIN CREATE ROLE purser_ledger NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE purser_app NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
-- A migrating login without superuser rights must be able to hand tables over, and to work as the application.
DO $$
DECLARE role text;
BEGIN
  FOREACH role IN ARRAY ARRAY['purser_ledger', 'purser_app'] LOOP
    IF NOT pg_has_role(current_user, role, 'USAGE') THEN
      EXECUTE format('GRANT %I TO %I', role, current_user);
    END IF;
  END LOOP;
END $$;
GRANT USAGE ON SCHEMA public TO purser_app;
GRANT USAGE, CREATE ON SCHEMA public TO purser_ledger;

CREATE TABLE bank_accounts (
  key                text PRIMARY KEY CONSTRAINT bank_accounts_key_shape CHECK (key ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
  bank_name          text NOT NULL,
  currency           text NOT NULL CONSTRAINT bank_accounts_currency_shape CHECK (currency ~ '^[A-Z]{3}$'),
  time_zone          text NOT NULL,
  -- How the bank's API is reached; null where lines come by file or webhook only.
  feed               text CONSTRAINT bank_accounts_feed_known CHECK (feed IN ('json', 'investec')),
  api_url            text,
  bank_account_id    text,
  -- Names of environment variables, never the secrets themselves.
  api_key_env        text,
  webhook_secret_env text,
  -- Account number in statement files; the first import sets it, and files of another account are refused.
  statement_account  text,
  poll_enabled       boolean NOT NULL DEFAULT true,
  last_complete_day  date,
  created_at         timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE rates (
  version          integer PRIMARY KEY,
  minor_per_credit bigint NOT NULL CONSTRAINT rates_positive CHECK (minor_per_credit > 0),
  effective_from   date NOT NULL CONSTRAINT rates_one_per_day UNIQUE
);
INSERT INTO rates (version, minor_per_credit, effective_from) VALUES (1, 5000, '1970-01-01');

CREATE SEQUENCE customer_code_numbers MINVALUE 1 MAXVALUE 9999999;

CREATE TABLE wallets (
  id               text PRIMARY KEY,
  code             text NOT NULL CONSTRAINT wallets_code_shape CHECK (code ~ '^CUS[0-9]{8}$'),
  -- `checked` codes end in a Damm digit; `legacy` ones were issued before it and match only as registered.
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
  CONSTRAINT wallets_code_unique UNIQUE (code),
  CONSTRAINT wallets_external_ref_unique UNIQUE (external_ref)
) WITH (fillfactor = 80);
