import { eq } from 'drizzle-orm';
import { entriesToCapture, type StatementToCapture } from '../bank/statements/capture-entries.ts';
import { parseStatementFile } from '../bank/statements/parse-statement-file.ts';
import type { Transaction } from '../db/client.ts';
import { addRunCapture, insertRun } from '../db/queries/runs.ts';
import {
  insertStatement,
  pinStatementAccount,
  readStatementFile,
} from '../db/queries/statements.ts';
import { bankAccounts } from '../db/schema/bank-accounts.ts';
import { CodedError } from '../domain/errors.ts';
import type { HoldReason, SnapshotScope } from '../domain/identity.ts';
import { parseLocalDate } from '../domain/local-date.ts';
import type { Statement, StatementFile } from '../domain/statement.ts';
import { captureLinesIn } from './capture-lines.ts';
import type { ActivityDependencies } from './dependencies.ts';

const CHUNK_BYTES = 1_048_576;

export interface CaptureStatementOutput {
  readonly linesSeen: number;
  readonly linesNew: number;
  readonly depositsNew: number;
  /** Statements whose balances contradict their lines: recorded, and nothing of them captured. */
  readonly proofsFailed: number;
}

/**
 * Parses a stored statement file whole and captures it in one transaction; a repeat finds everything known.
 * @throws CodedError `statement.…` when the file is not whole, not understood, or of another account
 */
export async function captureStatement(
  dependencies: ActivityDependencies,
  input: { readonly accountKey: string; readonly fileId: string; readonly runId: string },
): Promise<CaptureStatementOutput> {
  const { database } = dependencies;
  await insertRun(database, { runId: input.runId, accountKey: input.accountKey, kind: 'import' });
  const file = await parseStatementFile(chunksOf(dependencies, input.fileId));
  const startedAt = dependencies.clock();
  return database.transaction(async (tx) => {
    await refuseForeignAccount(tx, input.accountKey, file);
    let totals: CaptureStatementOutput = {
      linesSeen: 0,
      linesNew: 0,
      depositsNew: 0,
      proofsFailed: 0,
    };
    for (const [position, toCapture] of entriesToCapture(file).entries()) {
      const { statement } = toCapture;
      await insertStatement(tx, { fileId: input.fileId, position, format: file.format, statement });
      totals = add(totals, await captureOne(tx, { ...input, startedAt }, toCapture));
    }
    await addRunCapture(tx, { ...totals, runId: input.runId, from: null, to: null, held: 0 });
    return totals;
  });
}

async function* chunksOf(
  dependencies: ActivityDependencies,
  fileId: string,
): AsyncIterable<Uint8Array> {
  for (let offset = 0; ; offset += CHUNK_BYTES) {
    const chunk = await readStatementFile(dependencies.database, fileId, {
      offset,
      length: CHUNK_BYTES,
    });
    if (chunk.length > 0) yield chunk;
    if (chunk.length < CHUNK_BYTES) return;
  }
}

async function refuseForeignAccount(
  tx: Transaction,
  accountKey: string,
  file: StatementFile,
): Promise<void> {
  const [row] = await tx
    .select({ currency: bankAccounts.currency })
    .from(bankAccounts)
    .where(eq(bankAccounts.key, accountKey));
  if (row === undefined)
    throw new CodedError('account.not_found', `There is no bank account ${accountKey}.`);
  for (const statement of file.statements) {
    const pinned = await pinStatementAccount(tx, accountKey, statement.account);
    if (pinned !== statement.account || statement.currency !== row.currency) {
      throw new CodedError(
        'statement.account_mismatch',
        `The file holds a statement of another account or currency than ${accountKey}: import it with the --account that it belongs to.`,
      );
    }
  }
}

interface StatementCapture {
  readonly accountKey: string;
  readonly runId: string;
  readonly startedAt: Date;
}

async function captureOne(
  tx: Transaction,
  capture: StatementCapture,
  { statement, entries, isCopy }: StatementToCapture,
): Promise<CaptureStatementOutput> {
  const linesSeen = statement.lines.length;
  const nothing = { linesSeen, linesNew: 0, depositsNew: 0 };
  if (isCopy) return { ...nothing, proofsFailed: 0 };
  if (statement.proof === 'failed') return { ...nothing, proofsFailed: 1 };
  const sightings = entries.flatMap((entry) => entry.sightings);
  const holds = entries.flatMap((entry) => {
    const unseen = statement.proof === 'absent' ? 'proof_absent' : null;
    const hold: HoldReason | null = entry.hold === null ? unseen : 'unreadable';
    return entry.sightings.map(() => hold);
  });
  const { linesNew, depositsNew } = await captureLinesIn(tx, {
    accountKey: capture.accountKey,
    feed: 'file',
    idStable: false,
    runId: capture.runId,
    scope: scopeOf(statement),
    startedAt: capture.startedAt,
    sightings,
    holds,
  });
  return { linesSeen, linesNew, depositsNew, proofsFailed: 0 };
}

/** Only a statement that covers whole days can say that a line is new because it counts more of them. */
function scopeOf(statement: Statement): SnapshotScope {
  if (statement.completeDays === null) return { kind: 'partial' };
  const [from, to] = [
    parseLocalDate(statement.completeDays.from),
    parseLocalDate(statement.completeDays.to),
  ];
  return { kind: 'complete', from, to, lastClosedDay: to };
}

function add(a: CaptureStatementOutput, b: CaptureStatementOutput): CaptureStatementOutput {
  return {
    linesSeen: a.linesSeen + b.linesSeen,
    linesNew: a.linesNew + b.linesNew,
    depositsNew: a.depositsNew + b.depositsNew,
    proofsFailed: a.proofsFailed + b.proofsFailed,
  };
}
