-- Roles, and the record of what was applied. `purser_ledger` owns every table and the functions that write money; `purser_app`, as which services work, may only do
-- what 11_grants.sql says. Functions belong to these roles, so db/functions/ is applied right after this file.

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

CREATE TABLE purser_migrations (
  name       text PRIMARY KEY,
  sha256     text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE purser_migrations IS 'What purser migrate has applied to this database. Written by purser migrate only.';
COMMENT ON COLUMN purser_migrations.name IS 'baseline, a function''s file, or a numbered file.';
COMMENT ON COLUMN purser_migrations.sha256 IS 'SHA-256 of its text, in hex.';
COMMENT ON COLUMN purser_migrations.applied_at IS 'When this text was applied.';
