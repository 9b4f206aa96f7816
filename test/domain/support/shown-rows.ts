import {
  factsText,
  type Batch,
  type SnapshotRow,
  type SnapshotScope,
} from '../../../domain/line/identity.ts';
import { parseLocalDate, type LocalDate } from '../../../domain/local-date.ts';
import { addDays } from '../../../domain/local-date.ts';
import { ZAR } from '../../../domain/money/money.ts';

/** A row as a bank shows it; the amount in signed cents. */
export interface BankRow {
  readonly id: string | null;
  readonly day: string;
  readonly amountMinor: bigint;
  readonly reference: string;
  readonly balanceMinor?: bigint;
  readonly batch?: Batch;
}

/** Rows as capture hands them to `placeRows`. */
export function toRows(rows: readonly BankRow[], idStable: boolean): readonly SnapshotRow[] {
  return rows.map((row, index) => ({
    index,
    factsKey: factsOf(row),
    stableId: idStable ? row.id : null,
    shownId: row.id,
    bookingDate: parseLocalDate(row.day),
    amountMinor: row.amountMinor,
    references: [row.reference],
    balanceMinor: row.balanceMinor ?? null,
    batch: row.batch ?? null,
  }));
}

function factsOf(row: BankRow): string {
  return factsText('main', {
    bankId: row.id,
    bookingDate: parseLocalDate(row.day),
    valueDate: null,
    amountMinor: row.amountMinor < 0n ? -row.amountMinor : row.amountMinor,
    direction: row.amountMinor < 0n ? 'debit' : 'credit',
    currency: ZAR,
    status: 'booked',
    reversal: false,
    references: [row.reference],
    text: '',
    counterparty: { name: null, account: null },
    runningBalanceMinor: null,
    position: 'row 1',
  });
}

/** Whole days, all of them over but those after `lastClosedDay`. */
export function wholeDays(from: string, to: string, lastClosedDay = to): SnapshotScope {
  return {
    kind: 'complete',
    from: parseLocalDate(from),
    to: parseLocalDate(to),
    lastClosedDay: parseLocalDate(lastClosedDay),
  };
}

export const ONE_ROW: SnapshotScope = { kind: 'partial' };

export const DAY = '2026-11-02';
export const NEXT_DAY = '2026-11-03';
/** Two days, of which the second is not over. */
export const BOTH_DAYS = wholeDays(DAY, NEXT_DAY, DAY);
export const ANNA = 'CUS00001234';
export const BEN = 'CUS12345671';

/** Anna's R50.00, without an id. */
export function aRow(given: Partial<BankRow> = {}): BankRow {
  return { id: null, day: DAY, amountMinor: 5_000n, reference: ANNA, ...given };
}

/** The day `days` after the first day of the tests. */
export function dayOf(days: number): LocalDate {
  return addDays(parseLocalDate('2026-11-01'), days);
}
