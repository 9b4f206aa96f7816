import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startService, type Service } from '../support/service.ts';
import { startWorkerProcess } from '../support/worker-process.ts';

const ROUNDS = 20;
const LINES_PER_ROUND = 12;

let service: Service;
beforeAll(async () => {
  service = await startService({ withWorker: false });
});
afterAll(() => service.close());

describe('a worker that is killed', () => {
  it(
    `at any of ${ROUNDS} moments loses no deposit and credits none twice`,
    { timeout: 240_000 },
    async () => {
      const wallets = [await service.openWallet(31), await service.openWallet(32)];
      const codes = wallets.map(({ code }) => code);
      let worker = await startWorkerProcess(service);
      let spare = startWorkerProcess(service);
      for (let round = 0; round < ROUNDS; round += 1) {
        await service.bank('generate', { codes, count: LINES_PER_ROUND, days: 2, mix: 'clean' });
        const run = service.reconcile();
        // The moments are spread evenly over what a run takes, from before its first task to after its last.
        await delay((round * 900) / ROUNDS);
        process.kill(worker.pid, 'SIGKILL');
        worker = await spare;
        spare = startWorkerProcess(service);
        expect(await run).toMatchObject({ errorCode: null });
      }
      await service.reconcile();
      await service.expectTruth();
      await Promise.all([worker.stop(), (await spare).stop()]);
    },
  );

  it('with another one beside it leaves the other to finish the work', async () => {
    const [first, second] = await Promise.all([
      startWorkerProcess(service),
      startWorkerProcess(service),
    ]);
    const wallet = await service.openWallet(33);
    await service.bank('generate', { codes: [wallet.code], count: 60, days: 2, mix: 'clean' });
    const run = service.reconcile();
    await delay(300);
    process.kill(first.pid, 'SIGKILL');
    expect(await run).toMatchObject({ outcome: 'completed' });
    await service.expectTruth();
    await second.stop();
  });
});

describe('database connections that are cut', () => {
  it('in the middle of settlement are retried and leave no half of anything', async () => {
    await service.startWorker();
    const wallet = await service.openWallet(34);
    for (let round = 0; round < 5; round += 1) {
      await service.bank('generate', { codes: [wallet.code], count: 40, days: 2, mix: 'clean' });
      const run = service.reconcile();
      for (let cut = 0; cut < 6; cut += 1) {
        await delay(100);
        await service.database.owner`
          select pg_terminate_backend(pid) from pg_stat_activity
           where application_name = 'purser-worker' and datname = current_database()`;
      }
      await run;
    }
    await service.reconcile();
    await service.expectTruth();
    const [row] = await service.database.db.execute(
      sql`select count(*)::int as open from deposits where state = 'captured'`,
    );
    expect(row).toEqual({ open: 0 });
    await service.stopWorker();
  });
});
