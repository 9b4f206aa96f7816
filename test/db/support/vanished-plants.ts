const TAKEN = `(SELECT min(id) FROM journals WHERE kind = 'void' AND wallet_id IS NOT NULL)`;
const BARE = `(SELECT min(id) FROM journals WHERE kind = 'void' AND wallet_id IS NULL)`;
const RESTORE = `(SELECT min(id) FROM journals WHERE kind = 'restore')`;
const PAIRED = `(SELECT j.id FROM journals j JOIN decisions c ON c.id = j.decision_id WHERE c.kind = 'pair')`;
const JOURNAL_COLUMNS = `kind, bank_account_key, line_id, deposit_id, part, generation, reverses_id, decision_id, event_on`;
const POSTING_COLUMNS = `leg, account, bank_account_key, wallet_id, unit, amount`;
const isOfBank = `account IN ('bank', 'suspense')`;

/** The same journal a second time, with all its postings. */
const twice = (journal: string): readonly string[] => [
  `INSERT INTO journals (id, ${JOURNAL_COLUMNS}) OVERRIDING SYSTEM VALUE SELECT 900, ${JOURNAL_COLUMNS} FROM journals WHERE id = ${journal}`,
  `INSERT INTO postings (journal_id, ${POSTING_COLUMNS}) SELECT 900, ${POSTING_COLUMNS} FROM postings WHERE journal_id = ${journal}`,
];
const without = (journal: string): readonly string[] => [
  `DELETE FROM postings WHERE journal_id = ${journal}`,
  `DELETE FROM journals WHERE id = ${journal}`,
];

/** Faults in what people decided about lines that vanished, came back or reverse a deposit, as {@link PLANTS} has them. */
export const VANISHED_PLANTS: readonly (readonly [string, string, ...string[]])[] = [
  [
    'I4 decisions',
    'a void that nobody decided',
    `ALTER TABLE journals DROP CONSTRAINT journals_move_is_decided`,
    `UPDATE journals SET decision_id = NULL WHERE id = ${TAKEN}`,
  ],
  [
    'I4 decisions',
    'a void by a decision to dismiss',
    `ALTER TABLE decisions DROP CONSTRAINT decisions_outcome_fits`,
    `UPDATE decisions SET kind = 'dismiss' WHERE id = (SELECT decision_id FROM journals WHERE id = ${BARE})`,
  ],
  [
    'I4 decisions',
    'a void by the decision about another deposit',
    `DROP INDEX journals_one_per_decision_part`,
    `UPDATE journals SET decision_id = (SELECT decision_id FROM journals WHERE id = ${BARE}) WHERE id = ${TAKEN}`,
  ],
  ['I20 executed', 'a decision to take back whose void is gone', ...without(BARE)],
  ['cases', 'a void without a case', `DELETE FROM line_cases WHERE kind = 'line_vanished'`],
  [
    'cases',
    'a void whose case the bank closed, and no person',
    `UPDATE line_cases SET outcome = 'restored' WHERE line_id = (SELECT line_id FROM journals WHERE id = ${BARE})`,
  ],
  [
    'I4 amounts',
    'a void of another amount than the deposit had in suspense',
    `UPDATE postings SET amount = amount * 2 WHERE journal_id = ${BARE}`,
  ],
  [
    'I9',
    'a void of another amount than the credit gave',
    `UPDATE postings SET amount = amount - 1 WHERE journal_id = ${TAKEN} AND account = 'bank'`,
    `UPDATE postings SET amount = amount + 1 WHERE journal_id = ${TAKEN} AND account = 'wallet_remainder'`,
  ],
  [
    'I4 amounts',
    'a void that leaves its money in the bank account',
    `UPDATE postings SET account = 'bank_other' WHERE journal_id = ${BARE} AND account = 'bank'`,
  ],
  [
    'I9',
    'two voids of one capture',
    'DROP INDEX journals_one_undoing, journals_one_per_decision_part',
    ...twice(BARE),
  ],
  [
    'I4',
    'a deposit that stays in review after its void',
    `UPDATE deposits SET state = 'in_review' WHERE id = (SELECT deposit_id FROM journals WHERE id = ${BARE})`,
  ],
  [
    'notifications',
    'a void of which the customer was not told',
    `DELETE FROM notifications WHERE journal_id = ${TAKEN}`,
  ],
  ['I4', 'a restore without a void', ...without(TAKEN)],
  ['I4', 'two restores', 'DROP INDEX journals_one_restore', ...twice(RESTORE)],
  [
    'I4',
    'a restore of a deposit that was not taken back',
    `UPDATE journals SET deposit_id = (SELECT min(id) FROM deposits WHERE state = 'credited' AND generation = 0) WHERE id = ${RESTORE}`,
  ],
  [
    'I4',
    'a deposit that began anew in its old life',
    `UPDATE deposits SET generation = 0 WHERE generation > 0`,
  ],
  [
    'I4 amounts',
    'a restore of another amount',
    `UPDATE postings SET amount = amount * 2 WHERE journal_id = ${RESTORE} AND ${isOfBank}`,
  ],
  ['cases', 'a restore of a line that never came back', `UPDATE line_absences SET until = NULL`],
  [
    'I4 decisions',
    'a pairing of another line than its journal names',
    `UPDATE decisions SET line_id = (SELECT id FROM lines WHERE amount_minor = -5500) WHERE kind = 'pair'`,
  ],
  [
    'I4 decisions',
    'a pairing that names no line',
    `ALTER TABLE decisions DROP CONSTRAINT decisions_pair_has_line`,
    `UPDATE decisions SET line_id = NULL WHERE kind = 'pair'`,
  ],
  [
    'I20 hash',
    'a pairing of another line than was approved',
    `UPDATE decisions SET line_id = (SELECT id FROM lines WHERE amount_minor = -5500) WHERE kind = 'pair'`,
    `UPDATE journals SET line_id = (SELECT id FROM lines WHERE amount_minor = -5500) WHERE id = ${PAIRED}`,
  ],
  [
    'I20 executed',
    'a pairing that took nothing back',
    `UPDATE journals SET decision_id = NULL WHERE id = ${PAIRED}`,
  ],
  [
    'reversals',
    'a pairing whose line says to be paired with nothing',
    `UPDATE reversals SET state = 'unpaired', deposit_id = NULL WHERE line_id = (SELECT line_id FROM decisions WHERE kind = 'pair')`,
  ],
  ['cases', 'a pairing without a case', `DELETE FROM line_cases WHERE kind = 'reversal_unpaired'`],
];
