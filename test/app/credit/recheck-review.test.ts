import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openReview } from '../../../activities/open-review.ts';
import { creditOne } from '../../../app/credit/credit-one.ts';
import { creditWaitingPage } from '../../../app/credit/credit-waiting.ts';
import { recheckReview } from '../../../app/credit/recheck-review.ts';
import { newId } from '../../../db/new-id.ts';
import { listLateOwned } from '../../../db/queries/late-owners.ts';
import { customerCodeFromNumber } from '../../../domain/reference/customer-code.ts';
import type { ReviewReason } from '../../../domain/review/review-reasons.ts';
import {
  anAccount,
  aWallet,
  createTestDependencies,
  deposits,
  stateOf,
} from '../../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../../support/database.ts';
import { moveGate } from '../../support/gates.ts';

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
const change = (scope: string, state: 'open' | 'closed') => moveGate(test, scope, state);

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
    await openReview(dependencies, { depositId, reason: 'shadow' });
    expect(await recheckReview(test.db, depositId)).toBe('waits');
    expect(await creditOne(test.db, depositId)).toEqual({ outcome: 'settled' });
    expect(await stateOf(test.db, depositId)).toBe('in_review');
  });
});

describe('a deposit whose code no wallet had', () => {
  const OLD = 'CUS77777777';
  let lastNumber = 700;
  /** Registers the code, or plants a generated wallet with it past the rule that forbids that. */
  const openWith = async (code: string, kind: 'legacy' | 'checked') => {
    const id = newId('wallet');
    await test.owner`insert into wallets (id, code, code_kind) values (${id}, ${code}, 'legacy')`;
    await test.owner`update wallets set code_kind = ${kind} where id = ${id}`;
    return id;
  };
  const aWaiting = async (code: string, reason: ReviewReason) => {
    const accountKey = await anAccount(test.db);
    const [depositId = ''] = await deposits(test.db, accountKey, [{ reference: code }]);
    expect(await creditOne(test.db, depositId)).toEqual({ outcome: 'review', reason });
    await openReview(createTestDependencies(test.db), { depositId, reason });
    return depositId;
  };
  const lateOwned = async (walletId: string | null) =>
    (await listLateOwned(test.db, { walletId, limit: 100 })).map(({ depositId }) => depositId);

  it.each(['unknown_code', 'bad_check_digit'] as const)(
    'comes to the customer who registers the code, if it waits as %s',
    async (reason) => {
      const code = reason === 'bad_check_digit' ? OLD : customerCodeFromNumber((lastNumber += 1));
      const depositId = await aWaiting(code, reason);
      expect(await recheckReview(test.db, depositId)).toBe('waits');
      const walletId = await openWith(code, 'legacy');
      expect(await lateOwned(walletId)).toEqual([depositId]);
      expect(await lateOwned(null)).toContain(depositId);
      expect(await recheckReview(test.db, depositId)).toBe('credited');
    },
  );

  it('never comes to a wallet that got the code by chance', async () => {
    const code = customerCodeFromNumber((lastNumber += 1));
    const depositId = await aWaiting(code, 'unknown_code');
    const walletId = await openWith(code, 'checked');
    expect(await lateOwned(walletId)).toEqual([]);
    expect(await recheckReview(test.db, depositId)).toBe('waits');
    expect(await stateOf(test.db, depositId)).toBe('in_review');
    await test.owner`update wallets set code_kind = 'legacy' where id = ${walletId}`;
    expect(await recheckReview(test.db, depositId)).toBe('credited');
  });

  it('waits for a person if the registered code is written in groups', async () => {
    const depositId = await aWaiting('CUS 6666 6666', 'bad_check_digit');
    await openWith('CUS66666666', 'legacy');
    expect(await recheckReview(test.db, depositId)).toBe('waits');
  });
});

describe('the review of a deposit', () => {
  it('keeps the code that was read, even if its wallet opened just before', async () => {
    const accountKey = await anAccount(test.db);
    const { walletId, code } = await aWallet(test.db);
    const [depositId = ''] = await deposits(test.db, accountKey, [{ reference: code }]);
    await openReview(createTestDependencies(test.db), { depositId, reason: 'wallet_closed' });
    expect(
      (await listLateOwned(test.db, { walletId, limit: 10 })).map((each) => each.depositId),
    ).toEqual([depositId]);
    expect(await recheckReview(test.db, depositId)).toBe('credited');
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
