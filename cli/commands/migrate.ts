import type { Command } from 'commander';
import { migrate } from '../../db/migrate.ts';
import { CodedError } from '../../domain/errors.ts';
import { productionContext } from '../environment.ts';
import { createTerminal, toJson } from '../terminal.ts';

export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description('bring the database up to date; safe to run again, and by several at once')
    .option('--json', 'print one JSON object')
    .action(async (options: { json?: true }) => {
      const { config } = productionContext();
      const url = config.MIGRATION_DATABASE_URL ?? config.DATABASE_URL;
      if (url === undefined)
        throw new CodedError(
          'config.invalid',
          'Set DATABASE_URL (or MIGRATION_DATABASE_URL) to the database to migrate.',
        );
      const { applied } = await migrate(url);
      const terminal = createTerminal();
      if (options.json) terminal.print(toJson({ applied }));
      else
        terminal.print(
          applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`,
        );
    });
}
