import { actAs, WORKFLOW_ACTOR } from '../../db/queries/audit.ts';
import { findAccountPolicies } from '../../db/queries/bank-accounts.ts';
import {
  findStatedClosing,
  insertDayProof,
  pinOpening,
  sumOfLines,
} from '../../db/queries/day-proofs.ts';
import type { Database, Transaction } from '../../db/client.ts';
import { setGate } from '../../db/queries/gates.ts';
import { addDays, type LocalDate } from '../../domain/local-date.ts';

export interface DayProof {
  /** `absent`: no statement with a good proof states the bank's balance. */
  readonly outcome: 'ok' | 'differs' | 'absent';
  readonly gateClosed: boolean;
}

/**
 * Compares the ledger of an account with the newest closing balance that a statement states, to the cent, at the moment
 * that the balance belongs to: the end of a day or, within a day that the statement does not show whole, after its last
 * line. Records the result with the open suspense. If there is a difference and the policy says so, the account's gate
 * closes.
 */
export async function proveDay(database: Database, accountKey: string): Promise<DayProof> {
  return database.transaction(async (tx): Promise<DayProof> => {
    const stated = await findStatedClosing(tx, accountKey);
    const opening = await pinOpening(tx, accountKey);
    if (stated === null || opening === null || addDays(stated.wholeUntil, 1) < opening.day)
      return { outcome: 'absent', gateClosed: false };
    const { statementId, wholeUntil, shownAfterMinor } = stated;
    const whole = await sumOfLines(tx, { accountKey, from: opening.day, to: wholeUntil });
    const differenceMinor = await insertDayProof(tx, {
      accountKey,
      source: 'statement',
      moment: stated.day > wholeUntil ? 'last_line' : 'end_of_day',
      statementId,
      opening,
      movedMinor: whole + shownAfterMinor,
      stated,
    });
    if (differenceMinor === 0n) return { outcome: 'ok', gateClosed: false };
    return { outcome: 'differs', gateClosed: await closeGateByPolicy(tx, accountKey, stated.day) };
  });
}

/**
 * Closes the gate of an account whose ledger differs from the bank, if its policy says so; false if the gate stays
 * open.
 */
export async function closeGateByPolicy(
  tx: Transaction,
  accountKey: string,
  day: LocalDate,
): Promise<boolean> {
  const policies = await findAccountPolicies(tx, accountKey);
  if (policies?.balancePolicy !== 'close_gate') return false;
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
