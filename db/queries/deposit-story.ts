import { sql, type SQL } from 'drizzle-orm';
import type { JournalKind } from '../../domain/ledger/journal.ts';
import type { DecisionKind, DecisionOutcome, DecisionState } from '../../domain/review/approval.ts';
import type { StoryFacts } from '../../domain/words/story-facts.ts';
import type { StoryPosting } from '../../domain/words/story-words.ts';
import type { Executor } from '../client.ts';
import { isoInstant, type InJson } from '../json.ts';
import type { GateCause } from '../schema/gates.ts';
import { auditOf } from './audit-read.ts';
import { besideLine, fromBesideJson, type BesideLine } from './beside-lines.ts';
import { gateWaitsOf } from './gate-waits.ts';

type StoryPart<Part extends keyof StoryFacts> = StoryFacts[Part] extends
  readonly (infer Item)[] | null
  ? Item
  : NonNullable<StoryFacts[Part]>;

/** The facts behind a story, and those that only the API shows. Instants are ISO text in UTC. */
export interface DepositStory extends Pick<StoryFacts, 'account' | 'besideRows' | 'comments'> {
  readonly line: StoryPart<'line'> & { readonly valueDate: string | null };
  readonly sightings: readonly (StoryPart<'sightings'> & { readonly reference: string | null })[];
  readonly hold:
    (Omit<StoryPart<'hold'>, 'beside'> & { readonly beside: BesideLine | null }) | null;
  readonly journals: readonly (Omit<StoryPart<'journals'>, 'postings'> & {
    readonly id: string;
    readonly kind: JournalKind;
    readonly decisionId: string | null;
    readonly rateVersion: number | null;
    readonly walletId: string | null;
    readonly walletSeq: string | null;
    readonly bookedOn: string;
    readonly postings: readonly (StoryPosting & { readonly owner: string | null })[];
  })[];
  readonly review:
    | (StoryPart<'review'> & { readonly remindersSent: number; readonly overdueAt: string | null })
    | null;
  readonly decisions: readonly (Omit<StoryPart<'decisions'>, 'allocations'> & {
    readonly id: string;
    readonly kind: DecisionKind;
    readonly state: DecisionState;
    readonly outcome: DecisionOutcome | null;
    readonly allocations: readonly (StoryPart<'decisions'>['allocations'][number] & {
      readonly walletId: string;
    })[];
  })[];
  readonly notifications: readonly (StoryPart<'notifications'> & {
    readonly id: string;
    readonly walletId: string;
    readonly publishedAt: string | null;
  })[];
  readonly bankEvents: readonly (StoryPart<'bankEvents'> & { readonly handledAt: string | null })[];
  readonly gateWaits: readonly (StoryPart<'gateWaits'> & { readonly cause: GateCause })[];
  readonly audit: readonly (StoryPart<'audit'> & {
    readonly id: string;
    readonly subject: { readonly kind: string; readonly id: string };
    readonly seal: { readonly seq: string; readonly hash: string } | null;
  })[];
}

/**
 * Every appearance of line `l`, oldest first: each delivery of a webhook, each file format, and each poll over its day
 * from the first that showed it. Of later polls only absences are stored, which are rare.
 */
function appearancesOf(): SQL {
  return sql`(
    with polled as (
      select s.bank_id, s.reference, s.seen_at, s.evidence, s.held_reason, s.ended_at, r.started_at from sightings s join runs r on r.id = s.run_id
       where s.line_id = l.id and s.feed = 'poll'),
    appearances as (
      select s.feed, s.source, s.bank_id, s.reference, s.seen_at, s.evidence, s.held_reason, s.ended_at from sightings s
       where s.line_id = l.id and (s.feed = 'file' or s.feed = 'poll' and s.run_id is null)
      union all
      select s.feed, s.source, s.bank_id, s.reference, coalesce(came.at, s.seen_at), s.evidence, s.held_reason, s.ended_at
        from sightings s
        left join bank_events e on e.bank_account_key = s.bank_account_key and e.facts_key = s.facts_key
                               and coalesce(e.bank_id, '') = coalesce(s.bank_id, '')
        left join lateral unnest(array_prepend(e.received_at, e.repeated_at)) as came(at) on true
       where s.line_id = l.id and s.feed = 'webhook'
      union all
      select 'poll', 'poll', p.bank_id, p.reference, r.started_at, p.evidence, p.held_reason, p.ended_at
        from runs r
        cross join lateral (select * from polled where polled.started_at <= r.started_at order by polled.started_at desc limit 1) p
       where r.bank_account_key = l.bank_account_key and r.kind = 'poll'
         and l.booking_date between r.window_from and r.window_to
         and not exists (select 1 from line_absences a where a.line_id = l.id
               and r.started_at >= a.since and (a.until is null or r.started_at < a.until)))
    select coalesce(json_agg(json_build_object('feed', s.feed, 'source', s.source, 'bankId', s.bank_id, 'reference', s.reference,
             'seenAt', ${at('s.seen_at')}, 'evidence', s.evidence, 'waitedUntil', ${at('case when s.held_reason is not null and s.ended_at > s.seen_at then s.ended_at end')}
           ) order by s.seen_at, s.source), '[]')
      from (select * from appearances order by seen_at, source limit 500) s)`;
}

/** The journals of deposit `d`; each kind is read by its own index. */
function journalsOf(): SQL {
  return sql`(
    select o.* from journals o where o.line_id = l.id and o.kind = 'capture'
    union all
    select o.* from journals o where o.deposit_id = d.id and o.kind in ('credit', 'return', 'dismiss')
    union all
    select o.* from journals o where o.deposit_id = d.id and o.kind in ('reversal', 'correction', 'return_paid', 'void', 'restore'))`;
}

/** The names of deposit `d` and of its parts in the audit trail. */
const SUBJECTS = sql`
  select 'deposit' as kind, d.id union all select 'review', d.id
  union all select 'decision', c.id from decisions c where c.deposit_id = d.id
  union all select 'claim', m.id from claims m where m.deposit_id = d.id
  union all select 'reversal', v.line_id::text from reversals v where v.deposit_id = d.id
  union all select 'credit_hold', h.id::text from credit_holds h where h.line_id = d.line_id
  union all select 'line_case', k.id::text from line_cases k where k.line_id = d.line_id or k.other_id = d.line_id`;

/** The story of a deposit in one statement, so that its parts agree; each part is oldest first. */
export async function findDepositStory(
  executor: Executor,
  depositId: string,
): Promise<DepositStory | null> {
  const rows = await executor.execute<{ story: InJson<DepositStory> }>(sql`
    select json_build_object(
      'account', (select json_build_object('key', a.key, 'bankName', a.bank_name, 'timeZone', a.time_zone)
          from bank_accounts a where a.key = d.bank_account_key),
      'line', json_build_object('amountMinor', l.amount_minor::text, 'currency', l.currency, 'bookingDate', l.booking_date,
        'valueDate', l.value_date, 'references', l."references", 'text', l.text, 'counterpartyName', l.counterparty_name,
        'counterpartyAccount', l.counterparty_account, 'occurrence', l.occurrence, 'capturedAt', ${at('l.captured_at')}),
      'sightings', ${appearancesOf()},
      'hold', (select json_build_object('reason', h.reason, 'heldAt', ${at('h.held_at')}, 'endedAt', ${at('h.ended_at')}, 'endedAs', h.ended_as,
          'beside', ${besideLine(sql`h.beside_line_id`)}) from line_holds h where h.line_id = l.id),
      'besideRows', (select coalesce(json_agg(json_build_object('feed', s.feed, 'source', s.source, 'bankId', s.bank_id,
          'seenAt', ${at('s.seen_at')}, 'endedAt', ${at('s.ended_at')}) order by s.id), '[]')
          from (select * from sightings where beside_line_id = l.id and line_id is null and evidence is null order by id limit 200) s),
      'journals', ${journalsTold()},
      'review', (select json_build_object('reason', r.reason, 'candidates', r.candidates, 'openedAt', ${at('r.opened_at')},
          'dueAt', ${at('r.due_at')}, 'remindersSent', r.reminders_sent, 'overdueAt', ${at('r.overdue_at')},
          'closedAt', ${at('r.closed_at')})
          from reviews r where r.deposit_id = d.id),
      'decisions', ${decisionsTold()},
      'notifications', (select coalesce(json_agg(json_build_object('id', n.id::text, 'kind', n.kind, 'walletId', n.wallet_id,
          'walletCode', w.code, 'createdAt', ${at('n.created_at')}, 'publishedAt', ${at('n.published_at')},
          'deliveredAt', ${at('n.delivered_at')}, 'readAt', ${at('n.read_at')}) order by n.id), '[]')
          from notifications n join wallets w on w.id = n.wallet_id where n.deposit_id = d.id),
      'bankEvents', (select coalesce(json_agg(json_build_object('eventId', e.event_id, 'receivedAt', ${at('e.received_at')},
          'handledAt', ${at('e.handled_at')}, 'outcome', e.outcome, 'errorCode', e.error_code) order by e.id), '[]')
          from (select * from bank_events where deposit_id = d.id order by id limit 200) e),
      'comments', (select coalesce(json_agg(json_build_object('by', coalesce(c.person, c.key_id), 'text', c.text,
          'at', ${at('c.created_at')}) order by c.id), '[]') from review_comments c where c.deposit_id = d.id),
      'gateWaits', ${gateWaitsOf()},
      'audit', ${auditOf(SUBJECTS)}
    ) as story
    from deposits d join lines l on l.id = d.line_id where d.id = ${depositId}`);
  const story = rows[0]?.story;
  if (story === undefined) return null;
  return {
    ...story,
    line: { ...story.line, amountMinor: BigInt(story.line.amountMinor) },
    hold: story.hold && { ...story.hold, beside: fromBesideJson(story.hold.beside) },
    decisions: story.decisions.map((decision) => ({
      ...decision,
      allocations: decision.allocations.map((part) => ({
        ...part,
        amountMinor: BigInt(part.amountMinor),
      })),
    })),
  };
}

function at(column: string): SQL {
  return isoInstant(sql.raw(column));
}

function journalsTold(): SQL {
  return sql`(
    select coalesce(json_agg(json_build_object('id', j.id::text, 'kind', j.kind, 'decisionId', j.decision_id,
             'rateVersion', j.rate_version, 'walletId', j.wallet_id, 'walletCode', w.code, 'walletSeq', j.wallet_seq::text,
             'bookedOn', j.event_on, 'at', ${at('j.created_at')}, 'postings', (
               select json_agg(json_build_object('account', p.account, 'owner', coalesce(p.wallet_id, p.bank_account_key),
                        'unit', p.unit, 'amount', p.amount::text) order by p.leg)
                 from postings p where p.journal_id = j.id)) order by j.id), '[]')
      from ${journalsOf()} j left join wallets w on w.id = j.wallet_id)`;
}

function decisionsTold(): SQL {
  return sql`(
    select coalesce(json_agg(json_build_object('id', c.id, 'kind', c.kind, 'state', c.state, 'reason', c.reason,
             'needsApproval', c.needs_approval, 'proposedBy', c.proposed_person, 'proposedAt', ${at('c.proposed_at')},
             'approvedBy', c.approved_person, 'approvedAt', ${at('c.approved_at')},
             'rejectedBy', c.rejected_person, 'rejectedAt', ${at('c.rejected_at')},
             'outcome', c.outcome, 'refusal', c.refusal, 'appliedAt', ${at('c.applied_at')}, 'allocations', (
               select coalesce(json_agg(json_build_object('walletId', a.wallet_id, 'walletCode', w.code,
                        'amountMinor', a.amount_minor::text) order by a.part), '[]')
                 from decision_allocations a join wallets w on w.id = a.wallet_id where a.decision_id = c.id)
             ) order by c.proposed_at, c.id), '[]')
      from decisions c where c.deposit_id = d.id)`;
}
