import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { Config } from '../config.ts';
import type { Database } from '../db/client.ts';
import { refusePaused } from '../app/account/find-account.ts';
import { toAccountKey } from '../db/queries/bank-account-names.ts';
import { CodedError } from '../domain/errors.ts';
import { triggerPoll } from '../temporal/schedules.ts';
import { findFinishedRun, type RunRow } from './report-run.ts';
import { withTemporal } from './with-temporal.ts';

const WAIT_MS_MAX = 240_000;
const LOOK_EVERY_MS = 200;

/**
 * Finds the account by its key or name, triggers its Schedule now, or right after the present run, and waits until that run is recorded.
 * @throws CodedError `account.not_polled` · `account.paused` · `temporal.unavailable` if no worker took the run in time
 */
export async function reconcileNow(
  config: Config,
  database: Database,
  account: string,
): Promise<RunRow> {
  const accountKey = await toAccountKey(database, account);
  await refusePaused(database, accountKey);
  const since = await databaseNow(database);
  await withTemporal(config, (client) => triggerPoll(client, accountKey));
  const deadline = Date.now() + WAIT_MS_MAX;
  while (Date.now() < deadline) {
    const run = await findFinishedRun(database, accountKey, since);
    if (run !== null) return run;
    await delay(LOOK_EVERY_MS);
  }
  throw new CodedError(
    'temporal.unavailable',
    `No worker has finished a run of ${accountKey} within ${WAIT_MS_MAX / 60_000} minutes: check that one is running.`,
  );
}

/** The database's clock stamps runs, so it is the one to compare with. */
async function databaseNow(database: Database): Promise<Date> {
  const rows = await database.execute<{ now: string }>(
    sql`select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as now`,
  );
  return new Date(rows[0]?.now ?? 0);
}
