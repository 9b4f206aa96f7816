import { sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../client.ts';
import { readSnapshot } from '../../read-snapshot.ts';
import { ACCESS_CHECKS } from './access-checks.ts';
import { AUDIT_CHECKS } from './audit-checks.ts';
import type { Check } from './check.ts';
import { DECISION_CHECKS } from './decision-checks.ts';
import { DEPOSIT_CHECKS } from './deposit-checks.ts';
import { HOLD_CHECKS } from './hold-checks.ts';
import { INTAKE_CHECKS } from './intake-checks.ts';
import { JOURNAL_CHECKS } from './journal-checks.ts';
import { LINE_CHECKS } from './line-checks.ts';
import { LINE_HOLD_CHECKS } from './line-hold-checks.ts';
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
  ...AUDIT_CHECKS,
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

export interface VerifyReport {
  readonly ok: boolean;
  readonly checks: readonly VerifyCheck[];
}

/**
 * Recomputes every rule from rows, in one read-only snapshot: it sees all of a concurrent transaction or nothing. The
 * rows alone decide, since a superuser, a restore or a replica can bypass triggers and constraints.
 */
export async function verify(db: Database): Promise<VerifyReport> {
  return readSnapshot(db, async (transaction) => {
    // A ledger of many years takes longer than an ordinary statement may.
    await transaction.execute(sql`SET LOCAL statement_timeout = '10min'`);
    return runChecks(transaction);
  });
}

/** As {@link verify}, in a transaction that the caller has opened. */
export async function runChecks(transaction: Transaction): Promise<VerifyReport> {
  const checks: VerifyCheck[] = [];
  for (const check of CHECKS) checks.push(await runCheck(transaction, check));
  return { ok: checks.every((check) => check.ok), checks };
}

async function runCheck(transaction: Transaction, check: Check): Promise<VerifyCheck> {
  const [row] = await transaction.execute<{
    checked: number;
    firstBroken: Record<string, string> | null;
  }>(sql`
    SELECT (${check.checked})::int AS checked,
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
