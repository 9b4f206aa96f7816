import { sql } from 'drizzle-orm';
import type { Doubt, DoubtKind } from '../../domain/line/balance-settles.ts';
import { parseLocalDate, type LocalDate } from '../../domain/local-date.ts';
import type { Executor, Transaction } from '../client.ts';
import { param } from '../param.ts';

/** The days of an account whose lines a balance counts. */
export interface CountedDays {
  readonly accountKey: string;
  readonly from: LocalDate;
  readonly to: LocalDate;
}

/**
 * The lines and rows of these days, in the account's currency, of which only a balance tells whether the bank counts them:
 * held lines, rows that wait, and lines that the bank shows no longer; oldest first.
 */
export async function listDoubts(
  executor: Executor,
  { accountKey, from, to }: CountedDays,
  limit: number,
): Promise<readonly Doubt[]> {
  const rows = await executor.execute<{
    id: string;
    kind: DoubtKind;
    day: string;
    minor: string;
    beside: string | null;
    is_correction: boolean;
    is_decided: boolean;
    deposit_id: string | null;
  }>(sql`
    with account as (select key, currency from bank_accounts where key = ${accountKey})
    select l.id::text, 'line' as kind, l.booking_date::text as day, l.amount_minor::text as minor, h.beside_line_id::text as beside,
           h.reason <> 'possible_duplicate' as is_correction, coalesce(d.state not in ('captured', 'in_review'), false) as is_decided, d.id as deposit_id
      from line_holds h join lines l on l.id = h.line_id join account a on a.key = l.bank_account_key and a.currency = l.currency
      left join deposits d on d.line_id = l.id
     where h.ended_at is null and h.reason in ('possible_duplicate', 'edited_look_alike', 'id_reused')
       and l.booking_date between ${from}::date and ${to}::date and d.state is distinct from 'reversed'
    union all
    select s.id::text, 'row', s.booking_date::text, s.amount_minor::text, s.beside_line_id::text,
           s.held_reason <> 'possible_duplicate', false, null
      from sightings s join account a on a.key = s.bank_account_key
     where s.line_id is null and s.ended_at is null and s.booking_date between ${from}::date and ${to}::date
    union all
    select l.id::text, 'gone', l.booking_date::text, l.amount_minor::text, null, true, true, d.id
      from line_absences n join lines l on l.id = n.line_id join account a on a.key = l.bank_account_key and a.currency = l.currency
      left join deposits d on d.line_id = l.id
     where n.until is null and l.booking_date between ${from}::date and ${to}::date and d.state is distinct from 'reversed'
       and not exists (select 1 from line_holds h where h.line_id = l.id and h.ended_at is null)
     order by 3, 1 limit ${limit}`);
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    bookingDate: parseLocalDate(row.day),
    amountMinor: BigInt(row.minor),
    besideLineId: row.beside,
    isCorrection: row.is_correction,
    isDecided: row.is_decided,
    depositId: row.deposit_id,
  }));
}

/** A comparison that found a difference may be explained by what is in doubt up to its day. */
interface Compared {
  readonly bankAccountKey: string;
  readonly openingOn: LocalDate;
  readonly day: LocalDate;
  readonly differenceMinor: bigint;
}

/** As many explanations of a difference as a person looks at. */
const CANDIDATES_MAX = 20;

/** Adds to each comparison that found a difference what may explain it: first the doubts of exactly its amount. */
export async function withCandidates<Proof extends Compared>(
  executor: Executor,
  proofs: readonly Proof[],
): Promise<readonly (Proof & { readonly candidates: readonly Doubt[] })[]> {
  return Promise.all(
    proofs.map(async (proof) => {
      const { bankAccountKey: accountKey, day: to, differenceMinor, openingOn: from } = proof;
      if (differenceMinor === 0n) return { ...proof, candidates: [] };
      const doubts = await listDoubts(executor, { accountKey, from, to }, 200);
      const isExact = ({ amountMinor }: Doubt) =>
        amountMinor === differenceMinor || amountMinor === -differenceMinor;
      const candidates = doubts.toSorted((a, b) => Number(isExact(b)) - Number(isExact(a)));
      return { ...proof, candidates: candidates.slice(0, CANDIDATES_MAX) };
    }),
  );
}

/** Ends the holds of lines that are the lines beside them: those take over their appearances. */
export async function mergeLines(
  tx: Transaction,
  accountKey: string,
  lineIds: readonly string[],
): Promise<void> {
  if (lineIds.length === 0) return;
  await tx.execute(sql`select from end_holds(${accountKey}, ${param(lineIds)}::bigint[], 'same')`);
  await tx.execute(sql`
    insert into sightings (bank_account_key, line_id, feed, source, run_id, bank_id, facts_key, booking_date, amount_minor, reference,
                           balance_minor, batch_id, batch_minor, evidence)
    select s.bank_account_key, h.beside_line_id, s.feed, s.source, s.run_id, s.bank_id, s.facts_key, s.booking_date, s.amount_minor,
           s.reference, s.balance_minor, s.batch_id, s.batch_minor, 'proof'
      from line_holds h join sightings s on s.line_id = h.line_id
     where h.line_id = any(${param(lineIds)}::bigint[]) and not exists (
       select 1 from sightings o where o.line_id = h.beside_line_id and o.source = s.source
          and coalesce(o.bank_id, '') = coalesce(s.bank_id, '') and o.facts_key = s.facts_key)
     order by s.id on conflict do nothing`);
}

/** A row that waits, as a line of its own would be stored. */
export interface RowAsLine {
  readonly heldId: string;
  readonly feed: 'poll' | 'webhook' | 'file';
  readonly source: string;
  readonly factsKey: string;
  readonly occurrence: number;
  readonly bookingDate: LocalDate;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly reference: string | null;
}

/** Rows that wait, each numbered after the lines of its facts. */
export async function readRowsAsLines(
  tx: Transaction,
  query: { readonly heldIds: readonly string[]; readonly keyScheme: number },
): Promise<readonly RowAsLine[]> {
  if (query.heldIds.length === 0) return [];
  const rows = await tx.execute<{
    id: string;
    feed: RowAsLine['feed'];
    source: string;
    facts_key: string;
    occurrence: number;
    day: string;
    minor: string;
    currency: string;
    reference: string | null;
  }>(sql`
    select s.id::text, s.feed, s.source, s.facts_key, s.booking_date::text as day, s.amount_minor::text as minor, a.currency, s.reference,
           (row_number() over (partition by s.facts_key order by s.id) + coalesce((
             select max(l.occurrence) from lines l
              where l.bank_account_key = s.bank_account_key and l.key_scheme = ${query.keyScheme} and l.facts_key = s.facts_key), 0))::int as occurrence
      from sightings s join bank_accounts a on a.key = s.bank_account_key
     where s.id = any(${param(query.heldIds)}::bigint[]) and s.line_id is null and s.ended_at is null
     order by s.id`);
  return rows.map((row) => ({
    heldId: row.id,
    feed: row.feed,
    source: row.source,
    factsKey: row.facts_key,
    occurrence: row.occurrence,
    bookingDate: parseLocalDate(row.day),
    amountMinor: BigInt(row.minor),
    currency: row.currency,
    reference: row.reference,
  }));
}
