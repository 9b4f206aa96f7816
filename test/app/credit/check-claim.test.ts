import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkClaim } from '../../../app/credit/check-claim.ts';
import { creditOne } from '../../../app/credit/credit-one.ts';
import { newId } from '../../../db/new-id.ts';
import { insertClaim } from '../../../db/queries/claims.ts';
import { anAccount, aWallet, deposits, TODAY } from '../../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../../support/database.ts';
import { aPersonsKey } from '../../support/decisions.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.close());

const AHEAD = new Date('2999-01-01T00:00:00Z');

async function aClaim(walletId: string, expiresAt = AHEAD): Promise<string> {
  const id = newId('claim');
  const madeBy = await aPersonsKey(test.owner);
  const claim = { id, walletId, amountMinor: 5_000n, paidOn: TODAY, proofRef: null, madeBy };
  await test.db.transaction((tx) => insertClaim(tx, { ...claim, expiresAt }));
  return id;
}

describe('checkClaim', () => {
  it('leaves a claim open until its deposit is credited, and says until when it waits', async () => {
    const accountKey = await anAccount(test.db);
    const { walletId, code } = await aWallet(test.db);
    const claimId = await aClaim(walletId);
    const [depositId = ''] = await deposits(test.db, accountKey, [{ reference: code }]);
    expect(await checkClaim(test.db, claimId)).toEqual({ state: 'open', expiresAt: AHEAD });
    await creditOne(test.db, depositId);
    expect(await checkClaim(test.db, claimId)).toEqual({ state: 'met', expiresAt: AHEAD });
    await verifyClean(test.db);
  });

  it('ends a claim whose time is over', async () => {
    const { walletId } = await aWallet(test.db);
    const past = new Date('2026-01-01T00:00:00Z');
    const claimId = await aClaim(walletId, past);
    expect(await checkClaim(test.db, claimId)).toEqual({ state: 'expired', expiresAt: past });
  });

  it('answers nothing of a claim that nobody made', async () => {
    expect(await checkClaim(test.db, 'clm_none')).toBeNull();
  });
});
