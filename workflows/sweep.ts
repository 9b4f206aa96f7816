import { batches } from './activity-options.ts';
import type { SweepInput, SweepOutput } from './contract.ts';
import { badInput } from './read-input.ts';
import { sealAuditTrail } from './seal-audit.ts';

/** Recovers lost work: deposits without a running workflow, unpublished notifications. Seals the audit trail. */
export async function sweep(input: SweepInput): Promise<SweepOutput> {
  if (typeof (input as Partial<SweepInput> | undefined)?.olderThanMs !== 'number')
    throw badInput('This workflow needs olderThanMs.');
  const swept = await batches.sweepDeposits(input);
  await sealAuditTrail();
  return swept;
}
