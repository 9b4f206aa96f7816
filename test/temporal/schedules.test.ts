import { afterAll, beforeAll, expect, it } from 'vitest';
import { applySchedules } from '../../temporal/schedules.ts';
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
