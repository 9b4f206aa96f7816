import type { Sighting } from '../../domain/line/sighting.ts';
import type { StatementLine } from '../../domain/line/statement.ts';

/** The sightings of one entry. A hold says that the money is real and that no wallet may get it unseen. */
export interface EntryToCapture {
  readonly sightings: readonly Sighting[];
  /**
   * `unsplit_batch`: several payments whose parts are not all known, so that the entry stands whole;
   * `undated`: the file gives no booking date, so that the line cannot be told from the same line in another feed.
   */
  readonly hold: 'unsplit_batch' | 'undated' | null;
}

/**
 * What capture makes of an entry: one deposit for each part of a batch, one for any other entry.
 * @param warningCodes of the warnings about this entry's position
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

/** Warnings about a statement after which none of it posts: it is a copy or a test, or it may still change. */
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
 * Splits a batch whose parts all have amounts that add up to the entry; some banks write the total onto each part, and
 * then nothing tells whose is what. A single detail has already lent the entry its references.
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
