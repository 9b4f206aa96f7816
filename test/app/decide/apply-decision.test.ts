import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyDecision } from '../../../activities/apply-decision.ts';
import { openReview } from '../../../activities/open-review.ts';
import { parseLocalDate } from '../../../domain/local-date.ts';
import { parseCurrency } from '../../../domain/money/money.ts';
import {
  anAccount,
  aWallet,
  closeWallet,
  countMoves,
  createTestDependencies,
  deposits,
  stateOf,
  walletBalance,
  whileLocked,
  findBlockedSession,
  type TestDependencies,
} from '../../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../../support/database.ts';
import { aDecision } from '../../support/decisions.ts';

let test: TestDatabase;
let dependencies: TestDependencies;
beforeAll(async () => {
  test = await createTestDatabase({ poolSize: 8 });
  dependencies = createTestDependencies(test.db);
});
afterAll(() => test.close());

type Row = Parameters<typeof deposits>[2][number];

/** A deposit in review, and a wallet that a person might credit with it. */
async function aReview(row: Partial<Row> = {}) {
  const accountKey = await anAccount(test.db);
  const wallet = await aWallet(test.db);
  const [depositId = ''] = await deposits(test.db, accountKey, [
    { reference: 'no code', amountMinor: 7_500n, ...row },
  ]);
  await openReview(dependencies, { depositId, reason: 'no_reference' });
  return { depositId, ...wallet };
}

const apply = (depositId: string, decisionId: string) =>
  applyDecision(dependencies, { depositId, decisionId });

/** The decision moved nothing: neither journals nor the deposit. */
async function expectNothingMoved(
  work: () => Promise<unknown>,
  depositId: string,
  answer: unknown,
): Promise<void> {
  const before = await countMoves(test.db);
  expect(await work()).toEqual(answer);
  expect(await countMoves(test.db)).toEqual(before);
  expect(await stateOf(test.db, depositId)).toBe('in_review');
  await verifyClean(test.db);
}

describe('applyDecision', () => {
  it('credits the wallet that the decision names once, and answers a repeat the same', async () => {
    const { depositId, walletId } = await aReview();
    const decisionId = await aDecision(test.owner, { depositId, kind: 'credit', walletId });
    for (let time = 0; time < 3; time += 1) {
      expect(await apply(depositId, decisionId)).toEqual({ outcome: 'credited', refusal: null });
    }
    expect(await walletBalance(test.db, walletId)).toEqual({
      credits: '1',
      remainder: '2500',
      seq: '1',
    });
    const [review] = await test.owner`
      select closed_at is not null as closed from reviews where deposit_id = ${depositId}`;
    expect(review).toEqual({ closed: true });
    await verifyClean(test.db);
  });

  it('sets a return aside for its sender, in the currency in which it came', async () => {
    const { depositId } = await aReview({ currency: parseCurrency('USD') });
    const decisionId = await aDecision(test.owner, { depositId, kind: 'return' });
    expect(await apply(depositId, decisionId)).toEqual({ outcome: 'returned', refusal: null });
    const postings = await test.owner`
      select account, unit, amount from postings p join journals j on j.id = p.journal_id
       where j.deposit_id = ${depositId} and j.kind = 'return' order by leg`;
    expect([...postings]).toEqual([
      { account: 'suspense', unit: 'USD', amount: 7_500n },
      { account: 'return_payable', unit: 'USD', amount: -7_500n },
    ]);
    await verifyClean(test.db);
  });

  it('moves nothing for an id that names no decision', async () => {
    const { depositId } = await aReview();
    await expectNothingMoved(() => apply(depositId, 'dec_invented'), depositId, {
      outcome: 'unknown_decision',
      refusal: null,
    });
  });

  it('moves nothing for a decision about another deposit, and leaves it to that deposit', async () => {
    const [one, other] = [await aReview(), await aReview()];
    const decisionId = await aDecision(test.owner, {
      depositId: other.depositId,
      kind: 'credit',
      walletId: one.walletId,
    });
    await expectNothingMoved(() => apply(one.depositId, decisionId), one.depositId, {
      outcome: 'unknown_decision',
      refusal: null,
    });
    expect(await apply(other.depositId, decisionId)).toMatchObject({ outcome: 'credited' });
    await verifyClean(test.db);
  });

  it('moves nothing for an unknown deposit', async () => {
    const { depositId, walletId } = await aReview();
    const decisionId = await aDecision(test.owner, { depositId, kind: 'credit', walletId });
    await expectNothingMoved(() => apply('dep_none', decisionId), depositId, {
      outcome: 'unknown_decision',
      refusal: null,
    });
  });

  it('refuses the second of two decisions, and again when it is repeated', async () => {
    const { depositId, walletId } = await aReview();
    const first = await aDecision(test.owner, { depositId, kind: 'credit', walletId });
    const second = await aDecision(test.owner, { depositId, kind: 'return' });
    await apply(depositId, first);
    const before = await countMoves(test.db);
    for (let time = 0; time < 2; time += 1) {
      expect(await apply(depositId, second)).toEqual({
        outcome: 'already_settled',
        refusal: 'already_settled',
      });
    }
    expect(await apply(depositId, first)).toEqual({ outcome: 'credited', refusal: null });
    expect(await countMoves(test.db)).toEqual(before);
    await verifyClean(test.db);
  });

  it('carries out one of two opposite decisions that race, 20 times', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { depositId, walletId } = await aReview();
      const decisions = [
        await aDecision(test.owner, { depositId, kind: 'credit', walletId }),
        await aDecision(test.owner, { depositId, kind: 'return' }),
      ];
      const outcomes = await Promise.all(
        [...decisions, ...decisions].map((decisionId) => apply(depositId, decisionId)),
      );
      const kinds = outcomes.map(({ outcome }) => outcome).sort();
      expect(kinds.filter((kind) => kind === 'already_settled')).toHaveLength(2);
      expect(new Set(kinds).size).toBe(2);
    }
    await verifyClean(test.db);
  });

  it('refuses a closed wallet, and lets the next decision name another', async () => {
    const { depositId, walletId } = await aReview();
    await closeWallet(test.db, walletId);
    const decisionId = await aDecision(test.owner, { depositId, kind: 'credit', walletId });
    await expectNothingMoved(() => apply(depositId, decisionId), depositId, {
      outcome: 'refused',
      refusal: 'wallet_closed',
    });
    const other = await aWallet(test.db);
    const next = await aDecision(test.owner, {
      depositId,
      kind: 'credit',
      walletId: other.walletId,
    });
    expect(await apply(depositId, next)).toEqual({ outcome: 'credited', refusal: null });
    expect(await apply(depositId, decisionId)).toEqual({
      outcome: 'refused',
      refusal: 'wallet_closed',
    });
    await verifyClean(test.db);
  });

  it('refuses a wallet that closes while the decision waits for its lock', async () => {
    const { depositId, walletId } = await aReview();
    const decisionId = await aDecision(test.owner, { depositId, kind: 'credit', walletId });
    const outcome = await whileLocked(
      test.owner,
      (session) => session`update wallets set status = 'closed' where id = ${walletId}`,
      async (release) => {
        const applying = apply(depositId, decisionId);
        await findBlockedSession(test.owner);
        await release();
        return applying;
      },
    );
    expect(outcome).toEqual({ outcome: 'refused', refusal: 'wallet_closed' });
    await verifyClean(test.db);
  });

  it.each([
    ['in another currency', { currency: parseCurrency('USD') }, 'currency_mismatch'],
    [
      'booked before there was any rate',
      { bookingDate: parseLocalDate('1969-12-31') },
      'rate_missing',
    ],
  ])('refuses to credit money %s, and lets it be returned', async (_, row, refusal) => {
    const { depositId, walletId } = await aReview(row);
    const decisionId = await aDecision(test.owner, { depositId, kind: 'credit', walletId });
    await expectNothingMoved(() => apply(depositId, decisionId), depositId, {
      outcome: 'refused',
      refusal,
    });
    const back = await aDecision(test.owner, { depositId, kind: 'return' });
    expect(await apply(depositId, back)).toEqual({ outcome: 'returned', refusal: null });
    await verifyClean(test.db);
  });
});
