import { sql, type SQL } from 'drizzle-orm';
import { param } from '../../param.ts';

/** Codes of failed runs that waiting does not mend. All others are told when no read has succeeded for a while. */
const CODES_FOR_PEOPLE = [
  'account.known',
  'account.not_found',
  'account.other_lines',
  'bank.unauthorized',
  'config.invalid',
];

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
     where a.poll_enabled and r.outcome = 'failed' and r.error_code = any(${param(CODES_FOR_PEOPLE)}::text[])`,
  // The interval is the worker's; without a sign of a worker, five minutes.
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
     where a.feed is not null and a.poll_enabled
       and coalesce(good.at, a.created_at) < now() - make_interval(secs => greatest(3 * coalesce(b.poll_interval_s, 300), 60))`,
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
  // Silent: twice the longest pause of two months between two days with new lines, if ten such days are known.
  sql`
    select 'bank_silent', d.key, d.key, null, max(d.day)::text, 1
      from (select key, day, day - lag(day) over (partition by key order by day) as pause
              from (select bank_account_key as key, (started_at at time zone 'UTC')::date as day from runs
                     where started_at > now() - interval '60 days' and kind = 'poll' and lines_new > 0 group by 1, 2) days) d
      join bank_accounts a on a.key = d.key and a.poll_enabled and a.feed is not null
     group by d.key having count(*) >= 10 and (now() at time zone 'UTC')::date - max(d.day) > 2 * max(d.pause)`,
  sql`
    select 'consent_ending', a.key, a.key, null, a.consent_ends_on::text, 1
      from bank_accounts a where a.consent_ends_on <= (now() at time zone a.time_zone)::date + 14`,
  sql`
    select 'unknown_fields', u.bank_account_key, u.bank_account_key, null, min(u.name), count(*)::int
      from unknown_fields u where u.first_seen_at > now() - interval '7 days' group by u.bank_account_key`,
  sql`
    select 'webhook_refused', w.bank_account_key, w.bank_account_key, (array_agg(w.code order by w.last_at desc))[1], null, sum(w.count)::int
      from webhook_refusals w where w.last_at > now() - interval '1 hour' and w.hour > now() - interval '2 hours'
     group by w.bank_account_key having sum(w.count) >= 10`,
  sql`
    select 'webhook_stuck', e.bank_account_key, e.bank_account_key, null, min(e.id)::text, count(*)::int
      from bank_events e where e.handled_at is null and e.received_at < now() - interval '2 minutes' group by e.bank_account_key`,
];
