import { batches } from './activity-options.ts';
import type { SweepInput, SweepOutput } from './contract.ts';
import { sealAuditTrail } from './seal-audit.ts';

/** Recovers lost work: deposits without a running workflow, unpublished notifications. Seals the audit trail. */
export async function sweep(input: SweepInput): Promise<SweepOutput> {
  const swept = await batches.sweepDeposits(input);
  await sealAuditTrail();
  return swept;
}
