import { afterAll, beforeAll, expect, it } from 'vitest';
import { applySchedules, listPaused, resumePoll } from '../../temporal/schedules.ts';
import { pollScheduleId } from '../../workflows/contract.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal.ts';

const ACCOUNT = 'fnb-main';

let temporal: TestTemporal;
beforeAll(async () => {
  temporal = await startTestTemporal();
});
afterAll(() => temporal.close());

it('pauses the Schedule of an account while polling is off, and resumes it when polling is on again', async () => {
  const { client } = temporal;
  const isPaused = async () =>
    (await client.schedule.getHandle(pollScheduleId(ACCOUNT)).describe()).state.paused;
  await applySchedules(client, [{ accountKey: ACCOUNT, isPolled: true }], 300);
  expect(await isPaused()).toBe(false);
  await applySchedules(client, [{ accountKey: ACCOUNT, isPolled: false }], 300);
  expect(await isPaused()).toBe(true);
  await applySchedules(client, [{ accountKey: ACCOUNT, isPolled: true }], 300);
  expect(await isPaused()).toBe(false);
});

it('ends a pause that somebody made in Temporal, and asks for no Schedule that is not there', async () => {
  const { client } = temporal;
  await applySchedules(client, [{ accountKey: ACCOUNT, isPolled: true }], 300);
  const schedule = client.schedule.getHandle(pollScheduleId(ACCOUNT));
  await schedule.pause('maintenance');
  await resumePoll(client, ACCOUNT);
  expect((await schedule.describe()).state.paused).toBe(false);
  await expect(resumePoll(client, 'nobody')).resolves.toBeUndefined();
});

it('reports accounts that a person paused, and polled ones whose Schedule is missing', async () => {
  const found = await listPaused(temporal.client, [
    { accountKey: 'paused', isPolled: false, isPaused: true },
    { accountKey: 'missing', isPolled: true, isPaused: false },
    { accountKey: 'by-file', isPolled: false, isPaused: false },
  ]);
  expect(found.map(({ kind, subject }) => [kind, subject])).toEqual([
    ['schedule_paused', 'paused'],
    ['schedule_paused', 'missing'],
  ]);
});
