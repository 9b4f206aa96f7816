/** What was done to the books past every trigger and constraint, and how. */
export type Edit = readonly [what: string, ...statements: string[]];

const LINE = `(SELECT min(id) FROM lines WHERE amount_minor > 0)`;
const DEPOSIT = `(SELECT id FROM deposits WHERE line_id = ${LINE})`;
const CREDIT = `(SELECT min(id) FROM journals WHERE kind = 'credit')`;
const CAPTURE = `(SELECT min(id) FROM journals WHERE kind = 'capture')`;
const SPEND = `(SELECT min(id) FROM spends)`;
const RETURN = `(SELECT min(id) FROM decisions WHERE kind = 'return')`;
const eraseDeposit = (line: string) => [
  `CREATE TEMP TABLE gone AS SELECT id, line_id, deposit_id FROM journals WHERE line_id = ${line}`,
  `DELETE FROM notifications WHERE journal_id IN (SELECT id FROM gone)`,
  `DELETE FROM postings WHERE journal_id IN (SELECT id FROM gone)`,
  `DELETE FROM journals WHERE id IN (SELECT id FROM gone)`,
  `DELETE FROM deposits WHERE line_id IN (SELECT line_id FROM gone)`,
  `DELETE FROM sightings WHERE line_id IN (SELECT line_id FROM gone)`,
  `DELETE FROM lines WHERE id IN (SELECT line_id FROM gone)`,
];
/** Every stored balance and number of a wallet as its postings give them. */
const RENUMBER = [
  `UPDATE journals j SET wallet_seq = n.seq + 100000 FROM (SELECT id, row_number() OVER (PARTITION BY wallet_id ORDER BY id) AS seq FROM journals WHERE wallet_id IS NOT NULL) n WHERE n.id = j.id`,
  `UPDATE journals SET wallet_seq = wallet_seq - 100000 WHERE wallet_id IS NOT NULL`,
  `UPDATE journals j SET credits_after = s.credits, prepaid_after = s.prepaid, remainder_after = s.remainder, receivable_after = s.receivable
     FROM (SELECT i.id, sum(i.c) OVER w AS credits, sum(i.p) OVER w AS prepaid, sum(i.r) OVER w AS remainder, sum(i.v) OVER w AS receivable
             FROM (SELECT o.id, o.wallet_id, o.wallet_seq,
                          -coalesce(sum(q.amount) FILTER (WHERE q.account = 'wallet_credits'), 0) AS c, -coalesce(sum(q.amount) FILTER (WHERE q.account = 'wallet_prepaid'), 0) AS p,
                          -coalesce(sum(q.amount) FILTER (WHERE q.account = 'wallet_remainder'), 0) AS r, coalesce(sum(q.amount) FILTER (WHERE q.account = 'wallet_receivable'), 0) AS v
                     FROM journals o JOIN postings q ON q.journal_id = o.id WHERE o.wallet_id IS NOT NULL GROUP BY o.id) i
           WINDOW w AS (PARTITION BY i.wallet_id ORDER BY i.wallet_seq)) s WHERE s.id = j.id`,
  `UPDATE wallets w SET last_seq = l.wallet_seq, credits = l.credits_after, prepaid_minor = l.prepaid_after, remainder_minor = l.remainder_after, receivable_minor = l.receivable_after
     FROM (SELECT DISTINCT ON (wallet_id) * FROM journals WHERE wallet_id IS NOT NULL ORDER BY wallet_id, wallet_seq DESC) l WHERE l.wallet_id = w.id`,
];
/** The last credit of a wallet moved whole to another one, whose remainder takes it without change. */
const moveCredit = [
  `CREATE TEMP TABLE moved AS SELECT j.id, j.deposit_id, j.wallet_id AS from_id, (SELECT min(id) FROM wallets o WHERE o.id <> j.wallet_id) AS to_id
     FROM journals j WHERE j.kind = 'credit' AND j.decision_id IS NULL ORDER BY j.id DESC LIMIT 1`,
  `UPDATE postings p SET wallet_id = m.to_id FROM moved m WHERE p.journal_id = m.id AND p.wallet_id IS NOT NULL`,
  `UPDATE journals j SET wallet_id = m.to_id, wallet_seq = 900000 FROM moved m WHERE j.id = m.id`,
  `UPDATE deposits d SET wallet_id = m.to_id FROM moved m WHERE d.id = m.deposit_id`,
  `UPDATE notifications n SET wallet_id = m.to_id FROM moved m WHERE n.journal_id = m.id`,
  `UPDATE audit_events e SET after = jsonb_set(after, '{wallet_id}', to_jsonb(m.to_id)) FROM moved m WHERE e.subject_id = m.deposit_id AND e.after ->> 'state' = 'credited'`,
  ...RENUMBER,
];
const set = (table: string, change: string, where: string): string =>
  `UPDATE ${table} SET ${change} WHERE ${where}`;
const oneOf = (table: string, where = 'true', id = 'id') =>
  `${id} = (SELECT min(${id}) FROM ${table} WHERE ${where})`;

/** Edits of money, and of what the banks said of it. */
export const MONEY_EDITS: readonly Edit[] = [
  ['a credit moved whole to another wallet, journals and trail rewritten', ...moveCredit],
  ['a deposit erased with its line and journals', ...eraseDeposit(LINE), ...RENUMBER],
  [
    'a deposit erased with its trail',
    ...eraseDeposit(LINE),
    `DELETE FROM audit_events WHERE subject_id IN (SELECT deposit_id FROM gone)`,
    ...RENUMBER,
  ],
  ['a debit erased', ...eraseDeposit(`(SELECT min(id) FROM lines WHERE facts_key = 'facts-fee')`)],
  [
    'a spend erased with its journal',
    `DELETE FROM postings WHERE journal_id IN (SELECT id FROM journals WHERE spend_id = ${SPEND})`,
    `DELETE FROM journals WHERE spend_id = ${SPEND}`,
    `DELETE FROM spends WHERE id = ${SPEND}`,
    ...RENUMBER,
  ],
  [
    'a spend by another key',
    set('spends', `spent_by = (SELECT id FROM api_keys WHERE person = 'thandi')`, `id = ${SPEND}`),
  ],
  [
    'a spend on another day',
    set('spends', `spent_on = '2026-11-01'`, `id = ${SPEND}`),
    set('journals', `event_on = '2026-11-01'`, `spend_id = ${SPEND}`),
  ],
  ['a spend for another thing', set('spends', `note = 'order 8'`, `id = ${SPEND}`)],
  ['a balance raised', set('wallets', 'credits = credits + 100', oneOf('wallets'))],
  ['a remainder raised', set('wallets', 'remainder_minor = remainder_minor + 1', oneOf('wallets'))],
  ['a debt forgiven', set('wallets', 'receivable_minor = receivable_minor + 5', oneOf('wallets'))],
  ['a line that brought more', set('lines', 'amount_minor = amount_minor + 100', `id = ${LINE}`)],
  [
    'a line that brought more, with deposit and postings',
    set('lines', 'amount_minor = amount_minor + 100', `facts_key = 'facts-open'`),
    set('deposits', 'amount_minor = amount_minor + 100', `transaction_key = 'txn-open'`),
    set('sightings', 'amount_minor = amount_minor + 100', `facts_key = 'facts-open'`),
    `UPDATE postings SET amount = amount + 100 * sign(amount)::int WHERE journal_id = (SELECT id FROM journals WHERE deposit_id = (SELECT id FROM deposits WHERE transaction_key = 'txn-open'))`,
  ],
  ['a notice that brought money', set('lines', 'amount_minor = 100', 'amount_minor = 0')],
  ['another text of a line', set('lines', `text = 'SALARY'`, `id = ${LINE}`)],
  ['another reference of a line', set('lines', `"references" = '{CUS00000002}'`, `id = ${LINE}`)],
  ['another payer of a line', set('lines', `counterparty_name = 'Somebody'`, `id = ${LINE}`)],
  ['another account of the payer', set('lines', `counterparty_account = '1'`, `id = ${LINE}`)],
  [
    'another day of a line and all that states it',
    set('lines', `booking_date = booking_date - 1`, `id = ${LINE}`),
    set('deposits', 'booking_date = booking_date - 1', `line_id = ${LINE}`),
    set('journals', 'event_on = event_on - 1', `line_id = ${LINE}`),
    set('sightings', 'booking_date = booking_date - 1', `line_id = ${LINE}`),
  ],
  ['another value day', set('lines', `value_date = '2026-01-01'`, `id = ${LINE}`)],
  ['a line that is a reversal', set('lines', 'reversal = true', `id = ${LINE}`)],
  ['a line of another source', set('lines', `source = 'webhook'`, `id = ${LINE}`)],
  [
    'a line captured earlier',
    set('lines', `captured_at = captured_at - interval '30 days'`, `id = ${LINE}`),
  ],
  ['another salt of a line', set('lines', 'salt = gen_random_uuid()', `id = ${LINE}`)],
  [
    'a line erased by nobody',
    set(
      'lines',
      `salt = NULL, commitment = sha256('x'), text = '', "references" = '{}', counterparty_name = NULL, counterparty_account = NULL`,
      `id = ${LINE}`,
    ),
  ],
  [
    'another wording of a sighting',
    set('sightings', `reference = 'CUS00000002'`, oneOf('sightings')),
  ],
  ['another id of a sighting', set('sightings', `bank_id = 'T-x'`, oneOf('sightings'))],
  [
    'a sighting of another line',
    set('sightings', `line_id = line_id + 1`, oneOf('sightings', 'held_reason IS NULL')),
  ],
  [
    'a sighting by another run',
    set('sightings', `source = 'webhook', feed = 'webhook'`, oneOf('sightings')),
  ],
  ['a sighting beside another balance', set('sightings', 'balance_minor = 77', oneOf('sightings'))],
  ['a sighting deleted', `DELETE FROM sightings WHERE ${oneOf('sightings')}`],
  [
    'a row that waited made a line',
    set(
      'sightings',
      `line_id = ${LINE}, evidence = 'count'`,
      oneOf('sightings', 'line_id IS NULL'),
    ),
  ],
  [
    'a hold ended by nobody',
    set('line_holds', `ended_at = now(), ended_as = 'own'`, 'ended_at IS NULL'),
    set('deposits', 'hold_reason = NULL', 'hold_reason IS NOT NULL'),
  ],
  [
    'a hold deleted',
    `DELETE FROM line_holds`,
    set('deposits', 'hold_reason = NULL', 'hold_reason IS NOT NULL'),
  ],
  ['a webhook with another body', set('bank_events', `body = 'CUS00000099'`, `event_id = 'evt-1'`)],
  [
    'a webhook with another body and hash',
    set('bank_events', `body = 'CUS00000099', body_sha256 = 'y'`, `event_id = 'evt-1'`),
  ],
  ['a webhook deleted', `DELETE FROM bank_events WHERE event_id = 'evt-1'`],
  ['a webhook under another id', set('bank_events', `event_id = 'evt-2'`, `event_id = 'evt-1'`)],
  [
    'a code that no line has named any more',
    `DELETE FROM named_codes WHERE ${oneOf('named_codes')}`,
  ],
  [
    'a statement that closes higher',
    set('statements', 'closing_minor = 200, opening_minor = 100', 'true'),
  ],
  ['a statement of another account', set('statements', `account = '62001'`, 'true')],
  ['a statement deleted', `DELETE FROM statements`],
  ['a proof that agrees', set('day_proofs', 'bank_minor = 50, ledger_minor = 50', 'true')],
  ['a proof deleted', `DELETE FROM day_proofs`],
  ['another hash of a file', set('statement_files', `sha256 = 'y'`, 'true')],
  ['a journal on another day', set('journals', `event_on = '2026-10-01'`, `kind = 'reversal'`)],
  [
    'a journal written earlier',
    set('journals', `created_at = created_at - interval '1 day'`, `id = ${CREDIT}`),
  ],
  [
    'a credit at a new rate',
    `INSERT INTO rates VALUES (9, 2500, '2026-11-20')`,
    set('journals', 'rate_version = 9', `id = ${CREDIT}`),
  ],
  ['a cheaper credit', set('rates', 'minor_per_credit = 2500', 'version = 1')],
  [
    'a pair of postings more',
    `INSERT INTO postings (journal_id, leg, account, bank_account_key, unit, amount) VALUES (${CAPTURE}, 8, 'bank', 'main', 'ZAR', 5), (${CAPTURE}, 9, 'suspense', 'main', 'ZAR', -5)`,
  ],
  ['legs in another order', set('postings', 'leg = 3 - leg + 10', `journal_id = ${CAPTURE}`)],
  ['a deposit in another state', set('deposits', `state = 'dismissed'`, `state = 'captured'`)],
  ['a deposit without its hold', set('deposits', `hold_reason = 'look_alike'`, `id = ${DEPOSIT}`)],
  [
    'a customer told of another sum',
    set('notifications', 'amount_minor = amount_minor + 1', oneOf('notifications')),
  ],
  [
    'a reversal with a charge',
    set('reversals', 'charges_minor = charges_minor + 5', 'deposit_id IS NOT NULL'),
  ],
  [
    'a reversal of another deposit',
    set('reversals', `deposit_id = (SELECT max(id) FROM deposits)`, 'deposit_id IS NOT NULL'),
  ],
  [
    'a hold of credits that ended otherwise',
    set(
      'credit_holds',
      `outcome = CASE outcome WHEN 'undone' THEN 'decided' ELSE 'undone' END`,
      'closed_at IS NOT NULL',
    ),
  ],
  ['a hold of credits lowered', set('credit_holds', 'held_minor = 0', 'true')],
  [
    'a payment file that lost an item, which is paid again',
    `DELETE FROM return_export_items WHERE decision_id = ${RETURN}`,
  ],
  ['a payment file deleted', `DELETE FROM return_export_items`, `DELETE FROM return_exports`],
  [
    'a payment file taken by another',
    set('return_exports', `taken_by = (SELECT min(id) FROM api_keys)`, 'true'),
  ],
];
