import type { Database } from '../../db/client.ts';
import { findClaim, meetOrExpireClaim } from '../../db/queries/claims.ts';
import type { ClaimState } from '../../db/schema/claims.ts';

/** Ends a claim if its deposit was credited or its time is over. Null: the claim does not exist. */
export async function checkClaim(
  database: Database,
  claimId: string,
): Promise<{ readonly state: ClaimState; readonly expiresAt: Date | null } | null> {
  const state = await database.transaction((tx) => meetOrExpireClaim(tx, claimId));
  if (state === null) return null;
  const claim = await findClaim(database, claimId);
  return { state, expiresAt: claim?.expiresAt ?? null };
}
