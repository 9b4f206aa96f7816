import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import pc from 'picocolors';
import type { Database } from '../../db/client.ts';
import { recordVerification } from '../../db/queries/alerts/alerts.ts';
import { checkAnchor } from '../../db/queries/verify/anchor-check.ts';
import { verify, type VerifyReport } from '../../db/queries/verify/verify.ts';
import { CodedError } from '../../domain/errors.ts';
import { readAnchorFile } from '../../worker/audit-anchor.ts';
import { checkSignatures, loadPublicKeys } from '../../worker/audit-signature.ts';
import { runningContext, withDatabase } from '../environment.ts';
import { createTerminal, toJson } from '../terminal.ts';

interface VerifyOptions {
  readonly anchor?: string;
  readonly publicKey?: string;
  readonly json?: true;
}

export function addVerify(program: Command): void {
  program
    .command('verify')
    .description('check every invariant of the ledger from its rows; exit 1 if one is broken')
    .option(
      '--anchor <file>',
      'also compare the audit chain with this copy of AUDIT_ANCHOR_FILE (default: the configured file)',
    )
    .option(
      '--public-key <file>',
      'the public keys that signed the heads of the anchor (default: AUDIT_PUBLIC_KEY_FILE)',
    )
    .option('--json', 'print one JSON object')
    .action(async (options: VerifyOptions) => {
      const { config } = runningContext();
      const terminal = createTerminal();
      const anchor = options.anchor ?? config.AUDIT_ANCHOR_FILE;
      const publicKey = options.publicKey ?? config.AUDIT_PUBLIC_KEY_FILE;
      const report = await withDatabase(config, async ({ db }) => {
        const found = await verifyAll(db, { anchor, publicKey });
        const broken = found.checks.filter(({ ok }) => !ok).map(({ id }) => id);
        // For the alerts verify_red and verify_late.
        await recordVerification(db, broken);
        return found;
      });
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
            : 'The ledger is broken: follow docs/runbook.md before you post anything else.',
        );
      }
      if (!report.ok) process.exitCode = 1;
    });
}

/** Reads the anchor first: a head that is sealed meanwhile is then in the database, and no line is missed. */
async function verifyAll(
  db: Database,
  files: { readonly anchor: string | undefined; readonly publicKey: string | undefined },
): Promise<VerifyReport> {
  const { anchor, publicKey } = files;
  const keys = publicKey === undefined ? null : loadPublicKeys(publicKey);
  if (anchor === undefined) {
    if (keys === null) return verify(db);
    throw new CodedError(
      'config.invalid',
      'The signatures are in the anchor: name its file with --anchor.',
    );
  }
  if (!existsSync(anchor)) {
    throw new CodedError(
      'config.invalid',
      `Anchor file not found: ${anchor}. A worker with AUDIT_ANCHOR_FILE writes it.`,
    );
  }
  const lines = await readAnchorFile(anchor);
  const report = await verify(db);
  const more = [
    await checkAnchor(db, lines),
    ...(keys === null ? [] : [checkSignatures(lines, keys)]),
  ];
  return { ok: report.ok && more.every(({ ok }) => ok), checks: [...report.checks, ...more] };
}
