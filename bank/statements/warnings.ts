import type { StatementWarning } from '../../domain/line/statement.ts';

/**
 * What can be odd about a file that is not wrong. Capture and print look for some of these codes, since a line
 * has no field of its own for them.
 */
const WARNINGS = {
  booking_date_absent: 'The entry has no booking date: another date of the file stands in for it.',
  pending_undated: 'A pending entry has no date yet, and was left out.',
  batch_count_differs: 'The entry is a batch, and the file does not list each of its payments.',
  status_unknown: 'The status of the entry is not one that we know: it counts as pending.',
  totals_differ: "The file's own totals differ from its entries.",
  balance_placeholder: 'A balance is made of nines: it counts as missing.',
  balance_blank: 'A balance has no amount: it counts as missing.',
  account_absent:
    'The statement names no account: nothing tells that it belongs where it is imported.',
  balance_ambiguous: 'The file states one balance twice, with two amounts: it counts as missing.',
  date_moved: 'The entry is dated on a day that February does not have: it counts as the last one.',
  control_characters: 'A text holds control characters, which were left out.',
  end_unproved:
    'Nothing in the file tells that it is whole: it states no totals and no closing balance.',
  statement_provisional: 'The statement says that it may still change: it does not post.',
  investments_left_out:
    'The file holds an investment statement too, which has no deposits and was left out.',
  entry_corrects: 'The entry replaces or deletes an earlier one: it is shown and does not post.',
  period_unreadable:
    'The period of the statement is not written as dates: it covers no day wholly.',
  statement_test: 'The file says that it is a test: it never posts.',
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
