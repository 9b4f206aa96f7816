import { desc, eq, and, gte, isNotNull } from 'drizzle-orm';
import type { Database } from '../db/client.ts';
import { runs } from '../db/schema/runs.ts';
import { printRunSummary } from '../domain/words/run-summary.ts';

export type RunRow = typeof runs.$inferSelect;

export async function findRun(database: Database, runId: string): Promise<RunRow | null> {
  const [row] = await database.select().from(runs).where(eq(runs.id, runId));
  return row ?? null;
}

/** The newest finished run of an account that began at `since` or later. */
export async function findFinishedRun(
  database: Database,
  accountKey: string,
  since: Date,
): Promise<RunRow | null> {
  const [row] = await database
    .select()
    .from(runs)
    .where(
      and(
        eq(runs.bankAccountKey, accountKey),
        gte(runs.startedAt, since),
        isNotNull(runs.finishedAt),
      ),
    )
    .orderBy(desc(runs.startedAt))
    .limit(1);
  return row ?? null;
}

/** The report of a run for a person. @param account the name by which the person speaks of the account */
export function printRun(run: RunRow, account = run.bankAccountKey): string {
  const summary = printRunSummary(account, {
    hasFailed: run.outcome === 'failed',
    reconciledCount: run.creditedCount,
    reconciledMinor: run.creditedMinor,
    credits: run.credits,
    unmatchedCount: run.reviewCount,
    unmatchedMinor: run.reviewMinor,
    waitingCount: run.rowsWaiting,
    unreadableCount: run.rowsQuarantined,
    totalCount: run.depositsNew,
  });
  const error = [
    ...(run.errorCode === null ? [] : [`  Error:            ${run.errorCode} (docs/errors.md)`]),
    ...(run.errorDetail === null ? [] : [`  Reason:           ${run.errorDetail}`]),
  ];
  return [summary, ...error, ...run.warnings.map((text) => `  Warning:          ${text}`)].join(
    '\n',
  );
}

/** A run as JSON: counts as numbers, money as digits in minor units. */
export function runToJson(run: RunRow) {
  return {
    id: run.id,
    account: run.bankAccountKey,
    kind: run.kind,
    outcome: run.outcome,
    error: run.errorCode,
    errorDetail: run.errorDetail,
    startedAt: run.startedAt,
    finishedAt: run.finishedAt,
    linesSeen: run.linesSeen,
    linesNew: run.linesNew,
    held: run.held,
    rowsWaiting: run.rowsWaiting,
    rowsUnreadable: run.rowsQuarantined,
    warnings: run.warnings,
    deposits: { credited: run.creditedCount, inReview: run.reviewCount, total: run.depositsNew },
    creditedMinor: run.creditedMinor,
    credits: run.credits,
    inReviewMinor: run.reviewMinor,
  };
}
