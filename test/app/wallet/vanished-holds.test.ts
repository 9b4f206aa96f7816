import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { applyDecision } from '../../../activities/apply-decision.ts';
import { newId } from '../../../db/new-id.ts';
import { lockWallets, postJournals } from '../../../db/queries/settlement.ts';
import { spend as spendJournal } from '../../../domain/ledger/spend.ts';
import { aSighting, aWallet, createTestDependencies, TODAY } from '../../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../../support/database.ts';
import { aDecision } from '../../support/decisions.ts';
import { sqlStateOf } from '../../support/sql-state.ts';
import { read, readAndCredit } from '../../support/reads.ts';
import { aSpender, createHoldSteps } from '../support/holds.ts';

let test: TestDatabase;
let key: string;
beforeAll(async () => {
  test = await createTestDatabase();
  key = await aSpender(test);
});
afterEach(() => verifyClean(test.db));
afterAll(() => test.close());
const { aCredited, closeCase, held, spend } = createHoldSteps(
  () => test,
  () => key,
);

describe('a credit whose line the bank removes', () => {
  it('stays unspent from the second read without it until the line returns', async () => {
    const { accountKey, walletId, line } = await aCredited();
    await read(test, accountKey, []);
    expect(await held(walletId)).toBe(0n);
    await read(test, accountKey, []);
    expect(await held(walletId)).toBe(25_000n);
    expect(await spend(walletId, 1n)).toBe('wallet.credits_pending');

    await read(test, accountKey, [line]);
    expect(await held(walletId)).toBe(0n);
    expect(await spend(walletId, 5n)).toBe('spent');
  });

  it('leaves the customer’s other credits alone, and holds only what is left of it', async () => {
    const { accountKey, walletId, code, line } = await aCredited();
    expect(await spend(walletId, 3n)).toBe('spent');
    await read(test, accountKey, []);
    await read(test, accountKey, []);
    expect(await held(walletId)).toBe(10_000n);

    const other = aSighting({ references: [code], bankId: 'T2', amountMinor: 15_000n });
    await readAndCredit(test, accountKey, other);
    expect(await spend(walletId, 4n)).toBe('wallet.credits_pending');
    expect(await spend(walletId, 3n)).toBe('spent');
    await read(test, accountKey, [line, other]);
    expect(await spend(walletId, 2n)).toBe('spent');
  });

  it('becomes spendable once a person closes the case', async () => {
    const { accountKey, walletId } = await aCredited();
    await read(test, accountKey, []);
    await read(test, accountKey, []);
    await closeCase(accountKey);
    expect(await spend(walletId, 5n)).toBe('spent');
  });

  it('goes when people take it back, and its hold with it', async () => {
    const { accountKey, walletId, depositId } = await aCredited();
    await read(test, accountKey, []);
    await read(test, accountKey, []);
    const decisionId = await aDecision(test.owner, { depositId, kind: 'take_back' });
    await applyDecision(createTestDependencies(test.db), { depositId, decisionId });
    expect(await held(walletId)).toBe(0n);
    expect(await spend(walletId, 1n)).toBe('wallet.insufficient_credits');
  });

  it('stays held when people move it to another wallet meanwhile', async () => {
    const { accountKey, walletId, depositId } = await aCredited();
    const other = await aWallet(test.db);
    await read(test, accountKey, []);
    await read(test, accountKey, []);
    const decisionId = await aDecision(test.owner, {
      depositId,
      kind: 'correct',
      walletId: other.walletId,
    });
    await applyDecision(createTestDependencies(test.db), { depositId, decisionId });
    expect([await held(walletId), await held(other.walletId)]).toEqual([0n, 25_000n]);
  });

  it('refuses in the database a spend that the service did not refuse', async () => {
    const { accountKey, walletId } = await aCredited();
    await read(test, accountKey, []);
    await read(test, accountKey, []);
    const past = test.db.transaction(async (tx) => {
      const [wallet] = await lockWallets(tx, [walletId]);
      if (wallet === undefined) throw new Error('There is no wallet.');
      const spendId = newId('spend');
      await tx.execute(
        `insert into spends (id, wallet_id, credits, revenue_minor, spent_by, spent_on) values ('${spendId}', '${walletId}', 1, 5000, '${key}', '2026-11-20')`,
      );
      const { journal } = spendJournal(wallet, { spendId, credits: 1n, eventOn: TODAY });
      await postJournals(tx, [journal], 'workflow');
    });
    expect(await sqlStateOf(past)).toBe('PU021');
  });

  it('loses no race against a spend', async () => {
    const { accountKey, walletId } = await aCredited();
    await read(test, accountKey, []);
    const [spent] = await Promise.all([spend(walletId, 5n), read(test, accountKey, [])]);
    const left = await held(walletId);
    expect([spent, left]).toEqual(
      spent === 'spent' ? ['spent', 0n] : ['wallet.credits_pending', 25_000n],
    );
  });
});
