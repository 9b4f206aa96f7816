import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { proveDay } from '../../../activities/prove-day.ts';
import { isGateClosed } from '../../../db/queries/gates.ts';
import { newId } from '../../../db/new-id.ts';
import { parseLocalDate } from '../../../domain/local-date.ts';
import {
  activityContext,
  anAccount,
  aSighting,
  createTestDependencies,
  poll,
} from '../../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../../support/database.ts';
import { mt940 } from '../../support/mt940.ts';
import { importStatement } from '../../support/statements.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterEach(() => verifyClean(test.db));
afterAll(() => test.close());

const importOne = (accountKey: string, body: Uint8Array) =>
  importStatement(createTestDependencies(test.db), { accountKey, body, runId: newId('run') });

const prove = (accountKey: string) =>
  activityContext().run(() => proveDay(createTestDependencies(test.db), { accountKey }));

/** One credit of R50.00 on the 9th, opening at R100.00 and closing at R150.00. */
const STATEMENT = mt940([{ minor: 5_000, text: 'NO CODE' }], { day: '2026-11-09' });

/** A line of that day that the statement does not have. */
const stranger = aSighting({
  bookingDate: parseLocalDate('2026-11-09'),
  amountMinor: 5_100n,
  references: ['STRANGER'],
});

describe('the proof of the day', () => {
  it('finds ledger and bank equal to the cent, and suspense equal to the open deposits', async () => {
    const accountKey = await anAccount(test.db);
    await importOne(accountKey, STATEMENT);

    expect(await prove(accountKey)).toEqual({ outcome: 'ok', gateClosed: false });

    const [row] = await test.owner`
      select day::text, bank_minor::text as bank, ledger_minor::text as ledger, suspense_minor::text as suspense,
             open_minor::text as open, open_count from day_proofs where bank_account_key = ${accountKey}`;
    expect(row).toEqual({
      day: '2026-11-09',
      bank: '15000',
      ledger: '15000',
      suspense: '5000',
      open: '5000',
      open_count: 1,
    });
  });

  it('reports nothing where no statement shows the bank’s balance', async () => {
    const accountKey = await anAccount(test.db);
    await poll(test.db, accountKey, [aSighting()]);
    expect(await prove(accountKey)).toEqual({ outcome: 'absent', gateClosed: false });
  });

  it('reports a difference and leaves the gate open, unless the account asks otherwise', async () => {
    const accountKey = await anAccount(test.db);
    await poll(test.db, accountKey, [stranger], { scope: { kind: 'partial' } });
    await importOne(accountKey, STATEMENT);

    expect(await prove(accountKey)).toEqual({ outcome: 'differs', gateClosed: false });
    expect(await isGateClosed(test.db, accountKey)).toBe(false);

    await test.owner`update bank_accounts set balance_policy = 'close_gate' where key = ${accountKey}`;
    expect(await prove(accountKey)).toEqual({ outcome: 'differs', gateClosed: true });
    expect(await isGateClosed(test.db, accountKey)).toBe(true);
    const [row] = await test.owner`
      select difference_minor::text as difference from day_proofs where bank_account_key = ${accountKey} order by id desc limit 1`;
    expect(row).toEqual({ difference: '5100' });
  });

  it('begins again with an earlier statement that comes later', async () => {
    const accountKey = await anAccount(test.db);
    await importOne(accountKey, STATEMENT);
    await prove(accountKey);
    // R100.00 at its end too, so that the statement above follows it.
    await importOne(
      accountKey,
      mt940(
        [
          { minor: 700, text: 'IN' },
          { minor: -700, text: 'OUT' },
        ],
        { day: '2026-11-06', id: 'BEFORE' },
      ),
    );
    expect(await prove(accountKey)).toEqual({ outcome: 'ok', gateClosed: false });
    const [row] = await test.owner`
      select opening_on::text as day, opening_minor::text as minor from bank_accounts where key = ${accountKey}`;
    expect(row).toEqual({ day: '2026-11-06', minor: '10000' });
  });

  it('closes the gate on a statement that contradicts itself, where the account asks for it', async () => {
    const accountKey = await anAccount(test.db);
    await test.owner`update bank_accounts set balance_policy = 'close_gate' where key = ${accountKey}`;
    const wrong = Buffer.from(STATEMENT).toString().replace('ZAR150,00', 'ZAR151,00');
    await importOne(accountKey, Buffer.from(wrong));
    expect(await isGateClosed(test.db, accountKey)).toBe(true);
    const [gate] = await test.owner`select cause from gates where scope = ${accountKey}`;
    expect(gate).toEqual({ cause: 'proof_failed' });
  });
});
