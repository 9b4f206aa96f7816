import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { applyDecision } from '../../../activities/apply-decision.ts';
import { creditWallet } from '../../../activities/credit-wallet.ts';
import { parseCurrency } from '../../../domain/money/money.ts';
import type { Sighting } from '../../../domain/line/sighting.ts';
import {
  anAccount,
  aWallet,
  countMoves,
  createTestDependencies,
  deposits,
  stateOf,
  walletBalance,
} from '../../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../../support/database.ts';
import { aDecision } from '../../support/decisions.ts';
import { anUnpaired, casesOf } from '../../support/reads.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterEach(() => verifyClean(test.db));
afterAll(() => test.close());

async function unpaired(accountKey: string, given: Partial<Sighting> = {}): Promise<bigint> {
  const { lineId } = await anUnpaired(test, accountKey, { bankId: 'R1', ...given });
  return lineId;
}

/** A credited deposit of R50.00 that no poll reads again. */
async function aCredited(accountKey: string, reference: string): Promise<string> {
  const [depositId = ''] = await deposits(test.db, accountKey, [{ reference }], {
    scope: { kind: 'partial' },
  });
  await creditWallet(createTestDependencies(test.db), { depositId });
  return depositId;
}

async function pair(depositId: string, lineId: bigint) {
  const decisionId = await aDecision(test.owner, { depositId, kind: 'pair', lineId });
  return applyDecision(createTestDependencies(test.db), { depositId, decisionId });
}

describe('a reversal that people pair with its deposit', () => {
  it('counts like a pair that Purser found: once, with a notice to the customer, and its case closes', async () => {
    const accountKey = await anAccount(test.db);
    const { walletId, code } = await aWallet(test.db);
    const depositId = await aCredited(accountKey, code);
    const lineId = await unpaired(accountKey);
    const decisionId = await aDecision(test.owner, { depositId, kind: 'pair', lineId });
    const deps = createTestDependencies(test.db);

    const outcomes = await Promise.all(
      Array.from({ length: 3 }, () => applyDecision(deps, { depositId, decisionId })),
    );

    expect(outcomes).toEqual(Array(3).fill({ outcome: 'paired', refusal: null }));
    expect(await stateOf(test.db, depositId)).toBe('reversed');
    expect(await walletBalance(test.db, walletId)).toMatchObject({ credits: '0', seq: '2' });
    const [row] = await test.owner`
      select r.state, r.charges_minor::text as charges,
             (select count(*)::int from notifications n where n.deposit_id = r.deposit_id and n.kind = 'deposit_reversed') as told
        from reversals r where r.deposit_id = ${depositId}`;
    expect(row).toEqual({ state: 'paired', charges: '0', told: 1 });
    expect(await casesOf(test, accountKey)).toEqual([
      { kind: 'reversal_unpaired', outcome: 'decided' },
    ]);
  });

  it('leaves to the business what the bank took beyond the deposit, up to its charge', async () => {
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    const depositId = await aCredited(accountKey, code);
    const lineId = await unpaired(accountKey, { amountMinor: 6_500n });
    expect(await pair(depositId, lineId)).toMatchObject({ outcome: 'paired' });
    const [row] = await test.owner`
      select charges_minor::text as charges from reversals where deposit_id = ${depositId}`;
    expect(row).toEqual({ charges: '1500' });
  });

  it.each([
    ['less than the deposit', { amountMinor: 4_999n }],
    ['more than the deposit and any charge', { amountMinor: 55_001n }],
    ['another currency', { currency: parseCurrency('USD') }],
  ])('gets a refusal for %s, and moves nothing', async (_, given) => {
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    const depositId = await aCredited(accountKey, code);
    const lineId = await unpaired(accountKey, given);
    const before = await countMoves(test.db);
    expect(await pair(depositId, lineId)).toEqual({
      outcome: 'refused',
      refusal: 'pair_mismatch',
    });
    expect(await countMoves(test.db)).toEqual(before);
    expect(await casesOf(test, accountKey)).toEqual([{ kind: 'reversal_unpaired', outcome: null }]);
  });

  it('gets a refusal for a deposit of another bank account', async () => {
    const [accountKey, other] = [await anAccount(test.db), await anAccount(test.db)];
    const { code } = await aWallet(test.db);
    const depositId = await aCredited(other, code);
    const lineId = await unpaired(accountKey);
    expect(await pair(depositId, lineId)).toMatchObject({ refusal: 'pair_mismatch' });
  });

  it('reverses only one deposit, even if others are paired with it', async () => {
    const accountKey = await anAccount(test.db);
    const [one, other] = [await aWallet(test.db), await aWallet(test.db)];
    const first = await aCredited(accountKey, one.code);
    const second = await aCredited(accountKey, other.code);
    const lineId = await unpaired(accountKey);
    const outcomes = await Promise.all([pair(first, lineId), pair(second, lineId)]);
    expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual(['paired', 'refused']);
    expect(outcomes.map(({ refusal }) => refusal)).toContain('case_not_open');
  });

  it('takes an uncredited deposit out of suspense', async () => {
    const accountKey = await anAccount(test.db);
    const [depositId = ''] = await deposits(test.db, accountKey, [{ reference: 'no code' }], {
      scope: { kind: 'partial' },
    });
    const lineId = await unpaired(accountKey);
    expect(await pair(depositId, lineId)).toMatchObject({ outcome: 'paired' });
    expect(await stateOf(test.db, depositId)).toBe('reversed');
  });
});
