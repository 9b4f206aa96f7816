import type { Sighting } from '../../domain/sighting.ts';
import type { Statement, StatementFile, StatementLine } from '../../domain/statement.ts';
import { placesWith } from './warnings.ts';

/** The sightings of one entry. A hold says that the money is real and that no wallet may get it unseen. */
export interface EntryToCapture {
  readonly sightings: readonly Sighting[];
  /**
   * `unsplit_batch`: several payments whose parts are not all known, so that the entry stands whole;
   * `undated`: the file gives no booking date, so that the line cannot be told from the same line in another feed.
   */
  readonly hold: 'unsplit_batch' | 'undated' | null;
}

export interface StatementToCapture {
  readonly statement: Statement;
  /** A copy or duplicate of a statement never posts: its entries are left out. */
  readonly isCopy: boolean;
  readonly entries: readonly EntryToCapture[];
}

/** What capture makes of a file: one deposit for each part of a batch, one for any other entry. */
export function entriesToCapture(file: StatementFile): readonly StatementToCapture[] {
  const copies = new Set([
    ...placesWith(file.warnings, 'statement_copy'),
    ...placesWith(file.warnings, 'statement_provisional'),
  ]);
  const undated = placesWith(file.warnings, 'booking_date_absent');
  const notItemised = placesWith(file.warnings, 'batch_count_differs');
  return file.statements.map((statement, index) => {
    const isCopy = copies.has(`statement ${index + 1}`);
    const entries = isCopy
      ? []
      : statement.lines.map((line): EntryToCapture => {
          const { sightings, unsplit } = splitEntry(line);
          if (undated.has(line.position)) return { sightings, hold: 'undated' };
          const isHeld = unsplit || notItemised.has(line.position);
          return isHeld
            ? { sightings: [wholeEntry(line)], hold: 'unsplit_batch' }
            : { sightings, hold: null };
        });
    return { statement, isCopy, entries };
  });
}

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
