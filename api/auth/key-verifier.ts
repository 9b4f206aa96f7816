import type { Executor } from '../../db/client.ts';
import { findApiKey, markApiKeyUsed, type ApiKey } from '../../db/queries/api-keys.ts';
import { hashKey, isLive, isSameHash, parseApiKey, type KeyMaker } from './api-keys.ts';

/** How long a key's row is cached: a revoked key stops working within this time. */
const CACHE_MS = 2_000;
const CACHED_KEYS_MAX = 10_000;

export interface KeyVerifier {
  /** The row of a key that is valid now, else null. */
  verify(presented: string): Promise<ApiKey | null>;
  /** A key that is still valid, for tokens and for connections that stay open; else null. */
  findLive(keyId: string): Promise<ApiKey | null>;
}

/**
 * Looks keys up by id, and remembers each row for two seconds. Only a key that was made under this pepper is looked up:
 * guessing costs no queries.
 */
export function createKeyVerifier(
  deps: KeyMaker & { readonly db: Executor; readonly clock: () => Date },
): KeyVerifier {
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

  return {
    async verify(presented) {
      const key = parseApiKey(presented, deps);
      if (key === null) return null;
      const row = await lookUp(key.id);
      if (row === null || !isLive(row, deps.clock())) return null;
      return isSameHash(row.secretHash, hashKey(deps.pepper, row, key.secret)) ? row : null;
    },
    async findLive(keyId) {
      const row = await lookUp(keyId);
      return row !== null && isLive(row, deps.clock()) ? row : null;
    },
  };
}
