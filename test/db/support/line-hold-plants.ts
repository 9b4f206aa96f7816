const HELD = `(SELECT line_id FROM line_holds WHERE ended_at IS NULL AND reason = 'edited_look_alike')`;
const FOREIGN = `(SELECT max(id) FROM lines WHERE bank_account_key = 'second')`;
const HELD_DEBIT = `(SELECT min(id) FROM lines WHERE amount_minor < 0)`;

/** Faults about held lines and rows that wait, as PLANTS. */
export const LINE_HOLD_PLANTS: readonly (readonly [string, string, ...string[]])[] = [
  [
    'I25',
    'a held line whose deposit may be credited',
    `UPDATE deposits SET hold_reason = NULL WHERE line_id = ${HELD}`,
  ],
  [
    'I25',
    'a deposit that waits for a hold which has ended',
    `UPDATE line_holds SET ended_at = now(), ended_as = 'own' WHERE line_id = ${HELD}`,
  ],
  [
    'I25',
    'a deposit that waits without a hold',
    `UPDATE deposits SET hold_reason = 'id_reused' WHERE state = 'captured' AND hold_reason IS NULL`,
  ],
  [
    'I25',
    'a deposit that waits for another reason than its line',
    `UPDATE line_holds SET reason = 'id_reused' WHERE line_id = ${HELD}`,
  ],
  [
    'I25 credits',
    'a credit that no person decided, of a line that is held',
    `UPDATE journals SET line_id = ${HELD} WHERE id = (SELECT min(id) FROM journals WHERE kind = 'credit' AND decision_id IS NULL)`,
  ],
  [
    'I25 same',
    'a line that is another one, and whose deposit is still open',
    `UPDATE deposits SET hold_reason = NULL WHERE line_id = ${HELD}`,
    `UPDATE line_holds SET ended_at = now(), ended_as = 'same' WHERE line_id = ${HELD}`,
  ],
  [
    'I25 rows',
    'a row beside a line of another account',
    `UPDATE sightings SET beside_line_id = ${FOREIGN} WHERE line_id IS NULL`,
  ],
  [
    'I25 rows',
    'a line held beside one of another account',
    `UPDATE line_holds SET beside_line_id = ${FOREIGN} WHERE line_id = ${HELD}`,
  ],
  [
    'I25 rows',
    'a debit held beside a line that is not there',
    `ALTER TABLE line_holds DROP CONSTRAINT line_holds_beside_line_id_fkey`,
    `INSERT INTO line_holds (line_id, reason, beside_line_id) VALUES (${HELD_DEBIT}, 'possible_duplicate', 990)`,
  ],
  [
    'I25 rows',
    'a row that waits without saying why',
    'ALTER TABLE sightings DROP CONSTRAINT sightings_held_says_why',
    'UPDATE sightings SET held_reason = NULL WHERE line_id IS NULL',
  ],
];
