import { sql, type SQL } from 'drizzle-orm';
import { ALERT_AFTER_S } from '../../../domain/words/alert-limits.ts';
import { secondsAgo } from './ago.ts';

/** The account of line case `k`: of its line, or of its row. */
const ACCOUNT_OF_CASE = sql`
  coalesce((select bank_account_key from lines where id = k.line_id), (select bank_account_key from quarantined_rows where id = k.row_id))`;

/** Gates that hold deposit `d` back. */
const BEHIND_GATE = sql`
  exists (select 1 from gates g where g.state = 'closed' and g.scope in ('*', d.bank_account_key))`;

/** Conditions of deposits, reviews, statements, decisions and the service itself, as {@link ACCOUNT_CONDITIONS}. */
export const WORK_CONDITIONS: readonly SQL[] = [
  sql`
    select 'deposit_stuck', d.bank_account_key, d.bank_account_key, null, min(d.id), count(*)::int
      from deposits d where d.state = 'captured' and d.captured_at < ${secondsAgo(ALERT_AFTER_S.depositCaptured)} and not ${BEHIND_GATE}
     group by d.bank_account_key`,
  sql`
    select 'decision_stuck', d.bank_account_key, d.bank_account_key, null, min(c.id), count(*)::int
      from decisions c join deposits d on d.id = c.deposit_id
     where c.state = 'approved' and coalesce(c.approved_at, c.proposed_at) < ${secondsAgo(ALERT_AFTER_S.decisionApproved)} and not ${BEHIND_GATE}
     group by d.bank_account_key`,
  sql`
    select case k.kind when 'row_unreadable' then 'rows_unreadable' when 'reversal_unpaired' then 'reversal_unpaired' else 'line_changed' end,
           ${ACCOUNT_OF_CASE}, ${ACCOUNT_OF_CASE}, null, min(k.id)::text, count(*)::int
      from line_cases k where k.closed_at is null group by 1, 2`,
  sql`
    select 'review_escalated', d.bank_account_key, d.bank_account_key, null, min(d.id), count(*)::int
      from reviews r join deposits d on d.id = r.deposit_id
     where r.closed_at is null and r.escalated_at is not null and r.overdue_at is null group by d.bank_account_key`,
  sql`
    select 'review_overdue', d.bank_account_key, d.bank_account_key, null, min(d.id), count(*)::int
      from reviews r join deposits d on d.id = r.deposit_id
     where r.closed_at is null and r.overdue_at is not null group by d.bank_account_key`,
  sql`
    select 'statement_held', f.bank_account_key, f.bank_account_key, 'statement.proof_failed', min(f.id), count(*)::int
      from statement_files f where f.state = 'held' and f.released_at is null group by f.bank_account_key`,
  sql`
    select 'statement_stuck', f.bank_account_key, f.bank_account_key, null, min(f.id), count(*)::int
      from statement_files f where f.state in ('received', 'reading') and f.received_at < ${secondsAgo(ALERT_AFTER_S.statementReceived)}
     group by f.bank_account_key`,
  sql`
    select 'statement_gap', s.key, s.key, null, s.file_id, 1
      from (select distinct on (f.bank_account_key) f.bank_account_key as key, s.continuity, s.file_id
              from statements s join statement_files f on f.id = s.file_id order by f.bank_account_key, s.id desc) s
     where s.continuity = 'gap'`,
  sql`
    select 'worker_silent', 'service', null, null, max(b.beat_at)::text, 1
      from (select 1) one left join service_beats b on b.service = 'worker'
    having coalesce(max(b.beat_at) < ${secondsAgo(ALERT_AFTER_S.workerSilent)}, true)
       and exists (select 1 from bank_accounts where created_at < ${secondsAgo(ALERT_AFTER_S.workerSilent)})`,
  sql`
    select 'verify_red', 'service', null, null, array_to_string(v.broken, ', '), cardinality(v.broken)
      from (select broken from verifications order by id desc limit 1) v where cardinality(v.broken) > 0`,
  sql`
    select 'verify_late', 'service', null, null, max(v.ran_at)::text, 1
      from (select 1) one left join (select ran_at from verifications order by id desc limit 1) v on true
    having coalesce(max(v.ran_at) < ${secondsAgo(ALERT_AFTER_S.verifyRun)}, true)
       and exists (select 1 from bank_accounts where created_at < ${secondsAgo(ALERT_AFTER_S.verifyRun)})`,
  sql`
    select 'audit_unsealed', 'service', null, null, min(e.id)::text, count(*)::int
      from audit_events e
     where e.id > coalesce((select (tops ->> 'audit_events')::bigint from audit_seals order by seq desc limit 1), 0) and e.happened_at < ${secondsAgo(ALERT_AFTER_S.auditUnsealed)} having count(*) > 0`,
  // What only Temporal states.
  sql`
    select r.kind, r.subject, r.bank_account_key, null, r.example, r.count
      from service_reports r where r.reported_at > ${secondsAgo(ALERT_AFTER_S.temporalReport)}`,
];
