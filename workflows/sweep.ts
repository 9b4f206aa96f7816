import { batches } from './activity-options.ts';
import type { SweepInput, SweepOutput } from './contract.ts';

/** Restarts what was lost: deposits without a living workflow, notifications that nobody published. */
export async function sweep(input: SweepInput): Promise<SweepOutput> {
  return batches.sweepDeposits(input);
}
