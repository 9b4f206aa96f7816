import { log } from '@temporalio/activity';
import { eq } from 'drizzle-orm';
import { actAs, WORKFLOW_ACTOR } from '../db/queries/audit.ts';
import { findStatedBalance, insertDayProof, pinOpening } from '../db/queries/day-proofs.ts';
import type { Transaction } from '../db/client.ts';
import { setGate } from '../db/queries/gates.ts';
import { bankAccounts } from '../db/schema/bank-accounts.ts';
import type { LocalDate } from '../domain/local-date.ts';
import type { ActivityDependencies } from './dependencies.ts';

export interface ProveDayOutput {
  /** `absent`: no statement of good proof says what the bank holds. */
  readonly outcome: 'ok' | 'differs' | 'absent';
  readonly gateClosed: boolean;
}

/**
 * Holds the ledger of an account against the newest balance that the bank states, to the cent, and writes down what was
 * found with the open suspense. A difference raises an alert and, where the account's policy says so, closes its gate.
 */
export async function proveDay(
  { database }: Pick<ActivityDependencies, 'database'>,
  input: { readonly accountKey: string },
): Promise<ProveDayOutput> {
  const { accountKey } = input;
  const found = await database.transaction(async (tx): Promise<ProveDayOutput> => {
    const stated = await findStatedBalance(tx, accountKey);
    const opening = await pinOpening(tx, accountKey);
    if (stated === null || opening === null || stated.day < opening.day)
      return { outcome: 'absent', gateClosed: false };
    const difference = await insertDayProof(tx, {
      accountKey,
      source: 'statement',
      opening,
      stated,
    });
    if (difference === 0n) return { outcome: 'ok', gateClosed: false };
    const gateClosed = await closeGateByPolicy(tx, accountKey, stated.day);
    return { outcome: 'differs', gateClosed };
  });
  if (found.outcome === 'differs') alertDifference(accountKey);
  return found;
}

export function alertDifference(accountKey: string): void {
  log.error('the ledger differs from the bank', { alert: 'balance_differs', accountKey });
}

/** Closes the gate of an account whose ledger differs from the bank, where its policy says so. False where it stays as it is. */
export async function closeGateByPolicy(
  tx: Transaction,
  accountKey: string,
  day: LocalDate,
): Promise<boolean> {
  const [account] = await tx
    .select({ balancePolicy: bankAccounts.balancePolicy })
    .from(bankAccounts)
    .where(eq(bankAccounts.key, accountKey));
  if (account?.balancePolicy !== 'close_gate') return false;
  const reason = `The ledger differs from the bank's balance of ${day}.`;
  await actAs(tx, WORKFLOW_ACTOR, reason);
  return setGate(tx, {
    scope: accountKey,
    state: 'closed',
    cause: 'balance_differs',
    reason,
    changedBy: null,
  });
}
