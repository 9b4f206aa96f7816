import type { Command } from 'commander';
import { runWorker } from '../../worker/main.ts';
import { installRuntime } from '../../worker/runtime.ts';
import { runService } from '../service.ts';
import { sayReady, untilAskedToStop } from '../supervise.ts';

export function addWorker(program: Command): void {
  program
    .command('worker')
    .description('run the worker: polls banks, credits deposits, relays webhooks')
    .action(() =>
      runService('purser-worker', async (context) => {
        installRuntime(context.logger, context.config.WORKER_METRICS_ADDRESS);
        const worker = await runWorker(context);
        sayReady();
        await Promise.race([untilAskedToStop(), worker.done]);
        await worker.stop();
      }),
    );
}
