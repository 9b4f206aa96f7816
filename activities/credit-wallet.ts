import { creditOne, type CreditOutcome } from '../app/credit/credit-one.ts';
import type { ActivityDependencies } from './dependencies.ts';

export type CreditWalletOutput = CreditOutcome;

/** Credits one deposit; retries credit it once. */
export async function creditWallet(
  { database }: Pick<ActivityDependencies, 'database'>,
  input: { readonly depositId: string },
): Promise<CreditWalletOutput> {
  return creditOne(database, input.depositId);
}
