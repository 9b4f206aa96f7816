import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { creditOne } from '../../../app/credit/credit-one.ts';
import { findWalletsByCode } from '../../../db/queries/settlement.ts';
import { anAccount, aWallet, deposits, walletBalance } from '../../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../../support/database.ts';
import { seedWallet } from '../../support/ledger.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(async () => {
  await verifyClean(test.db);
  await test.close();
});

async function outcomeOf(reference: string) {
  const accountKey = await anAccount(test.db);
  const [depositId = ''] = await deposits(test.db, accountKey, [{ reference }]);
  const outcome = await creditOne(test.db, depositId);
  return outcome.outcome === 'review' ? outcome.reason : outcome.outcome;
}

describe('a deposit whose code a line break tears apart', () => {
  it.each(['\n', '\r\n', ' \r\n  '])('goes to the customer of that code, with %j', async (torn) => {
    const { code, walletId } = await aWallet(test.db);
    for (const at of [2, 3, 7, 10])
      expect(await outcomeOf(`PAY ${code.slice(0, at)}${torn}${code.slice(at)} THX`)).toBe(
        'credited',
      );
    expect(await walletBalance(test.db, walletId)).toMatchObject({ seq: '4' });
  });
});

describe('a deposit with a second code that was cut', () => {
  it('waits for a person, although the rest begins like the first one', async () => {
    const { code } = await aWallet(test.db);
    for (const length of [4, 6, 8, 9])
      expect(await outcomeOf(`${code} ${code.slice(0, length)}`)).toBe('ambiguous');
  });

  it('credits the first one if only the check digit is missing, until another wallet begins so', async () => {
    const { code } = await aWallet(test.db);
    const reference = `${code} ${code.slice(0, 10)}`;
    expect(await outcomeOf(reference)).toBe('credited');
    await seedWallet(test.db, Number(`${code.slice(3, 10)}${(Number(code.at(-1)) + 1) % 10}`));
    expect(await outcomeOf(reference)).toBe('ambiguous');
  });
});

describe('findWalletsByCode', () => {
  it('finds whole codes, and two wallets at most for the beginning of one', async () => {
    const codes: string[] = [];
    for (const number of [77_000_001, 77_000_002, 77_000_003, 77_100_000]) {
      await seedWallet(test.db, number);
      codes.push(`CUS${number}`);
    }
    const found = async (...wanted: readonly string[]) =>
      [...(await findWalletsByCode(test.db, wanted)).keys()].sort();
    expect(await found(codes[2] ?? '')).toEqual([codes[2]]);
    expect(await found('CUS77000')).toEqual(codes.slice(0, 2));
    expect(await found('CUS771', codes[0] ?? '')).toEqual([codes[0], codes[3]]);
    expect(await found('CUS7799999')).toEqual([]);
  });
});
