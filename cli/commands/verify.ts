import type { Command } from 'commander';
import pc from 'picocolors';
import { verify } from '../../db/queries/verify/verify.ts';
import { runningContext, withDatabase } from '../environment.ts';
import { createTerminal, toJson } from '../terminal.ts';

export function addVerify(program: Command): void {
  program
    .command('verify')
    .description('recompute every invariant from the rows; exit 1 if one is broken')
    .option('--json', 'print one JSON object')
    .action(async (options: { json?: true }) => {
      const { config } = runningContext();
      const terminal = createTerminal();
      const report = await withDatabase(config, ({ db }) => verify(db));
      if (options.json) terminal.print(toJson(report));
      else {
        for (const check of report.checks) {
          const mark = check.ok ? pc.green('ok') : pc.red('BROKEN');
          terminal.print(`${mark.padEnd(8)} ${check.id.padEnd(6)} ${check.title}`);
          if (check.firstBroken !== null)
            terminal.print(`         first: ${JSON.stringify(check.firstBroken)}`);
        }
        terminal.print(
          report.ok
            ? 'Every invariant holds.'
            : 'The ledger is broken: see docs/runbook.md before anything else is posted.',
        );
      }
      if (!report.ok) process.exitCode = 1;
    });
}
