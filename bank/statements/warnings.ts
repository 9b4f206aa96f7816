import type { StatementWarning } from '../../domain/statement.ts';

/**
 * What can be odd about a file that is not wrong. Capture and print look for some of these codes, since a line
 * has no field of its own for them.
 */
const WARNINGS = {
  booking_date_absent: 'The entry has no booking date: another date of the file stands in for it.',
  batch_count_differs: 'The entry is a batch, and the file does not list each of its payments.',
  status_unknown: 'The status of the entry is not one that we know: it counts as pending.',
  totals_differ: "The file's own totals differ from its entries.",
  balance_placeholder: 'A balance is made of nines: it counts as missing.',
  balance_ambiguous: 'The file states one balance twice, with two amounts: it counts as missing.',
  statement_copy: 'The statement is marked as a copy or duplicate: it never posts.',
} as const;

type WarningCode = keyof typeof WARNINGS;

/** @param where the position of the entry or statement, exactly as its line writes it. */
export function warn(code: WarningCode, where: string): StatementWarning {
  return { code, message: WARNINGS[code], where };
}

/** Positions that carry a warning of this code. */
export function placesWith(
  warnings: readonly StatementWarning[],
  code: WarningCode,
): ReadonlySet<string> {
  return new Set(warnings.filter((each) => each.code === code).map((each) => each.where));
}
