import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import pc from 'picocolors';
import type { Database } from '../../db/client.ts';
import { checkAnchor } from '../../db/queries/verify/anchor-check.ts';
import { verify, type VerifyReport } from '../../db/queries/verify/verify.ts';
import { CodedError } from '../../domain/errors.ts';
import { readAnchorFile } from '../../worker/audit-anchor.ts';
import { runningContext, withDatabase } from '../environment.ts';
import { createTerminal, toJson } from '../terminal.ts';

interface VerifyOptions {
  readonly anchor?: string;
  readonly json?: true;
}

export function addVerify(program: Command): void {
  program
    .command('verify')
    .description('recompute every invariant from the rows; exit 1 if one is broken')
    .option(
      '--anchor <file>',
      'also hold the audit chain against this copy of AUDIT_ANCHOR_FILE (without it, the file that is configured)',
    )
    .option('--json', 'print one JSON object')
    .action(async (options: VerifyOptions) => {
      const { config } = runningContext();
      const terminal = createTerminal();
      const anchor = options.anchor ?? config.AUDIT_ANCHOR_FILE;
      const report = await withDatabase(config, ({ db }) => verifyAll(db, anchor));
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

/** The anchor is read first: what is sealed meanwhile is in the database then, and no line is missed. */
async function verifyAll(db: Database, anchor: string | undefined): Promise<VerifyReport> {
  if (anchor === undefined) return verify(db);
  if (!existsSync(anchor)) {
    throw new CodedError(
      'config.invalid',
      `There is no anchor file ${anchor}: a worker with AUDIT_ANCHOR_FILE writes it.`,
    );
  }
  const lines = await readAnchorFile(anchor);
  const [report, held] = [await verify(db), await checkAnchor(db, lines)];
  return { ok: report.ok && held.ok, checks: [...report.checks, held] };
}
