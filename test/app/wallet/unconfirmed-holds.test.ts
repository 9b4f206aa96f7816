import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { applyDecision } from '../../../activities/apply-decision.ts';
import { pairReversals } from '../../../activities/pair-reversals.ts';
import { addDays, localDateIn } from '../../../domain/local-date.ts';
import {
  activityContext,
  anAccount,
  aSighting,
  aWallet,
  createTestDependencies,
  notify,
  poll,
  TODAY,
} from '../../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../../support/database.ts';
import { aDecision } from '../../support/decisions.ts';
import { casesOf, newDeposit, read } from '../../support/reads.ts';
import { aSpender, createHoldSteps } from '../support/holds.ts';

let test: TestDatabase;
let key: string;
beforeAll(async () => {
  test = await createTestDatabase();
  key = await aSpender(test);
});
afterEach(() => verifyClean(test.db));
afterAll(() => test.close());
const { anEvent, closeCase, credit, held, spend } = createHoldSteps(
  () => test,
  () => key,
);

describe('a credit that only a webhook has shown', () => {
  it('allows R1,000.00 to be spent, and all of it once a read shows its line', async () => {
    const accountKey = await anAccount(test.db);
    const { walletId, code } = await aWallet(test.db);
    const { line } = await anEvent(accountKey, code, 150_000n);
    expect(await held(walletId)).toBe(50_000n);
    expect(await spend(walletId, 21n)).toBe('wallet.credits_pending');
    expect(await spend(walletId, 20n)).toBe('spent');

    await read(test, accountKey, [line]);
    expect(await held(walletId)).toBe(0n);
    expect(await spend(walletId, 10n)).toBe('spent');
  });

  it('counts as confirmed by a statement as well', async () => {
    const accountKey = await anAccount(test.db);
    const { walletId, code } = await aWallet(test.db);
    const { line } = await anEvent(accountKey, code, 150_000n);
    await poll(test.db, accountKey, [line], { feed: 'file', source: 'camt.053' });
    expect(await held(walletId)).toBe(0n);
  });

  it('stays unconfirmed by another event about it', async () => {
    const accountKey = await anAccount(test.db);
    const { walletId, code } = await aWallet(test.db);
    const { line } = await anEvent(accountKey, code, 150_000n);
    await notify(test.db, accountKey, { ...line, text: 'PAYSHAP' });
    expect(await held(walletId)).toBe(50_000n);
  });

  it('lets many small events spend R20,000.00 of an hour together', async () => {
    const accountKey = await anAccount(test.db);
    const wallets = await Promise.all(Array.from({ length: 25 }, () => aWallet(test.db)));
    for (const { code } of wallets) await anEvent(accountKey, code, 100_000n);
    const outcomes: string[] = [];
    for (const { walletId } of wallets) outcomes.push(await spend(walletId, 20n));
    expect(outcomes.filter((outcome) => outcome === 'spent')).toHaveLength(20);

    await test.owner`alter table credit_holds disable trigger credit_holds_keep_facts`;
    await test.owner`update credit_holds set opened_at = now() - interval '61 minutes' where bank_account_key = ${accountKey}`;
    await test.owner`alter table credit_holds enable trigger credit_holds_keep_facts`;
    const { walletId, code } = await aWallet(test.db);
    await anEvent(accountKey, code, 100_000n);
    expect(await spend(walletId, 20n)).toBe('spent');
  });

  it('counts the hour whole when many are credited at once', async () => {
    const accountKey = await anAccount(test.db);
    const wallets = await Promise.all(Array.from({ length: 30 }, () => aWallet(test.db)));
    const ids: string[] = [];
    for (const { code } of wallets) {
      const line = aSighting({ references: [code], bankId: randomUUID(), amountMinor: 100_000n });
      ids.push(newDeposit(await notify(test.db, accountKey, line)));
    }
    await Promise.all(ids.map(credit));
    const [row] = await test.owner`
      select sum(spendable_minor)::text as spendable from credit_holds where bank_account_key = ${accountKey}`;
    expect(row).toEqual({ spendable: '2000000' });
  });

  it('gives room again in the same hour once a read confirms it', async () => {
    const accountKey = await anAccount(test.db);
    const first = await aWallet(test.db);
    await test.owner`
      update bank_accounts set webhook_spendable_hour_minor = 100000 where key = ${accountKey}`;
    const { line } = await anEvent(accountKey, first.code, 100_000n);
    await read(test, accountKey, [line]);
    const second = await aWallet(test.db);
    await anEvent(accountKey, second.code, 100_000n);
    expect(await held(second.walletId)).toBe(0n);
  });

  it('does not turn another deposit’s cent into a credit', async () => {
    const accountKey = await anAccount(test.db);
    await test.owner`update bank_accounts set webhook_spendable_minor = 0 where key = ${accountKey}`;
    const { walletId, code } = await aWallet(test.db);
    await anEvent(accountKey, code, 4_999n);
    const cent = aSighting({ references: [code], bankId: 'CENT', amountMinor: 1n });
    await credit(
      newDeposit(await poll(test.db, accountKey, [cent], { scope: { kind: 'partial' } })),
    );
    expect(await spend(walletId, 1n)).toBe('wallet.credits_pending');
  });

  it('freezes, with a case, when two reads of its day do not show it, and then no event of the account can be spent', async () => {
    const accountKey = await anAccount(test.db);
    const { walletId, code } = await aWallet(test.db);
    const { line } = await anEvent(accountKey, code, 150_000n);
    expect(await spend(walletId, 5n)).toBe('spent');
    await read(test, accountKey, []);
    expect(await spend(walletId, 5n)).toBe('spent');
    await read(test, accountKey, []);
    expect(await held(walletId)).toBe(100_000n);
    expect(await casesOf(test, accountKey)).toEqual([{ kind: 'line_vanished', outcome: null }]);

    const other = await aWallet(test.db);
    await anEvent(accountKey, other.code, 5_000n);
    expect(await spend(other.walletId, 1n)).toBe('wallet.credits_pending');

    await read(test, accountKey, [line]);
    expect(await held(walletId)).toBe(0n);
    expect(await casesOf(test, accountKey)).toEqual([
      { kind: 'line_vanished', outcome: 'restored' },
    ]);
  });

  it.each([
    ['long before the reads begin', -40],
    ['on the day before them', -3],
  ])('freezes after two reads when it is dated %s', async (_, days) => {
    const accountKey = await anAccount(test.db);
    const { walletId, code } = await aWallet(test.db);
    const bookingDate = addDays(TODAY, days);
    const { depositId } = await anEvent(accountKey, code, 50_000n, { bookingDate });
    expect(await held(walletId)).toBe(0n);
    for (let reads = 0; reads < 3; reads += 1) await read(test, accountKey, []);
    expect(await held(walletId)).toBe(50_000n);
    expect(await casesOf(test, accountKey)).toEqual([{ kind: 'line_vanished', outcome: null }]);
    await closeCase(accountKey);
    await read(test, accountKey, []);
    expect(await held(walletId)).toBe(0n);
    expect(await casesOf(test, accountKey)).toHaveLength(1);

    const other = await aWallet(test.db);
    const decided = { depositId, kind: 'correct' as const, walletId: other.walletId };
    const decisionId = await aDecision(test.owner, decided);
    await applyDecision(createTestDependencies(test.db), { depositId, decisionId });
    expect(await held(other.walletId)).toBe(0n);
  });

  it('allows nothing to be spent when it is dated in the future', async () => {
    const accountKey = await anAccount(test.db);
    const { walletId, code } = await aWallet(test.db);
    const bookingDate = addDays(localDateIn(new Date(), 'UTC'), 3);
    await anEvent(accountKey, code, 50_000n, { bookingDate });
    expect(await held(walletId)).toBe(50_000n);
  });

  it('ends its hold when the bank takes it back', async () => {
    const accountKey = await anAccount(test.db);
    const { walletId, code } = await aWallet(test.db);
    await anEvent(accountKey, code, 50_000n);
    const back = aSighting({
      direction: 'debit',
      references: [code],
      text: 'EFT UNPAID',
      amountMinor: 50_000n,
    });
    await poll(test.db, accountKey, [back], { scope: { kind: 'partial' } });
    await activityContext().run(() =>
      pairReversals(createTestDependencies(test.db), { accountKey }),
    );
    expect(await held(walletId)).toBe(0n);
    const [row] = await test.owner`
      select outcome from credit_holds where bank_account_key = ${accountKey}`;
    expect(row).toEqual({ outcome: 'undone' });
  });

  it('starts confirmed if a read showed its line before', async () => {
    const accountKey = await anAccount(test.db);
    const { walletId, code } = await aWallet(test.db);
    const line = aSighting({ references: [code], bankId: 'X1', amountMinor: 150_000n });
    const depositId = newDeposit(await notify(test.db, accountKey, line));
    await read(test, accountKey, [line]);
    await credit(depositId);
    expect(await held(walletId)).toBe(0n);
  });
});
