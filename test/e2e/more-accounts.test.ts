import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trialFeed } from '../../cli/stack/trial-feeds.ts';
import { listStanding, refreshAlerts } from '../../db/queries/alerts/alerts.ts';
import { buildSimulator } from '../../simulator/build-simulator.ts';
import { pollScheduleId } from '../../workflows/contract.ts';
import { runPurser } from '../support/purser.ts';
import { startService, type Service } from '../support/service.ts';
import { waitFor } from '../support/wait-for.ts';

const KEY = 'absa-main';
const BANK_KEY = 'key-of-the-second-bank';

let service: Service;
let apiUrl: string;
const bank = buildSimulator({
  ...{ port: 0, seed: '8', apiKey: BANK_KEY, adminKey: 'admin-of-the-second-bank' },
  ...{ accountId: 'ACC-2', timeZone: 'Africa/Johannesburg', webhookUrl: null },
  ...{ webhookSecret: null, pageSize: 500, stateFile: null, now: () => new Date() },
});
beforeAll(async () => {
  apiUrl = trialFeed('json', BANK_KEY).env(await bank.listen())['BANK_API_URL'] ?? '';
  service = await startService({
    settings: { POLL_INTERVAL_SECONDS: '10', BANK_ABSA_API_KEY: BANK_KEY },
  });
});
afterAll(async () => {
  await service.close();
  await bank.close();
});

const account = (...args: readonly string[]) =>
  runPurser(['bank-account', ...args, '--reason', 'the test says so'], service.env);

const runs = () =>
  service.database.owner<{ outcome: string; error_code: string | null }[]>`
    select outcome, error_code from runs where bank_account_key = ${KEY} and finished_at is not null order by started_at desc`;

/** Waits for a run of the account that begins and ends from now on. */
async function nextRun(): Promise<{ outcome: string; error_code: string | null }> {
  const before = (await runs()).length;
  return waitFor('a further run of the account', async () => {
    const all = await runs();
    // The one that was under way may be of before.
    return all.length > before + 1 ? (all[0] ?? false) : false;
  });
}

const isPaused = async () => {
  const schedule = service.temporal.client.schedule.getHandle(pollScheduleId(KEY));
  return (await schedule.describe()).state.paused;
};

describe('a bank account that a command adds while a worker runs', () => {
  it('starts to be polled, follows its settings, and rests while a person pauses it', async () => {
    const added = await account(
      ...['add', KEY, '--bank-name', 'Absa', '--feed', 'json', '--api-url', apiUrl],
      ...['--bank-account-id', 'ACC-2', '--api-key-env', 'BANK_ABSA_API_KEY'],
    );
    expect([added.code, added.stderr]).toEqual([0, '']);
    expect(added.stdout).toMatch(/^absa-main {3}Absa {3}ZAR {3}is read\n {2}json http/);
    expect(await nextRun()).toEqual({ outcome: 'completed', error_code: null });

    const changed = await account('change', KEY, '--api-key-env', 'BANK_OTHER_API_KEY');
    expect(changed.stderr).toContain('BANK_OTHER_API_KEY is not set here: set it for every worker');
    expect(await nextRun()).toEqual({ outcome: 'failed', error_code: 'account.not_found' });
    await account('change', KEY, '--api-key-env', 'BANK_ABSA_API_KEY');
    expect(await nextRun()).toMatchObject({ outcome: 'completed' });

    expect((await account('pause', KEY)).stdout).toContain('PAUSED since');
    await waitFor('its Schedule to be paused', isPaused);
    const refused = await runPurser(['reconcile', '--account', KEY], service.env);
    expect(refused.stderr).toContain('the test says so [account.paused');
    await waitFor('the alert about it', async () => {
      await refreshAlerts(service.database.db);
      const standing = await listStanding(service.database.db);
      return standing.some(({ kind, subject }) => kind === 'schedule_paused' && subject === KEY);
    });
    const status = await runPurser(['status'], service.env);
    expect(status.stdout).toMatch(/absa-main is not read: paused since \S+: the test says so/);

    expect((await account('resume', KEY)).stdout).toContain('is read');
    expect(await nextRun()).toMatchObject({ outcome: 'completed' });
    expect(await isPaused()).toBe(false);
  });
});
