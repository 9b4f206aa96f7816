import { sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../client.ts';
import { readSnapshot } from '../../read-snapshot.ts';
import { ACCESS_CHECKS } from './access-checks.ts';
import { AUDIT_CHECKS } from './audit-checks.ts';
import { inScope, type Check } from './check.ts';
import { DECISION_CHECKS } from './decision-checks.ts';
import { DEPOSIT_CHECKS } from './deposit-checks.ts';
import { HOLD_CHECKS } from './hold-checks.ts';
import { INTAKE_CHECKS } from './intake-checks.ts';
import { JOURNAL_CHECKS } from './journal-checks.ts';
import { LINE_CHECKS } from './line-checks.ts';
import { LINE_HOLD_CHECKS } from './line-hold-checks.ts';
import { RELEASE_CHECKS } from './release-checks.ts';
import { TRAIL_CHECKS } from './trail-checks.ts';
import { WALLET_CHECKS } from './wallet-checks.ts';

/** Every rule that `verify` recomputes, in the order of its report. */
export const CHECKS: readonly Check[] = [
  ...LINE_CHECKS,
  ...LINE_HOLD_CHECKS,
  ...DEPOSIT_CHECKS,
  ...DECISION_CHECKS,
  ...JOURNAL_CHECKS,
  ...WALLET_CHECKS,
  ...HOLD_CHECKS,
  ...INTAKE_CHECKS,
  ...ACCESS_CHECKS,
  ...RELEASE_CHECKS,
  ...AUDIT_CHECKS,
  ...TRAIL_CHECKS,
];

export interface VerifyCheck {
  readonly id: string;
  readonly title: string;
  readonly ok: boolean;
  /** How many rows were checked. */
  readonly checked: number;
  /** Facts that identify the first row that breaks the rule: ids, counts and amounts, no reference and no name. */
  readonly firstBroken: Readonly<Record<string, string>> | null;
}

export interface VerifyOptions {
  /** Check only what came or changed after this seal, where a check can; default: everything. */
  readonly since?: bigint | undefined;
  /** Called before each check. */
  readonly onProgress?: (progress: {
    readonly id: string;
    readonly done: number;
    readonly of: number;
  }) => void;
}

export interface VerifyReport {
  readonly ok: boolean;
  readonly checks: readonly VerifyCheck[];
}

/**
 * Recomputes every rule from rows, in one read-only snapshot: it sees all of a concurrent transaction or nothing. The
 * rows alone decide, since a superuser, a restore or a replica can bypass triggers and constraints.
 */
export async function verify(db: Database, options: VerifyOptions = {}): Promise<VerifyReport> {
  return readSnapshot(db, async (transaction) => {
    // A ledger of many years takes longer than an ordinary statement may.
    await transaction.execute(sql`SET LOCAL statement_timeout = '2h'`);
    return runChecks(transaction, options);
  });
}

/** As {@link verify}, in a transaction that the caller has opened. */
export async function runChecks(
  transaction: Transaction,
  options: VerifyOptions & { readonly checks?: readonly Check[] } = {},
): Promise<VerifyReport> {
  // Rows are hashed as text: a session of another place or habit would spell them differently. Each query reads whole
  // tables once: compiling it costs more than it saves, and sums and sorts of a million rows fit in this much memory.
  await transaction.execute(sql`
    SELECT set_config('timezone', 'UTC', true), set_config('datestyle', 'ISO, YMD', true), set_config('bytea_output', 'hex', true),
           set_config('jit', 'off', true), set_config('work_mem', '64MB', true)`);
  const checks: VerifyCheck[] = [];
  const asked = options.checks ?? CHECKS;
  for (const check of asked) {
    options.onProgress?.({ id: check.id, done: checks.length, of: asked.length });
    checks.push(await runCheck(transaction, inScope(check, options.since)));
  }
  return { ok: checks.every((check) => check.ok), checks };
}

async function runCheck(transaction: Transaction, check: Check): Promise<VerifyCheck> {
  const [row] = await transaction.execute<{
    checked: number;
    firstBroken: Record<string, string> | null;
  }>(sql`
    SELECT (${check.checked})::float8 AS checked,
           (SELECT (SELECT jsonb_object_agg(key, coalesce(value, 'null')) FROM jsonb_each_text(to_jsonb(broken)))
              FROM (${check.broken}) AS broken ORDER BY broken LIMIT 1) AS "firstBroken"`);
  const firstBroken = row?.firstBroken ?? null;
  return {
    id: check.id,
    title: check.title,
    ok: row !== undefined && firstBroken === null,
    checked: row?.checked ?? 0,
    firstBroken,
  };
}
