import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { applyDecision } from '../../../activities/apply-decision.ts';
import { creditWallet } from '../../../activities/credit-wallet.ts';
import { openReview } from '../../../activities/open-review.ts';
import { takeBack } from '../../../app/undo/take-back.ts';
import { spendCredits } from '../../../app/wallet/spend-credits.ts';
import { settleRestored } from '../../../domain/ledger/suspense.ts';
import { lockDeposits, postJournals } from '../../../db/queries/settlement.ts';
import type { Sighting } from '../../../domain/line/sighting.ts';
import {
  anAccount,
  aSighting,
  aWallet,
  countMoves,
  createTestDependencies,
  stateOf,
  TODAY,
  walletBalance,
} from '../../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../../support/database.ts';
import { aDecision, aPersonsKey, approve } from '../../support/decisions.ts';
import { sqlStateOf } from '../../support/sql-state.ts';
import { casesOf, newDeposit, read, readAndCredit } from '../../support/reads.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterEach(() => verifyClean(test.db));
afterAll(() => test.close());

/** Two complete reads that do not show any line. */
async function vanish(accountKey: string): Promise<void> {
  await read(test, accountKey, []);
  await read(test, accountKey, []);
}

async function decide(depositId: string, kind: 'take_back' | 'dismiss') {
  const decisionId = await aDecision(test.owner, { depositId, kind });
  return decideAgain(depositId, decisionId);
}

function decideAgain(depositId: string, decisionId: string) {
  return applyDecision(createTestDependencies(test.db), { depositId, decisionId });
}

/** What the ledger says is in the bank account and in suspense, and what its customers were told. */
async function books(accountKey: string) {
  const [row] = await test.owner<{ bank: string; suspense: string }[]>`
    select coalesce(sum(amount) filter (where account = 'bank'), 0)::text as bank,
           coalesce(-sum(amount) filter (where account = 'suspense'), 0)::text as suspense
      from postings where bank_account_key = ${accountKey}`;
  return row;
}

async function told(depositId: string): Promise<readonly string[]> {
  const rows = await test.owner<{ kind: string }[]>`
    select kind from notifications where deposit_id = ${depositId} order by id`;
  return rows.map(({ kind }) => kind);
}

async function aCredited(given: Partial<Sighting> = {}) {
  const accountKey = await anAccount(test.db);
  const { walletId, code } = await aWallet(test.db);
  const line = aSighting({ references: [code], bankId: 'T1', ...given });
  const depositId = await readAndCredit(test, accountKey, line);
  return { accountKey, walletId, line, depositId };
}

describe('the void of a removed line’s credit', () => {
  it('reverses the credit once after an approved decision, notifies the customer and closes the case', async () => {
    const { accountKey, walletId, depositId } = await aCredited();
    await vanish(accountKey);
    const decisionId = await aDecision(test.owner, { depositId, kind: 'take_back' });
    const deps = createTestDependencies(test.db);

    expect(await applyDecision(deps, { depositId, decisionId })).toEqual({
      outcome: 'taken_back',
      refusal: null,
    });
    const moves = await countMoves(test.db);
    expect(await applyDecision(deps, { depositId, decisionId })).toMatchObject({
      outcome: 'taken_back',
    });

    expect(await countMoves(test.db)).toEqual(moves);
    expect(await stateOf(test.db, depositId)).toBe('reversed');
    expect(await walletBalance(test.db, walletId)).toMatchObject({ credits: '0', remainder: '0' });
    expect(await told(depositId)).toEqual(['deposit_credited', 'deposit_reversed']);
    await read(test, accountKey, []);
    expect(await casesOf(test, accountKey)).toEqual([
      { kind: 'line_vanished', outcome: 'decided' },
    ]);
  });

  it('takes the money out of the bank account too, so that the ledger agrees with the bank', async () => {
    const { accountKey, depositId } = await aCredited();
    await vanish(accountKey);
    await decide(depositId, 'take_back');
    expect(await books(accountKey)).toEqual({ bank: '0', suspense: '0' });
  });

  it('leaves a debt where the credit was spent, and takes no balance below zero', async () => {
    const { accountKey, walletId, depositId } = await aCredited({ amountMinor: 10_000n });
    const spentBy = await aPersonsKey(test.owner);
    await test.db.transaction((tx) =>
      spendCredits(tx, { walletId, credits: 1n, note: null, spentBy, spentOn: TODAY }),
    );
    await vanish(accountKey);
    expect(await decide(depositId, 'take_back')).toMatchObject({ outcome: 'taken_back' });
    const [wallet] = await test.owner`
      select credits::text, receivable_minor::text as owed from wallets where id = ${walletId}`;
    expect(wallet).toEqual({ credits: '0', owed: '5000' });
  });

  it('moves nothing while no case about the line is open', async () => {
    const { accountKey, depositId, line } = await aCredited();
    await read(test, accountKey, [line]);
    const before = await countMoves(test.db);
    expect(await decide(depositId, 'take_back')).toEqual({
      outcome: 'refused',
      refusal: 'case_not_open',
    });
    expect(await countMoves(test.db)).toEqual(before);
    expect(await stateOf(test.db, depositId)).toBe('credited');
  });

  it('fails in the database, too, while no case is open or the decision is not approved', async () => {
    const { accountKey, depositId } = await aCredited();
    const tryVoid = async (decisionId: string) =>
      sqlStateOf(
        test.db.transaction(async (tx) => {
          const [deposit] = await lockDeposits(tx, [depositId]);
          if (deposit === undefined) throw new Error('There is no such deposit.');
          await takeBack(tx, deposit, { kind: 'void', decisionId, eventOn: TODAY });
        }),
      );
    const waiting = { depositId, kind: 'take_back', approved: false } as const;
    const unapproved = await aDecision(test.owner, waiting);
    expect(await tryVoid(unapproved)).toBe('PU020');
    await approve(test.owner, unapproved);
    expect(await tryVoid(unapproved)).toBe('PU020');
    await vanish(accountKey);
    expect(await decideAgain(depositId, unapproved)).toMatchObject({ outcome: 'taken_back' });
  });

  it('takes its part from every wallet of a split', async () => {
    const accountKey = await anAccount(test.db);
    const [one, other] = [await aWallet(test.db), await aWallet(test.db)];
    const line = aSighting({ references: ['for the two of us'], bankId: 'T1' });
    const depositId = await readIntoReview(accountKey, line);
    const decisionId = await aDecision(test.owner, {
      depositId,
      kind: 'credit',
      split: [
        { walletId: one.walletId, amountMinor: 2_000n },
        { walletId: other.walletId, amountMinor: 3_000n },
      ],
    });
    await applyDecision(createTestDependencies(test.db), { depositId, decisionId });
    await vanish(accountKey);

    expect(await decide(depositId, 'take_back')).toMatchObject({ outcome: 'taken_back' });

    expect(await walletBalance(test.db, one.walletId)).toMatchObject({ remainder: '0' });
    expect(await walletBalance(test.db, other.walletId)).toMatchObject({ remainder: '0' });
    const { followed } = await read(test, accountKey, [line]);
    expect(followed.restored).toBe(1);
    expect(await books(accountKey)).toEqual({ bank: '5000', suspense: '5000' });
  });
});

async function readIntoReview(accountKey: string, line: Sighting): Promise<string> {
  const { captured } = await read(test, accountKey, [line]);
  const depositId = newDeposit(captured);
  await openReview(createTestDependencies(test.db), { depositId, reason: 'no_reference' });
  return depositId;
}

describe('a false removal followed by a restore', () => {
  it('ends with one credit, however often it happens and however often the line is read again', async () => {
    const { accountKey, walletId, line, depositId } = await aCredited();
    for (const round of [2, 3]) {
      await vanish(accountKey);
      await decide(depositId, 'take_back');
      const deps = createTestDependencies(test.db);

      const { captured, followed } = await read(test, accountKey, [line], deps);
      expect(captured.linesNew).toBe(0);
      expect(followed.restored).toBe(1);
      expect(deps.started).toMatchObject([{ depositId, round }]);
      expect(await stateOf(test.db, depositId)).toBe('captured');
      expect(await creditWallet(deps, { depositId })).toEqual({ outcome: 'credited' });

      expect((await read(test, accountKey, [line], deps)).followed.restored).toBe(0);
      expect(await creditWallet(deps, { depositId })).toEqual({ outcome: 'credited' });
      expect(await walletBalance(test.db, walletId)).toMatchObject({ credits: '1' });
      expect(await books(accountKey)).toEqual({ bank: '5000', suspense: '0' });
    }
  });

  it('starts the deposit again once when several workers look at the same time', async () => {
    const { accountKey, line, depositId } = await aCredited();
    await vanish(accountKey);
    await decide(depositId, 'take_back');
    const all = await Promise.all(Array.from({ length: 4 }, () => read(test, accountKey, [line])));
    expect(all.reduce((sum, each) => sum + each.followed.restored, 0)).toBe(1);
  });

  it('sends the deposit to review where no code names its owner, and a person may credit or return it', async () => {
    const accountKey = await anAccount(test.db);
    const { walletId } = await aWallet(test.db);
    const line = aSighting({ references: ['no code at all'], bankId: 'T1' });
    const depositId = await readIntoReview(accountKey, line);
    const deps = createTestDependencies(test.db);
    const credit = async () => {
      const decisionId = await aDecision(test.owner, { depositId, kind: 'credit', walletId });
      return applyDecision(deps, { depositId, decisionId });
    };
    await credit();
    await vanish(accountKey);
    await decide(depositId, 'take_back');
    await read(test, accountKey, [line]);

    expect(await openReview(deps, { depositId, reason: 'no_reference' })).toMatchObject({
      outcome: 'in_review',
    });
    const decisionId = await aDecision(test.owner, { depositId, kind: 'return' });
    expect(await applyDecision(deps, { depositId, decisionId })).toMatchObject({
      outcome: 'returned',
    });
    expect(await walletBalance(test.db, walletId)).toMatchObject({ credits: '0' });
  });

  it('fails in the database where the deposit was not reversed', async () => {
    const { accountKey, depositId } = await aCredited();
    const journal = settleRestored(
      { depositId, bankAccountKey: accountKey, amountMinor: 5_000n, currency: 'ZAR' },
      1,
    );
    const forged = test.db.transaction((tx) => postJournals(tx, [journal], 'workflow'));
    expect(await sqlStateOf(forged)).toBe('PU004');
  });
});

describe('a removed line whose deposit was not credited', () => {
  it('leaves suspense and bank account by one decision, wakes its review, and returns to a person', async () => {
    const accountKey = await anAccount(test.db);
    const line = aSighting({ references: ['no code at all'], bankId: 'T1' });
    const depositId = await readIntoReview(accountKey, line);
    await vanish(accountKey);
    const woken: string[] = [];
    const deps = createTestDependencies(test.db, {
      wakeDeposit: (ref) => Promise.resolve(void woken.push(ref.depositId)),
    });
    const decisionId = await aDecision(test.owner, { depositId, kind: 'take_back' });

    expect(await applyDecision(deps, { depositId, decisionId })).toMatchObject({
      outcome: 'taken_back',
    });

    expect(woken).toEqual([depositId]);
    expect(await books(accountKey)).toEqual({ bank: '0', suspense: '0' });
    expect(await openReview(deps, { depositId, reason: null })).toEqual({ outcome: 'settled' });
    for (let times = 0; times < 2; times += 1) {
      expect((await read(test, accountKey, [line])).followed.restored).toBe(1);
      expect(await books(accountKey)).toEqual({ bank: '5000', suspense: '5000' });
      await vanish(accountKey);
      expect(await decide(depositId, 'take_back')).toMatchObject({ outcome: 'taken_back' });
    }
  });

  it('closes its case when it is dismissed, and no read opens another', async () => {
    const accountKey = await anAccount(test.db);
    const line = aSighting({ references: ['no code at all'], bankId: 'T1' });
    const depositId = await readIntoReview(accountKey, line);
    await vanish(accountKey);
    expect(await decide(depositId, 'dismiss')).toMatchObject({ outcome: 'dismissed' });
    await read(test, accountKey, []);
    expect(await casesOf(test, accountKey)).toEqual([
      { kind: 'line_vanished', outcome: 'decided' },
    ]);
  });
});
