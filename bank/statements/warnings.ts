import type { StatementWarning } from '../../domain/line/statement.ts';

/**
 * Oddities of a valid file. Capture and `purser parse` act on some of these codes, since a line has no field for them.
 */
const WARNINGS = {
  booking_date_absent: 'The entry has no booking date: another date of the file replaces it.',
  pending_undated: 'An entry that is not booked has no date, or is no movement, and was skipped.',
  batch_count_differs: 'The entry is a batch, but the file does not list each of its payments.',
  status_unknown: 'The status of the entry is unknown: it counts as pending.',
  entry_foreign:
    'The entry is in another currency than the account: it is held, and the proof of the balances leaves it out.',
  totals_differ: "The file's totals differ from its entries.",
  totals_signed: 'A sum of entries has a sign, which says nothing: it is compared without it.',
  balance_placeholder: 'A balance consists of nines: it counts as missing.',
  balance_blank: 'A balance has no amount: it counts as missing.',
  account_absent:
    'The statement names no account: check that it belongs to the account you import it for.',
  balance_ambiguous:
    'The file states one balance twice with different amounts: it counts as missing.',
  date_moved:
    'The entry is dated on a day that February does not have: the last day of February replaces it.',
  control_characters: 'Control characters were removed from a text.',
  end_open:
    'The statement ends with an interim balance: a person accepts that no further page follows.',
  end_unproved:
    'The file cannot prove that it is complete: it states no totals and no closing balance.',
  statement_provisional: 'The statement is provisional: it does not post.',
  investments_left_out:
    'The file also contains an investment statement, which has no deposits and was skipped.',
  entry_corrects: 'The entry replaces or deletes an earlier one: it is shown but does not post.',
  period_unreadable: "The statement's period is not written as dates: no day counts as complete.",
  statement_test: 'The file is marked as a test: it never posts.',
  statement_copy: 'The statement is marked as a copy or duplicate: it never posts.',
} as const;

type WarningCode = keyof typeof WARNINGS;

/** @param where the position of the entry or statement, in the same form as its line's */
export function warn(code: WarningCode, where: string): StatementWarning {
  return { code, message: WARNINGS[code], where };
}

/** Positions with a warning of this code. */
export function placesWith(
  warnings: readonly StatementWarning[],
  code: WarningCode,
): ReadonlySet<string> {
  return new Set(warnings.filter((each) => each.code === code).map((each) => each.where));
}
