import { AUDIT_PLANTS } from './audit-plants.ts';
import { DECISION_PLANTS } from './decision-plants.ts';
import { WALLET_PLANTS } from './wallet-plants.ts';

const ORIGIN = `(SELECT min(id) FROM journals WHERE kind = 'capture')`;
const CREDIT = `(SELECT min(id) FROM journals WHERE kind = 'credit')`;
const RETURN = `(SELECT min(id) FROM journals WHERE kind = 'return')`;
const copyOf = (table: string, columns: string, values: string, where: string) =>
  `INSERT INTO ${table} (${columns}) OVERRIDING SYSTEM VALUE SELECT ${values} FROM ${table} WHERE ${where}`;
const LINE_COLUMNS = `id, bank_account_key, key_scheme, facts_key, occurrence, transaction_key, booking_date, amount_minor, currency, "references", text, source`;
const lineCopy = (facts: string, occurrence: string, key: string) =>
  copyOf(
    'lines',
    LINE_COLUMNS,
    `900, bank_account_key, key_scheme, ${facts}, ${occurrence}, ${key}, booking_date, amount_minor, currency, "references", text, source`,
    'id = (SELECT min(id) FROM lines)',
  );
const drop = (table: string, constraint: string) =>
  `ALTER TABLE ${table} DROP CONSTRAINT ${constraint}`;
const creditLeg = (account: string) => `journal_id = ${CREDIT} AND account = '${account}'`;

/**
 * Faults to plant past every trigger: the rule that must find it, what was done to the ledger, and how. The rows are
 * those that verify.test.ts seeds.
 */
export const PLANTS: readonly (readonly [string, string, ...string[]])[] = [
  [
    'I1',
    'a line stored twice',
    drop('lines', 'lines_captured_once'),
    lineCopy('facts_key', 'occurrence', `'again'`),
  ],
  ['I1', 'a twin without its first', lineCopy(`'lonely'`, '2', `'lonely'`)],
  [
    'I1',
    'one key for two amounts',
    copyOf(
      'lines',
      LINE_COLUMNS,
      `900, bank_account_key, key_scheme, facts_key, 2, 'x', booking_date, 1, currency, "references", text, source`,
      'id = (SELECT min(id) FROM lines)',
    ),
  ],
  [
    'I1 keys',
    'a transaction key used twice',
    drop('lines', 'lines_transaction_key_unique'),
    lineCopy(`'other'`, '1', 'transaction_key'),
  ],
  ['I3', 'a line without a journal', lineCopy(`'bare'`, '1', `'bare'`)],
  [
    'I3',
    'an origin journal deleted',
    `DELETE FROM postings WHERE journal_id = ${ORIGIN}`,
    `DELETE FROM journals WHERE id = ${ORIGIN}`,
  ],
  [
    'I3',
    'a journal for a notice',
    `INSERT INTO journals (kind, bank_account_key, line_id, event_on) SELECT 'capture', 'main', id, booking_date FROM lines WHERE amount_minor = 0`,
  ],
  [
    'I3 amounts',
    'an amount changed on both legs',
    `UPDATE postings SET amount = amount * 2 WHERE journal_id = ${ORIGIN}`,
  ],
  [
    'I3 amounts',
    'suspense renamed to bank other',
    `UPDATE postings SET account = 'bank_other' WHERE journal_id = ${ORIGIN} AND account = 'suspense'`,
  ],
  ['I3 deposits', 'a deposit deleted', `DELETE FROM deposits WHERE state = 'captured'`],
  [
    'I3 deposits',
    'a deposit made larger',
    `UPDATE deposits SET amount_minor = amount_minor + 1 WHERE state = 'captured'`,
  ],
  ['I3 sightings', 'a sighting of no line', `UPDATE sightings SET line_id = 900 + id`],
  ['I3 sightings', 'a deposit of a run that is not there', `UPDATE deposits SET run_id = 'none'`],
  [
    'I13',
    'a line that is not booked',
    drop('lines', 'lines_booked_only'),
    `UPDATE lines SET status = 'pending' WHERE amount_minor = 0`,
  ],
  [
    'I14',
    'an amount out of range',
    drop('lines', 'lines_amount_in_range'),
    `UPDATE lines SET amount_minor = 10000000000001 WHERE amount_minor = 5000`,
  ],
  [
    'I14',
    'credits posted in rand',
    drop('postings', 'postings_account_known'),
    `UPDATE postings SET unit = 'ZAR' WHERE account = 'credits_issued'`,
  ],
  [
    'I4',
    'a state without its journal',
    `UPDATE deposits SET state = 'returned' WHERE state = 'captured'`,
  ],
  [
    'I4',
    'a credited deposit opened again',
    `UPDATE deposits SET state = 'captured' WHERE state = 'credited'`,
  ],
  [
    'I4',
    'a deposit dismissed into nowhere',
    `UPDATE deposits SET state = 'dismissed' WHERE state = 'in_review'`,
  ],
  [
    'I4',
    'a second terminal move',
    'DROP INDEX journals_one_terminal, journals_one_per_decision_part',
    copyOf(
      'journals',
      'id, kind, bank_account_key, line_id, deposit_id, decision_id, event_on',
      `900, kind, bank_account_key, line_id, deposit_id, decision_id, event_on`,
      `id = ${RETURN}`,
    ),
  ],
  [
    'I4 amounts',
    'a credit for more than the deposit',
    `UPDATE postings SET amount = amount + 1 WHERE ${creditLeg('suspense')}`,
  ],
  [
    'I4 amounts',
    'a return that pays nobody',
    `UPDATE postings SET account = 'suspense' WHERE journal_id = ${RETURN} AND account = 'return_payable'`,
  ],
  ['I4 reviews', 'a waiting deposit without a review', `DELETE FROM reviews`],
  [
    'I4 reviews',
    'a review left open',
    `UPDATE deposits SET state = 'captured' WHERE state = 'in_review'`,
  ],
  [
    'I4 decisions',
    'a decision about another deposit',
    `UPDATE decisions SET deposit_id = (SELECT min(id) FROM deposits WHERE state = 'captured')`,
  ],
  [
    'I4 decisions',
    'a return that nobody decided',
    drop('journals', 'journals_move_is_decided'),
    `UPDATE journals SET decision_id = NULL WHERE id = ${RETURN}`,
  ],
  [
    'I9',
    'a reversal of an origin',
    `UPDATE journals SET kind = 'reversal', reverses_id = ${ORIGIN} WHERE id = ${CREDIT}`,
  ],
  [
    'I9',
    'two reversals of one credit',
    'DROP INDEX journals_one_undoing',
    `UPDATE journals SET kind = 'reversal', reverses_id = ${CREDIT} WHERE kind = 'credit' AND id > ${CREDIT}`,
  ],
  [
    'I12',
    'money left in suspense',
    `UPDATE postings SET account = 'bank_other' WHERE account = 'suspense' AND journal_id = ${RETURN}`,
  ],
  [
    'notifications',
    'a customer who was not told',
    `DELETE FROM notifications WHERE id = (SELECT min(id) FROM notifications)`,
  ],
  [
    'notifications',
    'a customer told of other credits',
    `UPDATE notifications SET credits = credits + 1`,
  ],
  [
    'I5',
    'an amount changed on one leg',
    `UPDATE postings SET amount = amount + 1 WHERE journal_id = ${ORIGIN} AND leg = 1`,
  ],
  [
    'I5',
    'credits from nowhere',
    `UPDATE postings SET amount = -7 WHERE account = 'wallet_credits'`,
  ],
  ['I5 legs', 'a journal without postings', `DELETE FROM postings WHERE journal_id = ${ORIGIN}`],
  ['I5 legs', 'postings without a journal', `DELETE FROM journals WHERE id = ${RETURN}`],
  [
    'I6',
    'a late balanced pair',
    `INSERT INTO postings (journal_id, leg, account, bank_account_key, unit, amount) VALUES (${ORIGIN}, 3, 'bank', 'main', 'ZAR', 5), (${ORIGIN}, 4, 'suspense', 'main', 'ZAR', -5)`,
  ],
  [
    'conversion',
    'credits at another rate',
    `UPDATE postings SET amount = amount * 2 WHERE account IN ('wallet_credits', 'credits_issued')`,
  ],
  [
    'conversion',
    'a cent moved from remainder to prepaid',
    `UPDATE postings SET amount = amount - CASE account WHEN 'wallet_prepaid' THEN 1 ELSE -1 END WHERE account IN ('wallet_prepaid', 'wallet_remainder') AND journal_id = (SELECT max(id) FROM journals WHERE kind = 'credit')`,
  ],
  [
    'conversion',
    'a rate that was not in force',
    `INSERT INTO rates VALUES (2, 5000, '2026-11-01')`,
  ],
  [
    'spends',
    'a spend that states another cost',
    `UPDATE spends SET revenue_minor = revenue_minor + 1`,
  ],
  ['spends', 'a spend without its row', `DELETE FROM spends`],
  [
    'reversals',
    'a charge that the customer never saw',
    `UPDATE reversals SET charges_minor = charges_minor + 1 WHERE deposit_id IS NOT NULL`,
  ],
  [
    'reversals',
    'a reversal that nothing has brought about',
    `DELETE FROM reversals WHERE deposit_id IS NOT NULL`,
  ],
  ...WALLET_PLANTS,
  [
    'I10',
    'a proof that the arithmetic denies',
    drop('statements', 'statements_proof_is_arithmetic'),
    `UPDATE statements SET difference_minor = 5`,
  ],
  ['I10', 'a proof without balances', `UPDATE statements SET opening_minor = NULL`],
  [
    'I15',
    'a request that was never answered',
    `UPDATE idempotency_keys SET created_at = now() - interval '2 hours'`,
  ],
  [
    'I15',
    'a request kept twice',
    drop('idempotency_keys', 'idempotency_keys_pkey'),
    `INSERT INTO idempotency_keys SELECT * FROM idempotency_keys`,
  ],
  ['I18 grants', 'the application may write postings', `GRANT INSERT ON postings TO purser_app`],
  ['I18 grants', 'everybody may write balances', `GRANT UPDATE (credits) ON wallets TO PUBLIC`],
  ['I18 grants', 'a table with another owner', `ALTER TABLE lines OWNER TO CURRENT_USER`],
  [
    'I18 grants',
    'the application may write keys',
    `GRANT UPDATE (scopes) ON api_keys TO purser_app`,
  ],
  [
    'I18 grants',
    'the application may say where a bank is',
    `GRANT UPDATE (api_url) ON bank_accounts TO purser_app`,
  ],
  ['I18 roles', 'the application is the ledger role', `GRANT purser_ledger TO purser_app`],
  ['I18 roles', 'a ledger role that logs in', `ALTER ROLE purser_ledger LOGIN`],
  [
    'I18 functions',
    'everybody may post journals',
    `GRANT EXECUTE ON FUNCTION post_journals TO PUBLIC`,
  ],
  [
    'I18 functions',
    'everybody may write bank accounts',
    `GRANT EXECUTE ON FUNCTION write_bank_account TO PUBLIC`,
  ],
  [
    'I18 functions',
    'everybody may make keys',
    `GRANT EXECUTE ON FUNCTION create_api_key TO PUBLIC`,
  ],
  [
    'I18 functions',
    'a search path that is not pinned',
    `ALTER FUNCTION capture_lines RESET search_path`,
  ],
  ['I17', 'a trigger switched off', `ALTER TABLE journals DISABLE TRIGGER journals_append_only`],
  ['I17', 'keys that may change', `ALTER TABLE api_keys DISABLE TRIGGER api_keys_keep_facts`],
  ['I17', 'a trigger dropped', `DROP TRIGGER postings_balanced ON postings`],
  ...DECISION_PLANTS,
  ...AUDIT_PLANTS,
];
