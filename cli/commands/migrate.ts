import type { Command } from 'commander';
import { migrate } from '../../db/migrate.ts';
import { storeFourEyesAbove } from '../../db/store-four-eyes.ts';
import { printRand } from '../../domain/money/money-text.ts';
import { CodedError } from '../../domain/errors.ts';
import { productionContext } from '../environment.ts';
import { reportFailure } from '../service.ts';
import { createTerminal, toJson } from '../terminal.ts';

interface MigrateOptions {
  readonly json?: true;
}

export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description('create or update the database schema; safe to repeat and to run concurrently')
    .option('--json', 'print one JSON object')
    .action(async (options: MigrateOptions) => {
      try {
        await run(options);
      } catch (error) {
        if (process.env['DEPLOYMENT'] !== 'production') throw error;
        // In production it runs unattended: its failure goes to the logs of the services that wait for it.
        reportFailure('purser-migrate', error);
        process.exitCode = 1;
      }
    });
}

async function run(options: MigrateOptions): Promise<void> {
  const { config } = productionContext();
  const url = config.MIGRATION_DATABASE_URL ?? config.DATABASE_URL;
  if (url === undefined)
    throw new CodedError(
      'config.invalid',
      'Set DATABASE_URL (or MIGRATION_DATABASE_URL) to the database that you want to migrate.',
    );
  const { applied } = await migrate(url);
  const isNewLimit = await storeFourEyesAbove(url, config.FOUR_EYES_ABOVE);
  const { print } = createTerminal();
  if (options.json) {
    print(toJson({ applied }));
    return;
  }
  print(applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`);
  if (isNewLimit)
    print(`A credit of more than ${printRand(config.FOUR_EYES_ABOVE)} needs a second person now.`);
}
