const STANDING = `SELECT j.* FROM journals j WHERE j.kind = 'credit' AND NOT EXISTS (
  SELECT 1 FROM journals u WHERE u.reverses_id = j.id AND u.kind IN ('reversal', 'correction', 'void')) ORDER BY j.id LIMIT 1`;
const hold = (of: string, reason: string) =>
  `INSERT INTO credit_holds (journal_id, reason, wallet_id, bank_account_key, line_id, held_minor, spendable_minor, from_seq)
   SELECT c.id, '${reason}', c.wallet_id, c.bank_account_key, c.line_id, 1000000, 0, 0 FROM (${of}) c`;

/** Faults about credits that wait for the bank, as PLANTS. */
export const HOLD_PLANTS: readonly (readonly [string, string, ...string[]])[] = [
  [
    'I24',
    'a spend of what its wallet had to keep',
    hold(
      `SELECT c.* FROM journals c JOIN journals s ON s.wallet_id = c.wallet_id AND s.kind = 'spend' WHERE c.kind = 'credit' LIMIT 1`,
      'unconfirmed',
    ),
  ],
  [
    'I24 holds',
    'a credit of an event alone without a hold',
    `UPDATE lines SET source = 'webhook' WHERE id = (SELECT line_id FROM (${STANDING}) c)`,
    `UPDATE sightings SET feed = 'webhook' WHERE line_id = (SELECT line_id FROM (${STANDING}) c)`,
  ],
  [
    'I24 holds',
    'an open case whose credit is free',
    `INSERT INTO line_cases (kind, line_id) SELECT 'line_vanished', line_id FROM (${STANDING}) c`,
  ],
  ['I24 holds', 'a hold without a case', hold(STANDING, 'vanished')],
];
