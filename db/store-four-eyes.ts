import postgres from 'postgres';
import { toCodedError } from './pg-errors.ts';

/**
 * Stores the amount above which the database takes no credit of one person. Only the login that migrates may: one that
 * serves requests and could raise the limit would need no second person.
 * @returns true if it was another one before.
 */
export async function storeFourEyesAbove(url: string, aboveMinor: bigint): Promise<boolean> {
  const client = postgres(url, {
    max: 1,
    connect_timeout: 10,
    onnotice: () => undefined,
    connection: { application_name: 'purser-migrate' },
  });
  try {
    const changed = await client`
      UPDATE approval_limits SET above_minor = ${aboveMinor.toString()}
       WHERE kind = 'credit' AND above_minor <> ${aboveMinor.toString()}`;
    return changed.count > 0;
  } catch (error) {
    throw toCodedError(error) ?? error;
  } finally {
    await client.end({ timeout: 5 });
  }
}
