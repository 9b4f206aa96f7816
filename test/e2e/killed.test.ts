import { setTimeout as delay } from 'node:timers/promises';
import { ScheduleOverlapPolicy } from '@temporalio/client';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pollScheduleId } from '../../workflows/contract.ts';
import { rounds } from '../support/rounds.ts';
import { ACCOUNT, startService, type Service } from '../support/service.ts';
import { waitFor } from '../support/wait-for.ts';
import { startWorkerProcess } from '../support/worker-process.ts';

const ROUNDS = rounds({ short: 4, long: 20 });
const CUT_ROUNDS = rounds({ short: 3, long: 8 });
const LINES_PER_ROUND = 8;

let service: Service;
beforeAll(async () => {
  service = await startService({ withWorker: false });
  await service.startApi();
});
afterAll(() => service.close());

function triggerPoll(): Promise<void> {
  const schedule = service.temporal.client.schedule.getHandle(pollScheduleId(ACCOUNT));
  return schedule.trigger(ScheduleOverlapPolicy.BUFFER_ONE);
}

/** New lines at the bank, half of them also by webhook, and a poll: everything that a worker does at once. */
async function stirUp(codes: readonly string[]): Promise<void> {
  const generated = await service.bank('generate', {
    codes,
    count: LINES_PER_ROUND,
    days: 2,
    mix: 'clean',
  });
  const { ids } = generated as { readonly ids: readonly string[] };
  await Promise.all([
    triggerPoll(),
    service.bank('webhooks/send', { ids: ids.slice(0, LINES_PER_ROUND / 2), concurrency: 4 }),
  ]);
}

describe('a killed worker', () => {
  it(`loses no deposit and credits none twice, at any of ${ROUNDS} moments`, async () => {
    const wallets = [await service.openWallet(31), await service.openWallet(32)];
    const codes = wallets.map(({ code }) => code);
    let worker = await startWorkerProcess(service);
    let spare = startWorkerProcess(service);
    for (let round = 0; round < ROUNDS; round += 1) {
      await stirUp(codes);
      // The moments are spread over what the work takes, from before its first step to after its last.
      await delay((round * 700) / ROUNDS);
      process.kill(worker.pid, 'SIGKILL');
      worker = await spare;
      spare = startWorkerProcess(service);
    }
    await service.reconcile();
    await service.expectTruth();
    await Promise.all([worker.stop(), (await spare).stop()]);
  });

  it('leaves the rest of the work to the other worker beside it', async () => {
    const [first, second] = await Promise.all([
      startWorkerProcess(service),
      startWorkerProcess(service),
    ]);
    const wallet = await service.openWallet(33);
    await service.bank('generate', { codes: [wallet.code], count: 60, days: 2, mix: 'clean' });
    const run = service.reconcile();
    await waitFor('the first deposits of the run are stored', async () => {
      const [row] = await service.database.db.execute<{ stored: boolean }>(sql`
        select exists (select from deposits d join lines l on l.id = d.line_id
                        where l."references"::text like ${`%${wallet.code}%`}) as stored`);
      return row?.stored ?? false;
    });
    process.kill(first.pid, 'SIGKILL');
    expect(await run).toMatchObject({ outcome: 'completed' });
    await service.expectTruth();
    await second.stop();
  });
});

describe('a cut of the database connections', () => {
  it('leads to a retry of the credits, leaves nothing half done, and does not end the worker', async () => {
    const worker = await startWorkerProcess(service);
    const wallet = await service.openWallet(34);
    for (let round = 0; round < CUT_ROUNDS; round += 1) {
      await stirUp([wallet.code]);
      for (let cut = 0; cut < 3; cut += 1) {
        await delay(60 + round * 10);
        await service.database.owner`
          select pg_terminate_backend(pid) from pg_stat_activity
           where application_name = 'purser-worker' and datname = current_database()`;
      }
    }
    await service.reconcile();
    await service.expectTruth();
    await worker.stop();
    expect(await worker.ended).toBe(0);
  });
});
