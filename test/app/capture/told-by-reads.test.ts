import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recheckReview } from '../../../app/credit/recheck-review.ts';
import { creditWallet } from '../../../activities/credit-wallet.ts';
import { openReview } from '../../../activities/open-review.ts';
import { addDays } from '../../../domain/local-date.ts';
import {
  anAccount,
  aSighting,
  aWallet,
  createTestDependencies,
  type TestDependencies,
  notify,
  TODAY,
} from '../../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../../support/database.ts';
import { follow, readAlone } from '../../support/reads.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(async () => {
  await verifyClean(test.db);
  await test.close();
});

/** Dependencies that note which deposits are woken. */
function watched() {
  const woken: string[] = [];
  const dependencies: TestDependencies = {
    ...createTestDependencies(test.db),
    wakeDeposit: ({ depositId }) => {
      woken.push(depositId);
      return Promise.resolve();
    },
  };
  return { dependencies, woken };
}

async function depositsOf(accountKey: string) {
  const rows = await test.owner<{ id: string; state: string; hold: string | null }[]>`
    select id, state, hold_reason as hold from deposits where bank_account_key = ${accountKey} order by line_id`;
  return [...rows];
}

async function reasonOf(depositId: string): Promise<string | undefined> {
  const [row] = await test.owner<{ reason: string }[]>`
    select reason from reviews where deposit_id = ${depositId} and closed_at is null`;
  return row?.reason;
}

describe('a deposit in review that a read tells more about', () => {
  it('credits the customer whom another wording of its line names', async () => {
    const accountKey = await anAccount(test.db);
    const { code, walletId } = await aWallet(test.db);
    const { dependencies, woken } = watched();
    await notify(test.db, accountKey, aSighting({ bankId: 'W1', references: ['EFT CREDIT'] }));
    const [{ id: depositId } = { id: '' }] = await depositsOf(accountKey);
    await openReview(dependencies, { depositId, reason: 'no_reference' });

    for (let read = 0; read < 2; read += 1)
      await readAlone(test, accountKey, [aSighting({ bankId: 'P1', references: [code] })]);
    await follow(test, accountKey, dependencies);

    expect(woken).toEqual([depositId]);
    expect(await recheckReview(test.db, depositId)).toBe('credited');
    expect(await depositsOf(accountKey)).toMatchObject([{ state: 'credited' }]);
    const [wallet] = await test.owner`select credits::int from wallets where id = ${walletId}`;
    expect(wallet).toEqual({ credits: 1 });
  });

  it('credits once a read shows it beside the line that it might have been', async () => {
    const accountKey = await anAccount(test.db);
    const [first, second] = [await aWallet(test.db), await aWallet(test.db)];
    const { dependencies, woken } = watched();
    const [line, other] = [first, second].map(({ code }) => aSighting({ references: [code] }));
    if (line === undefined || other === undefined) throw new Error('Two wallets make two lines.');
    await readAlone(test, accountKey, [line]);
    for (let read = 0; read < 2; read += 1) await readAlone(test, accountKey, [other]);
    const [, { id: heldId, hold } = { id: '', hold: null }] = await depositsOf(accountKey);
    expect(hold).toBe('edited_look_alike');
    expect(await creditWallet(dependencies, { depositId: heldId })).toMatchObject({
      outcome: 'review',
    });
    await openReview(dependencies, { depositId: heldId, reason: 'edited_look_alike' });

    await readAlone(test, accountKey, [line, other]);
    await follow(test, accountKey, dependencies);

    expect(woken).toContain(heldId);
    expect(await recheckReview(test.db, heldId)).toBe('credited');
  });

  it('keeps the reason that is left where its code belongs to nobody', async () => {
    const accountKey = await anAccount(test.db);
    const dependencies = createTestDependencies(test.db);
    const [line, other] = ['CUS20000019', 'CUS20000027'].map((code) =>
      aSighting({ references: [code] }),
    );
    if (line === undefined || other === undefined) throw new Error('Two codes make two lines.');
    await readAlone(test, accountKey, [line]);
    for (let read = 0; read < 2; read += 1) await readAlone(test, accountKey, [other]);
    const [, { id: heldId } = { id: '' }] = await depositsOf(accountKey);
    await openReview(dependencies, { depositId: heldId, reason: 'edited_look_alike' });
    await readAlone(test, accountKey, [line, other]);

    expect(await recheckReview(test.db, heldId)).toBe('waits');
    expect(await reasonOf(heldId)).toMatch(/^(unknown_code|bad_check_digit)$/);
  });
});

describe('a held debit', () => {
  it('takes nothing back, and is read as a reversal once a read shows that it is a line of its own', async () => {
    const accountKey = await anAccount(test.db);
    const debit = (text: string) =>
      aSighting({ direction: 'debit', amountMinor: 5_000n, references: [text] });
    const days = { bookingDate: addDays(TODAY, -1) };
    const [one, two] = [debit('REVERSAL CUS20000019'), debit('REVERSAL CUS20000027')];
    await readAlone(test, accountKey, [{ ...one, ...days }]);
    for (let read = 0; read < 2; read += 1)
      await readAlone(test, accountKey, [{ ...two, ...days }]);
    await follow(test, accountKey);
    const noted = async () =>
      (await test.owner`select line_id from reversals where bank_account_key = ${accountKey}`)
        .length;
    expect(await noted()).toBe(1);

    await readAlone(
      test,
      accountKey,
      [one, two].map((each) => ({ ...each, ...days })),
    );
    await follow(test, accountKey);
    expect(await noted()).toBe(2);
  });
});
