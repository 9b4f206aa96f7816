import { proveDay as prove, type DayProof } from '../app/prove/prove-day.ts';
import { settleByStatement } from '../app/prove/settle-holds.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { endSettled } from './settle-holds.ts';

/**
 * Compares the ledger of an account with its newest statement, once the statement's balance has settled what it can.
 */
export async function proveDay(
  dependencies: Pick<ActivityDependencies, 'database' | 'wakeDeposit'>,
  input: { readonly accountKey: string },
): Promise<DayProof> {
  const { database } = dependencies;
  await endSettled(dependencies, await settleByStatement(database, input.accountKey));
  return prove(database, input.accountKey);
}
