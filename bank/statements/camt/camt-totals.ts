import type { Currency } from '../../../domain/money.ts';
import { signedMinor } from '../../../domain/sighting.ts';
import type { StatementLine } from '../../../domain/statement.ts';
import { unreadable } from '../statement-fault.ts';
import { onlyChild, requiredChild, textAt, type XmlElement } from '../xml-element.ts';
import { readDirection, readMinor } from './camt-values.ts';

/** What a file says of its own entries. `net` is signed. */
interface Totals {
  readonly count: number | null;
  readonly sum: bigint | null;
  readonly net: bigint | null;
}

/**
 * Whether `TxsSummry` agrees with the entries, as far as it says anything. Banks count either all entries or the
 * booked ones: one of both readings must hold for every total.
 */
export function totalsAgree(
  summary: XmlElement | null,
  lines: readonly StatementLine[],
  currency: Currency,
  where: string,
): boolean {
  if (summary === null) return true;
  const all = readTotals(summary, 'TtlNtries', currency, where);
  const credits = readTotals(summary, 'TtlCdtNtries', currency, where);
  const debits = readTotals(summary, 'TtlDbtNtries', currency, where);
  const booked = lines.filter((line) => line.status === 'booked');
  return [lines, booked].some(
    (counted) =>
      agrees(all, counted) &&
      agrees(
        credits,
        counted.filter((line) => line.direction === 'credit'),
      ) &&
      agrees(
        debits,
        counted.filter((line) => line.direction === 'debit'),
      ),
  );
}

function agrees(totals: Totals, lines: readonly StatementLine[]): boolean {
  const sum = lines.reduce((total, line) => total + line.amountMinor, 0n);
  const net = lines.reduce((total, line) => total + signedMinor(line), 0n);
  return (
    (totals.count === null || totals.count === lines.length) &&
    (totals.sum === null || totals.sum === sum) &&
    (totals.net === null || totals.net === net)
  );
}

function readTotals(summary: XmlElement, name: string, currency: Currency, where: string): Totals {
  const totals = onlyChild(summary, name, where);
  if (totals === null) return { count: null, sum: null, net: null };
  const place = `${where}, ${name}`;
  const count = textAt(totals, ['NbOfNtries'], place);
  if (count !== null && !/^[0-9]{1,15}$/.test(count)) {
    throw unreadable(`${place}, NbOfNtries`, 'it is not a whole number');
  }
  const sum = textAt(totals, ['Sum'], place);
  return {
    count: count === null ? null : Number(count),
    sum: sum === null ? null : readMinor(sum, currency, `${place}, Sum`),
    net: readNet(totals, currency, place),
  };
}

/** `TtlNetNtryAmt` with its mark up to version 03, `TtlNetNtry/Amt` with its mark inside from version 04. */
function readNet(totals: XmlElement, currency: Currency, place: string): bigint | null {
  const flat = onlyChild(totals, 'TtlNetNtryAmt', place);
  const nested = onlyChild(totals, 'TtlNetNtry', place);
  const amount = flat ?? (nested && requiredChild(nested, 'Amt', place));
  if (amount === null) return null;
  const minor = readMinor(amount.text, currency, `${place}, net`);
  return readDirection(nested ?? totals, place) === 'credit' ? minor : -minor;
}
