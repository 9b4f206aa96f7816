import { continueAsNew, sleep, workflowInfo } from '@temporalio/workflow';
import { records } from './activity-options.ts';
import type { ClaimInput, ClaimOutput } from './contract.ts';
import { needTexts } from './read-input.ts';

const LOOK_EVERY_MS = 6 * 3_600_000;

/** "I have paid": waits for the deposit that a customer claims, until the claim expires. It never credits. */
export async function claim(input: ClaimInput): Promise<ClaimOutput> {
  needTexts(input, 'claimId');
  for (;;) {
    const { state, expiresAt } = await records.checkClaim(input);
    if (state !== 'open' || expiresAt === null) return { state };
    if (workflowInfo().continueAsNewSuggested) return continueAsNew<typeof claim>(input);
    const waitMs = Math.max(Math.min(Date.parse(expiresAt) - Date.now(), LOOK_EVERY_MS), 1_000);
    await sleep(waitMs, { summary: 'Waits for the deposit that is claimed' });
  }
}
