import { sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import { param } from '../param.ts';
import type { GateCause } from '../schema/gates.ts';

/** The scope of the gate for all accounts. */
export const ALL_ACCOUNTS = '*';

/** A gate that has been closed at least once. */
export interface Gate {
  readonly scope: string;
  readonly state: 'open' | 'closed';
  readonly cause: GateCause;
  readonly reason: string;
  readonly changedBy: string | null;
  /** The person behind that key; null if a rule or a service did it. */
  readonly changedPerson: string | null;
  readonly changedAt: Date;
}

const lockOf = (scope: string) => sql`hashtextextended(${`gate:${scope}`}, 0)`;

/**
 * Locks the gates of these accounts and answers the accounts whose gate is closed. A crediting transaction keeps the
 * lock until it ends, so that nothing is credited once a closing is committed.
 */
export async function lockGates(
  tx: Transaction,
  accountKeys: readonly string[],
): Promise<ReadonlySet<string>> {
  const scopes = [ALL_ACCOUNTS, ...[...new Set(accountKeys)].sort()];
  // A separate statement: the next one then sees the closing that this one waited for.
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

/** True if an account's gate is closed at the moment; takes no lock. */
export async function isGateClosed(executor: Executor, accountKey: string): Promise<boolean> {
  const rows = await executor.execute<{ scope: string }>(sql`
    select scope from gates where state = 'closed' and scope in (${ALL_ACCOUNTS}, ${accountKey}) limit 1`);
  return rows.length > 0;
}

/**
 * Closes or opens a gate, once every running credit has ended. False if it already has that state. The key of an
 * operator must be the actor of the transaction; a rule only closes.
 */
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
  const { scope, state, cause, reason, changedBy } = change;
  const rows = await tx.execute<{ changed: boolean }>(sql`
    select set_gate(${scope}, ${state}, ${cause}, ${reason}, ${changedBy}) as changed`);
  return rows[0]?.changed === true;
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

/** True if an account is behind one of these closed gates. */
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
  await executor.execute(sql`select mark_gate_drained(${scope})`);
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
