import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { applyDecision } from '../../../activities/apply-decision.ts';
import { creditWallet } from '../../../activities/credit-wallet.ts';
import { openReview } from '../../../activities/open-review.ts';
import { recheckReview } from '../../../activities/recheck-review.ts';
import { creditBacklog } from '../../../app/credit/credit-waiting.ts';
import { validateCode } from '../../../activities/validate-code.ts';
import { closeLineCase } from '../../../db/queries/line-cases.ts';
import { revokePayer } from '../../../db/queries/payer-memory.ts';
import { listCauseGone } from '../../../db/queries/rechecks.ts';
import { suggestCodes } from '../../../app/decide/suggest-wallets.ts';
import { parseLocalDate } from '../../../domain/local-date.ts';
import type { ReviewReason } from '../../../domain/review/review-reasons.ts';
import type { Sighting } from '../../../domain/line/sighting.ts';
import {
  anAccount,
  aSighting,
  aWallet,
  createTestDependencies,
  poll,
  stateOf,
  type TestDependencies,
} from '../../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../../support/database.ts';
import { aDecision, aPersonsKey } from '../../support/decisions.ts';
import { follow, newDeposit } from '../../support/reads.ts';

let test: TestDatabase;
let deps: TestDependencies;
let woken: string[];
beforeAll(async () => {
  test = await createTestDatabase();
});
afterEach(() => verifyClean(test.db));
afterAll(() => test.close());

/** What the activities reach for, with a note of each deposit that was woken. */
function fresh(): void {
  woken = [];
  deps = createTestDependencies(test.db, {
    wakeDeposit: (ref) => Promise.resolve(void woken.push(ref.depositId)),
  });
}

async function capture(accountKey: string, given: Partial<Sighting>): Promise<string> {
  const scope = { kind: 'partial' } as const;
  return newDeposit(await poll(test.db, accountKey, [aSighting(given)], { scope }));
}

/** A debit of this customer that the bank marks as a reversal, looked at once. */
async function takeBack(accountKey: string, code: string, given: Partial<Sighting> = {}) {
  const debit = aSighting({
    direction: 'debit',
    reversal: true,
    references: [code],
    text: 'REVERSAL',
    ...given,
  });
  await poll(test.db, accountKey, [debit], { scope: { kind: 'partial' } });
  await follow(test, accountKey, deps);
}

/** What the workflow of a captured deposit does: credits it, or opens its review. */
async function handle(depositId: string): Promise<string> {
  const validated = await validateCode(deps, { depositId });
  if (validated.outcome === 'matched') {
    const credited = await creditWallet(deps, { depositId });
    return credited.outcome;
  }
  if (validated.outcome !== 'review') return validated.outcome;
  expect(await creditWallet(deps, { depositId })).toEqual(validated);
  await openReview(deps, { depositId, reason: validated.reason });
  return validated.reason;
}

async function reviewOf(depositId: string) {
  const [row] = await test.db.execute<{ reason: string; candidates: string[]; closed: boolean }>(
    sql`select reason, candidates, closed_at is not null as closed from reviews where deposit_id = ${depositId}`,
  );
  return row;
}

describe('a deposit whose reversal came before its credit', () => {
  it('waits as reversed instead of being credited, in either lane, and leaves suspense when paired', async () => {
    fresh();
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    await takeBack(accountKey, code);
    const depositId = await capture(accountKey, { references: [code] });

    const left = await creditBacklog(deps.database, accountKey, () => undefined);
    expect(left).toEqual({ credited: 0, left: 1 });
    expect(await handle(depositId)).toBe('reversed');
    await follow(test, accountKey, deps);

    expect(await stateOf(test.db, depositId)).toBe('reversed');
    expect(await reviewOf(depositId)).toEqual({
      reason: 'reversed',
      candidates: [code],
      closed: true,
    });
    const [told] =
      await test.owner`select count(*)::int as told from notifications where deposit_id = ${depositId}`;
    expect(told).toEqual({ told: 0 });
  });

  it('waits for a person, who may credit it, where only a part was reversed', async () => {
    fresh();
    const accountKey = await anAccount(test.db);
    const { walletId, code } = await aWallet(test.db);
    await takeBack(accountKey, 'REVERSAL OF BANKREF0098', { amountMinor: 3_000n });
    const depositId = await capture(accountKey, { references: [code], bankId: 'BANKREF0098' });
    expect(await handle(depositId)).toBe('reversed');
    await follow(test, accountKey, deps);
    expect(await recheckReview(deps, { depositId })).toEqual({ outcome: 'waits' });

    const decisionId = await aDecision(test.owner, { depositId, kind: 'credit', walletId });
    expect(await applyDecision(deps, { depositId, decisionId })).toMatchObject({
      outcome: 'credited',
    });
  });

  it('matches its reversal by bank id, whatever code and amount the reversal has', async () => {
    fresh();
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    await takeBack(accountKey, 'RECALL OF BANKREF0099', { amountMinor: 900_000n });
    const depositId = await capture(accountKey, { references: [code], bankId: 'BANKREF0099' });
    expect(await handle(depositId)).toBe('reversed');
  });

  it('wakes and gets its credit when the reversal proves to be of another deposit', async () => {
    fresh();
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    await takeBack(accountKey, code);
    const first = await capture(accountKey, {
      references: [code],
      bookingDate: parseLocalDate('2026-11-18'),
    });
    const second = await capture(accountKey, { references: [code] });
    expect([await handle(first), await handle(second)]).toEqual(['reversed', 'reversed']);

    await follow(test, accountKey, deps);

    expect(await stateOf(test.db, second)).toBe('reversed');
    expect(woken).toContain(first);
    expect(await recheckReview(deps, { depositId: first })).toEqual({ outcome: 'credited' });
  });

  it('gets its credit when a person has closed the case about the reversal', async () => {
    fresh();
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    await takeBack(accountKey, 'REVERSAL OF BANKREF0097', { amountMinor: 3_000n });
    const depositId = await capture(accountKey, { references: [code], bankId: 'BANKREF0097' });
    await handle(depositId);
    await test.owner`update reversals set found_at = now() - interval '11 days' where bank_account_key = ${accountKey}`;
    await follow(test, accountKey, deps);
    expect(await recheckReview(deps, { depositId })).toEqual({ outcome: 'waits' });

    const [open] = await test.owner<{ id: string }[]>`
      select c.id::text from line_cases c join lines l on l.id = c.line_id where l.bank_account_key = ${accountKey}`;
    const by = await aPersonsKey(test.owner);
    const closing = { id: BigInt(open?.id ?? 0), by, note: 'a card refund' };
    await test.db.transaction((tx) => closeLineCase(tx, closing));

    const gone = await listCauseGone(test.db, 1_000);
    expect(gone.map((each) => each.depositId)).toContain(depositId);
    expect(await recheckReview(deps, { depositId })).toEqual({ outcome: 'credited' });
  });

  it('gets its credit beside a reversal of another amount', async () => {
    fresh();
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    await takeBack(accountKey, code, { amountMinor: 10_000n });
    expect(await handle(await capture(accountKey, { references: [code] }))).toBe('credited');
  });

  it('excludes later deposits and those of another customer or bank account', async () => {
    fresh();
    const [accountKey, other] = [await anAccount(test.db), await anAccount(test.db)];
    const [one, two] = [await aWallet(test.db), await aWallet(test.db)];
    await takeBack(accountKey, one.code);
    const later = { references: [one.code], bookingDate: parseLocalDate('2026-11-22') };
    expect(await handle(await capture(accountKey, later))).toBe('credited');
    expect(await handle(await capture(accountKey, { references: [two.code] }))).toBe('credited');
    expect(await handle(await capture(other, { references: [one.code] }))).toBe('credited');
  });
});

let accounts = 0;

/** A bank account with this policy, two wallets, and a payer whose money people credited to the second `times` times. */
async function aKnownPayer(policy: 'credit' | 'review', times: number) {
  fresh();
  accounts += 1;
  const accountKey = await anAccount(test.db);
  await test.owner`update bank_accounts set payer_conflict = ${policy} where key = ${accountKey}`;
  const [named, known] = [await aWallet(test.db), await aWallet(test.db)];
  const counterparty = { name: null, account: `6200000${accounts}` };
  const confirm = async (walletId: string, day: number): Promise<string> => {
    const bookingDate = parseLocalDate(`2026-11-1${day}`);
    const references = ['for the shop'];
    const depositId = await capture(accountKey, { references, counterparty, bookingDate });
    await openReview(deps, { depositId, reason: 'no_reference' });
    const decisionId = await aDecision(test.owner, { depositId, kind: 'credit', walletId });
    await applyDecision(deps, { depositId, decisionId });
    return depositId;
  };
  let last = '';
  for (let day = 0; day < times; day += 1) last = await confirm(known.walletId, day);
  const pay = () => capture(accountKey, { references: [named.code], counterparty });
  return { accountKey, named, known, confirm, last, pay };
}

describe('a payer known for another customer than the code names', () => {
  it('pays for the customer whom the code names, unless the account asks for a review', async () => {
    const { pay } = await aKnownPayer('credit', 4);
    expect(await handle(await pay())).toBe('credited');
  });

  it('sends the deposit to review where the account asks for it, with both customers suggested', async () => {
    const { named, known, pay } = await aKnownPayer('review', 3);
    const depositId = await pay();
    expect(await handle(depositId)).toBe('payer_conflict');
    expect(await reviewOf(depositId)).toMatchObject({ candidates: [named.code] });
    const codes = (await suggestCodes(test.db, [depositId])).get(depositId) ?? [];
    expect(codes.toSorted()).toEqual([named.code, known.code].toSorted());
  });

  it('delays no deposit after two payments, or once people confirmed the customer of the code too', async () => {
    const twice = await aKnownPayer('review', 2);
    expect(await handle(await twice.pay())).toBe('credited');
    const both = await aKnownPayer('review', 3);
    await both.confirm(both.named.walletId, 9);
    expect(await handle(await both.pay())).toBe('credited');
  });

  it('lets the code decide again after the payer is removed from memory', async () => {
    const { known, last, pay } = await aKnownPayer('review', 3);
    const depositId = await pay();
    await handle(depositId);
    const by = await aPersonsKey(test.owner);
    await test.db.transaction((tx) =>
      revokePayer(tx, {
        walletId: known.walletId,
        depositId: last,
        by,
        reason: 'a shared account',
      }),
    );
    const gone = await listCauseGone(test.db, 1_000);
    expect(gone.map((each) => each.depositId)).toContain(depositId);
    expect(await recheckReview(deps, { depositId })).toEqual({ outcome: 'credited' });
  });
});

describe('a review whose reason has gone', () => {
  it('ends in a credit when the account’s limit is raised, and not before', async () => {
    fresh();
    const accountKey = await anAccount(test.db);
    await test.owner`update bank_accounts set amount_limit_minor = 4000 where key = ${accountKey}`;
    const { code } = await aWallet(test.db);
    const depositId = await capture(accountKey, { references: [code] });
    expect(await handle(depositId)).toBe('amount_over_limit');
    const isListed = async () =>
      (await listCauseGone(test.db, 1_000)).some((each) => each.depositId === depositId);
    expect(await isListed()).toBe(false);
    expect(await recheckReview(deps, { depositId })).toEqual({ outcome: 'waits' });

    await test.owner`update bank_accounts set amount_limit_minor = 5000 where key = ${accountKey}`;
    expect(await isListed()).toBe(true);
    expect(await recheckReview(deps, { depositId })).toEqual({ outcome: 'credited' });
  });

  it.each<ReviewReason>(['possible_duplicate', 'edited_look_alike', 'id_reused', 'shadow'])(
    'stays with a person where its reason was %s, until a read ends its hold',
    async (reason) => {
      fresh();
      const accountKey = await anAccount(test.db);
      const { code } = await aWallet(test.db);
      const depositId = await capture(accountKey, { references: [code] });
      await test.owner`
        insert into line_holds (line_id, reason) select line_id, ${reason} from deposits where id = ${depositId}`;
      await test.owner`update deposits set hold_reason = ${reason} where id = ${depositId}`;
      await openReview(deps, { depositId, reason });
      expect(await recheckReview(deps, { depositId })).toEqual({ outcome: 'waits' });
    },
  );
});
