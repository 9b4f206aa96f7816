import { sql } from 'drizzle-orm';
import type { Check } from './check.ts';

/** The catalogue: the one way to write money is still the only one. */
export const ACCESS_CHECKS: readonly Check[] = [
  {
    id: 'I18 grants',
    title:
      'Only the ledger role may write money rows, balances, states, decisions, gates, bank accounts or audit rows.',
    checked: sql`
      SELECT count(*) AS checked FROM pg_class
       WHERE relnamespace = 'public'::regnamespace
         AND relname IN ('lines', 'line_holds', 'journals', 'postings', 'wallets', 'deposits', 'notifications', 'credit_holds', 'rates', 'reviews',
                         'audit_events', 'audit_seals', 'decisions',
                         'decision_allocations', 'approval_limits', 'return_exports', 'return_export_items', 'gates', 'api_keys',
                         'bank_accounts', 'bank_account_names')`,
    broken: sql`
      WITH money AS (
        SELECT oid, relname, relowner, relacl FROM pg_class
         WHERE relnamespace = 'public'::regnamespace
           AND relname IN ('lines', 'line_holds', 'journals', 'postings', 'wallets', 'deposits', 'notifications', 'credit_holds', 'rates', 'reviews',
                         'audit_events', 'audit_seals', 'decisions',
                         'decision_allocations', 'approval_limits', 'return_exports', 'return_export_items', 'gates', 'api_keys',
                         'bank_accounts', 'bank_account_names')
      ), allowed (relname, attname, privilege) AS (VALUES
        ('wallets', 'id', 'INSERT'), ('wallets', 'code', 'INSERT'), ('wallets', 'code_kind', 'INSERT'),
        ('wallets', 'external_ref', 'INSERT'), ('wallets', 'name', 'INSERT'), ('wallets', 'created_by', 'INSERT'),
        ('wallets', 'external_ref', 'UPDATE'), ('wallets', 'name', 'UPDATE'), ('wallets', 'status', 'UPDATE'),
        ('deposits', 'lane', 'UPDATE'), ('deposits', 'workflow_round', 'UPDATE'), ('deposits', 'dispatched_at', 'UPDATE'),
        ('reviews', 'reminders_sent', 'UPDATE'), ('reviews', 'overdue_at', 'UPDATE'),
        ('reviews', 'due_at', 'UPDATE'), ('reviews', 'round', 'UPDATE'), ('reviews', 'remind_at', 'UPDATE'),
        ('reviews', 'escalate_at', 'UPDATE'), ('reviews', 'escalated_at', 'UPDATE'), ('reviews', 'assignee', 'UPDATE'),
        ('notifications', 'published_at', 'UPDATE'), ('notifications', 'delivered_at', 'UPDATE'),
        ('notifications', 'read_at', 'UPDATE'),
        ('bank_accounts', 'opening_minor', 'UPDATE'), ('bank_accounts', 'opening_on', 'UPDATE'),
        ('bank_accounts', 'last_complete_day', 'UPDATE'), ('bank_accounts', 'reversals_read_to', 'UPDATE'))
      SELECT m.relname AS "table", '*' AS "column", a.privilege_type AS privilege,
             CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END AS role
        FROM money m, aclexplode(m.relacl) a
       WHERE a.grantee <> m.relowner AND a.privilege_type NOT IN ('SELECT', 'MAINTAIN')
      UNION ALL
      SELECT m.relname, t.attname, a.privilege_type,
             CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END
        FROM money m JOIN pg_attribute t ON t.attrelid = m.oid AND NOT t.attisdropped, aclexplode(t.attacl) a
       WHERE a.grantee <> m.relowner AND a.privilege_type <> 'SELECT'
         AND NOT EXISTS (SELECT 1 FROM allowed w WHERE w.relname = m.relname AND w.attname = t.attname
                            AND w.privilege = a.privilege_type AND a.grantee::regrole::text = 'purser_app')
      UNION ALL
      SELECT m.relname, '*', 'OWNER', m.relowner::regrole::text FROM money m
       WHERE m.relowner::regrole::text <> 'purser_ledger'`,
  },
  {
    id: 'I18 roles',
    title: 'The ledger role cannot log in, and the application role is neither it nor a superuser.',
    checked: sql`SELECT count(*) AS checked FROM pg_roles WHERE rolname IN ('purser_ledger', 'purser_app')`,
    broken: sql`
      SELECT wanted.role, r.rolcanlogin AS "canLogin", r.rolsuper AS superuser
        FROM (VALUES ('purser_ledger'), ('purser_app')) wanted (role) LEFT JOIN pg_roles r ON r.rolname = wanted.role
       WHERE r.oid IS NULL OR r.rolcanlogin OR r.rolsuper OR r.rolbypassrls
          OR (wanted.role = 'purser_app' AND pg_has_role(r.oid, (SELECT oid FROM pg_roles WHERE rolname = 'purser_ledger'), 'MEMBER'))`,
  },
  {
    id: 'I18 functions',
    title:
      'The functions that write money and audit rows are the ledger’s own and pin their search path.',
    checked: sql`
      SELECT count(*) AS checked FROM pg_proc WHERE pronamespace = 'public'::regnamespace
         AND proname IN ('capture_lines', 'post_journals', 'open_reviews', 'record_audit', 'seal_audit',
                         'give_payer_details', 'hold_vanished', 'confirm_credits', 'release_confirmed', 'end_holds',
                         'restate_review', 'propose_decision', 'lock_decision', 'approve_decision', 'reject_decision',
                         'conclude_decision', 'expire_decisions', 'refuse_overtaken', 'take_returns', 'set_gate',
                         'mark_gate_drained', 'create_api_key', 'expire_api_key', 'revoke_api_key', 'use_api_key',
                         'write_bank_account', 'pause_bank_account', 'name_bank_account', 'set_statement_account')`,
    broken: sql`
      SELECT wanted.name AS "function", p.proowner::regrole::text AS owner, p.prosecdef AS "securityDefiner", p.proconfig AS settings
        FROM (VALUES ('capture_lines'), ('post_journals'), ('open_reviews'), ('record_audit'), ('seal_audit'),
                     ('give_payer_details'), ('hold_vanished'), ('confirm_credits'), ('release_confirmed'), ('end_holds'),
                     ('restate_review'), ('propose_decision'), ('lock_decision'), ('approve_decision'), ('reject_decision'),
                     ('conclude_decision'), ('expire_decisions'), ('refuse_overtaken'), ('take_returns'), ('set_gate'),
                     ('mark_gate_drained'), ('create_api_key'), ('expire_api_key'), ('revoke_api_key'), ('use_api_key'),
                     ('write_bank_account'), ('pause_bank_account'), ('name_bank_account'), ('set_statement_account')) wanted (name)
        LEFT JOIN pg_proc p ON p.proname = wanted.name AND p.pronamespace = 'public'::regnamespace
       WHERE (p.prosecdef AND p.proowner::regrole::text = 'purser_ledger'
              AND p.proconfig @> ARRAY['search_path=public, pg_temp']
              AND NOT EXISTS (SELECT 1 FROM aclexplode(p.proacl) a
                               WHERE a.grantee <> p.proowner
                                 AND (a.grantee = 0 OR a.grantee::regrole::text <> 'purser_app'))) IS NOT TRUE`,
  },
  {
    id: 'I17',
    title: 'The triggers that keep rows append-only, balanced, in order and audited are in force.',
    checked: sql`
      SELECT count(*) AS checked FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
       WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace`,
    broken: sql`
      SELECT wanted.name AS "trigger", wanted.relname AS "table", t.tgenabled AS enabled
        FROM (VALUES
          ('lines_append_only', 'lines'), ('lines_no_truncate', 'lines'), ('lines_journalled', 'lines'),
          ('line_holds_keep_facts', 'line_holds'), ('line_holds_no_truncate', 'line_holds'),
          ('journals_append_only', 'journals'), ('journals_no_truncate', 'journals'), ('journals_not_empty', 'journals'),
          ('journals_whole', 'journals'),
          ('postings_append_only', 'postings'), ('postings_no_truncate', 'postings'), ('postings_balanced', 'postings'),
          ('deposits_legal_move', 'deposits'), ('deposits_of_lines', 'deposits'), ('deposits_keep_origin', 'deposits'),
          ('deposits_never_deleted', 'deposits'), ('deposits_no_truncate', 'deposits'),
          ('sightings_refer', 'sightings'), ('sightings_refer_still', 'sightings'),
          ('lines_name_codes', 'lines'), ('sightings_name_codes', 'sightings'), ('bank_events_name_codes', 'bank_events'),
          ('pending_lines_name_codes', 'pending_lines'),
          ('quarantined_rows_name_codes', 'quarantined_rows'), ('wallets_code_unnamed', 'wallets'),
          ('named_codes_append_only', 'named_codes'), ('named_codes_no_truncate', 'named_codes'),
          ('runs_keep_names', 'runs'), ('runs_no_truncate', 'runs'), ('bank_accounts_free', 'bank_accounts'),
          ('bank_accounts_claimed', 'bank_accounts'), ('bank_accounts_audit_insert', 'bank_accounts'),
          ('bank_accounts_audit_update', 'bank_accounts'), ('bank_accounts_audit_delete', 'bank_accounts'),
          ('decisions_prepared', 'decisions'), ('decisions_legal_move', 'decisions'), ('decisions_no_delete', 'decisions'),
          ('decisions_payload_whole', 'decisions'), ('decisions_alone_small', 'decisions'), ('decision_allocations_whole', 'decision_allocations'),
          ('decision_allocations_append_only', 'decision_allocations'), ('journals_decided', 'journals'),
          ('journals_held', 'journals'), ('sightings_confirm', 'sightings'), ('sightings_confirm_still', 'sightings'),
          ('line_cases_hold', 'line_cases'), ('line_cases_release', 'line_cases'),
          ('credit_holds_keep_facts', 'credit_holds'), ('credit_holds_no_truncate', 'credit_holds'),
          ('deposits_audit_update', 'deposits'), ('deposits_audit_delete', 'deposits'),
          ('reviews_audit_insert', 'reviews'), ('reviews_audit_update', 'reviews'), ('reviews_audit_delete', 'reviews'),
          ('decisions_audit_insert', 'decisions'), ('decisions_audit_update', 'decisions'),
          ('wallets_audit_insert', 'wallets'), ('wallets_audit_update', 'wallets'),
          ('api_keys_keep_facts', 'api_keys'), ('api_keys_audit_insert', 'api_keys'), ('api_keys_audit_update', 'api_keys'),
          ('audit_events_append_only', 'audit_events'), ('audit_events_no_truncate', 'audit_events'),
          ('audit_seals_append_only', 'audit_seals'), ('audit_seals_no_truncate', 'audit_seals')) wanted (name, relname)
        LEFT JOIN pg_class c ON c.relname = wanted.relname AND c.relnamespace = 'public'::regnamespace
        LEFT JOIN pg_trigger t ON t.tgrelid = c.oid AND t.tgname = wanted.name
       WHERE (t.tgenabled IN ('O', 'A')) IS NOT TRUE`,
  },
];
