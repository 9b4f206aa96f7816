import { signedMinor, type Sighting } from '../../domain/line/sighting.ts';
import type { StatementLine } from '../../domain/line/statement.ts';

/** The sightings of one entry. A hold marks real money that a person must see before any wallet is credited. */
export interface EntryToCapture {
  readonly sightings: readonly Sighting[];
  /**
   * `unsplit_batch`: several payments with unknown parts, so that the entry stays whole;
   * `undated`: the file gives no booking date, so that the line cannot be matched with the same line in another feed.
   */
  readonly hold: 'unsplit_batch' | 'undated' | null;
}

/**
 * Splits an entry for capture: one deposit per part of a batch, one for any other entry.
 * @param warningCodes codes of the warnings at this entry's position
 */
export function entryToCapture(
  line: StatementLine,
  warningCodes: ReadonlySet<string>,
): EntryToCapture {
  const { sightings, unsplit } = splitEntry(line);
  if (warningCodes.has('booking_date_absent')) return { sightings, hold: 'undated' };
  return unsplit || warningCodes.has('batch_count_differs')
    ? { sightings: [wholeEntry(line)], hold: 'unsplit_batch' }
    : { sightings, hold: null };
}

/** Statement warnings that stop it from posting: a copy, a test, or a provisional statement. */
export const NEVER_POSTS: ReadonlySet<string> = new Set([
  'statement_copy',
  'statement_provisional',
  'statement_test',
]);

/** Warnings about an entry that `entryToCapture` looks for. */
export const ENTRY_WARNINGS: ReadonlySet<string> = new Set([
  'booking_date_absent',
  'batch_count_differs',
]);

/**
 * Splits a batch whose parts all have amounts that add up to the entry. Some banks write the total on each part; those parts
 * cannot be told apart. A single detail's references are already the entry's.
 */
function splitEntry(line: StatementLine): {
  readonly sightings: readonly Sighting[];
  readonly unsplit: boolean;
} {
  if (line.details.length < 2) return { sightings: [wholeEntry(line)], unsplit: false };
  const parts = line.details.flatMap((part) =>
    part.amountMinor === null ? [] : [{ ...part, amountMinor: part.amountMinor }],
  );
  const sum = parts.reduce((total, part) => total + part.amountMinor, 0n);
  if (parts.length !== line.details.length || sum !== line.amountMinor) {
    return { sightings: [wholeEntry(line)], unsplit: true };
  }
  const opposite = line.direction === 'credit' ? 'debit' : 'credit';
  return {
    unsplit: false,
    sightings: parts.map((part, index) => ({
      ...wholeEntry(line),
      bankId: part.bankId,
      // A part with a minus moves against its entry.
      amountMinor: part.amountMinor < 0n ? -part.amountMinor : part.amountMinor,
      direction: part.amountMinor < 0n ? opposite : line.direction,
      references: part.references,
      text: part.text,
      counterparty: part.counterparty,
      batch: { bankId: line.bankId, amountMinor: signedMinor(line) },
      position: `${line.position}, part ${index + 1}`,
    })),
  };
}

function wholeEntry(line: StatementLine): Sighting {
  return {
    bankId: line.bankId,
    bookingDate: line.bookingDate,
    valueDate: line.valueDate,
    amountMinor: line.amountMinor,
    direction: line.direction,
    currency: line.currency,
    status: line.status,
    reversal: line.reversal,
    references: line.references,
    text: line.text,
    counterparty: line.counterparty,
    runningBalanceMinor: line.runningBalanceMinor,
    position: line.position,
  };
}
