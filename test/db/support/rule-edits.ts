import type { Edit } from './money-edits.ts';

/** Edits of what keeps the rules: functions, triggers, constraints, rights. */
export const RULE_EDITS: readonly Edit[] = [
  [
    'refuse_change() that refuses nothing',
    `CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN coalesce(NEW, OLD); END $$`,
  ],
  [
    'check_postings() that checks nothing',
    `CREATE OR REPLACE FUNCTION check_postings() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$ BEGIN RETURN NULL; END $$`,
  ],
  [
    'seal_audit() that seals nothing',
    `CREATE OR REPLACE FUNCTION seal_audit(p_limit integer) RETURNS TABLE (sealed integer, head_seq bigint, head_hash text) LANGUAGE sql AS $$ SELECT 0, 0::bigint, '' $$`,
  ],
  [
    'an audit function that forgets',
    `CREATE OR REPLACE FUNCTION wallets_audited() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$`,
  ],
  [
    'held_minor() of nothing',
    `CREATE OR REPLACE FUNCTION held_minor(p_wallet text) RETURNS bigint LANGUAGE sql AS $$ SELECT 0::bigint $$`,
  ],
  ['a function of the ledger in other hands', `ALTER FUNCTION post_journals OWNER TO purser_app`],
  ['a definer function that is the caller’s', `ALTER FUNCTION capture_lines SECURITY INVOKER`],
  ['a trigger function with the ledger’s rights', `ALTER FUNCTION check_lines() SECURITY DEFINER`],
  [
    'a new definer function',
    `CREATE FUNCTION give(p text) RETURNS void LANGUAGE sql SECURITY DEFINER AS $$ UPDATE wallets SET credits = 1000000 WHERE id = p $$`,
  ],
  [
    'a new definer function in a schema of its own',
    `CREATE SCHEMA hidden`,
    `GRANT USAGE ON SCHEMA hidden TO purser_app`,
    `CREATE FUNCTION hidden.give(p text) RETURNS void LANGUAGE sql SECURITY DEFINER AS $$ UPDATE public.wallets SET credits = 1000000 WHERE id = p $$`,
  ],
  [
    'a new function of the ledger role',
    `CREATE FUNCTION give(p text) RETURNS void LANGUAGE sql AS $$ SELECT 1 $$`,
    `ALTER FUNCTION give OWNER TO purser_ledger`,
  ],
  [
    'a second function of a known name',
    `CREATE FUNCTION held_minor(p_wallet varchar) RETURNS bigint LANGUAGE sql AS $$ SELECT 0::bigint $$`,
  ],
  ['a function that is gone', `DROP FUNCTION record_audit`],
  ['everybody may seal', `GRANT EXECUTE ON FUNCTION seal_audit TO PUBLIC`],
  ['a trigger switched off', `ALTER TABLE api_keys DISABLE TRIGGER api_keys_audit_insert`],
  ['a trigger dropped', `DROP TRIGGER bank_accounts_audit_update ON bank_accounts`],
  [
    'a trigger that fires on replicas only',
    `ALTER TABLE lines ENABLE REPLICA TRIGGER lines_append_only`,
  ],
  [
    'a trigger more',
    `CREATE FUNCTION tip() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$`,
    `CREATE TRIGGER tip BEFORE INSERT ON postings FOR EACH ROW EXECUTE FUNCTION tip()`,
  ],
  ['a rule on a table', `CREATE RULE quiet AS ON INSERT TO audit_events DO INSTEAD NOTHING`],
  ['a policy on a table', `CREATE POLICY blind ON lines USING (false)`],
  ['row security', `ALTER TABLE journals ENABLE ROW LEVEL SECURITY`],
  ['a foreign key not enforced', `ALTER TABLE spends DISABLE TRIGGER ALL`],
  ['a constraint dropped', `ALTER TABLE wallets DROP CONSTRAINT wallets_no_overdraft`],
  [
    'a constraint weakened',
    `ALTER TABLE decisions DROP CONSTRAINT decisions_two_people`,
    `ALTER TABLE decisions ADD CONSTRAINT decisions_two_people CHECK (true)`,
  ],
  ['a unique index dropped', `DROP INDEX journals_one_terminal`],
  ['a column that may be empty', `ALTER TABLE audit_events ALTER COLUMN login DROP NOT NULL`],
  [
    'a default that lies',
    `ALTER TABLE audit_events ALTER COLUMN login SET DEFAULT 'purser_service'`,
  ],
  ['a table of another owner', `ALTER TABLE gates OWNER TO purser_app`],
  ['rights on a table', `GRANT DELETE ON sightings TO purser_app`],
  ['rights on a column', `GRANT UPDATE (person) ON review_comments TO PUBLIC`],
  [
    'rights to send a bank’s key elsewhere',
    `GRANT UPDATE (api_url) ON bank_accounts TO purser_app`,
  ],
  ['rights to hand on', `GRANT INSERT ON spends TO purser_app WITH GRANT OPTION`],
  ['the application as the ledger', `GRANT purser_ledger TO purser_app`],
  ['the application that reads the server’s files', `GRANT pg_read_server_files TO purser_app`],
  ['an application that signs in', `ALTER ROLE purser_app LOGIN`],
];
