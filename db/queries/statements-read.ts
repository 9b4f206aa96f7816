import { and, desc, eq, sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { statementFiles, statements } from '../schema/intake.ts';
import type { ListPlace } from './deposits-read.ts';
import { withinReach, type Reach } from './reach.ts';

const columns = {
  id: statementFiles.id,
  bankAccountKey: statementFiles.bankAccountKey,
  sha256: statementFiles.sha256,
  receivedAt: statementFiles.receivedAt,
  bytes: statementFiles.bytes,
  state: statementFiles.state,
  format: statementFiles.format,
  errorCode: statementFiles.errorCode,
  errorWhere: statementFiles.errorWhere,
  linesRead: statementFiles.linesRead,
  linesNew: statementFiles.linesNew,
  runId: statementFiles.runId,
  releasedBy: statementFiles.releasedBy,
  releaseReason: statementFiles.releaseReason,
  releasedAt: statementFiles.releasedAt,
};

/** A statement file without its bytes. */
export type StatementFileRow = Pick<typeof statementFiles.$inferSelect, keyof typeof columns>;
export type StatementRow = typeof statements.$inferSelect;

export async function findStatementFile(
  executor: Executor,
  fileId: string,
): Promise<{
  readonly file: StatementFileRow;
  readonly statements: readonly StatementRow[];
} | null> {
  const [file] = await executor
    .select(columns)
    .from(statementFiles)
    .where(eq(statementFiles.id, fileId));
  if (file === undefined) return null;
  const rows = await executor
    .select()
    .from(statements)
    .where(eq(statements.fileId, fileId))
    .orderBy(statements.position)
    .limit(1_000);
  return { file, statements: rows };
}

/** Statement files, newest first, from just after `after` on. */
export async function listStatementFiles(
  executor: Executor,
  query: {
    readonly accountKey: string | null;
    readonly reach: Reach | null;
    readonly after: ListPlace | null;
    readonly limit: number;
  },
): Promise<readonly { readonly file: StatementFileRow; readonly at: string }[]> {
  const { accountKey, reach, after, limit } = query;
  const rows = await executor
    .select({ ...columns, at: sql<string>`${statementFiles.receivedAt}::text` })
    .from(statementFiles)
    .where(
      and(
        accountKey === null ? undefined : eq(statementFiles.bankAccountKey, accountKey),
        withinReach(reach, statementFiles.bankAccountKey),
        after === null
          ? undefined
          : sql`(${statementFiles.receivedAt}, ${statementFiles.id}) < (${after.at}::timestamptz, ${after.id})`,
      ),
    )
    .orderBy(desc(statementFiles.receivedAt), desc(statementFiles.id))
    .limit(limit);
  return rows.map(({ at, ...file }) => ({ file, at }));
}
