import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { creditWallet } from '../../activities/credit-wallet.ts';
import { followReview } from '../../activities/follow-review.ts';
import { recheckReview } from '../../activities/recheck-review.ts';
import { openReview } from '../../activities/open-review.ts';
import {
  anAccount,
  aWallet,
  createTestDependencies,
  deposits,
  NOW,
  stateOf,
  TEST_SETTINGS,
  type TestDependencies,
} from '../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../support/database.ts';
import { aDecision } from '../support/decisions.ts';

let test: TestDatabase;
let dependencies: TestDependencies;
beforeAll(async () => {
  test = await createTestDatabase();
  dependencies = createTestDependencies(test.db);
});
afterAll(() => test.close());

async function aDeposit(reference: string): Promise<string> {
  const [depositId = ''] = await deposits(test.db, await anAccount(test.db), [{ reference }]);
  return depositId;
}

/** The evening of the twentieth business day: 16 December is a holiday. */
const TWENTY_DAYS_ON = '2026-12-21T15:00:00.000Z';

describe('openReview', () => {
  it('opens a review with its reason, its suggestions and a deadline in twenty business days', async () => {
    const depositId = await aDeposit('CUSO0001234');
    const opened = await openReview(dependencies, { depositId, reason: 'guess_only' });
    expect(opened).toMatchObject({
      outcome: 'in_review',
      reason: 'guess_only',
      dueAt: TWENTY_DAYS_ON,
      nextAt: '2026-11-23T07:00:00.000Z',
      waitingDecisionIds: [],
    });
    const [row] = await test.owner`select candidates from reviews where deposit_id = ${depositId}`;
    expect(row).toEqual({ candidates: ['CUS00001234'] });
    await verifyClean(test.db);
  });

  it('keeps the deadline and the reason of an open review when it runs again later', async () => {
    const depositId = await aDeposit('no code');
    const first = await openReview(dependencies, { depositId, reason: 'no_reference' });
    const later = createTestDependencies(test.db, {
      clock: () => new Date(NOW.getTime() + 5 * 86_400_000),
    });
    expect(await openReview(later, { depositId, reason: 'wallet_closed' })).toEqual(first);
    expect(await openReview(later, { depositId, reason: null })).toEqual(first);
    await verifyClean(test.db);
  });

  it('lists the waiting decisions, oldest first, without those already tried', async () => {
    const depositId = await aDeposit('no code');
    await openReview(dependencies, { depositId, reason: 'no_reference' });
    const waiting = [
      await aDecision(test.owner, { depositId, kind: 'return' }),
      await aDecision(test.owner, { depositId, kind: 'return' }),
    ];
    const tried = await aDecision(test.owner, { depositId, kind: 'return' });
    await test.owner`update decisions set state = 'refused', outcome = 'refused', applied_at = now() where id = ${tried}`;
    expect(await openReview(dependencies, { depositId, reason: null })).toMatchObject({
      waitingDecisionIds: waiting,
    });
  });

  it('answers `settled` for a credited deposit and opens nothing', async () => {
    const { code } = await aWallet(test.db);
    const depositId = await aDeposit(code);
    await creditWallet(dependencies, { depositId });
    expect(await openReview(dependencies, { depositId, reason: 'no_reference' })).toEqual({
      outcome: 'settled',
    });
    await verifyClean(test.db);
  });
});

describe('followReview', () => {
  const follow = async (depositId: string, at: string, given = dependencies) => {
    const told: unknown[] = [];
    const logger = new DefaultLogger('WARN', ({ message, meta }) => {
      // The deposits of other tests may be told of, too.
      if (meta?.['alert'] === undefined || meta['example'] === depositId)
        told.push(meta?.['alert'] ?? message);
    });
    await new MockActivityEnvironment({}, { logger }).run(
      (input: { depositId: string; at: string }) => followReview(given, input),
      { depositId, at },
    );
    return told;
  };
  const next = async (depositId: string) => {
    const review = await openReview(dependencies, { depositId, reason: null });
    return review.outcome === 'in_review' ? review.nextAt : null;
  };
  const row = async (depositId: string) => {
    const [found] = await test.owner<{ [name: string]: string | number | null }[]>`
      select round, reminders_sent, escalated_at::text, overdue_at::text, due_at::text from reviews
       where deposit_id = ${depositId}`;
    const dated = (value: string | number | null) =>
      typeof value === 'string' ? new Date(value) : value;
    return Object.fromEntries(
      Object.entries(found ?? {}).map(([name, value]) => [name, dated(value)]),
    );
  };

  it('reminds once on each stored business day, however often it runs', async () => {
    const depositId = await aDeposit('no code');
    await openReview(dependencies, { depositId, reason: 'no_reference' });
    expect(await follow(depositId, '2026-11-23T06:59:59Z')).toEqual([]);
    for (const told of [['review still waits for a decision'], []]) {
      expect(await follow(depositId, '2026-11-23T07:00:00Z')).toEqual(told);
      expect(await next(depositId)).toBe('2026-11-27T07:00:00.000Z');
    }
    expect(await row(depositId)).toMatchObject({ reminders_sent: 1, escalated_at: null });
  });

  it('escalates once, and raises an alert', async () => {
    const depositId = await aDeposit('no code');
    await openReview(dependencies, { depositId, reason: 'no_reference' });
    const at = '2026-12-04T07:00:00Z';
    expect(await follow(depositId, at)).toEqual([
      'review still waits for a decision',
      'review_escalated',
    ]);
    expect(await follow(depositId, at)).toEqual([]);
    expect(await row(depositId)).toMatchObject({ reminders_sent: 2, escalated_at: new Date(at) });
  });

  it('opens a review again at its deadline: the money stays, with a new deadline', async () => {
    const depositId = await aDeposit('no code');
    await openReview(dependencies, { depositId, reason: 'no_reference' });
    const at = '2026-12-21T15:00:00Z';
    expect(await follow(depositId, at)).toEqual(['review_overdue']);
    expect(await follow(depositId, at)).toEqual([]);
    expect(await row(depositId)).toEqual({
      round: 2,
      reminders_sent: 0,
      escalated_at: new Date(at),
      overdue_at: new Date(at),
      due_at: new Date('2027-01-20T15:00:00Z'),
    });
    expect(await stateOf(test.db, depositId)).toBe('in_review');
    await verifyClean(test.db);
  });

  it('keeps the stored dates when the settings change, until the next round', async () => {
    const depositId = await aDeposit('no code');
    await openReview(dependencies, { depositId, reason: 'no_reference' });
    const aging = { remindDays: [2], escalateDays: 3, reviewDays: 4 };
    const changed = createTestDependencies(test.db, { settings: { ...TEST_SETTINGS, aging } });
    expect(await follow(depositId, '2026-11-26T15:00:00Z', changed)).toHaveLength(1);
    expect(await row(depositId)).toMatchObject({ round: 1, due_at: new Date(TWENTY_DAYS_ON) });
    await follow(depositId, '2026-12-21T15:00:00Z', changed);
    expect(await row(depositId)).toMatchObject({ due_at: new Date('2026-12-28T15:00:00Z') });
  });

  it('proposes one return at the deadline where the account asks for it, and moves nothing', async () => {
    const depositId = await aDeposit('no code');
    await openReview(dependencies, { depositId, reason: 'no_reference' });
    const proposing = createTestDependencies(test.db, {
      settings: { ...TEST_SETTINGS, reviewFinal: 'propose_return' },
    });
    expect(await follow(depositId, '2026-12-21T15:00:00Z', proposing)).toEqual(['review_overdue']);
    // It stands already.
    expect(await follow(depositId, '2027-01-20T15:00:00Z', proposing)).toEqual([]);
    const proposals = await test.owner`
      select kind, state, needs_approval, proposed_by, amount_minor from decisions where deposit_id = ${depositId}`;
    expect(proposals).toEqual([
      {
        kind: 'return',
        state: 'needs_payer_details',
        needs_approval: true,
        proposed_by: null,
        amount_minor: 5_000n,
      },
    ]);
    expect(await stateOf(test.db, depositId)).toBe('in_review');
    expect(await row(depositId)).toMatchObject({ round: 3 });
    await verifyClean(test.db);
  });

  it('leaves a closed review alone', async () => {
    const { code } = await aWallet(test.db);
    const depositId = await aDeposit(code);
    await openReview(dependencies, { depositId, reason: 'wallet_closed' });
    expect(await recheckReview(dependencies, { depositId })).toEqual({ outcome: 'credited' });
    expect(await follow(depositId, '2027-12-21T15:00:00Z')).toEqual([]);
    expect(await row(depositId)).toMatchObject({ round: 1, reminders_sent: 0 });
  });
});
