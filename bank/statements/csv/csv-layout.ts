import { CodedError } from '../../../domain/errors.ts';
import type { CsvProfile } from './csv-profile.ts';

export type CsvDelimiter = NonNullable<CsvProfile['delimiter']>;

const DELIMITERS: readonly CsvDelimiter[] = [',', ';', '\t', '|'];

/** Normalises a label or header cell for comparison: ignores letter case, repeated and outer blanks, and a trailing colon. */
export function plain(cell: string): string {
  const text = cell.replaceAll('\u0000', '').trim().toLowerCase();
  return text.replaceAll(/\s+/g, ' ').replace(/ ?:$/, '');
}

/** A label that ends in `*` matches every text with that beginning. */
export function isLabel(text: string, label: string | undefined): boolean {
  if (label === undefined) return false;
  return label.endsWith('*')
    ? plain(text).startsWith(plain(label.slice(0, -1)))
    : plain(text) === plain(label);
}

/** Cells without trailing empty ones: banks and spreadsheets write any number of them. */
function withoutTail(cells: readonly string[]): readonly string[] {
  return cells.slice(0, cells.findLastIndex((cell) => plain(cell) !== '') + 1);
}

/** A file's header may have extra trailing empty cells, but not fewer cells than the profile. */
export function isHeader(
  cells: readonly string[],
  { header, otherColumns }: Pick<CsvProfile, 'header' | 'otherColumns'>,
): boolean {
  if (otherColumns) {
    const names = cells.map(plain);
    return header.every((name) => names.filter((own) => own === plain(name)).length === 1);
  }
  const [own, wanted] = [withoutTail(cells), withoutTail(header)];
  return (
    wanted.length > 0 &&
    own.length === wanted.length &&
    cells.length >= header.length &&
    wanted.every((name, index) => plain(name) === plain(own[index] ?? ''))
  );
}

/** Cells of a line, precise enough to recognise a layout: no header has a delimiter inside quotes. */
function cellsOf(line: string, delimiter: string): readonly string[] {
  return line.split(delimiter).map((cell) => cell.trim().replace(/^["']|["']$/g, ''));
}

/** The delimiter that makes a line satisfy `isWanted`; null if none does. */
export function delimiterOf(
  line: string,
  profile: CsvProfile,
  isWanted: (cells: readonly string[]) => boolean,
): CsvDelimiter | null {
  const choices = profile.delimiter === undefined ? DELIMITERS : [profile.delimiter];
  return choices.find((delimiter) => isWanted(cellsOf(line, delimiter))) ?? null;
}

/** True if a file that starts with `head` has this layout. */
export function recognisesLayout(head: string, profile: CsvProfile): boolean {
  const lines = head
    .split(/\r\n|\n|\r/)
    .filter((line) => line.replaceAll('\u0000', '').trim() !== '' && !isSeparatorLine(line));
  if (!beginsAs(lines[0] ?? '', profile)) return false;
  if (profile.header.length === 0) return profile.startsWith !== undefined;
  const asHeader = (line: string) =>
    delimiterOf(line, profile, (cells) => isHeader(cells, profile));
  const at = lines.slice(0, profile.preambleRows + 1).findIndex((line) => asHeader(line) !== null);
  if (at === -1) return false;
  const [header = '', ...rows] = lines.slice(at);
  return !profile.datesDecide || hasOwnDay(rows, header, asHeader(header) ?? ',', profile);
}

/** True if a row has a day that no other order of day and month allows. */
function hasOwnDay(
  rows: readonly string[],
  header: string,
  delimiter: string,
  profile: CsvProfile,
): boolean {
  const layout = layOut(profile, cellsOf(header, delimiter));
  const { bookingDate } = profile.columns;
  return rows.some((row) => {
    const [first = '', second = ''] = layout.at(cellsOf(row, delimiter), bookingDate).split(/[/-]/);
    const [day, month] = profile.dateFormats[0]?.startsWith('DD')
      ? [first, second]
      : [second, first];
    return Number(day) > 12 && Number(day) <= 31 && Number(month) >= 1 && Number(month) <= 12;
  });
}

/** Excel's `sep=;` line, which is not a row. */
export function isSeparatorLine(line: string): boolean {
  return /^"?sep=.?"?[,;\s]*$/i.test(line);
}

function beginsAs(line: string, profile: CsvProfile): boolean {
  const { startsWith } = profile;
  if (startsWith === undefined) return true;
  if (typeof startsWith === 'string')
    return plain(line.replace(/^["']/, '')).startsWith(plain(startsWith));
  const isFirst = (cells: readonly string[]) =>
    plain(cells[startsWith.column - 1] ?? '') === plain(startsWith.text);
  return delimiterOf(line, profile, isFirst) !== null;
}

/** Positions of the profile's columns, from 0. */
export interface CsvLayout {
  /** Fewest cells of an entry, and most cells that may be filled. */
  readonly least: number;
  readonly most: number;
  at(cells: readonly string[], column: string | number | undefined): string;
  indexOf(column: string | number): number;
}

/**
 * @param header the file's own, where it may have more columns than the profile's
 * @throws CodedError `config.invalid` if the profile names a column that its header lacks.
 */
export function layOut(profile: CsvProfile, header: readonly string[] = profile.header): CsvLayout {
  const names = header.map(plain);
  const find = (column: string | number): number => {
    if (typeof column === 'number') return column - 1;
    const index = names.indexOf(plain(column));
    if (index === -1 && !profile.otherColumns)
      throw new CodedError(
        'config.invalid',
        `The CSV profile ${profile.name} names a column that its header lacks.`,
      );
    return index;
  };
  const used = new Map(columnsOf(profile).map((column) => [column, find(column)]));
  const indexOf = (column: string | number): number => used.get(column) ?? find(column);
  const last = Math.max(...used.values()) + 1;
  return {
    least: names.length > 0 ? withoutTail(names).length : last,
    most: Math.max(names.length, profile.columnCount ?? 0, last),
    indexOf,
    at: (cells, column) => (column === undefined ? '' : (cells[indexOf(column)] ?? '')),
  };
}

function columnsOf({ columns }: CsvProfile): readonly (string | number)[] {
  const { amount, only, references, status, text, ...single } = columns;
  const ofAmount =
    amount.kind === 'signed'
      ? [amount.column]
      : amount.kind === 'columns'
        ? [amount.credit, amount.debit]
        : [amount.column, amount.indicator];
  const named = Object.values(single).filter((each) => each !== undefined);
  const ofStatus = [status, only].flatMap((rule) => (rule === undefined ? [] : [rule.column]));
  return [...ofAmount, ...ofStatus, ...references, ...text, ...named];
}
