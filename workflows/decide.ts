import { setCurrentDetails } from '@temporalio/workflow';
import { records } from './activity-options.ts';
import type { DecideInput, ResolveDepositOutput } from './contract.ts';
import { tellCustomer } from './tell-customer.ts';

/** Carries out an approved decision about a deposit whose own workflow has ended: a correction, or one that came too late. */
export async function decide(input: DecideInput): Promise<ResolveDepositOutput> {
  const { depositId, decisionId } = input;
  const output = await records.applyDecision({ depositId, decisionId });
  if (output.outcome === 'corrected' || output.outcome === 'credited')
    await tellCustomer(depositId);
  setCurrentDetails(`Decision tried: ${output.outcome}.`);
  return output;
}
