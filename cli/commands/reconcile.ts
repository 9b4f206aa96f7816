import type { Command } from 'commander';
import { runningContext, withDatabase } from '../environment.ts';
import { reconcileNow } from '../reconcile-now.ts';
import { printRun, runToJson } from '../report-run.ts';
import { createTerminal, toJson } from '../terminal.ts';

export function addReconcile(program: Command): void {
  program
    .command('reconcile')
    .description('read a bank account now, wait for the run, print the summary')
    .requiredOption('--account <key>', 'the bank account to read')
    .option('--json', 'print one JSON object')
    .action(async (options: { account: string; json?: true }) => {
      const { config } = runningContext();
      const terminal = createTerminal();
      terminal.progress(`Reconciling ${options.account}`);
      const run = await withDatabase(config, ({ db }) => reconcileNow(config, db, options.account));
      terminal.print(options.json ? toJson(runToJson(run)) : printRun(run, options.account));
      if (run.errorCode !== null) process.exitCode = 1;
    });
}
