import { sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';

/** Names one request of one caller. */
export interface RequestName {
  readonly principal: string;
  readonly route: string;
  readonly key: string;
}

/** The saved answer to a request. `status` is null while the effect is committed and the answer is not known yet. */
export interface SavedRequest {
  readonly requestSha256: string;
  readonly status: number | null;
  readonly response: unknown;
}

/**
 * Claims a request; must be the first statement of its effect's transaction. A concurrent repeat waits here until the
 * first transaction ends: after a commit it gets the saved answer, after a rollback it claims the request itself.
 * @returns null if the caller has claimed the request.
 */
export async function claimRequest(
  tx: Transaction,
  name: RequestName,
  requestSha256: string,
): Promise<SavedRequest | null> {
  const claimed = await tx.execute(sql`
    insert into idempotency_keys (principal, route, key, request_sha256)
    values (${name.principal}, ${name.route}, ${name.key}, ${requestSha256})
    on conflict do nothing returning key`);
  if (claimed.length === 1) return null;
  const rows = await tx.execute<{
    request_sha256: string;
    status: number | null;
    response: unknown;
  }>(sql`
    select request_sha256, status, response from idempotency_keys
     where principal = ${name.principal} and route = ${name.route} and key = ${name.key}`);
  const row = rows[0];
  return row === undefined
    ? null
    : { requestSha256: row.request_sha256, status: row.status, response: row.response };
}

/** Saves the answer to a request; a saved answer stays. */
export async function saveAnswer(
  executor: Executor,
  name: RequestName,
  answer: { readonly status: number | null; readonly body: unknown },
): Promise<void> {
  await executor.execute(sql`
    update idempotency_keys set status = ${answer.status}::integer, response = ${JSON.stringify(answer.body)}::jsonb
     where principal = ${name.principal} and route = ${name.route} and key = ${name.key} and status is null`);
}
