const CREDIT = `(SELECT min(id) FROM journals WHERE kind = 'credit')`;
const drop = (table: string, constraint: string) =>
  `ALTER TABLE ${table} DROP CONSTRAINT ${constraint}`;

/** Faults in wallets, their balances and their codes. */
export const WALLET_PLANTS: readonly (readonly [string, string, ...string[]])[] = [
  ['I7', 'a balance raised', `UPDATE wallets SET credits = credits + 1`],
  [
    'I7',
    'a cent taken from a remainder',
    `UPDATE wallets SET remainder_minor = remainder_minor - 1 WHERE remainder_minor > 0`,
  ],
  [
    'I7 chain',
    'a balance after that is wrong',
    `UPDATE journals SET credits_after = credits_after + 1 WHERE id = ${CREDIT}`,
  ],
  [
    'I7 chain',
    'a posting to another wallet than the journal',
    `UPDATE postings SET wallet_id = (SELECT max(id) FROM wallets) WHERE journal_id = ${CREDIT} AND account = 'wallet_remainder'`,
  ],
  [
    'I7 sequence',
    'a gap in the sequence',
    `UPDATE journals SET wallet_seq = wallet_seq + 10 WHERE wallet_seq = 2`,
  ],
  ['I7 sequence', 'a last sequence that runs ahead', `UPDATE wallets SET last_seq = last_seq + 1`],
  [
    'I8',
    'a wallet below zero',
    drop('wallets', 'wallets_no_overdraft'),
    `UPDATE wallets SET credits = -1`,
  ],
  [
    'I8',
    'a wallet that was below zero',
    `UPDATE journals SET prepaid_after = -1 WHERE id = ${CREDIT}`,
  ],
  [
    'I1 named',
    'a generated code for a wallet that a line had named before',
    `UPDATE wallets SET code_kind = 'checked', created_at = now() WHERE code IN (SELECT code FROM named_codes)`,
  ],
  [
    'I1 codes',
    'a code given twice',
    drop('wallets', 'wallets_code_unique'),
    `UPDATE wallets SET code = 'CUS00000001'`,
  ],
];
