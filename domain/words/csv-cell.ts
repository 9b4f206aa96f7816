/**
 * How a text may begin that spreadsheets run as a formula: their signs, in full-width forms too, after blanks and control
 * characters that they skip; and the control characters that begin a cell anew.
 */
const FORMULA_START = /^(?:[\t\r\n]|[\s\p{Cc}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/u;

/** A cell: a text that people wrote, or a number that we printed ourselves. */
export type CsvCell = string | { readonly number: string } | null;

/**
 * One line of CSV, as RFC 4180 has it. A text that a spreadsheet would run gets an apostrophe before it, which shows it as
 * text; numbers stay numbers.
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
