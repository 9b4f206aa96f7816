import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyDecision } from '../../../activities/apply-decision.ts';
import { creditWallet } from '../../../activities/credit-wallet.ts';
import { openReview } from '../../../activities/open-review.ts';
import { parseLocalDate } from '../../../domain/local-date.ts';
import {
  anAccount,
  aWallet,
  countMoves,
  createTestDependencies,
  deposits,
  stateOf,
  walletBalance,
  type TestDependencies,
} from '../../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../../support/database.ts';
import { aDecision, approve, type WantedDecision } from '../../support/decisions.ts';

let test: TestDatabase;
let dependencies: TestDependencies;
beforeAll(async () => {
  test = await createTestDatabase({ poolSize: 8 });
  dependencies = createTestDependencies(test.db);
});
afterAll(() => test.close());

/** A deposit in review. */
async function aReview(amountMinor = 7_500n): Promise<string> {
  const accountKey = await anAccount(test.db);
  const [depositId = ''] = await deposits(test.db, accountKey, [
    { reference: 'no code', amountMinor },
  ]);
  await openReview(dependencies, { depositId, reason: 'no_reference' });
  return depositId;
}

async function aCreditedDeposit(amountMinor: bigint) {
  const accountKey = await anAccount(test.db);
  const wallet = await aWallet(test.db);
  const [depositId = ''] = await deposits(test.db, accountKey, [
    { reference: wallet.code, amountMinor },
  ]);
  await creditWallet(dependencies, { depositId });
  return { depositId, ...wallet };
}

const decision = (wanted: WantedDecision) => aDecision(test.owner, wanted);
const apply = (depositId: string, decisionId: string) =>
  applyDecision(dependencies, { depositId, decisionId });

async function decisionRow(decisionId: string) {
  const [row] = await test.db.execute(sql`
    select state, outcome, refusal from decisions where id = ${decisionId}`);
  return row;
}

async function attemptsOn(depositId: string): Promise<readonly unknown[]> {
  return [
    ...(await test.db.execute(sql`
      select action, after ->> 'decisionId' as decision from audit_events
       where subject_kind = 'deposit' and subject_id = ${depositId} and action like 'decision.%' order by id`)),
  ];
}

/** Nothing moved, and the deposit still waits. */
async function expectNothingMoved<T>(depositId: string, work: () => Promise<T>): Promise<T> {
  const before = await countMoves(test.db);
  const answer = await work();
  expect(await countMoves(test.db)).toEqual(before);
  expect(await stateOf(test.db, depositId)).toBe('in_review');
  await verifyClean(test.db);
  return answer;
}

describe('an approved decision', () => {
  it('splits a deposit over several wallets to the exact cent, and notifies each customer', async () => {
    const depositId = await aReview(10_000n);
    const wallets = [await aWallet(test.db), await aWallet(test.db), await aWallet(test.db)];
    const amounts = [3_333n, 3_333n, 3_334n];
    const split = wallets.map(({ walletId }, part) => ({
      walletId,
      amountMinor: amounts[part] ?? 0n,
    }));
    const decisionId = await decision({ depositId, kind: 'credit', split });
    for (let time = 0; time < 2; time += 1) {
      expect(await apply(depositId, decisionId)).toEqual({ outcome: 'credited', refusal: null });
    }
    const remainders = await Promise.all(
      wallets.map(async ({ walletId }) => (await walletBalance(test.db, walletId)).remainder),
    );
    expect(remainders).toEqual(['3333', '3333', '3334']);
    const told = await test.db.execute(sql`
      select amount_minor::text as amount from notifications where deposit_id = ${depositId} order by id`);
    expect([...told]).toEqual([{ amount: '3333' }, { amount: '3333' }, { amount: '3334' }]);
    await verifyClean(test.db);
  });

  it('credits nothing when one wallet of a split is closed', async () => {
    const depositId = await aReview(10_000n);
    const [open, closed] = [await aWallet(test.db), await aWallet(test.db)];
    await test.db.execute(sql`update wallets set status = 'closed' where id = ${closed.walletId}`);
    const split = [
      { walletId: open.walletId, amountMinor: 4_000n },
      { walletId: closed.walletId, amountMinor: 6_000n },
    ];
    const decisionId = await decision({ depositId, kind: 'credit', split });
    const answer = await expectNothingMoved(depositId, () => apply(depositId, decisionId));
    expect(answer).toEqual({ outcome: 'refused', refusal: 'wallet_closed' });
  });

  it('dismisses a line that was no deposit into the other movements of the account', async () => {
    const depositId = await aReview(9_900n);
    const decisionId = await decision({ depositId, kind: 'dismiss' });
    expect(await apply(depositId, decisionId)).toEqual({ outcome: 'dismissed', refusal: null });
    expect(await stateOf(test.db, depositId)).toBe('dismissed');
    const postings = await test.db.execute(sql`
      select account, amount::text from postings p join journals j on j.id = p.journal_id
       where j.decision_id = ${decisionId} order by leg`);
    expect([...postings]).toEqual([
      { account: 'suspense', amount: '9900' },
      { account: 'bank_other', amount: '-9900' },
    ]);
    await verifyClean(test.db);
  });

  it('keeps a deposit without a move of money, and gives the review a new deadline at the end of the working day', async () => {
    const depositId = await aReview();
    const decisionId = await decision({
      depositId,
      kind: 'keep',
      keepUntil: parseLocalDate('2027-03-15'),
    });
    const answer = await expectNothingMoved(depositId, () => apply(depositId, decisionId));
    expect(answer).toEqual({ outcome: 'kept', refusal: null });
    expect(await openReview(dependencies, { depositId, reason: null })).toMatchObject({
      dueAt: '2027-03-15T15:00:00.000Z',
    });
  });

  it('moves a wrong credit to the right wallet once, and notifies both customers', async () => {
    const wrong = await aCreditedDeposit(12_500n);
    const right = await aWallet(test.db);
    const { depositId } = wrong;
    const decisionId = await decision({ depositId, kind: 'correct', walletId: right.walletId });
    for (let time = 0; time < 2; time += 1) {
      expect(await apply(depositId, decisionId)).toEqual({ outcome: 'corrected', refusal: null });
    }
    expect(await walletBalance(test.db, wrong.walletId)).toMatchObject({
      credits: '0',
      remainder: '0',
    });
    expect(await walletBalance(test.db, right.walletId)).toMatchObject({
      credits: '2',
      remainder: '2500',
    });
    const told = await test.db.execute(sql`
      select kind from notifications where deposit_id = ${depositId} order by id`);
    expect(told.map((row) => row['kind'])).toEqual([
      'deposit_credited',
      'deposit_corrected',
      'deposit_credited',
    ]);
    await verifyClean(test.db);
  });

  it('gets a final refusal when the deposit was settled otherwise', async () => {
    const depositId = await aReview();
    const [first, second] = [
      await decision({ depositId, kind: 'return' }),
      await decision({ depositId, kind: 'dismiss' }),
    ];
    await apply(depositId, first);
    expect(await apply(depositId, second)).toMatchObject({ outcome: 'already_settled' });
    expect(await decisionRow(second)).toEqual({
      state: 'refused',
      outcome: 'refused',
      refusal: 'already_settled',
    });
    await verifyClean(test.db);
  });
});

describe('a decision that is not approved', () => {
  it.each([
    ['proposed', {}],
    ['waiting for bank details', { payer: null }],
    ['rejected', { state: 'rejected' }],
    ['expired', { state: 'expired' }],
  ])('moves nothing while it is %s, and leaves a record of the attempt', async (_, given) => {
    const depositId = await aReview();
    const decisionId = await decision({ depositId, kind: 'return', approved: false, ...given });
    if ('state' in given) {
      await test.owner`
        update decisions set state = ${given.state}
          ${given.state === 'rejected' ? test.owner`, rejected_by = proposed_by, rejected_at = now(), rejected_because = 'no'` : test.owner``}
         where id = ${decisionId}`;
    }
    const answer = await expectNothingMoved(depositId, () => apply(depositId, decisionId));
    expect(answer).toEqual({ outcome: 'not_approved', refusal: null });
    expect(await attemptsOn(depositId)).toEqual([
      { action: 'decision.not_approved', decision: decisionId },
    ]);
  });

  it('runs once it is approved, although its id was delivered before', async () => {
    const depositId = await aReview();
    const decisionId = await decision({ depositId, kind: 'return', approved: false });
    await apply(depositId, decisionId);
    await approve(test.owner, decisionId);
    expect(await apply(depositId, decisionId)).toEqual({ outcome: 'returned', refusal: null });
    await verifyClean(test.db);
  });

  it('leaves a record of the attempt, cut to a safe length, when it does not exist', async () => {
    const depositId = await aReview();
    const answer = await expectNothingMoved(depositId, () => apply(depositId, 'x'.repeat(5_000)));
    expect(answer).toEqual({ outcome: 'unknown_decision', refusal: null });
    expect(await attemptsOn(depositId)).toEqual([
      { action: 'decision.unknown_decision', decision: 'x'.repeat(100) },
    ]);
  });
});
