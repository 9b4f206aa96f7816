import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import pc from 'picocolors';
import type { Database } from '../../db/client.ts';
import { recordVerification } from '../../db/queries/alerts/alerts.ts';
import { findSealSeq } from '../../db/queries/audit-seals.ts';
import { checkAnchor } from '../../db/queries/verify/anchor-check.ts';
import { verify, type VerifyOptions, type VerifyReport } from '../../db/queries/verify/verify.ts';
import { CodedError } from '../../domain/errors.ts';
import { readAnchorFile } from '../../worker/audit-anchor.ts';
import { checkSignatures, loadPublicKeys } from '../../worker/audit-signature.ts';
import { runningContext, withDatabase } from '../environment.ts';
import { createTerminal, toJson } from '../terminal.ts';

/** A ledger of many years; the database ends a single statement sooner. */
const LONGEST_MS = 6 * 3_600_000;
const QUIET_SECONDS = 3;

interface CommandOptions {
  readonly anchor?: string;
  readonly publicKey?: string;
  readonly since?: string;
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
    .option(
      '--since <when>',
      'check what came or changed since a day (YYYY-MM-DD), a moment or the number of a seal; default: everything',
    )
    .option('--json', 'print one JSON object')
    .action(async (options: CommandOptions) => {
      const { config } = runningContext();
      const terminal = createTerminal();
      const anchor = options.anchor ?? config.AUDIT_ANCHOR_FILE;
      const publicKey = options.publicKey ?? config.AUDIT_PUBLIC_KEY_FILE;
      const report = await withDatabase(
        config,
        async ({ db }) => {
          const since =
            options.since === undefined ? undefined : await readSince(db, options.since);
          const found = await verifyAll(
            db,
            { anchor, publicKey },
            { since, onProgress: progressTo(terminal.progress) },
          );
          const broken = found.checks.filter(({ ok }) => !ok).map(({ id }) => id);
          // For the alerts verify_red and verify_late.
          await recordVerification(db, broken);
          return found;
        },
        { transactionTimeoutMs: LONGEST_MS },
      );
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

/** Says how far it is once it takes longer than people wait without a word. */
function progressTo(print: (text: string) => void): NonNullable<VerifyOptions['onProgress']> {
  const startedAt = Date.now();
  return ({ id, done, of }) => {
    const seconds = Math.round((Date.now() - startedAt) / 1_000);
    if (seconds >= QUIET_SECONDS) print(`${done} of ${of} checks after ${seconds} s; now ${id}`);
  };
}

/** The seal up to which the ledger was checked before: 0 where nothing was sealed by then. */
async function readSince(db: Database, text: string): Promise<bigint> {
  if (/^[0-9]{1,18}$/.test(text)) {
    const seq = await findSealSeq(db, { seq: BigInt(text) });
    if (seq !== null) return seq;
    throw new CodedError('request.invalid', `The chain has no seal ${text}: name an earlier one.`);
  }
  const before = new Date(text);
  if (/^[0-9]{4}-[0-9]{2}-[0-9]{2}/.test(text) && !Number.isNaN(before.getTime()))
    return (await findSealSeq(db, { before })) ?? 0n;
  throw new CodedError(
    'request.invalid',
    '--since takes a day such as 2026-11-20, a moment, or the number of a seal.',
  );
}

/** Reads the anchor first: a head that is sealed meanwhile is then in the database, and no line is missed. */
async function verifyAll(
  db: Database,
  files: { readonly anchor: string | undefined; readonly publicKey: string | undefined },
  options: VerifyOptions,
): Promise<VerifyReport> {
  const { anchor, publicKey } = files;
  const keys = publicKey === undefined ? null : loadPublicKeys(publicKey);
  if (anchor === undefined) {
    if (keys === null) return verify(db, options);
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
  const report = await verify(db, options);
  const more = [
    await checkAnchor(db, lines),
    ...(keys === null ? [] : [checkSignatures(lines, keys)]),
  ];
  return { ok: report.ok && more.every(({ ok }) => ok), checks: [...report.checks, ...more] };
}
