import type { LocalDate } from '../../../domain/local-date.ts';
import type { LineStatus } from '../../../domain/line/sighting.ts';
import type {
  StatementDetail,
  StatementLine,
  StatementWarning,
} from '../../../domain/line/statement.ts';
import { unreadable } from '../statement-fault.ts';
import { warn } from '../warnings.ts';
import { childrenOf, requiredChild, textAt, type XmlElement } from '../xml-element.ts';
import { asPart, distinct, realOrNull, type CamtDetail } from './camt-detail.ts';
import { readAmount, readDay, readDirection, readFlag } from './camt-values.ts';

/** An entry whose parts have been read; `position` is `statement 1, entry 3`. */
export interface CamtEntry {
  readonly element: XmlElement;
  readonly details: readonly CamtDetail[];
  readonly position: string;
}

interface ReadEntry {
  readonly line: StatementLine;
  /** False where another date replaces the booking date. */
  readonly isDated: boolean;
  readonly warnings: readonly StatementWarning[];
}

/** Only BOOK is money. INFO and FUTR only announce; all but BOOK are shown but never credited. */
const STATUSES: ReadonlyMap<string, LineStatus> = new Map([
  ['BOOK', 'booked'],
  ['PDNG', 'pending'],
  ['INFO', 'pending'],
  ['FUTR', 'pending'],
]);

const NOBODY: StatementLine['counterparty'] = { name: null, account: null };

/**
 * Reads one `Ntry`. The entry's own texts are not copied to the parts of a batch, since they describe the whole.
 * @param standIn the day for an entry with neither a booking date nor a value date
 */
export function readEntry(
  { element, details, position }: CamtEntry,
  standIn: () => LocalDate | null,
): ReadEntry {
  const amount = readAmount(requiredChild(element, 'Amt', position), `${position}, Amt`);
  const direction = readDirection(element, position);
  const reversal = readFlag(element, 'RvslInd', position);
  const status = STATUSES.get(readStatusCode(element, position));
  const { currency } = amount;
  const parts = details.map((detail) => asPart(detail, { direction, currency, reversal }));
  const only = parts.length === 1 ? parts[0] : undefined;
  const stated = readDay(element, 'BookgDt', position);
  const valueDate = readDay(element, 'ValDt', position);
  const bookingDate = stated ?? valueDate ?? standIn();
  if (bookingDate === null)
    throw unreadable(`${position}, BookgDt`, 'it is missing, and there is no other date');
  const warnings: StatementWarning[] = [];
  if (status === undefined) warnings.push(warn('status_unknown', position));
  if (isNotItemised(element, details.length, position))
    warnings.push(warn('batch_count_differs', position));
  if (stated === null) warnings.push(warn('booking_date_absent', position));
  const line: StatementLine = {
    bankId:
      realOrNull(textAt(element, ['AcctSvcrRef'], position)) ??
      only?.bankId ??
      realOrNull(textAt(element, ['NtryRef'], position)),
    bookingDate,
    valueDate,
    amountMinor: amount.minor,
    direction,
    currency,
    status: status ?? 'pending',
    reversal,
    ...readTexts(element, details, only, position),
    counterparty: only?.counterparty ?? NOBODY,
    runningBalanceMinor: null,
    position,
    details: parts,
  };
  return { line, isDated: stated !== null, warnings };
}

/** An entry with a single part is one payment, so the part's texts are the entry's too. */
function readTexts(
  element: XmlElement,
  details: readonly CamtDetail[],
  only: StatementDetail | undefined,
  position: string,
): Pick<StatementLine, 'references' | 'text'> {
  const entryText = textAt(element, ['AddtlNtryInf'], position);
  const [first] = details;
  if (first === undefined || only === undefined)
    return {
      references: entryText === null ? [] : [entryText],
      text: entryText ?? first?.additional ?? '',
    };
  return {
    references: distinct([...first.references, entryText, ...first.weakReferences]),
    // The bank's own words; without them, only the payer's text.
    text: first.additional ?? entryText ?? only.text,
  };
}

/** Plain text up to version 07, `Cd` or `Prtry` from version 08. */
function readStatusCode(entry: XmlElement, position: string): string {
  const status = requiredChild(entry, 'Sts', position);
  const code =
    status.text !== ''
      ? status.text
      : (textAt(status, ['Cd'], position) ?? textAt(status, ['Prtry'], position));
  if (code === null) throw unreadable(`${position}, Sts`, 'it is empty');
  return code;
}

/**
 * True if the bank marks the entry as a sum of several payments but does not list exactly these. Such an entry may hold
 * several customers' money, whatever single reference it shows.
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
