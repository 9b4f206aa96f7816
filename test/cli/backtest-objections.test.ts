import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { applyDecision } from '../../activities/apply-decision.ts';
import { creditWallet } from '../../activities/credit-wallet.ts';
import { openReview } from '../../activities/open-review.ts';
import { recheckReview } from '../../activities/recheck-review.ts';
import { backtest, judgeByRules, type BacktestReport } from '../../cli/backtest.ts';
import { parseLocalDate } from '../../domain/local-date.ts';
import { DEFAULT_RULES } from '../../domain/review/rules.ts';
import type { Sighting } from '../../domain/line/sighting.ts';
import { follow, newDeposit, read } from '../support/reads.ts';
import {
  anAccount,
  aSighting,
  aWallet,
  createTestDependencies,
  poll,
  stateOf,
} from '../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../support/database.ts';
import { aDecision, type WantedDecision } from '../support/decisions.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterEach(() => verifyClean(test.db));
afterAll(() => test.close());

const partial = { scope: { kind: 'partial' } } as const;

async function capture(accountKey: string, given: Partial<Sighting>): Promise<string> {
  return newDeposit(await poll(test.db, accountKey, [aSighting(given)], partial));
}

/** The bank takes a payment of this customer back before it shows it. */
async function takeBack(accountKey: string, code: string, amountMinor: bigint): Promise<void> {
  const debit = { direction: 'debit', reversal: true, text: 'REVERSAL' } as const;
  const line = aSighting({ ...debit, references: [code], amountMinor });
  await poll(test.db, accountKey, [line], partial);
  await follow(test, accountKey);
}

/** What the workflow of a captured deposit does. */
async function handle(depositId: string): Promise<string> {
  const dependencies = createTestDependencies(test.db);
  const answer = await creditWallet(dependencies, { depositId });
  if (answer.outcome !== 'review') return answer.outcome;
  await openReview(dependencies, { depositId, reason: answer.reason });
  return answer.reason;
}

async function decide(wanted: WantedDecision): Promise<void> {
  const { depositId } = wanted;
  const decisionId = await aDecision(test.owner, wanted);
  await applyDecision(createTestDependencies(test.db), { depositId, decisionId });
}

function tryToday(accountKey: string): Promise<BacktestReport> {
  return backtest(test.db, { judge: judgeByRules(DEFAULT_RULES), accountKey });
}

const kinds = ({ differences }: BacktestReport) =>
  Object.fromEntries(differences.map((each) => [each.depositId, each.difference]));

/** An account that asks for a look at payers, and one whom people know for another customer than he now names. */
async function aConflict() {
  const accountKey = await anAccount(test.db);
  await test.owner`update bank_accounts set payer_conflict = 'review' where key = ${accountKey}`;
  const [named, known] = [await aWallet(test.db), await aWallet(test.db)];
  const counterparty = { name: null, account: accountKey };
  for (const day of ['2026-11-11', '2026-11-12', '2026-11-13']) {
    const facts = { references: ['for the shop'], bookingDate: parseLocalDate(day) };
    const depositId = await capture(accountKey, { ...facts, counterparty });
    expect(await handle(depositId)).toBe('no_reference');
    await decide({ depositId, kind: 'credit', walletId: known.walletId });
  }
  const pay = (amountMinor: bigint) =>
    capture(accountKey, { references: [named.code], counterparty, amountMinor });
  return { accountKey, named, known, pay };
}

describe('a backtest by today’s rules', () => {
  it('reports nothing about deposits with a possible reversal, waiting or decided', async () => {
    const accountKey = await anAccount(test.db);
    const [anna, ben] = [await aWallet(test.db), await aWallet(test.db)];
    const before = await capture(accountKey, { references: [anna.code], amountMinor: 8_000n });
    expect(await handle(before)).toBe('credited');
    for (const amountMinor of [5_001n, 5_002n, 5_003n, 5_004n])
      await takeBack(accountKey, anna.code, amountMinor);
    const ids: string[] = [];
    for (const amountMinor of [5_001n, 5_002n, 5_003n, 5_004n])
      ids.push(await capture(accountKey, { references: [anna.code], amountMinor }));
    const [, waiting = '', other = '', dismissed = ''] = ids;
    for (const depositId of [waiting, other, dismissed])
      expect(await handle(depositId)).toBe('reversed');
    await decide({ depositId: other, kind: 'credit', walletId: ben.walletId });
    await decide({ depositId: dismissed, kind: 'dismiss' });

    expect(await tryToday(accountKey)).toMatchObject({ ok: true, deposits: 5, differences: [] });
  });

  it('reports nothing about a deposit that its code credited once the reversal was of another deposit', async () => {
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    const debit = { direction: 'debit', reversal: true, text: 'REVERSAL' } as const;
    await poll(test.db, accountKey, [aSighting({ ...debit, references: [code] })], partial);
    await follow(test, accountKey);
    const bookingDate = parseLocalDate('2026-11-18');
    const first = await capture(accountKey, { references: [code], bookingDate });
    const second = await capture(accountKey, { references: [code] });
    expect([await handle(first), await handle(second)]).toEqual(['reversed', 'reversed']);
    await follow(test, accountKey);
    const recheck = recheckReview(createTestDependencies(test.db), { depositId: first });
    expect(await recheck).toEqual({ outcome: 'credited' });

    expect(await stateOf(test.db, second)).toBe('reversed');
    expect(await tryToday(accountKey)).toMatchObject({ deposits: 2, differences: [] });
  });

  it('reports nothing about a payer known for another customer, whichever customer people credited', async () => {
    const { accountKey, named, known, pay } = await aConflict();
    const ids = [await pay(5_001n), await pay(5_002n), await pay(5_003n), await pay(5_004n)];
    const [, waiting = '', toKnown = '', toNamed = ''] = ids;
    for (const depositId of [waiting, toKnown, toNamed])
      expect(await handle(depositId)).toBe('payer_conflict');
    expect(await tryToday(accountKey)).toMatchObject({ deposits: 7, differences: [] });
    await decide({ depositId: toKnown, kind: 'credit', walletId: known.walletId });
    await decide({ depositId: toNamed, kind: 'credit', walletId: named.walletId });

    const [untouched = ''] = ids;
    const report = await tryToday(accountKey);
    // People have confirmed both customers by now, so only what went to review before is held.
    expect(kinds(report)).toEqual({ [untouched]: 'credits_waiting' });
    expect(report.ok).toBe(true);
  });

  it('counts only what happened since a removed line came back', async () => {
    const accountKey = await anAccount(test.db);
    const [anna, ben] = [await aWallet(test.db), await aWallet(test.db)];
    const line = aSighting({ references: [anna.code] });
    const depositId = newDeposit((await read(test, accountKey, [line])).captured);
    await openReview(createTestDependencies(test.db), { depositId, reason: 'poison' });
    await decide({ depositId, kind: 'credit', walletId: ben.walletId });
    await read(test, accountKey, []);
    await read(test, accountKey, []);
    await decide({ depositId, kind: 'take_back' });
    expect((await read(test, accountKey, [line])).followed.restored).toBe(1);
    expect(kinds(await tryToday(accountKey))).toEqual({ [depositId]: 'credits_waiting' });
    expect(await handle(depositId)).toBe('credited');
    expect(await tryToday(accountKey)).toMatchObject({ ok: true, differences: [] });
  });
});
