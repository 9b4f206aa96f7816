import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, verifyClean, type TestDatabase } from '../support/database.ts';
import { aLine, capture, credit, seedBankAccount, seedWallet } from '../support/ledger.ts';
import { sqlStateOf } from '../support/sql-state.ts';

let test: TestDatabase;
let walletId: string;
let creditedId: string;
let openId: string;

beforeAll(async () => {
  test = await createTestDatabase();
  await seedBankAccount(test.db, 'main');
  walletId = await seedWallet(test.db, 1);
  const ids = await capture(test.db, 'main', [aLine('a', 7_500n), aLine('b', 5_000n)]);
  [creditedId = '', openId = ''] = ids;
  await credit(test.db, [{ depositId: creditedId, walletId }]);
});
afterAll(async () => {
  await verifyClean(test.db);
  await test.close();
});

/** Runs statements as the ledger's owner in one transaction, where triggers hold but grants do not. */
function asOwner(...statements: readonly string[]): Promise<string> {
  return sqlStateOf(
    test.owner.begin(async (tx) => {
      for (const statement of statements) await tx.unsafe(statement);
    }),
  );
}

/** Runs a statement as the application. */
function asApp(statement: string): Promise<string> {
  return sqlStateOf(test.db.execute(sql.raw(statement)));
}

/** A journal of `kind` on the open deposit, with its postings given as VALUES, in one statement. */
function journal(columns: string, values: string, postings: string): string {
  return `
    WITH j AS (
      INSERT INTO journals (kind, bank_account_key, line_id, deposit_id, event_on, ${columns})
      SELECT d.kind, 'main', d.line_id, d.id, d.booking_date, ${values}
        FROM (SELECT 'credit' AS kind, * FROM deposits WHERE id = '${openId}') d RETURNING id)
    INSERT INTO postings (journal_id, leg, account, bank_account_key, wallet_id, unit, amount)
    SELECT j.id, p.* FROM j, (VALUES ${postings}) p (leg, account, bank_account_key, wallet_id, unit, amount)`;
}

const CREDIT_COLUMNS =
  'wallet_id, wallet_seq, credits_after, prepaid_after, remainder_after, receivable_after, rate_version';
const creditValues = () => `'${walletId}', 2, 2, 10000, 2500, 0, 1`;
const suspense = (amount: number) => `(1, 'suspense', 'main', NULL, 'ZAR', ${String(amount)})`;
const prepaid = (amount: number) =>
  `(2, 'wallet_prepaid', NULL, '${walletId}', 'ZAR', ${String(amount)})`;
const captureJournalId = `(SELECT id FROM journals WHERE deposit_id = '__' AND kind = 'capture')`;
const captureOf = (depositId: string) => captureJournalId.replace('__', depositId);

describe('the database, about rows that are never changed,', () => {
  it.each([
    ['lines', 'text'],
    ['journals', 'kind'],
    ['postings', 'account'],
  ])('refuses to change, delete or truncate %s', async (table, column) => {
    await expect(asOwner(`UPDATE ${table} SET ${column} = ${column}`)).resolves.toBe('PU017');
    await expect(asOwner(`DELETE FROM ${table}`)).resolves.toBe('PU017');
    await expect(asOwner(`TRUNCATE ${table} CASCADE`)).resolves.toBe('PU017');
  });

  it('refuses to change the facts of a deposit', async () => {
    const change = `UPDATE deposits SET amount_minor = 1 WHERE id = '${openId}'`;
    await expect(asOwner(change)).resolves.toBe('PU017');
  });
});

describe('the database, about journals,', () => {
  it('refuses postings that do not sum to zero', async () => {
    const unbalanced = journal(
      CREDIT_COLUMNS,
      creditValues(),
      `${suspense(5000)}, ${prepaid(-4999)}`,
    );
    await expect(asOwner(unbalanced)).resolves.toBe('PU005');
  });

  it('refuses postings that sum to zero only across units', async () => {
    const mixed = `${suspense(5000)}, (2, 'wallet_credits', NULL, '${walletId}', 'CREDIT', -5000)`;
    await expect(asOwner(journal(CREDIT_COLUMNS, creditValues(), mixed))).resolves.toBe('PU005');
  });

  it('refuses a journal without postings', async () => {
    const empty = `INSERT INTO journals (kind, bank_account_key, line_id, event_on)
      SELECT 'capture', 'main', line_id, booking_date FROM deposits WHERE false
      UNION ALL SELECT 'return', 'main', line_id, booking_date FROM deposits WHERE id = '${openId}'`;
    await expect(asOwner(empty)).resolves.toBe('23514 journals_move_has_deposit');
    const emptyCredit = `INSERT INTO journals (kind, bank_account_key, line_id, deposit_id, event_on, ${CREDIT_COLUMNS})
      SELECT 'credit', 'main', line_id, id, booking_date, ${creditValues()} FROM deposits WHERE id = '${openId}'`;
    await expect(asOwner(emptyCredit)).resolves.toBe('PU005');
  });

  it('refuses a journal that moves another amount than its deposit', async () => {
    const tooMuch = journal(CREDIT_COLUMNS, creditValues(), `${suspense(9000)}, ${prepaid(-9000)}`);
    await expect(asOwner(tooMuch)).resolves.toBe('PU005');
  });

  it('refuses a journal that posts to a wallet that it does not name', async () => {
    const other = await seedWallet(test.db, 2);
    const postings = `${suspense(5000)}, (2, 'wallet_prepaid', NULL, '${other}', 'ZAR', -5000)`;
    await expect(asOwner(journal(CREDIT_COLUMNS, creditValues(), postings))).resolves.toBe('PU005');
  });

  it('refuses a balanced pair of postings in a later transaction', async () => {
    const late = `INSERT INTO postings (journal_id, leg, account, bank_account_key, unit, amount) VALUES
      (${captureOf(openId)}, 3, 'bank', 'main', 'ZAR', 100), (${captureOf(openId)}, 4, 'suspense', 'main', 'ZAR', -100)`;
    await expect(asOwner(late)).resolves.toBe('PU006');
  });

  it('refuses a balanced pair of postings later in the same transaction', async () => {
    const credited = journal(
      CREDIT_COLUMNS,
      creditValues(),
      `${suspense(5000)}, ${prepaid(-5000)}`,
    );
    const late = `INSERT INTO postings (journal_id, leg, account, bank_account_key, unit, amount)
      SELECT max(id), 3, 'bank', 'main', 'ZAR', 100 FROM journals
      UNION ALL SELECT max(id), 4, 'suspense', 'main', 'ZAR', -100 FROM journals`;
    await expect(asOwner(credited, late)).resolves.toBe('PU006');
  });

  it('refuses a second terminal move of a deposit', async () => {
    const second = journal(
      CREDIT_COLUMNS,
      creditValues(),
      `${suspense(7500)}, ${prepaid(-7500)}`,
    ).replaceAll(openId, creditedId);
    await expect(asOwner(second)).resolves.toBe('23505 journals_one_terminal');
  });

  it('refuses a second origin of a line', async () => {
    const second = `
      WITH j AS (INSERT INTO journals (kind, bank_account_key, line_id, event_on)
        SELECT 'capture', 'main', line_id, booking_date FROM deposits WHERE id = '${openId}' RETURNING id)
      INSERT INTO postings (journal_id, leg, account, bank_account_key, unit, amount)
      SELECT j.id, p.* FROM j, (VALUES (1, 'bank', 'main', 'ZAR', 5000), (2, 'suspense', 'main', 'ZAR', -5000)) p`;
    await expect(asOwner(second)).resolves.toBe('23505 journals_one_capture');
  });

  it('refuses a second reversal of a journal, and one of another sum', async () => {
    const origin = `(SELECT id FROM journals WHERE deposit_id = '${creditedId}' AND kind = 'credit')`;
    const reversal = (seq: number, back: number) => `
      WITH j AS (
        INSERT INTO journals (kind, bank_account_key, line_id, deposit_id, reverses_id, event_on, wallet_id, wallet_seq,
                              credits_after, prepaid_after, remainder_after, receivable_after)
        SELECT 'reversal', 'main', line_id, id, ${origin}, booking_date, '${walletId}', ${String(seq)}, 0, 0, 0, 0
          FROM deposits WHERE id = '${creditedId}' RETURNING id)
      INSERT INTO postings (journal_id, leg, account, bank_account_key, wallet_id, unit, amount)
      SELECT j.id, p.* FROM j, (VALUES (1, 'bank_other', 'main', NULL, 'ZAR', ${String(-back)}), ${prepaid(back)}) p`;
    await expect(asOwner(reversal(2, 7500), reversal(3, 7500))).resolves.toBe(
      '23505 journals_one_undoing',
    );
    await expect(asOwner(reversal(2, 7499))).resolves.toBe('PU009');
  });

  it('refuses a line that moves money without an origin journal', async () => {
    const line = `INSERT INTO lines (bank_account_key, key_scheme, facts_key, occurrence, transaction_key, booking_date,
      amount_minor, currency, "references", text, source) VALUES ('main', 1, 'bare', 1, 'bare', '2026-11-20', 100, 'ZAR', '{}', '', 'poll')`;
    await expect(asOwner(line)).resolves.toBe('PU003');
  });

  it('refuses a pending line', async () => {
    const line = `INSERT INTO lines (bank_account_key, key_scheme, facts_key, occurrence, transaction_key, booking_date,
      amount_minor, currency, "references", text, source, status)
      VALUES ('main', 1, 'p', 1, 'p', '2026-11-20', 100, 'ZAR', '{}', '', 'poll', 'pending')`;
    await expect(asOwner(line)).resolves.toBe('23514 lines_booked_only');
  });
});

describe('the database, about wallets and deposits,', () => {
  it.each([
    ['credits', 'wallets_no_overdraft'],
    ['prepaid_minor', 'wallets_prepaid_not_negative'],
    ['remainder_minor', 'wallets_remainder_not_negative'],
    ['receivable_minor', 'wallets_receivable_not_negative'],
  ])('refuses a negative %s', async (column, constraint) => {
    await expect(asOwner(`UPDATE wallets SET ${column} = -1`)).resolves.toBe(`23514 ${constraint}`);
  });

  it.each(['captured', 'in_review', 'returned', 'dismissed'])(
    'refuses to move a credited deposit to %s',
    async (state) => {
      const move = `UPDATE deposits SET state = '${state}' WHERE id = '${creditedId}'`;
      await expect(asOwner(move)).resolves.toBe('PU004');
    },
  );

  it('refuses to dismiss a deposit that was never in review', async () => {
    const move = `UPDATE deposits SET state = 'dismissed' WHERE id = '${openId}'`;
    await expect(asOwner(move)).resolves.toBe('PU004');
  });

  it('refuses two wallets with one code', async () => {
    await expect(sqlStateOf(seedWallet(test.db, 1))).resolves.toBe('23505 wallets_code_unique');
  });
});

describe('the application role', () => {
  it.each([
    `INSERT INTO lines (text) VALUES ('mine')`,
    `UPDATE journals SET kind = 'return'`,
    `DELETE FROM postings`,
    `TRUNCATE lines CASCADE`,
    `UPDATE wallets SET credits = 1000000`,
    `UPDATE wallets SET last_seq = 0`,
    `UPDATE wallets SET code = 'CUS99999999'`,
    `INSERT INTO wallets (id, code, credits) VALUES ('w', 'CUS99999999', 1)`,
    `DELETE FROM wallets`,
    `UPDATE deposits SET state = 'credited'`,
    `UPDATE deposits SET wallet_id = NULL`,
    `INSERT INTO deposits SELECT * FROM deposits`,
    `INSERT INTO notifications (wallet_id, deposit_id, kind, amount_minor, credits) SELECT wallet_id, id, 'deposit_credited', 1, 1 FROM deposits`,
    `UPDATE decisions SET amount_minor = 1`,
    `UPDATE rates SET minor_per_credit = 1`,
    `ALTER TABLE postings DISABLE TRIGGER ALL`,
    `SET session_replication_role = replica`,
    `SET ROLE purser_ledger`,
    `CREATE TABLE lines_of_mine (id int)`,
    `DELETE FROM purser_migrations`,
  ])('gets a refusal for: %s', async (statement) => {
    await expect(asApp(statement)).resolves.toBe('42501');
  });

  it('locks the rows that it settles', async () => {
    await expect(asApp(`SELECT id FROM wallets FOR UPDATE`)).resolves.toBe('accepted');
    await expect(asApp(`SELECT id FROM deposits FOR UPDATE`)).resolves.toBe('accepted');
    await expect(asApp(`SELECT lock_decision('dec_1')`)).resolves.toBe('accepted');
  });
});
