import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Sighting } from '../../../domain/line/sighting.ts';
import { closeLineCase } from '../../../db/queries/line-cases.ts';
import { anAccount, aSighting, aWallet, stateOf } from '../../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../../support/database.ts';
import { aPersonsKey } from '../../support/decisions.ts';
import { casesOf, read as readAccount, readAndCredit } from '../../support/reads.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterEach(() => verifyClean(test.db));
afterAll(() => test.close());

const read = (accountKey: string, ...sightings: readonly Sighting[]) =>
  readAccount(test, accountKey, sightings);
const cases = (accountKey: string) => casesOf(test, accountKey);

describe('a line that the bank removes', () => {
  it('opens one case after two complete reads without it, and moves no money', async () => {
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    const line = aSighting({ references: [code], bankId: 'T1' });
    const depositId = await readAndCredit(test, accountKey, line);

    await read(accountKey);
    expect(await cases(accountKey)).toEqual([]);
    await read(accountKey);
    expect(await cases(accountKey)).toEqual([{ kind: 'line_vanished', outcome: null }]);
    await read(accountKey);
    expect(await cases(accountKey)).toHaveLength(1);
    expect(await stateOf(test.db, depositId)).toBe('credited');
  });

  it('opens no second case after a person closed the first, unless the bank removes the line again', async () => {
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    const line = aSighting({ references: [code], bankId: 'T1' });
    await readAndCredit(test, accountKey, line);
    await read(accountKey);
    await read(accountKey);
    const [open] = await test.owner<{ id: string }[]>`
      select c.id::text from line_cases c join lines l on l.id = c.line_id where l.bank_account_key = ${accountKey}`;
    const by = await aPersonsKey(test.owner);
    await test.db.transaction((tx) =>
      closeLineCase(tx, { id: BigInt(open?.id ?? 0), by, note: 'the bank is at fault' }),
    );

    await read(accountKey);
    expect(await cases(accountKey)).toEqual([{ kind: 'line_vanished', outcome: 'decided' }]);

    await read(accountKey, line);
    await read(accountKey);
    await read(accountKey);
    expect(await cases(accountKey)).toEqual([
      { kind: 'line_vanished', outcome: 'decided' },
      { kind: 'line_vanished', outcome: null },
    ]);
  });

  it('counts as one credit when it was removed by mistake and returns, and its case closes automatically', async () => {
    const accountKey = await anAccount(test.db);
    const { walletId, code } = await aWallet(test.db);
    const line = aSighting({ references: [code], bankId: 'T2' });
    await readAndCredit(test, accountKey, line);
    await read(accountKey);
    await read(accountKey);

    const back = await read(accountKey, line);

    expect(back.captured.linesNew).toBe(0);
    expect(await cases(accountKey)).toEqual([{ kind: 'line_vanished', outcome: 'restored' }]);
    const [wallet] = await test.owner`select credits::int from wallets where id = ${walletId}`;
    expect(wallet).toEqual({ credits: 1 });
  });

  it('opens a case, and the new line waits, when its id returns with another amount', async () => {
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    await read(accountKey, aSighting({ references: [code], bankId: 'T3' }));
    const corrected = aSighting({ references: [code], bankId: 'T3', amountMinor: 500_000n });
    expect((await read(accountKey, corrected)).captured).toMatchObject({ held: 1, linesNew: 0 });
    // Its day is over, and a second read shows the same.
    expect((await read(accountKey, corrected)).captured).toMatchObject({ held: 1, linesNew: 1 });
    expect(await cases(accountKey)).toEqual([{ kind: 'amount_changed', outcome: null }]);
  });
});
