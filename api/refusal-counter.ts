import type { FastifyBaseLogger } from 'fastify';
import type { Database } from '../db/client.ts';
import { countRefusals } from '../db/queries/alerts/alerts.ts';
import type { ErrorCode } from '../domain/errors.ts';

const WRITE_EVERY_MS = 2_000;
/** Callers choose the account that they name: more different ones than this are not counted at once. */
const NAMES_MAX = 100;

/** Counts refused webhooks without a write for each. */
export interface RefusalCounter {
  add(accountKey: string, code: ErrorCode): void;
  /** Writes what is counted, and counts no more. */
  stop(): Promise<void>;
}

/** Writes the counts together every few seconds, so that a flood of forged events costs one row. */
export function createRefusalCounter(
  database: Database,
  logger: FastifyBaseLogger,
): RefusalCounter {
  let counts = new Map<string, { accountKey: string; code: ErrorCode; count: number }>();
  const write = async (): Promise<void> => {
    const written = counts;
    counts = new Map();
    for (const refused of written.values()) {
      try {
        await countRefusals(database, refused);
      } catch {
        logger.warn('refused webhooks were not counted');
      }
    }
  };
  const timer = setInterval(() => void write(), WRITE_EVERY_MS);
  timer.unref();
  return {
    add: (accountKey, code) => {
      const key = `${accountKey} ${code}`;
      const known = counts.get(key);
      if (known !== undefined) known.count += 1;
      else if (counts.size < NAMES_MAX) counts.set(key, { accountKey, code, count: 1 });
    },
    stop: async () => {
      clearInterval(timer);
      await write();
    },
  };
}
