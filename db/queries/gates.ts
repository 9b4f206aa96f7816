import { sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import { param } from '../param.ts';
import type { GateCause } from '../schema/gates.ts';

/** The scope of the gate that is before all accounts. */
export const ALL_ACCOUNTS = '*';

/** A gate that was closed at some time. */
export interface Gate {
  readonly scope: string;
  readonly state: 'open' | 'closed';
  readonly cause: GateCause;
  readonly reason: string;
  readonly changedBy: string | null;
  /** The human behind that key; null where a rule or a service did it. */
  readonly changedPerson: string | null;
  readonly changedAt: Date;
}

const lockOf = (scope: string) => sql`hashtextextended(${`gate:${scope}`}, 0)`;

/**
 * The accounts of these whose gate is closed. Whoever credits holds the gate until the transaction ends, so that nothing
 * is credited once a closing is committed.
 */
export async function lockGates(
  tx: Transaction,
  accountKeys: readonly string[],
): Promise<ReadonlySet<string>> {
  const scopes = [ALL_ACCOUNTS, ...[...new Set(accountKeys)].sort()];
  // Alone in its statement: the next one sees what a closing that it waited for has committed.
  await tx.execute(
    sql`select ${sql.join(
      scopes.map((scope) => sql`pg_advisory_xact_lock_shared(${lockOf(scope)})`),
      sql`, `,
    )}`,
  );
  const rows = await tx.execute<{ scope: string }>(sql`
    select scope from gates where state = 'closed' and scope = any(${param(scopes)}::text[])`);
  const closed = new Set(rows.map((row) => row.scope));
  return closed.has(ALL_ACCOUNTS) ? new Set(accountKeys) : closed;
}

/** Whether an account's gate is closed at the moment; only a look, which holds nothing. */
export async function isGateClosed(executor: Executor, accountKey: string): Promise<boolean> {
  const rows = await executor.execute<{ scope: string }>(sql`
    select scope from gates where state = 'closed' and scope in (${ALL_ACCOUNTS}, ${accountKey}) limit 1`);
  return rows.length > 0;
}

/** Closes or opens a gate, once every credit that is under way has ended. False where it is so already. */
export async function setGate(
  tx: Transaction,
  change: {
    readonly scope: string;
    readonly state: 'open' | 'closed';
    readonly cause: GateCause;
    readonly reason: string;
    readonly changedBy: string | null;
  },
): Promise<boolean> {
  await tx.execute(sql`select pg_advisory_xact_lock(${lockOf(change.scope)})`);
  const { scope, state, cause, reason, changedBy } = change;
  const rows = await tx.execute(
    state === 'closed'
      ? sql`
        insert into gates (scope, state, cause, reason, changed_by) values (${scope}, 'closed', ${cause}, ${reason}, ${changedBy})
        on conflict (scope) do update set state = 'closed', cause = excluded.cause, reason = excluded.reason,
               changed_by = excluded.changed_by, changed_at = now(), drained_at = null
         where gates.state = 'open' returning scope`
      : sql`
        update gates set state = 'open', cause = ${cause}, reason = ${reason}, changed_by = ${changedBy}, changed_at = now(), drained_at = null
         where scope = ${scope} and state = 'closed' returning scope`,
  );
  return rows.length === 1;
}

export async function listGates(executor: Executor): Promise<readonly Gate[]> {
  const rows = await executor.execute<{
    scope: string;
    state: Gate['state'];
    cause: GateCause;
    reason: string;
    changed_by: string | null;
    changed_person: string | null;
    changed_at: string;
  }>(sql`
    select g.scope, g.state, g.cause, g.reason, g.changed_by, k.person as changed_person, g.changed_at::text
      from gates g left join api_keys k on k.id = g.changed_by order by g.scope`);
  return rows.map((row) => ({
    scope: row.scope,
    state: row.state,
    cause: row.cause,
    reason: row.reason,
    changedBy: row.changed_by,
    changedPerson: row.changed_person,
    changedAt: new Date(row.changed_at),
  }));
}

/** Whether one of these closed gates is before an account. */
export function isBehindGate(closed: readonly Pick<Gate, 'scope'>[], accountKey: string): boolean {
  return closed.some(({ scope }) => scope === ALL_ACCOUNTS || scope === accountKey);
}

/** Gates that were opened and whose deposits may still wait. */
export async function listUndrainedGates(executor: Executor): Promise<readonly string[]> {
  const rows = await executor.execute<{ scope: string }>(sql`
    select scope from gates where state = 'open' and drained_at is null order by scope`);
  return rows.map((row) => row.scope);
}

export async function markDrained(executor: Executor, scope: string): Promise<void> {
  await executor.execute(sql`
    update gates set drained_at = now() where scope = ${scope} and state = 'open' and drained_at is null`);
}

/** The accounts behind a gate that have deposits waiting. */
export async function listWaitingAccounts(
  executor: Executor,
  scope: string,
): Promise<readonly string[]> {
  const rows = await executor.execute<{ key: string }>(sql`
    select distinct bank_account_key as key from deposits
     where state = 'captured' and (${scope} = ${ALL_ACCOUNTS} or bank_account_key = ${scope}) order by 1`);
  return rows.map((row) => row.key);
}
