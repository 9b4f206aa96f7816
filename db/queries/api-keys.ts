import { eq, sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { arrayText, param } from '../param.ts';
import { apiKeys, type ApiKeyOwner } from '../schema/api-keys.ts';

export type ApiKey = Omit<typeof apiKeys.$inferSelect, 'salt' | 'commitment'>;

/** What never changes of a key: its hash covers all of it. */
export interface ApiKeyFacts {
  readonly id: string;
  readonly ownerKind: ApiKeyOwner;
  readonly person: string | null;
  readonly caller: string;
  readonly scopes: readonly string[];
  readonly boundAccounts: readonly string[] | null;
  readonly ownWallets: boolean;
}

export async function insertApiKey(
  executor: Executor,
  key: ApiKeyFacts & {
    readonly secretHash: string;
    readonly name: string;
    readonly expiresAt: Date | null;
    readonly rotatedFrom: string | null;
  },
): Promise<void> {
  await executor.execute(sql`
    select create_api_key(${key.id}, ${key.secretHash}, ${key.name}, ${key.ownerKind}, ${key.person}, ${key.caller},
      ${param(key.scopes)}::text[], ${key.boundAccounts === null ? null : arrayText(key.boundAccounts)}::text[], ${key.ownWallets},
      ${key.expiresAt?.toISOString() ?? null}::timestamptz, ${key.rotatedFrom})`);
}

/** Finds revoked and expired keys too: the caller's log tells them from unknown ones. */
export async function findApiKey(executor: Executor, id: string): Promise<ApiKey | null> {
  const rows = await executor.select().from(apiKeys).where(eq(apiKeys.id, id)).limit(1);
  return rows[0] ?? null;
}

/** Revokes a key now; false if it is unknown or has already ended. */
export async function markApiKeyRevoked(executor: Executor, id: string): Promise<boolean> {
  const rows = await executor.execute<{ done: boolean }>(sql`select revoke_api_key(${id}) as done`);
  return rows[0]?.done === true;
}

/** Sets when a key ends; false if it is unknown or has ended. */
export async function setApiKeyEnd(executor: Executor, id: string, at: Date): Promise<boolean> {
  const rows = await executor.execute<{ done: boolean }>(
    sql`select expire_api_key(${id}, ${at.toISOString()}::timestamptz) as done`,
  );
  return rows[0]?.done === true;
}

const SHOWN = {
  id: apiKeys.id,
  name: apiKeys.name,
  ownerKind: apiKeys.ownerKind,
  person: apiKeys.person,
  caller: apiKeys.caller,
  scopes: apiKeys.scopes,
  boundAccounts: apiKeys.boundAccounts,
  ownWallets: apiKeys.ownWallets,
  rotatedFrom: apiKeys.rotatedFrom,
  createdAt: apiKeys.createdAt,
  expiresAt: apiKeys.expiresAt,
  revokedAt: apiKeys.revokedAt,
  lastUsedAt: apiKeys.lastUsedAt,
};

/** A key without its hash. */
export type ShownApiKey = Omit<ApiKey, 'secretHash'>;

/** Every key, oldest first, without its hash. */
export async function listApiKeys(executor: Executor): Promise<readonly ShownApiKey[]> {
  return executor.select(SHOWN).from(apiKeys).orderBy(apiKeys.createdAt, apiKeys.id);
}

/** Records the use of a key, at most once a minute: otherwise every request would be a write. */
export async function markApiKeyUsed(executor: Executor, id: string): Promise<void> {
  await executor.execute(sql`select use_api_key(${id})`);
}
