-- Grants. I18: the application writes no line, journal or posting, and no balance, state or amount; capture_lines(),
-- post_journals() and open_reviews() do, as the ledger's own. verify holds the money tables to this list.

-- Named one by one: a schema that is shared with other software keeps its other tables as they are.
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY[
    'bank_accounts', 'bank_account_names', 'bank_account_numbers', 'rates', 'wallets',
    'runs', 'lines', 'deposits', 'sightings', 'line_holds', 'line_absences', 'pending_lines',
    'quarantined_rows', 'unknown_fields',
    'bank_events', 'statement_files', 'statement_file_chunks', 'statements',
    'journals', 'postings', 'spends', 'reversals', 'credit_holds', 'notifications',
    'named_codes',
    'api_keys', 'idempotency_keys', 'request_counts', 'audit_events', 'audit_seals',
    'reviews', 'review_comments', 'line_cases', 'gates', 'day_proofs', 'claims', 'payer_revocations',
    'approval_limits', 'decisions', 'decision_allocations', 'return_exports', 'return_export_items',
    'alerts', 'service_beats', 'service_reports', 'webhook_refusals', 'verifications'] LOOP
    EXECUTE format('ALTER TABLE %I OWNER TO purser_ledger', name);
    EXECUTE format('GRANT SELECT ON %I TO purser_app', name);
  END LOOP;
END $$;

-- What the application writes as it likes.
GRANT INSERT, UPDATE ON runs, sightings, line_absences, bank_events, statement_files, statements, reversals,
  idempotency_keys, line_cases, quarantined_rows, unknown_fields, alerts, service_beats,
  webhook_refusals TO purser_app;
GRANT INSERT, UPDATE, DELETE ON pending_lines, service_reports, request_counts TO purser_app;
-- What it only adds to.
GRANT INSERT ON statement_file_chunks, spends, review_comments, day_proofs, payer_revocations, verifications TO purser_app;
-- What it may write of rows that hold money, states or words of people.
GRANT INSERT (id, code, code_kind, external_ref, name, created_by), UPDATE (external_ref, name, status) ON wallets TO purser_app;
GRANT UPDATE (lane, workflow_round, dispatched_at) ON deposits TO purser_app;
GRANT UPDATE (published_at, delivered_at, read_at) ON notifications TO purser_app;
GRANT UPDATE (assignee, round, remind_at, reminders_sent, escalate_at, escalated_at, due_at, overdue_at) ON reviews TO purser_app;
GRANT INSERT, UPDATE (state, deposit_id, ended_at) ON claims TO purser_app;
-- How far an account was read; its settings, names and numbers are written by functions.
GRANT UPDATE (opening_minor, opening_on, last_complete_day, reversals_read_to) ON bank_accounts TO purser_app;
GRANT UPDATE (proved_at) ON bank_account_numbers TO purser_app;
-- Decisions, gates and files of returns are written by functions that check who does it, and by nothing else.

-- Until `purser migrate` writes that of the settings. Here, since from here on the trail is written.
INSERT INTO approval_limits (kind, above_minor) VALUES ('credit', 500000);
