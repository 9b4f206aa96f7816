import type { Command } from 'commander';
import { runApi } from '../../api/main.ts';
import { createLogger } from '../../logger.ts';
import { productionContext } from '../environment.ts';
import { endOnUncaughtErrors, sayReady, untilAskedToStop } from '../supervise.ts';

export function addApi(program: Command): void {
  program
    .command('api')
    .description('run the HTTP API: wallets, deposits, reviews, bank webhooks')
    .action(async () => {
      const { config, env } = productionContext();
      const logger = createLogger({ level: config.LOG_LEVEL, name: 'purser-api' });
      endOnUncaughtErrors(logger);
      const api = await runApi({ config, env, logger });
      sayReady(api.url);
      await untilAskedToStop();
      await api.close();
    });
}
