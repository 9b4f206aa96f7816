import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { lookAtAlerts } from '../../app/alert/look-at-alerts.ts';
import {
  beat,
  isWorkerSilent,
  listAlerts,
  listStanding,
  recordVerification,
  refreshAlerts,
} from '../../db/queries/alerts/alerts.ts';
import { ALERT_KINDS, type AlertKind } from '../../domain/words/alert-words.ts';
import { anAccount } from '../support/activities.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { sqlStateOf } from '../support/sql-state.ts';
import { CAUSES } from './support/alert-causes.ts';
import { aProof, aRun } from './support/alert-rows.ts';

let test: TestDatabase;
let account: string;
beforeAll(async () => {
  test = await createTestDatabase();
});
beforeEach(async () => {
  account = await anAccount(test.db);
  await beat(test.db, 300);
  await recordVerification(test.db, []);
});
afterAll(() => test.close());

const on = () => ({ test, account });

async function standing(kind: AlertKind, subject: string) {
  await refreshAlerts(test.db);
  const all = await listStanding(test.db);
  return all.filter((alert) => alert.kind === kind && alert.subject === subject);
}

describe('an alert', () => {
  it.each(ALERT_KINDS)(
    'stands while the cause of %s lasts, and is cleared when it ends',
    async (kind) => {
      const { cause, end, subject = account } = CAUSES[kind];
      expect(await standing(kind, subject)).toEqual([]);
      await cause(on());
      const [raised, ...more] = await standing(kind, subject);
      expect(raised).toMatchObject({ accountKey: subject === 'service' ? null : account });
      expect(more).toEqual([]);
      const [again] = await standing(kind, subject);
      expect(again).toMatchObject({ id: raised?.id, firstSeenAt: raised?.firstSeenAt });
      await end(on());
      expect(await standing(kind, subject)).toEqual([]);
      const cleared = await listAlerts(test.db, { isStanding: false, beforeId: null, limit: 100 });
      expect(cleared.map(({ id }) => id)).toContain(raised?.id);
    },
  );

  it('goes to one process only, once', async () => {
    await CAUSES.run_failed.cause(on());
    const looks = await Promise.all(Array.from({ length: 8 }, () => lookAtAlerts(test.db)));
    const told = looks.flat().filter(({ subject }) => subject === account);
    expect(told).toEqual([
      {
        ...{ kind: 'run_failed', subject: account, accountKey: account, count: 1 },
        code: 'bank.unauthorized',
        example: expect.stringMatching(/^run_/) as string,
      },
    ]);
    expect((await lookAtAlerts(test.db)).filter(({ subject }) => subject === account)).toEqual([]);
  });

  it('comes again when it is about more things, at most once a minute', async () => {
    await CAUSES.review_overdue.cause(on());
    const told = async () => {
      const found = await lookAtAlerts(test.db);
      return found.filter(({ subject }) => subject === account).map(({ count }) => count);
    };
    expect(await told()).toEqual([1]);
    await CAUSES.review_overdue.cause(on());
    expect(await told()).toEqual([]);
    await test.owner`update alerts set announced_at = now() - interval '2 minutes' where subject = ${account}`;
    expect(await told()).toEqual([2]);
    expect(await told()).toEqual([]);
  });

  it('about a difference that the API states needs two looks that agree', async () => {
    await aProof(on(), 100);
    expect(await standing('balance_differs', account)).toEqual([]);
    await aProof(on(), 100);
    expect(await standing('balance_differs', account)).toHaveLength(1);
  });

  it('about a failed read is none while waiting may mend it, and no deposit behind a gate is stuck', async () => {
    await aRun(on(), { outcome: 'failed', code: 'bank.unavailable' });
    expect(await standing('run_failed', account)).toEqual([]);
    await CAUSES.gate_closed.cause(on());
    await CAUSES.deposit_stuck.cause(on());
    expect(await standing('deposit_stuck', account)).toEqual([]);
  });

  it('says that no worker lives until one gives a sign of life', async () => {
    await test.owner`update service_beats set beat_at = now() - interval '2 minutes'`;
    expect(await isWorkerSilent(test.db)).toBe(true);
    await beat(test.db, 300);
    expect(await isWorkerSilent(test.db)).toBe(false);
  });

  it('keeps its history: nobody changes what it is about, or removes it', async () => {
    await CAUSES.run_failed.cause(on());
    await refreshAlerts(test.db);
    expect(await sqlStateOf(test.owner`update alerts set kind = 'other'`)).toBe('PU017');
    expect(await sqlStateOf(test.owner`delete from alerts`)).toBe('PU017');
  });
});
