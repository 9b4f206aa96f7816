import { CodedError } from '../../../domain/errors.ts';
import type { CsvProfile } from './csv-profile.ts';

/** Cells of a line as far as a header needs it: no header has a delimiter inside quotes. */
function cellsOf(line: string, profile: CsvProfile): readonly string[] {
  return line
    .split(profile.delimiter)
    .map((cell) => plain(cell.trim().replace(/^["']|["']$/g, '')));
}

/** A label or header cell as it is compared: without letter case, outer blanks and a colon behind it. */
export function plain(cell: string): string {
  return cell.replaceAll('\u0000', '').trim().toLowerCase().replace(/\s*:$/, '');
}

export function isHeader(cells: readonly string[], profile: CsvProfile): boolean {
  return (
    profile.header.length > 0 &&
    cells.length === profile.header.length &&
    profile.header.every((name, index) => plain(name) === plain(cells[index] ?? ''))
  );
}

/** Whether a file that begins with `head` is laid out in this way. */
export function recognisesLayout(head: string, profile: CsvProfile): boolean {
  const lines = head
    .split(/\r\n|\n|\r/)
    .filter((line) => line.replaceAll('\u0000', '').trim() !== '');
  const first = plain((lines[0] ?? '').replace(/^["']/, ''));
  if (profile.startsWith !== undefined && !first.startsWith(plain(profile.startsWith)))
    return false;
  if (profile.header.length === 0) return profile.startsWith !== undefined;
  // One more than the preamble, and one for a `sep=` line.
  return lines
    .slice(0, profile.preambleRows + 2)
    .some((line) => isHeader(cellsOf(line, profile), profile));
}

/** Where the profile's columns stand, from 0. */
export interface CsvLayout {
  readonly width: number;
  at(cells: readonly string[], column: string | number | undefined): string;
  indexOf(column: string | number): number;
}

/** @throws CodedError `config.invalid` where the profile names a column that its header lacks. */
export function layOut(profile: CsvProfile): CsvLayout {
  const names = profile.header.map(plain);
  const indexOf = (column: string | number): number => {
    if (typeof column === 'number') return column - 1;
    const index = names.indexOf(plain(column));
    if (index === -1)
      throw new CodedError(
        'config.invalid',
        `The CSV profile ${profile.name} names a column that its header does not have.`,
      );
    return index;
  };
  for (const each of columnsOf(profile)) indexOf(each);
  return {
    width: names.length,
    indexOf,
    at: (cells, column) => (column === undefined ? '' : (cells[indexOf(column)] ?? '')),
  };
}

function columnsOf({ columns }: CsvProfile): readonly (string | number)[] {
  const { amount, references, text, ...single } = columns;
  const ofAmount =
    amount.kind === 'signed'
      ? [amount.column]
      : amount.kind === 'columns'
        ? [amount.credit, amount.debit]
        : [amount.column, amount.indicator];
  const named = Object.values(single).filter((each) => each !== undefined);
  return [...ofAmount, ...references, ...text, ...named];
}

/** Finds what follows a label: behind it in its own cell, or in the next cell that is not empty. */
export function findLabelled(
  rows: readonly (readonly string[])[],
  label: string | undefined,
): string | null {
  if (label === undefined) return null;
  const wanted = plain(label);
  for (const cells of rows) {
    const own = plain(cells[0] ?? '');
    if (own === wanted)
      return (
        cells
          .slice(1)
          .find((cell) => cell.trim() !== '')
          ?.trim() ?? null
      );
    const behind = own.startsWith(wanted) ? own.slice(wanted.length) : '';
    if (/^[\s:]+\S*[0-9]/.test(behind)) return behind.replace(/^[\s:]+/, '');
  }
  return null;
}
