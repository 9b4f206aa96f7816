import { addDays, type LocalDate } from '../local-date.ts';
import type { Currency } from '../money/money.ts';
import type { Sighting } from './sighting.ts';

/**
 * Formats that `bank/statements/` recognises by their content. A CSV names the bank's profile, `csv.fnb-history`; a saved
 * answer of a bank's API names its protocol, `json.investec`.
 */
export type StatementFormat =
  | 'camt.052'
  | 'camt.053'
  | 'camt.054'
  | 'mt940'
  | 'mt942'
  | 'ofx'
  | 'bai2'
  | `csv.${string}`
  | `json.${string}`;

/** `ok`: opening + lines = closing; `failed`: they differ; `absent`: the file states too little to check. */
export type ProofLevel = 'ok' | 'failed' | 'absent';

/** One entry of a statement. A batch entry keeps its parts in `details`; capture makes each part a deposit. */
export interface StatementLine extends Sighting {
  readonly details: readonly StatementDetail[];
}

/** One part of a batch entry. `amountMinor` is null where the file states none for the part. */
export interface StatementDetail {
  readonly amountMinor: bigint | null;
  readonly references: readonly string[];
  readonly text: string;
  readonly counterparty: Sighting['counterparty'];
  readonly bankId: string | null;
}

/** One statement of one account; balances are signed minor units, null where the file states none. */
export interface Statement {
  /** Account number or IBAN as the file writes it. */
  readonly account: string;
  readonly currency: Currency;
  readonly statementId: string | null;
  readonly openingMinor: bigint | null;
  readonly closingMinor: bigint | null;
  readonly proof: ProofLevel;
  /** opening + booked lines − closing; null when the proof is `absent`. */
  readonly differenceMinor: bigint | null;
  /** The days that this statement covers completely; null for intraday reports and notices. */
  readonly completeDays: { readonly from: LocalDate; readonly to: LocalDate } | null;
  readonly lines: readonly StatementLine[];
}

/** An oddity that does not make the file wrong. `where` names the place: `statement 1, entry 3`. */
export interface StatementWarning {
  readonly code: string;
  readonly message: string;
  readonly where: string;
}

/** A file, read to its end. */
export interface StatementFile {
  readonly format: StatementFormat;
  readonly statements: readonly Statement[];
  readonly warnings: readonly StatementWarning[];
}

/** The moment that a closing balance belongs to: after the last line of `closingOn`, or the end of `wholeUntil`. */
export interface ClosingMoment {
  /** The last day that is over and that the statement shows whole. */
  readonly wholeUntil: LocalDate;
  readonly closingOn: LocalDate;
}

/**
 * A closing balance counts every line of its statement and no other. A day that is not over, or that the statement does
 * not show whole, may have lines that came later, so only the lines that the statement shows of it count. Null for a
 * statement without days.
 */
export function closingMoment(given: {
  readonly completeDays: Statement['completeDays'];
  readonly firstDay: LocalDate | null;
  readonly lastBookedDay: LocalDate | null;
  readonly today: LocalDate;
}): ClosingMoment | null {
  const { completeDays, firstDay, lastBookedDay, today } = given;
  const from = completeDays?.from ?? firstDay;
  if (from === null) return null;
  const before = addDays(from, -1);
  const yesterday = addDays(today, -1);
  const whole = completeDays === null ? before : least(completeDays.to, yesterday);
  const wholeUntil = whole < before ? before : whole;
  const isAfter = lastBookedDay !== null && lastBookedDay > wholeUntil;
  return { wholeUntil, closingOn: isAfter ? lastBookedDay : wholeUntil };
}

function least(one: LocalDate, other: LocalDate): LocalDate {
  return one < other ? one : other;
}
