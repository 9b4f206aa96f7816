import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createActivities } from '../../activities/index.ts';
import { creditWallet } from '../../activities/credit-wallet.ts';
import { notifyCustomer } from '../../activities/notify-customer.ts';
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
  stateOf,
  type TestDependencies,
} from '../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../support/database.ts';
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

describe('notifyCustomer', () => {
  it('publishes the notification of a credit once and triggers its delivery', async () => {
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

describe('the recording of a run', () => {
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
    return { accountKey, runId, captured };
  }

  const counts = async (runId: string) => {
    const [row] = await test.db.execute(sql`
      select outcome, error_code, credited_count, credited_minor::text, credits::text, review_count, review_minor::text
        from runs where id = ${runId}`);
    return row;
  };

  it('counts a run as `waiting` while a deposit is captured, and again when none is', async () => {
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

  it('marks a run that could not read the bank as `failed`, with its code', async () => {
    const { runId } = await aRun();
    await recordRun(dependencies, { runId, errorCode: 'bank.unavailable' });
    expect(await counts(runId)).toMatchObject({
      outcome: 'failed',
      error_code: 'bank.unavailable',
    });
  });

  it('logs an alert only for a bank error that waiting does not fix', async () => {
    const { accountKey, runId } = await aRun();
    const told: unknown[] = [];
    const logger = new DefaultLogger('ERROR', ({ level, meta }) => {
      if (meta?.['accountKey'] === accountKey) told.push([level, meta['alert'], meta['code']]);
    });
    for (const errorCode of ['bank.unavailable', 'bank.unauthorized', null]) {
      await new MockActivityEnvironment({}, { logger }).run(
        (input: { runId: string; errorCode: string | null }) => recordRun(dependencies, input),
        { runId, errorCode },
      );
    }
    expect(told).toEqual([['ERROR', 'run_failed', 'bank.unauthorized']]);
  });

  it('stops waiting at its time limit, or as soon as no deposit is captured', async () => {
    const { runId, captured } = await aRun();
    const environment = activityContext();
    const wait = (atMostMs: number) =>
      environment.run(
        (input: { runId: string; atMostMs: number }) => awaitDeposits(dependencies, input),
        { runId, atMostMs },
      );
    expect(await wait(50)).toEqual({ stillCaptured: 1, isGated: false });
    const waiting = wait(20_000);
    await creditWallet(dependencies, { depositId: captured });
    expect(await waiting).toEqual({ stillCaptured: 0, isGated: false });
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

describe('a failing activity', () => {
  it('throws a coded failure without SQL, parameters or rows, and says whether to retry', async () => {
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
