import { groupBy } from '../group-by.ts';
import { addDays, type LocalDate } from '../local-date.ts';
import { normaliseReference } from '../reference/reference.ts';

/** Regular payers pay weekly or monthly; a bank that books a batch twice does so within days. */
const REPEAT_DAYS = 6;
/** Fewer different payments on a day do not prove a repeated batch, and neither do payments of fewer amounts: prices. */
const DIFFERENT_PAYMENTS_MIN = 5;
const DIFFERENT_AMOUNTS_MIN = 5;
/** Share of the earlier day's credits, and of the later day's, in per cent. */
const REPEATED_PERCENT_MIN = 80;
/** Number of parts in which a day's payments are looked up: mostly the first few show that the day repeats nothing. */
export const PARTS = 14;

interface Payment {
  readonly bookingDate: LocalDate;
  /** Signed minor units. */
  readonly amountMinor: bigint;
  readonly references: readonly string[];
}

/** Credits of each day by amount and reference. */
type CreditsByDay<Row> = ReadonlyMap<LocalDate, ReadonlyMap<string, readonly Row[]>>;

/** Two days; the later one may be the earlier one, booked again. */
export interface DayPair {
  readonly day: LocalDate;
  readonly earlier: LocalDate;
}

/** For each payment of the later day that was looked up: how many stored credits of the earlier day equal it. */
export type TimesStored = ReadonlyMap<string, number>;

/** Credits of each day by amount and reference. */
export function creditsByDay<Row extends Payment>(rows: readonly Row[]): CreditsByDay<Row> {
  const days = groupBy(
    rows.filter((row) => row.amountMinor > 0n),
    (row) => row.bookingDate,
  );
  const payment = (row: Row) => `${row.amountMinor} ${normaliseReference(row.references[0] ?? '')}`;
  return new Map([...days].map(([day, credits]) => [day, groupBy(credits, payment)]));
}

/** The days that each day with enough different new credits may repeat. */
export function pairsToCompare(fresh: CreditsByDay<unknown>): readonly DayPair[] {
  return [...fresh].flatMap(([day, payments]) =>
    payments.size < DIFFERENT_PAYMENTS_MIN
      ? []
      : Array.from({ length: REPEAT_DAYS }, (_, index) => ({
          day,
          earlier: addDays(day, -index - 1),
        })),
  );
}

/** One part of a day's payments; look it up only if the parts before it left open whether the day is a repeat. */
export function partOf<Row>(
  fresh: CreditsByDay<Row>,
  day: LocalDate,
  part: number,
): readonly (readonly [payment: string, row: Row])[] {
  const payments = [...(fresh.get(day) ?? [])];
  const size = Math.ceil(payments.length / PARTS);
  return payments
    .slice(part * size, (part + 1) * size)
    .flatMap(([payment, [row]]) => (row === undefined ? [] : [[payment, row] as const]));
}

/** Still possible: enough of the day's payments, as far as looked up, are on the earlier day. */
export function mayRepeat(
  { day, earlier }: DayPair,
  fresh: CreditsByDay<unknown>,
  times: TimesStored,
): boolean {
  const payments = fresh.get(day);
  const count = countOf(payments);
  let missing = 0;
  for (const [payment, stored] of times) {
    if (stored === 0 && fresh.get(earlier)?.has(payment) !== true)
      missing += payments?.get(payment)?.length ?? 0;
  }
  return (count - missing) * 100 >= count * REPEATED_PERCENT_MIN;
}

/** What comparing days found. */
export interface RepeatedBatches<Row> {
  /** New credits of days that repeat one earlier day. */
  readonly repeated: ReadonlySet<Row>;
  /** Days that more than two days have in common: their customers pay regularly, and the bank books nothing twice. */
  readonly regular: readonly { readonly pair: DayPair; readonly rows: readonly Row[] }[];
}

/**
 * Finds the new credits that look like an earlier day's batch, booked again under new ids on a new day: most credits of
 * both days are equal, payment for payment, in amounts of many kinds. One customer's equal payment on another day is not
 * a repeat, nor is a batch that comes a third time.
 * @param pairs every pair of days with the stored counts of all payments of the later day
 * @param creditsOn the number of stored credits of a day
 */
export function findRepeatedBatch<Row extends Payment>(
  pairs: ReadonlyMap<DayPair, TimesStored>,
  fresh: CreditsByDay<Row>,
  creditsOn: (day: LocalDate) => number,
): RepeatedBatches<Row> {
  const found = [...pairs].flatMap(([pair, stored]) => {
    const rows = rowsInCommon(pair, stored, fresh, creditsOn);
    return rows === null ? [] : [{ pair, rows }];
  });
  const times = new Map<LocalDate, number>();
  for (const { pair } of found)
    for (const day of [pair.day, pair.earlier]) times.set(day, (times.get(day) ?? 0) + 1);
  const isRegular = ({ day, earlier }: DayPair) =>
    (times.get(day) ?? 0) > 1 || (times.get(earlier) ?? 0) > 1;
  return {
    repeated: new Set(found.flatMap(({ pair, rows }) => (isRegular(pair) ? [] : rows))),
    regular: found.filter(({ pair }) => isRegular(pair)),
  };
}

/** The rows of the later day that are on the earlier one too, if they are most of both. */
function rowsInCommon<Row extends Payment>(
  { day, earlier }: DayPair,
  stored: TimesStored,
  fresh: CreditsByDay<Row>,
  creditsOn: (day: LocalDate) => number,
): readonly Row[] | null {
  const before = fresh.get(earlier);
  const common = [...(fresh.get(day) ?? [])].flatMap(([payment, rows]) => {
    const times = (before?.get(payment)?.length ?? 0) + (stored.get(payment) ?? 0);
    return times === 0 ? [] : [{ rows, again: Math.min(rows.length, times) }];
  });
  const again = common.reduce((sum, each) => sum + each.again, 0);
  const isMostOf = (credits: number) => again * 100 >= credits * REPEATED_PERCENT_MIN;
  const rows = common.flatMap((each) => each.rows);
  const isRepeat =
    common.length >= DIFFERENT_PAYMENTS_MIN &&
    new Set(rows.map(({ amountMinor }) => amountMinor)).size >= DIFFERENT_AMOUNTS_MIN &&
    isMostOf(countOf(before) + creditsOn(earlier)) &&
    isMostOf(countOf(fresh.get(day)) + creditsOn(day));
  return isRepeat ? rows : null;
}

function countOf(day: ReadonlyMap<string, readonly unknown[]> | undefined): number {
  return [...(day?.values() ?? [])].reduce((sum, rows) => sum + rows.length, 0);
}
