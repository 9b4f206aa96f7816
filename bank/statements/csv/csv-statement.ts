import { isCoded } from '../../../domain/errors.ts';
import { addDays, type LocalDate } from '../../../domain/local-date.ts';
import { parseCurrency, type Currency } from '../../../domain/money/money.ts';
import { createRunningBalance } from '../running-balance.ts';
import { statementFault, unreadable, type StatementLimits } from '../statement-fault.ts';
import type { StatementEvent } from '../statement-reader.ts';
import { createTally, type StatementTally } from '../statement-tally.ts';
import { warn } from '../warnings.ts';
import { readCsvHead, type CsvHead } from './csv-head.ts';
import { isHeader, isLabel, layOut, type CsvLayout } from './csv-layout.ts';
import type { CsvProfile } from './csv-profile.ts';
import { proveCsv } from './csv-proof.ts';
import { readCsvRow, type CsvRow } from './csv-row.ts';
import { createStatedBalances } from './csv-stated.ts';
import { asCsvDay, type Period } from './csv-values.ts';

const PLACE = 'statement 1';

type Cells = readonly string[];
type Entry = Extract<CsvRow, { kind: 'lines' }>;

/** A CSV is one statement: takes rows, returns events. */
interface CsvStatement {
  row(cells: Cells, lineNumber: number): readonly StatementEvent[];
  finish(isUnterminated: boolean): readonly StatementEvent[];
}

/** True if the row ends the preamble: the header or, in a file without one, the first balance or entry. */
export function isFirstRow(cells: Cells, profile: CsvProfile, layout: CsvLayout): boolean {
  const { columns, header, openingRow, recordType, dateFormats } = profile;
  if (header.length > 0) return isHeader(cells, profile);
  const texts = [...columns.references, ...columns.text].map((column) => layout.at(cells, column));
  if (texts.some((text) => isLabel(text, openingRow))) return true;
  if (recordType !== undefined) return cells[0]?.trim() === recordType;
  // A row with an amount is an entry whose day must be readable, not a row to pass over.
  if (hasAmount(cells, profile, layout)) return true;
  return asCsvDay(layout.at(cells, columns.bookingDate), dateFormats, null) !== null;
}

/** True if a column of the amount holds one, and the row is not one that the profile's preamble names. */
function hasAmount(cells: Cells, profile: CsvProfile, layout: CsvLayout): boolean {
  const { amount } = profile.columns;
  const columns = amount.kind === 'columns' ? [amount.credit, amount.debit] : [amount.column];
  const labels = Object.values(profile.preamble).flatMap((place) =>
    place === undefined
      ? []
      : typeof place === 'string'
        ? [place]
        : 'label' in place
          ? [place.label]
          : place,
  );
  if (labels.some((label) => cells.some((cell) => isLabel(cell, label)))) return false;
  return columns.some((column) =>
    /^[^A-Za-z]*[0-9][^A-Za-z]*$/.test(bareAmount(layout.at(cells, column))),
  );
}

/** An amount without the words that may stand beside it: `R 12.00`, `10.00 CR`. */
function bareAmount(cell: string): string {
  return cell
    .trim()
    .replace(/^(?:CR|DR|R|[A-Z]{3})(?![A-Za-z])|(?<![A-Za-z])(?:CR|DR|[A-Z]{3})$/gi, '');
}

export function createCsvStatement(
  profile: CsvProfile,
  declared: CsvLayout,
  limits: StatementLimits,
): CsvStatement {
  let layout = declared;
  const tally = createTally();
  const running = createRunningBalance();
  const stated = createStatedBalances(running);
  const preamble: Cells[] = [];
  let hasBegun = false;
  let head: CsvHead | null = null;
  let account: string | null = null;
  let firstCurrency: Currency | null = null;
  let isProvisional = false;
  let [hasNul, writesMinus] = [false, false];
  /** Numbers of cells in the last row and in the row before. */
  let [lastWidth, widthBefore] = [0, 0];

  return { row, finish };

  function row(cells: Cells, lineNumber: number): readonly StatementEvent[] {
    hasNul ||= cells.some((cell) => cell.includes('\u0000'));
    if (cells.every((cell) => cell.replaceAll('\u0000', '').trim() === '')) return [];
    [lastWidth, widthBefore] = [cells.length, lastWidth];
    return isBefore(cells) ? [] : place(cells, `line ${lineNumber}`);
  }

  /** True while the row precedes the entries. */
  function isBefore(cells: Cells): boolean {
    if (hasBegun) return false;
    hasBegun = isFirstRow(cells, profile, layout);
    if (!hasBegun && preamble.push(cells) > profile.preambleRows + 1)
      throw unreadable('header', 'more rows precede it than the profile allows');
    if (hasBegun && profile.otherColumns) layout = layOut(profile, cells);
    // A header is not an entry; the first row of a file without a header is.
    return !hasBegun || profile.header.length > 0;
  }

  function place(cells: Cells, where: string): readonly StatementEvent[] {
    if (stated.hasEnded()) throw unreadable(where, 'a row follows the end of the statement');
    const currency = currencyOf(cells, where);
    firstCurrency ??= currency;
    head ??= readCsvHead(profile, preamble, currency === null ? null : expected(currency));
    const read = readCsvRow(cells, {
      profile,
      layout,
      currency: currency ?? head.currency,
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
      if ([limits.provisional, profile.provisional].includes('booked')) {
        stated.goOn();
        return [];
      }
      isProvisional = true;
      return stated.isBehindEntries()
        ? [{ kind: 'warning', warning: warn('statement_provisional', PLACE) }]
        : [];
    }
    if (read.kind === 'undated')
      return [{ kind: 'warning', warning: warn('pending_undated', where) }];
    if (read.kind !== 'skip') stated.add(read);
    return [];
  }

  function enter(entry: Entry, cells: Cells, where: string): readonly StatementEvent[] {
    const isWide = cells.slice(layout.most).some((cell) => cell.trim() !== '');
    if (cells.length < layout.least || isWide)
      throw unreadable(where, 'its number of columns differs from the rows before');
    account ??= entry.account;
    if (account !== entry.account)
      throw unreadable(where, 'its account differs from the rows before');
    writesMinus ||= entry.hasMinus;
    const isForeign = entry.lines.some(({ currency }) => currency !== head?.currency);
    const warnings = isForeign
      ? entry.lines.map(({ position }) => warn('entry_foreign', position))
      : [];
    for (const line of entry.lines)
      if (isForeign) tally.addForeign(line);
      else tally.add(line);
    if (tally.lines > limits.entriesMax)
      throw unreadable(where, `the file has more than ${limits.entriesMax} entries`);
    const [first] = entry.lines;
    // The balance of a row in another currency is another balance.
    if (isForeign) stated.enterForeign();
    else if (first?.status === 'booked') stated.enter({ ...entry, day: first.bookingDate });
    else stated.enterPending();
    return [
      ...warnings.map((warning): StatementEvent => ({ kind: 'warning', warning })),
      ...entry.lines.map((line): StatementEvent => ({ kind: 'line', line })),
    ];
  }

  function currencyOf(cells: Cells, where: string): Currency | null {
    if (profile.columns.currency === undefined) return null;
    try {
      return parseCurrency(layout.at(cells, profile.columns.currency).trim());
    } catch (error) {
      if (!isCoded(error)) throw error;
      throw unreadable(`${where}, currency`, 'it is not a currency code');
    }
  }

  function expected(currency: Currency): Currency {
    return limits.currency ?? currency;
  }

  /** A file without one entry in the expected currency is of another account. */
  function ownCurrency(known: CsvHead): Currency {
    const { count, foreign } = tally;
    const hasOwn = count.credit + count.debit > 0 || foreign.credit + foreign.debit === 0;
    return hasOwn ? known.currency : (firstCurrency ?? known.currency);
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
          currency: ownCurrency(known),
          statementId: null,
          ...proof,
          // What a cut took is unknown, and so is the balance after it.
          ...(isUnproved && proof.proof !== 'failed'
            ? { proof: 'absent' as const, differenceMinor: null, closingMinor: null }
            : {}),
          completeDays: completeDays(tally, known.period),
        },
      },
    ];
  }
}

/** True if a last line without a line end may have lost text: the text follows all cells that a proof covers. */
function isTextLast(profile: CsvProfile, layout: CsvLayout): boolean {
  const { references, text } = profile.columns;
  return [...references, ...text].some((column) => layout.indexOf(column) === layout.least - 1);
}

/** A download during a day lacks the rest of that day: without a stated period the newest day is not complete. */
function completeDays({ days }: StatementTally, period: Period | null): Period | null {
  if (period !== null) return period;
  const sorted: readonly LocalDate[] = [...days].sort();
  const [from, last] = [sorted[0], sorted.at(-1)];
  if (from === undefined || last === undefined || from === last) return null;
  return { from, to: addDays(last, -1) };
}
