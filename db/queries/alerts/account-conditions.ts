import { sql, type SQL } from 'drizzle-orm';
import {
  ALERT_AFTER_S,
  BANK_SILENT,
  CODES_FOR_PEOPLE,
  CONSENT_DAYS,
  REFUSED_WEBHOOKS_MIN,
  UNKNOWN_FIELD_DAYS,
  UNREAD_AFTER,
  USUAL_INTERVAL_S,
} from '../../../domain/words/alert-limits.ts';
import { param } from '../../param.ts';
import { daysAgo, secondsAgo } from './ago.ts';

/**
 * Conditions of reading bank accounts. Each answers kind, subject, account, code, example and count, at most one row for a
 * kind and a subject.
 */
export const ACCOUNT_CONDITIONS: readonly SQL[] = [
  sql`
    select 'run_failed', a.key, a.key, r.error_code, r.id, 1
      from bank_accounts a cross join lateral (
        select id, outcome, error_code from runs where bank_account_key = a.key and kind = 'poll' and finished_at is not null
         order by started_at desc limit 1) r
     where a.poll_enabled and a.paused_at is null and r.outcome = 'failed' and r.error_code = any(${param(CODES_FOR_PEOPLE)}::text[])`,
  // The interval is the worker's.
  sql`
    select 'account_unread', a.key, a.key, l.error_code, l.id, 1
      from bank_accounts a
      left join service_beats b on b.service = 'worker'
      left join lateral (
        select max(started_at) as at from (
          select started_at from runs where bank_account_key = a.key and kind = 'poll' and outcome in ('completed', 'waiting')
           order by started_at desc limit 1) g) good on true
      left join lateral (
        select id, error_code from runs where bank_account_key = a.key and kind = 'poll' order by started_at desc limit 1) l on true
     where a.feed is not null and a.poll_enabled and a.paused_at is null
       and coalesce(good.at, a.created_at) < now() - make_interval(secs => greatest(
             ${UNREAD_AFTER.intervals} * coalesce(b.poll_interval_s, ${USUAL_INTERVAL_S}), ${UNREAD_AFTER.secondsMin}))`,
  sql`
    select 'balance_gap', a.key, a.key, null, r.id, 1
      from bank_accounts a cross join lateral (
        select id, balance_gap from runs where bank_account_key = a.key and kind = 'poll' and finished_at is not null
           and (lines_new > 0 or balance_gap) order by started_at desc limit 1) r
     where r.balance_gap`,
  // A difference that the API states counts from the second look on.
  sql`
    select 'balance_differs', a.key, a.key, null, p.day::text, 1
      from bank_accounts a
      cross join lateral (select id, day, source, difference_minor from day_proofs where bank_account_key = a.key order by id desc limit 1) p
      left join lateral (
        select difference_minor from day_proofs
         where bank_account_key = a.key and source = p.source and id < p.id order by id desc limit 1) b on true
     where p.difference_minor <> 0 and (p.source = 'statement' or b.difference_minor = p.difference_minor)`,
  sql`
    select 'gate_closed', g.scope, case when g.scope <> '*' then g.scope end, null, g.cause, 1 from gates g where g.state = 'closed'`,
  sql`
    select 'bank_silent', d.key, d.key, null, max(d.day)::text, 1
      from (select key, day, day - lag(day) over (partition by key order by day) as pause
              from (select bank_account_key as key, (started_at at time zone 'UTC')::date as day from runs
                     where started_at > ${daysAgo(BANK_SILENT.days)} and kind = 'poll' and lines_new > 0 group by 1, 2) days) d
      join bank_accounts a on a.key = d.key and a.poll_enabled and a.paused_at is null and a.feed is not null
     group by d.key having count(*) >= ${BANK_SILENT.activeDaysMin}
            and (now() at time zone 'UTC')::date - max(d.day) > ${BANK_SILENT.times} * max(d.pause)`,
  sql`
    select 'consent_ending', a.key, a.key, null, a.consent_ends_on::text, 1
      from bank_accounts a where a.consent_ends_on <= (now() at time zone a.time_zone)::date + ${CONSENT_DAYS}::integer`,
  sql`
    select 'unknown_fields', u.bank_account_key, u.bank_account_key, null, min(u.name), count(*)::int
      from unknown_fields u where u.first_seen_at > ${daysAgo(UNKNOWN_FIELD_DAYS)} group by u.bank_account_key`,
  sql`
    select 'webhook_refused', w.bank_account_key, w.bank_account_key, (array_agg(w.code order by w.last_at desc))[1], null, sum(w.count)::int
      from webhook_refusals w where w.last_at > now() - interval '1 hour' and w.hour > now() - interval '2 hours'
     group by w.bank_account_key having sum(w.count) >= ${REFUSED_WEBHOOKS_MIN}`,
  sql`
    select 'webhook_stuck', e.bank_account_key, e.bank_account_key, null, min(e.id)::text, count(*)::int
      from bank_events e where e.handled_at is null and e.received_at < ${secondsAgo(ALERT_AFTER_S.webhookStored)} group by e.bank_account_key`,
];
