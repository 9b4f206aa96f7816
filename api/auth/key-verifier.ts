import type { Executor } from '../../db/client.ts';
import { findApiKey, markApiKeyUsed, type ApiKey } from '../../db/queries/api-keys.ts';
import { hashSecret, isSameHash, parseApiKey, type KeyDeployment } from './api-keys.ts';
import type { Principal } from '../deps.ts';

/** How long a key's row is cached: a revoked key stops working within this time. */
const CACHE_MS = 2_000;
const CACHED_KEYS_MAX = 10_000;

export interface KeyVerifier {
  /** The holder of a key that is valid now, else null; callers never learn why. */
  verify(presented: string): Promise<Principal | null>;
  /** Whether a key is still valid, for connections that stay open. */
  isStillGood(keyId: string): Promise<boolean>;
}

/** Looks keys up by id, and remembers each row for two seconds; unknown ids too, so that guessing costs no queries. */
export function createKeyVerifier(deps: {
  readonly db: Executor;
  readonly pepper: string;
  readonly deployment: KeyDeployment;
  readonly clock: () => Date;
}): KeyVerifier {
  const cache = new Map<string, { readonly row: ApiKey | null; readonly readAtMs: number }>();

  async function lookUp(id: string): Promise<ApiKey | null> {
    const nowMs = deps.clock().getTime();
    const cached = cache.get(id);
    if (cached !== undefined && nowMs - cached.readAtMs < CACHE_MS) return cached.row;
    const row = await findApiKey(deps.db, id);
    if (cache.size >= CACHED_KEYS_MAX) cache.clear();
    cache.set(id, { row, readAtMs: nowMs });
    if (row !== null) await markApiKeyUsed(deps.db, id);
    return row;
  }

  function isLive(row: ApiKey): boolean {
    return row.revokedAt === null && (row.expiresAt === null || row.expiresAt > deps.clock());
  }

  return {
    async verify(presented) {
      const key = parseApiKey(presented, deps.deployment);
      if (key === null) return null;
      const row = await lookUp(key.id);
      const isSecretRight = isSameHash(row?.secretHash ?? '', hashSecret(deps.pepper, key.secret));
      if (row === null || !isSecretRight || !isLive(row)) return null;
      return {
        keyId: row.id,
        ownerKind: row.ownerKind,
        person: row.person,
        scopes: new Set(row.scopes),
      };
    },
    async isStillGood(keyId) {
      const row = await lookUp(keyId);
      return row !== null && isLive(row);
    },
  };
}
