import { isCoded } from '../../../domain/errors.ts';
import { addDays, type LocalDate } from '../../../domain/local-date.ts';
import { parseCurrency, type Currency } from '../../../domain/money/money.ts';
import { createRunningBalance } from '../running-balance.ts';
import { statementFault, unreadable, type StatementLimits } from '../statement-fault.ts';
import type { StatementEvent } from '../statement-reader.ts';
import { createTally, type StatementTally } from '../statement-tally.ts';
import { warn } from '../warnings.ts';
import { readCsvHead, type CsvHead } from './csv-head.ts';
import { isHeader, isLabel, type CsvLayout } from './csv-layout.ts';
import type { CsvProfile } from './csv-profile.ts';
import { proveCsv } from './csv-proof.ts';
import { readCsvRow, type CsvRow } from './csv-row.ts';
import { createStatedBalances } from './csv-stated.ts';
import { asCsvDay, type Period } from './csv-values.ts';

const PLACE = 'statement 1';

type Cells = readonly string[];
type Entry = Extract<CsvRow, { kind: 'lines' }>;

/** A CSV is one statement: rows go in, and what they tell comes out. */
interface CsvStatement {
  row(cells: Cells, lineNumber: number): readonly StatementEvent[];
  finish(isUnterminated: boolean): readonly StatementEvent[];
}

/** Whether the row ends what stands before the entries: the header, or in a file without one the first balance or entry. */
export function isFirstRow(cells: Cells, profile: CsvProfile, layout: CsvLayout): boolean {
  const { columns, header, openingRow, recordType, dateFormats } = profile;
  if (header.length > 0) return isHeader(cells, profile);
  const texts = [...columns.references, ...columns.text].map((column) => layout.at(cells, column));
  if (texts.some((text) => isLabel(text, openingRow))) return true;
  if (recordType !== undefined && cells[0]?.trim() !== recordType) return false;
  return asCsvDay(layout.at(cells, columns.bookingDate), dateFormats, null) !== null;
}

export function createCsvStatement(
  profile: CsvProfile,
  layout: CsvLayout,
  limits: StatementLimits,
): CsvStatement {
  const tally = createTally();
  const running = createRunningBalance();
  const stated = createStatedBalances(running);
  const preamble: Cells[] = [];
  let hasBegun = false;
  let head: CsvHead | null = null;
  let account: string | null = null;
  let isProvisional = false;
  let [hasNul, writesMinus] = [false, false];
  /** Cells of the last row and of the one before it. */
  let [lastWidth, widthBefore] = [0, 0];

  return { row, finish };

  function row(cells: Cells, lineNumber: number): readonly StatementEvent[] {
    hasNul ||= cells.some((cell) => cell.includes('\u0000'));
    if (cells.every((cell) => cell.replaceAll('\u0000', '').trim() === '')) return [];
    [lastWidth, widthBefore] = [cells.length, lastWidth];
    return isBefore(cells) ? [] : place(cells, `line ${lineNumber}`);
  }

  /** Whether the row still stands before the entries. */
  function isBefore(cells: Cells): boolean {
    if (hasBegun) return false;
    hasBegun = isFirstRow(cells, profile, layout);
    if (!hasBegun && preamble.push(cells) > profile.preambleRows + 1)
      throw unreadable('header', 'the rows before it are more than this bank writes');
    // A header is no entry; the first row of a file without one is.
    return !hasBegun || profile.header.length > 0;
  }

  function place(cells: Cells, where: string): readonly StatementEvent[] {
    if (stated.hasEnded()) throw unreadable(where, 'a row stands behind the end of the statement');
    head ??= readCsvHead(profile, preamble, currencyOf(cells, where));
    const read = readCsvRow(cells, {
      profile,
      layout,
      currency: head.currency,
      period: head.period,
      isProvisional,
      isCharge: (moved, fee, balance) =>
        running.follows(moved - fee, balance) ||
        (!running.follows(moved + fee, balance) && !writesMinus),
      where,
      positionOf: (offset) => `${PLACE}, entry ${tally.lines + offset + 1}`,
    });
    if (read.kind === 'lines') return enter(read, cells, where);
    if (read.kind === 'provisional') {
      isProvisional = true;
      return stated.isBehindEntries()
        ? [{ kind: 'warning', warning: warn('statement_provisional', PLACE) }]
        : [];
    }
    if (read.kind !== 'skip') stated.add(read);
    return [];
  }

  function enter(entry: Entry, cells: Cells, where: string): readonly StatementEvent[] {
    const isWide = cells.slice(layout.most).some((cell) => cell.trim() !== '');
    if (cells.length < layout.least || isWide)
      throw unreadable(where, 'it has another number of columns than the rows before');
    const currency = currencyOf(cells, where);
    if (currency !== null && currency !== head?.currency)
      throw unreadable(where, 'it is in another currency than the rows before');
    account ??= entry.account;
    if (account !== entry.account)
      throw unreadable(where, 'it is of another account than the rows before');
    writesMinus ||= entry.hasMinus;
    for (const line of entry.lines) tally.add(line);
    if (tally.lines > limits.entriesMax)
      throw unreadable(where, `the file has more than ${limits.entriesMax} entries`);
    const [first] = entry.lines;
    if (first?.status === 'booked') stated.enter({ ...entry, day: first.bookingDate });
    else stated.enterPending();
    return entry.lines.map((line): StatementEvent => ({ kind: 'line', line }));
  }

  function currencyOf(cells: Cells, where: string): Currency | null {
    if (profile.columns.currency === undefined) return null;
    try {
      return parseCurrency(layout.at(cells, profile.columns.currency).trim());
    } catch (error) {
      if (!isCoded(error)) throw error;
      throw unreadable(`${where}, currency`, 'it is no currency code');
    }
  }

  function finish(isUnterminated: boolean): readonly StatementEvent[] {
    if (!hasBegun)
      throw statementFault('statement.incomplete', 'file', 'it ends before its first entry');
    if (profile.endRow !== undefined && !stated.hasEnded())
      throw statementFault('statement.incomplete', 'file', 'it ends before its last row');
    if (isUnterminated && !stated.hasEnded() && lastWidth < widthBefore)
      throw statementFault('statement.incomplete', 'file', 'it ends inside its last row');
    const known = head ?? readCsvHead(profile, preamble, null);
    return conclude(known, isUnterminated && isTextLast(profile, layout));
  }

  function conclude(known: CsvHead, isCutPossible: boolean): readonly StatementEvent[] {
    const { isEndMissing, isTailOpen, totalsAgree: sumsAgree, ...ends } = stated.ends(known.totals);
    const { totalsAgree, ...proof } = proveCsv(ends, running, tally, sumsAgree);
    const isUnproved = isEndMissing || isCutPossible;
    const isEndProved =
      !isUnproved && !isTailOpen && (ends.closingMinor !== null || stated.hasEnded());
    const warnings = [
      ...(totalsAgree ? [] : [warn('totals_differ', PLACE)]),
      ...(isEndProved ? [] : [warn('end_unproved', PLACE)]),
      ...(hasNul ? [warn('control_characters', PLACE)] : []),
    ];
    return [
      ...warnings.map((warning): StatementEvent => ({ kind: 'warning', warning })),
      {
        kind: 'statement',
        statement: {
          account: known.account ?? account ?? '',
          currency: known.currency,
          statementId: null,
          ...proof,
          ...(isUnproved && proof.proof === 'ok'
            ? { proof: 'absent' as const, differenceMinor: null }
            : {}),
          completeDays: completeDays(tally, known.period),
        },
      },
    ];
  }
}

/** The text of a last line without a line end may be cut, where it stands behind everything that is proved. */
function isTextLast(profile: CsvProfile, layout: CsvLayout): boolean {
  const { references, text } = profile.columns;
  return [...references, ...text].some((column) => layout.indexOf(column) === layout.least - 1);
}

/** A download in the middle of a day lacks the rest of it: without a stated period the newest day is not complete. */
function completeDays({ days }: StatementTally, period: Period | null): Period | null {
  if (period !== null) return period;
  const sorted: readonly LocalDate[] = [...days].sort();
  const [from, last] = [sorted[0], sorted.at(-1)];
  if (from === undefined || last === undefined || from === last) return null;
  return { from, to: addDays(last, -1) };
}
