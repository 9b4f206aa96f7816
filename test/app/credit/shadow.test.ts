import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyDecision } from '../../../activities/apply-decision.ts';
import { creditWallet } from '../../../activities/credit-wallet.ts';
import { openReview } from '../../../activities/open-review.ts';
import { creditBacklog } from '../../../app/credit/credit-waiting.ts';
import { validateCode } from '../../../activities/validate-code.ts';
import {
  anAccount,
  aWallet,
  countMoves,
  createTestDependencies,
  deposits,
  stateOf,
  type TestDependencies,
} from '../../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../../support/database.ts';
import { aDecision } from '../../support/decisions.ts';

let test: TestDatabase;
let dependencies: TestDependencies;
beforeAll(async () => {
  test = await createTestDatabase();
  dependencies = createTestDependencies(test.db);
});
afterAll(() => test.close());

async function aShadowAccount(): Promise<string> {
  const accountKey = await anAccount(test.db);
  await test.owner`update bank_accounts set mode = 'shadow' where key = ${accountKey}`;
  return accountKey;
}

describe('a bank account in shadow', () => {
  it('credits nothing by a code, in either lane, and sends each deposit to review with its code', async () => {
    const accountKey = await aShadowAccount();
    const { code } = await aWallet(test.db);
    const [depositId = ''] = await deposits(test.db, accountKey, [{ reference: code }]);
    const before = await countMoves(test.db);
    const review = { outcome: 'review', reason: 'shadow' };
    expect(await validateCode(dependencies, { depositId })).toEqual(review);
    expect(await creditWallet(dependencies, { depositId })).toEqual(review);
    const left = await creditBacklog(dependencies.database, accountKey, () => undefined);
    expect(left).toEqual({ credited: 0, left: 1 });
    expect(await countMoves(test.db)).toEqual(before);
    await openReview(dependencies, { depositId, reason: 'shadow' });
    const rows = await test.db.execute(
      sql`select reason, candidates from reviews where deposit_id = ${depositId}`,
    );
    expect([...rows]).toEqual([{ reason: 'shadow', candidates: [code] }]);
    await verifyClean(test.db);
  });

  it('credits what a person decides', async () => {
    const accountKey = await aShadowAccount();
    const { code, walletId } = await aWallet(test.db);
    const [depositId = ''] = await deposits(test.db, accountKey, [{ reference: code }]);
    await openReview(dependencies, { depositId, reason: 'shadow' });
    const decisionId = await aDecision(test.owner, { depositId, kind: 'credit', walletId });
    await applyDecision(dependencies, { depositId, decisionId });
    expect(await stateOf(test.db, depositId)).toBe('credited');
    await verifyClean(test.db);
  });
});
