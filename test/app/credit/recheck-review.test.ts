import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openReview } from '../../../activities/open-review.ts';
import { creditOne } from '../../../app/credit/credit-one.ts';
import { creditWaitingPage } from '../../../app/credit/credit-waiting.ts';
import { recheckReview } from '../../../app/credit/recheck-review.ts';
import { setGate } from '../../../db/queries/gates.ts';
import {
  anAccount,
  aWallet,
  createTestDependencies,
  deposits,
  stateOf,
} from '../../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../../support/database.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(async () => {
  await verifyClean(test.db);
  await test.close();
});

const setStatus = (walletId: string, status: 'open' | 'frozen' | 'closed') =>
  test.owner`update wallets set status = ${status} where id = ${walletId}`;
const change = (scope: string, state: 'open' | 'closed') =>
  test.db.transaction((tx) =>
    setGate(tx, { scope, state, cause: 'operator', reason: 'a test', changedBy: null }),
  );

/** A deposit whose wallet is frozen, in review for that. */
async function aReviewed() {
  const accountKey = await anAccount(test.db);
  const wallet = await aWallet(test.db);
  await setStatus(wallet.walletId, 'frozen');
  const [depositId = ''] = await deposits(test.db, accountKey, [{ reference: wallet.code }]);
  expect(await creditOne(test.db, depositId)).toEqual({
    outcome: 'review',
    reason: 'wallet_frozen',
  });
  await openReview(createTestDependencies(test.db), { depositId, reason: 'wallet_frozen' });
  return { accountKey, depositId, ...wallet };
}

describe('recheckReview', () => {
  it('lets a deposit wait until its cause is gone, then credits it, and once', async () => {
    const { depositId, walletId } = await aReviewed();
    expect(await recheckReview(test.db, depositId)).toBe('waits');
    await setStatus(walletId, 'open');
    expect(await recheckReview(test.db, depositId)).toBe('credited');
    expect(await stateOf(test.db, depositId)).toBe('credited');
    expect(await recheckReview(test.db, depositId)).toBe('settled');
    expect(await creditOne(test.db, depositId)).toEqual({ outcome: 'credited' });
  });

  it('leaves alone what is in no review', async () => {
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    const [depositId = ''] = await deposits(test.db, accountKey, [{ reference: code }]);
    expect(await recheckReview(test.db, depositId)).toBe('settled');
    expect(await recheckReview(test.db, 'dep_none')).toBe('settled');
    expect(await stateOf(test.db, depositId)).toBe('captured');
  });

  it('leaves to a person what a person must judge', async () => {
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    const [depositId = ''] = await deposits(test.db, accountKey, [{ reference: code }]);
    const dependencies = createTestDependencies(test.db);
    await openReview(dependencies, { depositId, reason: 'possible_duplicate' });
    expect(await recheckReview(test.db, depositId)).toBe('waits');
    expect(await creditOne(test.db, depositId)).toEqual({ outcome: 'settled' });
    expect(await stateOf(test.db, depositId)).toBe('in_review');
  });
});

describe('creditWaitingPage', () => {
  it('says of each deposit of its page what became of it, and takes no more than its limit', async () => {
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    const ids = await deposits(test.db, accountKey, [
      { reference: code },
      { reference: 'no code' },
      { reference: code, amountMinor: 6_000n },
      { reference: code, amountMinor: 7_000n },
    ]);
    const [first = '', second = '', third = '', fourth = ''] = ids.toSorted();
    const page = await creditWaitingPage(test.db, { accountKey, afterId: '', limit: 3 });
    expect(page).toMatchObject({ depositIds: [first, second, third], gatedIds: [] });
    const rest = await creditWaitingPage(test.db, { accountKey, afterId: third, limit: 3 });
    expect(rest.depositIds).toEqual([fourth]);
    expect([...page.creditedIds, ...rest.creditedIds].length).toBe(3);
    expect([...page.reviews, ...rest.reviews]).toMatchObject([
      { owner: { kind: 'review', reason: 'no_reference', candidates: [] } },
    ]);
  });

  it('credits nothing behind a closed gate, whoever the owner is', async () => {
    const { accountKey, walletId, code, depositId: reviewed } = await aReviewed();
    const [depositId = ''] = await deposits(
      test.db,
      accountKey,
      [{ reference: code, amountMinor: 6_000n }],
      { scope: { kind: 'partial' } },
    );
    await change(accountKey, 'closed');
    await setStatus(walletId, 'open');
    expect(await creditOne(test.db, depositId)).toEqual({ outcome: 'gated' });
    expect(await recheckReview(test.db, reviewed)).toBe('waits');
    await change(accountKey, 'open');
    expect(await recheckReview(test.db, reviewed)).toBe('credited');
    expect(await creditOne(test.db, depositId)).toEqual({ outcome: 'credited' });
  });
});
