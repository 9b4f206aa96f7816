import { checkClaim as check } from '../app/credit/check-claim.ts';
import type { ClaimState } from '../db/schema/claims.ts';
import type { ActivityDependencies } from './dependencies.ts';

export interface CheckClaimOutput {
  /** `gone`: there is no such claim. */
  readonly state: ClaimState | 'gone';
  /** ISO instant. */
  readonly expiresAt: string | null;
}

/** Ends a claim whose deposit has been credited, or whose time is over. */
export async function checkClaim(
  { database }: Pick<ActivityDependencies, 'database'>,
  input: { readonly claimId: string },
): Promise<CheckClaimOutput> {
  const claim = await check(database, input.claimId);
  return claim === null
    ? { state: 'gone', expiresAt: null }
    : { state: claim.state, expiresAt: claim.expiresAt?.toISOString() ?? null };
}
