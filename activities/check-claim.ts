import { checkClaim as check } from '../app/credit/check-claim.ts';
import type { ClaimState } from '../db/schema/claims.ts';
import type { ActivityDependencies } from './dependencies.ts';

export interface CheckClaimOutput {
  /** `gone`: the claim does not exist. */
  readonly state: ClaimState | 'gone';
  /** ISO instant. */
  readonly expiresAt: string | null;
}

/** Ends a claim if its deposit was credited or its time is over. */
export async function checkClaim(
  { database }: Pick<ActivityDependencies, 'database'>,
  input: { readonly claimId: string },
): Promise<CheckClaimOutput> {
  const claim = await check(database, input.claimId);
  return claim === null
    ? { state: 'gone', expiresAt: null }
    : { state: claim.state, expiresAt: claim.expiresAt?.toISOString() ?? null };
}
