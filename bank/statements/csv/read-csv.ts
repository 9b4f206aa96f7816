import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { CodedError } from '../../../domain/errors.ts';
import { addDays, type LocalDate } from '../../../domain/local-date.ts';
import { parseCurrency, type Currency } from '../../../domain/money.ts';
import { statementFault, unreadable, type StatementLimits } from '../statement-fault.ts';
import type { StatementEvent, StatementReader } from '../statement-reader.ts';
import { createTally } from '../statement-tally.ts';
import { readTextLines } from '../text-lines.ts';
import { warn } from '../warnings.ts';
import { findLabelled, isHeader, layOut, recognisesLayout } from './csv-layout.ts';
import type { CsvProfile } from './csv-profile.ts';
import { CSV_PROFILES } from './csv-profiles.ts';
import { createRunningBalance, proveCsv, type CsvTotals } from './csv-proof.ts';
import { readCsvRow } from './csv-row.ts';
import { readCsvAmount, readCsvDay, type Period } from './csv-values.ts';

const PLACE = 'statement 1';
const ROWS_PER_YIELD = 500;

/** The reader of one bank's CSV. */
export function csvReaderOf(profile: CsvProfile): StatementReader {
  return {
    name: `csv.${profile.name}`,
    recognises: (head) => recognisesLayout(head, profile),
    read: (chunks, limits) => readCsv(profile, chunks, limits),
  };
}

export const csvReaders: readonly StatementReader[] = CSV_PROFILES.map(csvReaderOf);

interface CsvRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

async function* readCsv(
  profile: CsvProfile,
  chunks: AsyncIterable<Uint8Array>,
  limits: StatementLimits,
): AsyncGenerator<readonly StatementEvent[]> {
  const source = { isUnterminated: false };
  const parser = parse({
    delimiter: profile.delimiter,
    quote: profile.quote,
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    info: true,
    max_record_size: 64 * 1024,
  });
  // Carries an error of the file on to the loop below, and ends the file where the loop ends early.
  pipeline(Readable.from(textOf(chunks, limits, source)), parser, () => undefined);
  const statement = createStatement(profile, limits);
  let events: StatementEvent[] = [{ kind: 'file', format: `csv.${profile.name}` }];
  let rows = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<CsvRecord>) {
      events.push(...statement.row(record, info.lines));
      rows += 1;
      if (rows % ROWS_PER_YIELD === 0) {
        yield events;
        events = [];
      }
    }
  } catch (error) {
    throw explain(error);
  }
  yield [...events, ...statement.finish(source.isUnterminated)];
}

async function* textOf(
  chunks: AsyncIterable<Uint8Array>,
  limits: StatementLimits,
  source: { isUnterminated: boolean },
): AsyncGenerator<string> {
  let isFirst = true;
  for await (const { lines, isUnterminated } of readTextLines(chunks, limits.fileBytesMax)) {
    const own = isFirst && /^sep=.$/i.test(lines[0] ?? '') ? lines.slice(1) : lines;
    isFirst = false;
    source.isUnterminated = isUnterminated;
    if (own.length > 0) yield `${own.join('\n')}\n`;
  }
}

function explain(error: unknown): unknown {
  if (!(error instanceof CsvError)) return error;
  return error.code === 'CSV_QUOTE_NOT_CLOSED'
    ? statementFault('statement.incomplete', 'file', 'it ends inside quotes')
    : unreadable('file', 'its quotes or columns cannot be read');
}

function createStatement(profile: CsvProfile, limits: StatementLimits) {
  const layout = layOut(profile);
  const tally = createTally();
  const running = createRunningBalance();
  const preamble: (readonly string[])[] = [];
  let hasBegun = false;
  let width = layout.width;
  let head: Head | null = null;
  let account: string | null = null;
  let [openingRow, closingRow]: (bigint | null)[] = [null, null];
  let isProvisional = false;
  let [hasEnded, hasNul] = [false, false];

  /** Whether the row still stands before the entries. */
  const isBefore = (cells: readonly string[]): boolean => {
    if (hasBegun) return false;
    const isFirstRow =
      profile.header.length > 0
        ? isHeader(cells, profile)
        : isDay(layout.at(cells, profile.columns.bookingDate), profile);
    if (isFirstRow) hasBegun = true;
    else if (preamble.push(cells) > profile.preambleRows + 1)
      throw unreadable('header', 'the rows before it are more than this bank writes');
    // A header is no entry; the first row of a file without one is.
    return !isFirstRow || profile.header.length > 0;
  };

  const place = (cells: readonly string[], number: number): readonly StatementEvent[] => {
    const where = `line ${number}`;
    if (hasEnded) throw unreadable(where, 'a row stands behind the end of the statement');
    if (profile.recordType !== undefined && cells[0]?.trim() !== profile.recordType) return [];
    head ??= readHead(profile, preamble);
    const row = readCsvRow(cells, {
      ...head,
      profile,
      layout,
      isProvisional,
      where,
      positionOf: (offset) => `${PLACE}, entry ${tally.lines + offset + 1}`,
    });
    if (row.kind === 'end') hasEnded = true;
    else if (row.kind === 'provisional') {
      isProvisional = true;
      if (tally.lines > 0)
        return [{ kind: 'warning', warning: warn('statement_provisional', PLACE) }];
    } else if (row.kind === 'opening') openingRow = row.minor;
    else if (row.kind === 'closing') closingRow = row.minor;
    if (row.kind !== 'lines') return [];
    width = checkWidth(cells, width, where);
    account ??= row.account;
    if (account !== row.account)
      throw unreadable(where, 'it is of another account than the rows before');
    const [first] = row.lines;
    for (const line of row.lines) tally.add(line);
    if (tally.lines > limits.entriesMax)
      throw unreadable(where, `the file has more than ${limits.entriesMax} entries`);
    if (first?.status === 'booked') running.add({ day: first.bookingDate, ...row });
    return row.lines.map((line): StatementEvent => ({ kind: 'line', line }));
  };

  return {
    row(raw: readonly string[], number: number): readonly StatementEvent[] {
      if (raw.every((cell) => cell.replaceAll('\u0000', '').trim() === '')) return [];
      hasNul ||= raw.some((cell) => cell.includes('\u0000'));
      return isBefore(raw) ? [] : place(raw, number);
    },
    finish(isUnterminated: boolean): readonly StatementEvent[] {
      if (!hasBegun || (profile.endRow !== undefined && !hasEnded))
        throw statementFault('statement.incomplete', 'file', 'it ends before its last row');
      const known = head ?? readHead(profile, preamble);
      const stated = {
        ...known.totals,
        openingMinor: known.totals.openingMinor ?? openingRow ?? null,
        closingMinor: known.totals.closingMinor ?? closingRow ?? null,
      };
      const { totalsAgree, ...proof } = proveCsv(stated, running, tally);
      // The text of a last line without a line end may be cut, where it stands behind everything that is proved.
      const isTextLast =
        isUnterminated &&
        [...profile.columns.references, ...profile.columns.text].some(
          (column) => layout.indexOf(column) === width - 1,
        );
      const isEndProved = stated.closingMinor !== null || hasEnded;
      const warnings = [
        ...(totalsAgree ? [] : [warn('totals_differ', PLACE)]),
        ...(isEndProved && !isTextLast ? [] : [warn('end_unproved', PLACE)]),
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
            ...(isTextLast && proof.proof === 'ok'
              ? { proof: 'absent' as const, differenceMinor: null }
              : {}),
            completeDays: completeDays(tally.days, known.period),
          },
        },
      ];
    },
  };
}

function checkWidth(cells: readonly string[], width: number, where: string): number {
  if (width !== 0 && cells.length !== width)
    throw unreadable(where, 'it has another number of columns than the rows before');
  return cells.length;
}

function isDay(cell: string, profile: CsvProfile): boolean {
  try {
    readCsvDay(cell, profile.dateFormats, null, 'preamble');
    return true;
  } catch (error) {
    if (error instanceof CodedError) return false;
    throw error;
  }
}

interface Head {
  readonly account: string | null;
  readonly currency: Currency;
  readonly period: Period | null;
  readonly totals: CsvTotals;
}

function readHead(profile: CsvProfile, rows: readonly (readonly string[])[]): Head {
  const labels = profile.preamble;
  const currencyText = findLabelled(rows, labels.currency);
  const currency = parseCurrency(
    /^[A-Z]{3}$/.test(currencyText ?? '') ? (currencyText ?? '') : profile.currency,
  );
  const minor = (label: string | undefined) => {
    const text = findLabelled(rows, label);
    return text === null
      ? null
      : readCsvAmount(text, profile, currency, `preamble, ${label ?? ''}`);
  };
  const count = (label: string | undefined) => {
    const text = findLabelled(rows, label);
    if (text === null) return null;
    if (!/^[0-9]{1,7}$/.test(text))
      throw unreadable(`preamble, ${label ?? ''}`, 'it is not a count');
    return Number(text);
  };
  return {
    account: findLabelled(rows, labels.account),
    currency,
    period: readPeriod(rows, labels.period),
    totals: {
      openingMinor: minor(labels.opening),
      closingMinor: minor(labels.closing),
      creditsMinor: minor(labels.credits),
      debitsMinor: minor(labels.debits),
      creditCount: count(labels.creditCount),
      debitCount: count(labels.debitCount),
    },
  };
}

function readPeriod(
  rows: readonly (readonly string[])[],
  label: string | undefined,
): Period | null {
  const row = rows.find((cells) => label !== undefined && cells[0]?.trim() === label);
  const days = (row ?? []).flatMap((cell): LocalDate[] => {
    const formats = ['DD MMMM YYYY', 'DD MMM YYYY', 'YYYY/MM/DD', 'YYYY-MM-DD'] as const;
    try {
      return [readCsvDay(cell, formats, null, 'preamble')];
    } catch {
      return [];
    }
  });
  const [from, to] = [days[0], days[1]];
  return from === undefined || to === undefined || from > to ? null : { from, to };
}

/** A download in the middle of a day lacks the rest of it: without a stated period the newest day is not complete. */
function completeDays(days: ReadonlySet<LocalDate>, period: Period | null): Period | null {
  if (period !== null) return period;
  const sorted = [...days].sort();
  const [from, last] = [sorted[0], sorted.at(-1)];
  if (from === undefined || last === undefined || from === last) return null;
  return { from, to: addDays(last, -1) };
}
