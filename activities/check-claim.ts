import { findClaim, meetOrExpireClaim } from '../db/queries/claims.ts';
import type { ClaimState } from '../db/schema/claims.ts';
import type { ActivityDependencies } from './dependencies.ts';

export interface CheckClaimOutput {
  /** `gone`: there is no such claim. */
  readonly state: ClaimState | 'gone';
  /** ISO instant. */
  readonly expiresAt: string | null;
}

/** Looks whether the deposit that a customer claims has been credited, and ends the claim when it has or when its time is over. */
export async function checkClaim(
  { database }: ActivityDependencies,
  input: { readonly claimId: string },
): Promise<CheckClaimOutput> {
  const state = await database.transaction((tx) => meetOrExpireClaim(tx, input.claimId));
  const claim = await findClaim(database, input.claimId);
  return { state: state ?? 'gone', expiresAt: claim?.expiresAt.toISOString() ?? null };
}
