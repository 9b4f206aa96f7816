import { daysBetween, type LocalDate } from './local-date.ts';
import { normaliseReference } from './reference.ts';

/** Regular payers pay weekly or monthly; a bank that books a batch once more does so within days. */
const REPEAT_DAYS = 6;
/** Fewer different payments on a day are too weak to say that a batch came again. */
const DIFFERENT_PAYMENTS_MIN = 5;
/** Of the earlier day's credits, and of the later day's, in per cent. */
const REPEATED_PERCENT_MIN = 80;

interface Payment {
  readonly bookingDate: LocalDate;
  /** Signed minor units. */
  readonly amountMinor: bigint;
  readonly references: readonly string[];
}

/**
 * The new credits that look like an earlier day's batch booked again (under new ids, on a new day): most credits of both
 * days are the same, payment for payment, so that no list of regular payers explains it. One customer's same payment on
 * another day is no repeat.
 * @param known lines that are stored, of the days around the new ones
 */
export function findRepeatedBatch<Row extends Payment>(
  fresh: readonly Row[],
  known: readonly Payment[],
): ReadonlySet<Row> {
  const repeated = new Set<Row>();
  const freshDays = creditsByDay(fresh);
  if (![...freshDays.values()].some((day) => day.size >= DIFFERENT_PAYMENTS_MIN)) return repeated;
  const allDays = creditsByDay<Payment>([...known, ...fresh]);
  for (const [day, payments] of freshDays) {
    if (payments.size < DIFFERENT_PAYMENTS_MIN) continue;
    const sameDay = countOf(allDays.get(day));
    for (const [earlier, before] of allDays) {
      const age = daysBetween(earlier, day);
      if (age < 1 || age > REPEAT_DAYS || before.size < DIFFERENT_PAYMENTS_MIN) continue;
      const common = [...payments].filter(([facts]) => before.has(facts));
      const again = common.reduce(
        (sum, [facts, rows]) => sum + Math.min(rows.length, before.get(facts)?.length ?? 0),
        0,
      );
      const isRepeat =
        common.length >= DIFFERENT_PAYMENTS_MIN &&
        again * 100 >= countOf(before) * REPEATED_PERCENT_MIN &&
        again * 100 >= sameDay * REPEATED_PERCENT_MIN;
      if (isRepeat) for (const [, rows] of common) for (const row of rows) repeated.add(row);
    }
  }
  return repeated;
}

/** Credits of each day by amount and reference. */
function creditsByDay<Line extends Payment>(
  lines: readonly Line[],
): Map<LocalDate, Map<string, Line[]>> {
  const days = new Map<LocalDate, Map<string, Line[]>>();
  for (const line of lines) {
    if (line.amountMinor <= 0n) continue;
    const facts = `${line.amountMinor} ${normaliseReference(line.references[0] ?? '')}`;
    let day = days.get(line.bookingDate);
    if (day === undefined) days.set(line.bookingDate, (day = new Map<string, Line[]>()));
    const group = day.get(facts);
    if (group === undefined) day.set(facts, [line]);
    else group.push(line);
  }
  return days;
}

function countOf(day: ReadonlyMap<string, readonly unknown[]> | undefined): number {
  return [...(day?.values() ?? [])].reduce((sum, rows) => sum + rows.length, 0);
}
