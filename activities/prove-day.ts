import { log } from '@temporalio/activity';
import { eq } from 'drizzle-orm';
import { findStatedBalance, insertDayProof, pinOpening } from '../db/queries/day-proofs.ts';
import { setGate } from '../db/queries/gates.ts';
import { bankAccounts } from '../db/schema/bank-accounts.ts';
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
    const [account] = await tx
      .select({ balancePolicy: bankAccounts.balancePolicy })
      .from(bankAccounts)
      .where(eq(bankAccounts.key, accountKey));
    if (account?.balancePolicy !== 'close_gate') return { outcome: 'differs', gateClosed: false };
    const gateClosed = await setGate(tx, {
      scope: accountKey,
      state: 'closed',
      cause: 'balance_differs',
      reason: `The ledger differs from the bank's balance of ${stated.day}.`,
      changedBy: null,
    });
    return { outcome: 'differs', gateClosed };
  });
  if (found.outcome === 'differs')
    log.error('the ledger differs from the bank', { alert: 'balance_differs', accountKey });
  return found;
}
