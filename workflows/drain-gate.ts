import { batches } from './activity-options.ts';
import type { DrainGateInput, DrainGateOutput } from './contract.ts';
import { needTexts } from './read-input.ts';

/** Releases the deposits that waited behind a gate. */
export async function drainGate(input: DrainGateInput): Promise<DrainGateOutput> {
  needTexts(input, 'scope');
  return batches.drainGate(input);
}
