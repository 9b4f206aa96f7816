import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createActivities } from '../../activities/index.ts';
import { creditWallet } from '../../activities/credit-wallet.ts';
import { followReview } from '../../activities/follow-review.ts';
import { notifyCustomer } from '../../activities/notify-customer.ts';
import { recheckReview } from '../../activities/recheck-review.ts';
import { openReview } from '../../activities/open-review.ts';
import { awaitDeposits, recordRun } from '../../activities/record-run.ts';
import { NOTIFICATIONS_CHANNEL } from '../../db/channels.ts';
import { insertRun } from '../../db/queries/runs.ts';
import { newId } from '../../db/new-id.ts';
import {
  activityContext,
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
import { waitFor } from '../support/wait-for.ts';

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

  it('keeps the deadline and the reason of a review that is open, however late it is asked again', async () => {
    const depositId = await aDeposit('no code');
    const first = await openReview(dependencies, { depositId, reason: 'no_reference' });
    const later = createTestDependencies(test.db, {
      clock: () => new Date(NOW.getTime() + 5 * 86_400_000),
    });
    expect(await openReview(later, { depositId, reason: 'wallet_closed' })).toEqual(first);
    expect(await openReview(later, { depositId, reason: null })).toEqual(first);
    await verifyClean(test.db);
  });

  it('names the decisions that wait, oldest first, and those that were tried no more', async () => {
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

  it('says `settled` of a deposit that is credited, and opens nothing', async () => {
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

  it('reminds on the business days that are stored, once each, however often it is asked', async () => {
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
      'review.escalated',
    ]);
    expect(await follow(depositId, at)).toEqual([]);
    expect(await row(depositId)).toMatchObject({ reminders_sent: 2, escalated_at: new Date(at) });
  });

  it('opens a review again when its deadline has come: the money stays, with a new deadline', async () => {
    const depositId = await aDeposit('no code');
    await openReview(dependencies, { depositId, reason: 'no_reference' });
    const at = '2026-12-21T15:00:00Z';
    expect(await follow(depositId, at)).toEqual(['review.overdue']);
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

  it('keeps to what is stored when the settings change, until the next round', async () => {
    const depositId = await aDeposit('no code');
    await openReview(dependencies, { depositId, reason: 'no_reference' });
    const aging = { remindDays: [2], escalateDays: 3, reviewDays: 4 };
    const changed = createTestDependencies(test.db, { settings: { ...TEST_SETTINGS, aging } });
    expect(await follow(depositId, '2026-11-26T15:00:00Z', changed)).toHaveLength(1);
    expect(await row(depositId)).toMatchObject({ round: 1, due_at: new Date(TWENTY_DAYS_ON) });
    await follow(depositId, '2026-12-21T15:00:00Z', changed);
    expect(await row(depositId)).toMatchObject({ due_at: new Date('2026-12-28T15:00:00Z') });
  });

  it('proposes a return at the deadline where it is set to, once, and moves nothing', async () => {
    const depositId = await aDeposit('no code');
    await openReview(dependencies, { depositId, reason: 'no_reference' });
    const proposing = createTestDependencies(test.db, {
      settings: { ...TEST_SETTINGS, reviewFinal: 'propose_return' },
    });
    for (const at of ['2026-12-21T15:00:00Z', '2027-01-20T15:00:00Z'])
      expect(await follow(depositId, at, proposing)).toEqual(['review.overdue']);
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

  it('leaves a review alone that is closed', async () => {
    const { code } = await aWallet(test.db);
    const depositId = await aDeposit(code);
    await openReview(dependencies, { depositId, reason: 'wallet_closed' });
    expect(await recheckReview(dependencies, { depositId })).toEqual({ outcome: 'credited' });
    expect(await follow(depositId, '2027-12-21T15:00:00Z')).toEqual([]);
    expect(await row(depositId)).toMatchObject({ round: 1, reminders_sent: 0 });
  });
});

describe('notifyCustomer', () => {
  it('publishes the notification of a credit once, and rings the bell for it', async () => {
    const { code } = await aWallet(test.db);
    const depositId = await aDeposit(code);
    expect(await notifyCustomer(dependencies, { depositId })).toEqual({ published: 0 });
    await creditWallet(dependencies, { depositId });
    const rung: string[] = [];
    const listening = await test.owner.listen(NOTIFICATIONS_CHANNEL, (payload) => {
      if (payload !== '') rung.push(payload);
    });
    const published = await Promise.all(
      [1, 2, 3, 4].map(() => notifyCustomer(dependencies, { depositId })),
    );
    expect(published.map((each) => each.published).sort()).toEqual([0, 0, 0, 1]);
    await waitFor('the bell has rung', () => rung.length > 0);
    expect(rung).toHaveLength(1);
    await listening.unlisten();
    await verifyClean(test.db);
  });
});

describe('a run', () => {
  /** Three deposits of a run: credited, in review, captured. */
  async function aRun() {
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    const runId = newId('run');
    await insertRun(test.db, { runId, accountKey, kind: 'poll' });
    const [credited = '', inReview = '', captured = ''] = await deposits(
      test.db,
      accountKey,
      [
        { reference: code, amountMinor: 12_500n },
        { reference: 'no code', amountMinor: 300n },
        { reference: code, amountMinor: 7_000n },
      ],
      { runId },
    );
    await creditWallet(dependencies, { depositId: credited });
    await openReview(dependencies, { depositId: inReview, reason: 'no_reference' });
    return { runId, captured };
  }

  const counts = async (runId: string) => {
    const [row] = await test.db.execute(sql`
      select outcome, error_code, credited_count, credited_minor::text, credits::text, review_count, review_minor::text
        from runs where id = ${runId}`);
    return row;
  };

  it('is counted, `waiting` while a deposit is captured, and counted afresh when it is not', async () => {
    const { runId, captured } = await aRun();
    expect(await recordRun(dependencies, { runId, errorCode: null })).toEqual({ stillCaptured: 1 });
    const first = {
      outcome: 'waiting',
      error_code: null,
      credited_count: 1,
      credited_minor: '12500',
      credits: '2',
      review_count: 1,
      review_minor: '300',
    };
    expect(await counts(runId)).toEqual(first);
    await creditWallet(dependencies, { depositId: captured });
    for (let time = 0; time < 2; time += 1) {
      expect(await recordRun(dependencies, { runId, errorCode: null })).toEqual({
        stillCaptured: 0,
      });
      expect(await counts(runId)).toEqual({
        ...first,
        outcome: 'completed',
        credited_count: 2,
        credited_minor: '19500',
        credits: '3',
      });
    }
    await verifyClean(test.db);
  });

  it('that could not read the bank is `failed`, with its code', async () => {
    const { runId } = await aRun();
    await recordRun(dependencies, { runId, errorCode: 'bank.unavailable' });
    expect(await counts(runId)).toMatchObject({
      outcome: 'failed',
      error_code: 'bank.unavailable',
    });
  });

  it('wakes a person by its log where waiting does not help, and only there', async () => {
    const told: unknown[] = [];
    const logger = new DefaultLogger('ERROR', ({ level, meta }) => {
      told.push([level, meta?.['alert']]);
    });
    const { runId } = await aRun();
    for (const errorCode of ['bank.unavailable', 'bank.unauthorized', null]) {
      await new MockActivityEnvironment({}, { logger }).run(
        (input: { runId: string; errorCode: string | null }) => recordRun(dependencies, input),
        { runId, errorCode },
      );
    }
    expect(told).toEqual([['ERROR', 'bank.unauthorized']]);
  });

  it('stops waiting when its time is up, and as soon as no deposit is captured', async () => {
    const { runId, captured } = await aRun();
    const environment = activityContext();
    const wait = (atMostMs: number) =>
      environment.run(
        (input: { runId: string; atMostMs: number }) => awaitDeposits(dependencies, input),
        { runId, atMostMs },
      );
    expect(await wait(50)).toEqual({ stillCaptured: 1 });
    const waiting = wait(20_000);
    await creditWallet(dependencies, { depositId: captured });
    expect(await waiting).toEqual({ stillCaptured: 0 });
    expect(await stateOf(test.db, captured)).toBe('credited');
  });

  it('stops waiting when it is cancelled', async () => {
    const { runId } = await aRun();
    const environment = activityContext();
    const waiting = environment.run(() => awaitDeposits(dependencies, { runId, atMostMs: 60_000 }));
    environment.cancel('CANCELLED');
    await expect(waiting).rejects.toMatchObject({ name: 'CancelledFailure' });
  });
});

describe('what an activity throws', () => {
  it('is a coded failure without SQL, parameters or rows, and says whether to try again', async () => {
    const activities = createActivities(dependencies);
    const environment = activityContext();
    const failureOf = async (work: () => Promise<unknown>): Promise<Error> => {
      const caught: unknown = await environment.run(work).then(
        () => null,
        (error: unknown) => error,
      );
      if (caught instanceof Error) return caught;
      throw new Error('The activity did not fail.');
    };
    const missing = await failureOf(() => activities.validateCode({ depositId: 'dep_none' }));
    expect(missing).toMatchObject({ type: 'deposit.not_found', nonRetryable: true });
    const secret = 'CUS00001234 a private reference';
    const broken = await failureOf(() =>
      activities.markDispatched({ depositIds: [`${secret}\u0000`] }),
    );
    expect(JSON.stringify([broken, broken.message, broken.cause ?? null])).not.toContain(secret);
    expect(broken).toMatchObject({ nonRetryable: false });
  });
});
