import { setTimeout as rest } from 'node:timers/promises';
import { withDeadline } from '../db/with-deadline.ts';
import { errorName } from '../domain/errors.ts';
import type { Logger } from '../logger.ts';

const LOOK_EVERY_MS = 5_000;
const LOOK_MS_MAX = 30_000;

/** An account, and whether its row says that it is read. */
export interface FollowedAccount {
  readonly accountKey: string;
  readonly isPolled: boolean;
}

export interface FollowDependencies {
  readonly list: () => Promise<readonly FollowedAccount[]>;
  /** Makes the Schedule of one account match its row. */
  readonly apply: (account: FollowedAccount) => Promise<void>;
  /** The accounts whose Schedules match already. */
  readonly applied: readonly FollowedAccount[];
  readonly logger: Logger;
}

/**
 * Makes the Schedules follow the rows of bank accounts while the worker runs, so that an account that was added, paused
 * or resumed needs no restart. The row is the truth; what could not be applied is tried again.
 */
export function followAccounts(dependencies: FollowDependencies): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const stopped = new Promise<void>((resolve) => {
    stopping.signal.addEventListener('abort', () => {
      resolve();
    });
  });
  const applied = new Map(
    dependencies.applied.map(({ accountKey, isPolled }) => [accountKey, isPolled]),
  );
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await Promise.race([followOnce(dependencies, applied), stopped]);
      await rest(LOOK_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

async function followOnce(
  { apply, list, logger }: FollowDependencies,
  applied: Map<string, boolean>,
): Promise<void> {
  let accounts: readonly FollowedAccount[];
  try {
    accounts = await withDeadline(list(), LOOK_MS_MAX);
  } catch (error) {
    logger.warn({ cause: errorName(error) }, 'bank accounts were not followed');
    return;
  }
  for (const account of accounts) {
    const { accountKey, isPolled } = account;
    if (applied.get(accountKey) === isPolled) continue;
    // One account's failure keeps no other from being followed.
    try {
      await withDeadline(apply(account), LOOK_MS_MAX);
      applied.set(accountKey, isPolled);
      logger.info({ accountKey }, isPolled ? 'account is read now' : 'account is not read now');
    } catch (error) {
      logger.warn({ accountKey, cause: errorName(error) }, 'bank account was not followed');
    }
  }
}
