import { setCurrentDetails } from '@temporalio/workflow';
import { records } from './activity-options.ts';
import type { DecideInput, ResolveDepositOutput } from './contract.ts';
import { notifyOfCredit } from './notify-customer.ts';
import { needTexts } from './read-input.ts';

const CUSTOMER_HEARS: ReadonlySet<ResolveDepositOutput['outcome']> = new Set([
  'credited',
  'corrected',
  'taken_back',
  'paired',
]);

/**
 * Carries out an approved decision that no review takes: about a credited deposit, about its line, or too late for its
 * review.
 */
export async function decide(input: DecideInput): Promise<ResolveDepositOutput> {
  needTexts(input, 'depositId', 'decisionId');
  const { depositId, decisionId } = input;
  const output = await records.applyDecision({ depositId, decisionId });
  if (CUSTOMER_HEARS.has(output.outcome)) await notifyOfCredit(depositId);
  setCurrentDetails(`Decision tried: ${output.outcome}.`);
  return output;
}
