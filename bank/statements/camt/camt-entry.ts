import type { LocalDate } from '../../../domain/local-date.ts';
import type { LineStatus } from '../../../domain/sighting.ts';
import type { StatementLine, StatementWarning } from '../../../domain/statement.ts';
import { unreadable } from '../statement-fault.ts';
import { warn } from '../warnings.ts';
import { childrenOf, requiredChild, textAt, type XmlElement } from '../xml-element.ts';
import { asPart, distinct, realOrNull, type CamtDetail } from './camt-detail.ts';
import { readAmount, readDay, readDirection, readFlag } from './camt-values.ts';

/** An entry whose booking date may still have to be found: the statement around it knows when it was made. */
export interface CamtEntry {
  readonly line: Omit<StatementLine, 'bookingDate'>;
  readonly bookingDate: LocalDate | null;
  readonly warnings: readonly StatementWarning[];
}

/** Only BOOK is money. INFO and FUTR announce; all of these are shown and never credited. */
const STATUSES: ReadonlyMap<string, LineStatus> = new Map([
  ['BOOK', 'booked'],
  ['PDNG', 'pending'],
  ['INFO', 'pending'],
  ['FUTR', 'pending'],
]);

/**
 * Reads one `Ntry`. The entry's own texts are not copied onto the parts of a batch, since they speak of the whole.
 * @param position `statement 1, entry 3`
 */
export function readEntry(
  entry: XmlElement,
  details: readonly CamtDetail[],
  position: string,
): CamtEntry {
  const amount = readAmount(requiredChild(entry, 'Amt', position), `${position}, Amt`);
  const direction = readDirection(entry, position);
  const reversal = readFlag(entry, 'RvslInd', position);
  const code = readStatusCode(entry, position);
  const status = STATUSES.get(code);
  const parts = details.map((detail) =>
    asPart(detail, { direction, currency: amount.currency, reversal }),
  );
  const only = parts.length === 1 ? parts[0] : undefined;
  const entryText = textAt(entry, ['AddtlNtryInf'], position);
  const warnings = [
    ...(status === undefined ? [warn('status_unknown', position)] : []),
    ...(isNotItemised(entry, details.length, position)
      ? [warn('batch_count_differs', position)]
      : []),
  ];
  return {
    line: {
      bankId:
        realOrNull(textAt(entry, ['AcctSvcrRef'], position)) ??
        only?.bankId ??
        realOrNull(textAt(entry, ['NtryRef'], position)),
      valueDate: readDay(entry, 'ValDt', position),
      amountMinor: amount.minor,
      direction,
      currency: amount.currency,
      status: status ?? 'pending',
      reversal,
      references: distinct([...(only?.references ?? []), entryText]),
      // The bank's own words; where it adds none, what the payer wrote stands alone.
      text: details[0]?.additional ?? entryText ?? only?.text ?? '',
      counterparty: only?.counterparty ?? { name: null, account: null },
      runningBalanceMinor: null,
      position,
      details: parts,
    },
    bookingDate: readDay(entry, 'BookgDt', position),
    warnings,
  };
}

/** Plain text up to version 07, `Cd` or `Prtry` from version 08. */
function readStatusCode(entry: XmlElement, position: string): string {
  const status = requiredChild(entry, 'Sts', position);
  const code =
    textAt(status, ['Cd'], position) ?? textAt(status, ['Prtry'], position) ?? status.text;
  if (code === '') throw unreadable(`${position}, Sts`, 'it is empty');
  return code;
}

/**
 * Whether the bank says that the entry sums up several payments without listing exactly these. Such an entry may hold
 * the money of several customers, whatever single reference it shows.
 */
function isNotItemised(entry: XmlElement, listed: number, position: string): boolean {
  const counts = childrenOf(entry, 'NtryDtls')
    .map((each) => textAt(each, ['Btch', 'NbOfTxs'], position))
    .filter((text) => text !== null);
  if (counts.length === 0) return false;
  if (!counts.every((text) => /^[0-9]{1,15}$/.test(text))) {
    throw unreadable(`${position}, NbOfTxs`, 'it is not a whole number');
  }
  const stated = counts.reduce((sum, text) => sum + Number(text), 0);
  return stated !== listed && (stated > 1 || listed > 1);
}
