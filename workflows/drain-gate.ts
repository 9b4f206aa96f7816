import { batches } from './activity-options.ts';
import type { DrainGateInput, DrainGateOutput } from './contract.ts';

/** Releases the deposits that waited behind a gate. */
export async function drainGate(input: DrainGateInput): Promise<DrainGateOutput> {
  return batches.drainGate(input);
}
