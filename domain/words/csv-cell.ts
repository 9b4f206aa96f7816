/**
 * Matches the start of a text that spreadsheets run as a formula: their signs, full-width forms included, after blanks and
 * control characters that they skip; and the control characters that start a new cell.
 */
const FORMULA_START = /^(?:[\t\r\n]|[\s\p{Cc}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/u;

/** A cell: a text that people wrote, or a number that Purser printed. */
export type CsvCell = string | { readonly number: string } | null;

/**
 * Prints one line of CSV as RFC 4180 defines it. A text that a spreadsheet would run gets an apostrophe in front, so that
 * it shows as text; numbers stay numbers.
 */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(printCell).join(',')}\r\n`;
}

function printCell(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return cell.number;
  const safe = FORMULA_START.test(cell) ? `'${cell}` : cell;
  return `"${safe.replaceAll('"', '""')}"`;
}
