import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../db/client.ts';
import { lockDeposits, postJournals } from '../../db/queries/settlement.ts';
import { toCodedError } from '../../db/pg-errors.ts';
import type { WalletBalances } from '../../domain/ledger/journal.ts';
import { settle } from '../../domain/ledger/settle.ts';
import { parseLocalDate } from '../../domain/local-date.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../support/database.ts';
import {
  aLine,
  capture,
  credit,
  DAY,
  returnDeposit,
  seedBankAccount,
  seedWallet,
} from '../support/ledger.ts';
import { sqlStateOf } from '../support/sql-state.ts';

const RATE = [{ version: 1, minorPerCredit: 5_000n, effectiveFrom: parseLocalDate('1970-01-01') }];

let test: TestDatabase;

beforeAll(async () => {
  test = await createTestDatabase();
  await seedBankAccount(test.db, 'main');
});
afterAll(async () => {
  await test.close();
});

async function captureOne(name: string, amountMinor: bigint): Promise<string> {
  const [depositId] = await capture(test.db, 'main', [aLine(name, amountMinor)]);
  if (depositId === undefined) throw new Error('nothing was captured');
  return depositId;
}

async function walletOf(id: string): Promise<unknown> {
  const [row] = await test.owner`
    select credits, prepaid_minor, remainder_minor, last_seq from wallets where id = ${id}`;
  return row;
}

/** Credits without having read the wallet under its lock: what a faulty caller would do. */
async function creditFrom(before: WalletBalances, depositId: string, amountMinor: bigint) {
  const deposit = {
    depositId,
    bankAccountKey: 'main',
    walletId: before.walletId,
    amountMinor,
    bookingDate: DAY,
    decisionId: null,
  };
  await test.db.transaction((tx) =>
    postJournals(tx, settle([deposit], [before], RATE), 'workflow'),
  );
}

function emptyWallet(walletId: string): WalletBalances {
  return {
    walletId,
    credits: 0n,
    prepaidMinor: 0n,
    remainderMinor: 0n,
    receivableMinor: 0n,
    lastSeq: 0n,
  };
}

describe('the settlement of deposits', () => {
  it('credits one deposit with journal, balances, state and notification', async () => {
    const walletId = await seedWallet(test.db, 1);
    const depositId = await captureOne('single', 7_500n);
    await credit(test.db, [{ depositId, walletId }]);

    expect(await walletOf(walletId)).toEqual({
      credits: 1n,
      prepaid_minor: 5_000n,
      remainder_minor: 2_500n,
      last_seq: 1n,
    });
    const [deposit] = await test.owner`
      select state, wallet_id, lane, settled_at is not null as settled from deposits where id = ${depositId}`;
    expect(deposit).toEqual({
      state: 'credited',
      wallet_id: walletId,
      lane: 'workflow',
      settled: true,
    });
    const [told] = await test.owner`
      select wallet_id, amount_minor, credits from notifications where deposit_id = ${depositId}`;
    expect(told).toEqual({ wallet_id: walletId, amount_minor: 7_500n, credits: 1n });
    await verifyClean(test.db);
  });

  it('credits 250 deposits of 10 wallets in one statement, carrying remainders from one to the next', async () => {
    const walletIds = await Promise.all(
      Array.from({ length: 10 }, (_, index) => seedWallet(test.db, 100 + index)),
    );
    const depositIds = await capture(
      test.db,
      'main',
      Array.from({ length: 250 }, (_, index) => aLine(`batch-${String(index)}`, 3_000n)),
    );
    await credit(
      test.db,
      depositIds.map((depositId, index) => ({ depositId, walletId: walletIds[index % 10] ?? '' })),
    );

    for (const walletId of walletIds) {
      expect(await walletOf(walletId)).toEqual({
        credits: 15n,
        prepaid_minor: 75_000n,
        remainder_minor: 0n,
        last_seq: 25n,
      });
    }
    await verifyClean(test.db);
  });

  it('returns a deposit by a decision and moves no wallet', async () => {
    const depositId = await captureOne('returned', 30_000n);
    const decisionId = await returnDeposit(test.db, test.owner, depositId);

    const postings = await test.owner`
      select j.kind, j.decision_id, p.account, p.amount from journals j join postings p on p.journal_id = j.id
       where j.deposit_id = ${depositId} and j.kind = 'return' order by p.leg`;
    expect([...postings]).toEqual([
      { kind: 'return', decision_id: decisionId, account: 'suspense', amount: 30_000n },
      { kind: 'return', decision_id: decisionId, account: 'return_payable', amount: -30_000n },
    ]);
    await verifyClean(test.db);
  });

  it('refuses to settle a deposit twice, and keeps nothing of the batch that tried', async () => {
    const walletId = await seedWallet(test.db, 2);
    const first = await captureOne('once', 5_000n);
    const other = await captureOne('bystander', 5_000n);
    await credit(test.db, [{ depositId: first, walletId }]);

    const again = credit(test.db, [
      { depositId: other, walletId },
      { depositId: first, walletId },
    ]);

    await expect(sqlStateOf(again)).resolves.toBe('PU004');
    expect(await walletOf(walletId)).toMatchObject({ credits: 1n, last_seq: 1n });
    const [bystander] = await test.owner`select state from deposits where id = ${other}`;
    expect(bystander).toEqual({ state: 'captured' });
    await verifyClean(test.db);
  });

  it('refuses a deposit twice in one batch', async () => {
    const walletId = await seedWallet(test.db, 3);
    const depositId = await captureOne('same-batch', 5_000n);

    const twice = credit(test.db, [
      { depositId, walletId },
      { depositId, walletId },
    ]);

    await expect(sqlStateOf(twice)).resolves.toBe('23505 journals_one_terminal');
    expect(await walletOf(walletId)).toMatchObject({ credits: 0n, last_seq: 0n });
    await verifyClean(test.db);
  });

  it('refuses a batch that was decided on balances that have changed since', async () => {
    const walletId = await seedWallet(test.db, 4);
    const [first, second] = [
      await captureOne('stale-1', 5_000n),
      await captureOne('stale-2', 5_000n),
    ];
    await creditFrom(emptyWallet(walletId), first, 5_000n);

    const stale = creditFrom(emptyWallet(walletId), second, 5_000n);

    const refusal = await stale.catch((error: unknown) => toCodedError(error)?.code);
    expect(refusal).toBe('database.conflict');
    expect(await walletOf(walletId)).toMatchObject({ credits: 1n, last_seq: 1n });
    await verifyClean(test.db);
  });

  it.each([
    ['leaves a gap in the sequence', 11, { lastSeq: 5n }],
    ['states more credits than the postings bring', 12, { credits: 9n }],
    ['starts from a remainder that is not there', 13, { remainderMinor: 4_999n }],
  ])('refuses a journal that %s', async (name, number, wrong) => {
    const walletId = await seedWallet(test.db, number);
    const depositId = await captureOne(name.replaceAll(' ', '-'), 5_000n);

    const work = creditFrom({ ...emptyWallet(walletId), ...wrong }, depositId, 5_000n);

    await expect(sqlStateOf(work)).resolves.toBe('PU007');
    await verifyClean(test.db);
  });

  it('refuses to credit more than the deposit brought', async () => {
    const walletId = await seedWallet(test.db, 5);
    const depositId = await captureOne('inflated', 5_000n);

    await expect(sqlStateOf(creditFrom(emptyWallet(walletId), depositId, 500_000n))).resolves.toBe(
      'PU005',
    );
    await verifyClean(test.db);
  });
});

describe('a wallet with many writers', () => {
  it('numbers the journals of 20 connections without a gap', async () => {
    const walletId = await seedWallet(test.db, 6);
    const depositIds = await capture(
      test.db,
      'main',
      Array.from({ length: 60 }, (_, index) => aLine(`race-${String(index)}`, 2_600n)),
    );
    const pool = openDatabase({
      url: test.url,
      poolSize: 20,
      applicationName: 'purser-test-race',
      as: 'app',
      statementTimeoutMs: 20_000,
    });
    await Promise.all(depositIds.map((depositId) => credit(pool.db, [{ depositId, walletId }])));
    await pool.close();

    expect(await walletOf(walletId)).toEqual({
      credits: 31n,
      prepaid_minor: 155_000n,
      remainder_minor: 1_000n,
      last_seq: 60n,
    });
    await verifyClean(test.db);
  });

  it('lets one of 20 writers credit a deposit, and answers the others that it is settled', async () => {
    const walletId = await seedWallet(test.db, 7);
    const depositId = await captureOne('contested', 5_000n);
    const pool = openDatabase({
      url: test.url,
      poolSize: 20,
      applicationName: 'purser-test-race',
      as: 'app',
    });
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () =>
        credit(pool.db, [{ depositId, walletId }]).then(
          () => 'credited',
          (error: unknown) => toCodedError(error)?.code,
        ),
      ),
    );
    await pool.close();

    expect(outcomes.filter((outcome) => outcome === 'credited')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'deposit.already_settled')).toHaveLength(19);
    await verifyClean(test.db);
  });

  it('reports a conflict to writers that take no lock, and loses no credit', async () => {
    const walletId = await seedWallet(test.db, 8);
    const names = Array.from({ length: 8 }, (_, index) => `unlocked-${String(index)}`);
    const depositIds = await capture(
      test.db,
      'main',
      names.map((name) => aLine(name, 5_000n)),
    );
    const outcomes = await Promise.all(
      depositIds.map((depositId) =>
        creditFrom(emptyWallet(walletId), depositId, 5_000n).then(
          () => 'credited',
          (error: unknown) => toCodedError(error)?.code,
        ),
      ),
    );

    expect(outcomes.filter((outcome) => outcome === 'credited')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'database.conflict')).toHaveLength(7);
    expect(await walletOf(walletId)).toMatchObject({ credits: 1n, last_seq: 1n });
    const open = await test.db.transaction((tx) => lockDeposits(tx, depositIds));
    expect(open.filter((deposit) => deposit.state === 'captured')).toHaveLength(7);
    await verifyClean(test.db);
  });
});
