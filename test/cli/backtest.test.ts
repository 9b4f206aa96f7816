import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyDecision } from '../../activities/apply-decision.ts';
import { creditWallet } from '../../activities/credit-wallet.ts';
import { openReview } from '../../activities/open-review.ts';
import { backtest, judgeByRules, reportShadow } from '../../cli/backtest.ts';
import type { ReviewReason } from '../../domain/review/review-reasons.ts';
import { DEFAULT_RULES, type Rules } from '../../domain/review/rules.ts';
import {
  anAccount,
  aWallet,
  createTestDependencies,
  deposits,
  whileLocked,
  type TestDependencies,
} from '../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../support/database.ts';
import { aDecision, type WantedDecision } from '../support/decisions.ts';

const REPAIRS: Rules = { ...DEFAULT_RULES, version: 'repairs', creditRepairs: 'one_wallet' };

let test: TestDatabase;
let dependencies: TestDependencies;
beforeAll(async () => {
  test = await createTestDatabase();
  dependencies = createTestDependencies(test.db);
});
afterAll(() => test.close());

let amountMinor = 5_000n;

/** Each of another amount, so that none is taken for another. */
async function aDeposit(accountKey: string, reference: string): Promise<string> {
  amountMinor += 1n;
  const [depositId = ''] = await deposits(test.db, accountKey, [{ reference, amountMinor }], {
    scope: { kind: 'partial' },
  });
  return depositId;
}

async function decided(reason: ReviewReason, wanted: WantedDecision): Promise<void> {
  const { depositId } = wanted;
  await openReview(dependencies, { depositId, reason });
  const decisionId = await aDecision(test.owner, wanted);
  await applyDecision(dependencies, { depositId, decisionId });
}

/** The code with a letter for its first digit: only a repair reads it. */
const broken = (code: string) => code.replace('CUS0', 'CUSO');

const kinds = (report: Awaited<ReturnType<typeof backtest>>) =>
  Object.fromEntries(report.differences.map((each) => [each.depositId, each.difference]));

describe('backtest', () => {
  it('finds no difference by the rules that decided, whatever its page size', async () => {
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    for (const reference of [code, `paid ${code}`, broken(code)]) {
      const depositId = await aDeposit(accountKey, reference);
      await creditWallet(dependencies, { depositId });
    }
    for (const page of [1, 2, 3, 500]) {
      const report = await backtest(test.db, {
        judge: judgeByRules(DEFAULT_RULES),
        accountKey,
        page,
      });
      expect(report).toMatchObject({ ok: true, deposits: 3, differences: [] });
    }
  });

  it('lists each deposit that other rules would credit or hold, beside what happened to it', async () => {
    const accountKey = await anAccount(test.db);
    const [anna, ben] = [await aWallet(test.db), await aWallet(test.db)];
    const grouped = await aDeposit(
      accountKey,
      anna.code.replace('CUS', 'CUS ').replace(/(\d{4})/, '$1 '),
    );
    await creditWallet(dependencies, { depositId: grouped });
    const agreed = await aDeposit(accountKey, `${broken(anna.code)} one`);
    await decided('guess_only', { depositId: agreed, kind: 'credit', walletId: anna.walletId });
    const waiting = await aDeposit(accountKey, `${broken(anna.code)} two`);
    const rules: Rules = { ...REPAIRS, groupedCodes: false };
    const fine = await backtest(test.db, { judge: judgeByRules(rules), accountKey });
    expect(fine.ok).toBe(true);
    expect(kinds(fine)).toEqual({
      [grouped]: 'holds_credited',
      [agreed]: 'as_person',
      [waiting]: 'credits_waiting',
    });
    const other = await aDeposit(accountKey, `${broken(anna.code)} three`);
    await decided('guess_only', { depositId: other, kind: 'credit', walletId: ben.walletId });
    const refused = await aDeposit(accountKey, `${broken(anna.code)} four`);
    await decided('guess_only', { depositId: refused, kind: 'dismiss' });
    const wrong = await backtest(test.db, { judge: judgeByRules(rules), accountKey });
    expect(wrong.ok).toBe(false);
    expect(kinds(wrong)).toMatchObject({ [other]: 'other_wallet', [refused]: 'credits_refused' });
    expect(wrong.differences.find((each) => each.depositId === other)).toMatchObject({
      from: { kind: 'credited', by: 'person', walletIds: [ben.walletId] },
      to: { kind: 'wallet', walletId: anna.walletId },
    });
    await verifyClean(test.db);
  });

  it('writes nothing and locks no row: it ends while every table is locked against both', async () => {
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    await aDeposit(accountKey, broken(code));
    const tables = await test.owner<{ name: string }[]>`
      select format('%I', tablename) as name from pg_tables where schemaname = 'public' order by 1`;
    expect(tables.length).toBeGreaterThan(20);
    const all = tables.map(({ name }) => name).join(', ');
    await whileLocked(
      test.owner,
      (session) => session.unsafe(`lock table ${all} in exclusive mode`),
      async () => {
        const report = await backtest(test.db, { judge: judgeByRules(REPAIRS), accountKey: null });
        expect(report.counts.credits_waiting).toBeGreaterThan(0);
      },
    );
  });
});

describe('reportShadow', () => {
  it('shows how far people agreed with the codes, by what each code said at that time', async () => {
    const accountKey = await anAccount(test.db);
    await test.owner`update bank_accounts set mode = 'shadow' where key = ${accountKey}`;
    const [anna, ben] = [await aWallet(test.db), await aWallet(test.db)];
    const ids = [];
    for (const text of ['one', 'two', 'three', 'four'])
      ids.push(await aDeposit(accountKey, `${anna.code} ${text}`));
    const [agreed = '', other = '', dismissed = '', waiting = ''] = ids;
    const none = await aDeposit(accountKey, 'rent');
    await decided('shadow', { depositId: agreed, kind: 'credit', walletId: anna.walletId });
    await decided('shadow', { depositId: other, kind: 'credit', walletId: ben.walletId });
    await decided('shadow', { depositId: dismissed, kind: 'dismiss' });
    await decided('no_reference', { depositId: none, kind: 'credit', walletId: ben.walletId });
    await openReview(dependencies, { depositId: waiting, reason: 'shadow' });
    const report = await reportShadow(test.db, accountKey);
    expect(report).toMatchObject({ agreed: 1, withoutCode: 1, reversed: 0, waiting: 1 });
    expect(report.disagreed.map((each) => each.depositId).sort()).toEqual(
      [other, dismissed].sort(),
    );
    const replayed = await backtest(test.db, { judge: judgeByRules(DEFAULT_RULES), accountKey });
    expect(kinds(replayed)).toMatchObject({ [agreed]: 'as_person', [waiting]: 'credits_waiting' });
  });
});
