import { applyDecision as apply } from '../app/decide/apply.ts';
import type { ResolveDepositOutput } from '../workflows/contract.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { wakeHeldByReversals } from './wake-held.ts';

/** It is over before a heartbeat would be due. */
const noBeat = () => undefined;

/** Carries out a person's decision once, and wakes the workflows that it affects. */
export async function applyDecision(
  dependencies: ActivityDependencies,
  input: { readonly depositId: string; readonly decisionId: string },
): Promise<ResolveDepositOutput> {
  const { clock, database, settings } = dependencies;
  const { output, open, pairedIn } = await apply(database, { clock, ...settings }, input);
  for (const ref of open) await dependencies.wakeDeposit(ref, { reason: 'settled_elsewhere' });
  if (pairedIn !== null) await wakeHeldByReversals(dependencies, pairedIn, noBeat);
  return output;
}
