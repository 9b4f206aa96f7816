import { sql, type SQL } from 'drizzle-orm';
import type { JournalKind } from '../../domain/ledger/journal.ts';
import type { DecisionKind, DecisionOutcome, DecisionState } from '../../domain/review/approval.ts';
import type { Executor } from '../client.ts';
import { auditOf, type AuditEvent } from './audit-read.ts';
import { gateWaitsOf, type GateWait } from './gate-waits.ts';

/** Everything that is known of a deposit. Whole numbers are digit strings and instants ISO text, as JSON carries them. */
export interface DepositStory {
  readonly account: {
    readonly key: string;
    readonly bank_name: string;
    readonly time_zone: string;
  };
  readonly line: {
    readonly amount_minor: string;
    readonly currency: string;
    readonly booking_date: string;
    readonly value_date: string | null;
    readonly references: readonly string[];
    readonly text: string;
    readonly counterparty_name: string | null;
    readonly counterparty_account: string | null;
    readonly occurrence: number;
    readonly captured_at: string;
  };
  readonly sightings: readonly {
    readonly feed: 'poll' | 'webhook' | 'file';
    readonly source: string;
    readonly bank_id: string | null;
    readonly reference: string | null;
    readonly seen_at: string;
  }[];
  readonly journals: readonly {
    readonly id: string;
    readonly kind: JournalKind;
    readonly decision_id: string | null;
    readonly rate_version: number | null;
    readonly wallet_id: string | null;
    readonly wallet_code: string | null;
    readonly wallet_seq: string | null;
    readonly event_on: string;
    readonly created_at: string;
    readonly postings: readonly {
      readonly account: string;
      readonly owner: string | null;
      readonly unit: string;
      readonly amount: string;
    }[];
  }[];
  readonly review: {
    readonly reason: string;
    readonly candidates: readonly string[];
    readonly opened_at: string;
    readonly due_at: string;
    readonly reminders_sent: number;
    readonly overdue_at: string | null;
    readonly closed_at: string | null;
  } | null;
  readonly decisions: readonly {
    readonly id: string;
    readonly kind: DecisionKind;
    readonly state: DecisionState;
    readonly allocations: readonly {
      readonly wallet_id: string;
      readonly wallet_code: string;
      readonly amount_minor: string;
    }[];
    readonly reason: string;
    readonly needs_approval: boolean;
    readonly proposed_person: string;
    readonly proposed_at: string;
    readonly approved_person: string | null;
    readonly approved_at: string | null;
    readonly rejected_person: string | null;
    readonly rejected_at: string | null;
    readonly outcome: DecisionOutcome | null;
    readonly refusal: string | null;
    readonly applied_at: string | null;
  }[];
  readonly notifications: readonly {
    readonly id: string;
    readonly kind: string;
    readonly wallet_id: string;
    readonly wallet_code: string;
    readonly created_at: string;
    readonly published_at: string | null;
    readonly delivered_at: string | null;
    readonly read_at: string | null;
  }[];
  readonly bank_events: readonly {
    readonly event_id: string;
    readonly received_at: string;
    readonly handled_at: string | null;
    readonly outcome: string | null;
    readonly error_code: string | null;
  }[];
  readonly comments: readonly {
    readonly by: string;
    readonly text: string;
    readonly created_at: string;
  }[];
  readonly gate_waits: readonly GateWait[];
  readonly audit: readonly AuditEvent[];
}

/**
 * Every appearance of line `l`, oldest first: each delivery of a webhook, each file format, and each poll over its day from
 * the first that showed it. Later polls are stored as their absences only, which are rare.
 */
function appearancesOf(): SQL {
  return sql`(
    with polled as (
      select s.bank_id, s.reference, s.seen_at, r.started_at from sightings s join runs r on r.id = s.run_id
       where s.line_id = l.id and s.feed = 'poll'),
    appearances as (
      select s.feed, s.source, s.bank_id, s.reference, s.seen_at from sightings s
       where s.line_id = l.id and (s.feed = 'file' or s.feed = 'poll' and s.run_id is null)
      union all
      select s.feed, s.source, s.bank_id, s.reference, coalesce(came.at, s.seen_at)
        from sightings s
        left join bank_events e on e.bank_account_key = s.bank_account_key and e.facts_key = s.facts_key
                               and coalesce(e.bank_id, '') = coalesce(s.bank_id, '')
        left join lateral unnest(array_prepend(e.received_at, e.repeated_at)) as came(at) on true
       where s.line_id = l.id and s.feed = 'webhook'
      union all
      select 'poll', 'poll', p.bank_id, p.reference, r.started_at
        from runs r
        cross join lateral (select * from polled where polled.started_at <= r.started_at order by polled.started_at desc limit 1) p
       where r.bank_account_key = l.bank_account_key and r.kind = 'poll'
         and l.booking_date between r.window_from and r.window_to
         and not exists (select 1 from line_absences a where a.line_id = l.id
               and r.started_at >= a.since and (a.until is null or r.started_at < a.until)))
    select coalesce(json_agg(s order by s.seen_at, s.source), '[]')
      from (select * from appearances order by seen_at, source limit 500) s)`;
}

/** The journals of deposit `d`, each kind by the index that it has. */
function journalsOf(): SQL {
  return sql`(
    select o.* from journals o where o.line_id = l.id and o.kind = 'capture'
    union all
    select o.* from journals o where o.deposit_id = d.id and o.kind in ('credit', 'return', 'dismiss')
    union all
    select o.* from journals o where o.deposit_id = d.id and o.kind in ('reversal', 'correction', 'return_paid', 'void', 'restore'))`;
}

/** What the trail calls deposit `d` and all that belongs to it. */
const SUBJECTS = sql`
  select 'deposit' as kind, d.id union all select 'review', d.id
  union all select 'decision', c.id from decisions c where c.deposit_id = d.id
  union all select 'claim', m.id from claims m where m.deposit_id = d.id
  union all select 'reversal', v.line_id::text from reversals v where v.deposit_id = d.id
  union all select 'line_case', k.id::text from line_cases k where k.line_id = d.line_id or k.other_id = d.line_id`;

/** The story of a deposit in one statement, so that its parts fit together; each part is in the order in which it happened. */
export async function findDepositStory(
  executor: Executor,
  depositId: string,
): Promise<DepositStory | null> {
  const rows = await executor.execute<{ story: DepositStory }>(sql`
    select json_build_object(
      'account', (select json_build_object('key', a.key, 'bank_name', a.bank_name, 'time_zone', a.time_zone)
          from bank_accounts a where a.key = d.bank_account_key),
      'line', json_build_object('amount_minor', l.amount_minor::text, 'currency', l.currency, 'booking_date', l.booking_date,
        'value_date', l.value_date, 'references', l."references", 'text', l.text, 'counterparty_name', l.counterparty_name,
        'counterparty_account', l.counterparty_account, 'occurrence', l.occurrence, 'captured_at', l.captured_at),
      'sightings', ${appearancesOf()},
      'journals', (select coalesce(json_agg(json_build_object('id', j.id::text, 'kind', j.kind, 'decision_id', j.decision_id,
          'rate_version', j.rate_version, 'wallet_id', j.wallet_id, 'wallet_code', w.code, 'wallet_seq', j.wallet_seq::text,
          'event_on', j.event_on, 'created_at', j.created_at, 'postings', (select json_agg(json_build_object('account', p.account,
            'owner', coalesce(p.wallet_id, p.bank_account_key), 'unit', p.unit, 'amount', p.amount::text) order by p.leg)
            from postings p where p.journal_id = j.id)) order by j.id), '[]') from ${journalsOf()} j left join wallets w on w.id = j.wallet_id),
      'review', (select json_build_object('reason', r.reason, 'candidates', r.candidates, 'opened_at', r.opened_at,
          'due_at', r.due_at, 'reminders_sent', r.reminders_sent, 'overdue_at', r.overdue_at, 'closed_at', r.closed_at)
          from reviews r where r.deposit_id = d.id),
      'decisions', (select coalesce(json_agg(json_build_object('id', c.id, 'kind', c.kind, 'state', c.state,
          'reason', c.reason, 'needs_approval', c.needs_approval, 'proposed_person', c.proposed_person, 'proposed_at', c.proposed_at,
          'approved_person', c.approved_person, 'approved_at', c.approved_at, 'rejected_person', c.rejected_person,
          'rejected_at', c.rejected_at, 'outcome', c.outcome, 'refusal', c.refusal, 'applied_at', c.applied_at,
          'allocations', (select coalesce(json_agg(json_build_object('wallet_id', a.wallet_id, 'wallet_code', w.code,
            'amount_minor', a.amount_minor::text) order by a.part), '[]') from decision_allocations a join wallets w on w.id = a.wallet_id where a.decision_id = c.id)) order by c.proposed_at, c.id), '[]')
          from decisions c where c.deposit_id = d.id),
      'notifications', (select coalesce(json_agg(json_build_object('id', n.id::text, 'kind', n.kind, 'wallet_id', n.wallet_id, 'wallet_code', w.code,
          'created_at', n.created_at, 'published_at', n.published_at, 'delivered_at', n.delivered_at,
          'read_at', n.read_at) order by n.id), '[]') from notifications n join wallets w on w.id = n.wallet_id where n.deposit_id = d.id),
      'bank_events', (select coalesce(json_agg(json_build_object('event_id', e.event_id, 'received_at', e.received_at,
          'handled_at', e.handled_at, 'outcome', e.outcome, 'error_code', e.error_code) order by e.id), '[]')
          from (select * from bank_events where deposit_id = d.id order by id limit 200) e),
      'comments', (select coalesce(json_agg(json_build_object('by', coalesce(c.person, c.key_id), 'text', c.text,
          'created_at', c.created_at) order by c.id), '[]') from review_comments c where c.deposit_id = d.id),
      'gate_waits', ${gateWaitsOf()},
      'audit', ${auditOf(SUBJECTS)}
    ) as story
    from deposits d join lines l on l.id = d.line_id where d.id = ${depositId}`);
  return rows[0]?.story ?? null;
}
