import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { apiKeys, type ApiKeyOwner } from '../schema/api-keys.ts';

export type ApiKey = typeof apiKeys.$inferSelect;

export async function insertApiKey(
  executor: Executor,
  apiKey: {
    readonly id: string;
    readonly secretHash: string;
    readonly name: string;
    readonly ownerKind: ApiKeyOwner;
    readonly person: string | null;
    readonly scopes: readonly string[];
    readonly expiresAt: Date | null;
  },
): Promise<void> {
  await executor.insert(apiKeys).values({ ...apiKey, scopes: [...apiKey.scopes] });
}

/** Finds revoked and expired keys too: the caller's log tells them from unknown ones. */
export async function findApiKey(executor: Executor, id: string): Promise<ApiKey | null> {
  const rows = await executor.select().from(apiKeys).where(eq(apiKeys.id, id)).limit(1);
  return rows[0] ?? null;
}

/** Revokes a key now; false if it is unknown or has already ended. */
export async function markApiKeyRevoked(executor: Executor, id: string): Promise<boolean> {
  const rows = await executor
    .update(apiKeys)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(apiKeys.id, id), isNull(apiKeys.revokedAt)))
    .returning({ id: apiKeys.id });
  return rows.length === 1;
}

/** Sets when a key ends; false if it is unknown or revoked. */
export async function setApiKeyEnd(executor: Executor, id: string, at: Date): Promise<boolean> {
  const rows = await executor
    .update(apiKeys)
    .set({ expiresAt: at })
    .where(and(eq(apiKeys.id, id), isNull(apiKeys.revokedAt)))
    .returning({ id: apiKeys.id });
  return rows.length === 1;
}

const SHOWN = {
  id: apiKeys.id,
  name: apiKeys.name,
  ownerKind: apiKeys.ownerKind,
  person: apiKeys.person,
  scopes: apiKeys.scopes,
  createdAt: apiKeys.createdAt,
  expiresAt: apiKeys.expiresAt,
  revokedAt: apiKeys.revokedAt,
  lastUsedAt: apiKeys.lastUsedAt,
};

/** Every key, oldest first, without its hash. */
export async function listApiKeys(
  executor: Executor,
): Promise<readonly Omit<ApiKey, 'secretHash'>[]> {
  return executor.select(SHOWN).from(apiKeys).orderBy(apiKeys.createdAt, apiKeys.id);
}

/** Records the use of a key, at most once a minute: otherwise every request would be a write. */
export async function markApiKeyUsed(executor: Executor, id: string): Promise<void> {
  await executor.execute(sql`
    update api_keys set last_used_at = now()
     where id = ${id} and (last_used_at is null or last_used_at < now() - interval '1 minute')`);
}
