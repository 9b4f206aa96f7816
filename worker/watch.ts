import { setTimeout as rest } from 'node:timers/promises';
import { lookAtAlerts } from '../app/alert/look-at-alerts.ts';
import type { Database } from '../db/client.ts';
import { beat, replaceReports } from '../db/queries/alerts/alerts.ts';
import { withDeadline } from '../db/with-deadline.ts';
import { errorName } from '../domain/errors.ts';
import {
  alertFacts,
  alertSentence,
  type AlertKind,
  type ServiceReport,
} from '../domain/words/alert-words.ts';
import type { Logger } from '../logger.ts';

const LOOK_EVERY_MS = 5_000;
const LOOK_MS_MAX = 30_000;
/** Temporal is asked at every so many looks. */
const LOOKS_PER_REPORT = 2;

/** What only Temporal states. */
export interface TemporalReport {
  readonly kinds: readonly AlertKind[];
  readonly read: () => Promise<readonly ServiceReport[]>;
}

export interface WatchDependencies {
  readonly database: Database;
  readonly pollIntervalSeconds: number;
  readonly reports: readonly TemporalReport[];
  /** Delivers decisions again that nobody carried out. */
  readonly redeliver: () => Promise<void>;
  readonly logger: Logger;
}

/** Gives signs of life, looks at every condition of an alert, and writes each new alert to the log once. */
export function startWatch(dependencies: WatchDependencies): { stop(): Promise<void> } {
  const stopping = new AbortController();
  // A stop waits for no answer.
  const stopped = new Promise<void>((resolve) => {
    stopping.signal.addEventListener('abort', () => {
      resolve();
    });
  });
  const running = (async () => {
    for (let look = 0; !stopping.signal.aborted; look += 1) {
      if (look % LOOKS_PER_REPORT === 0) await Promise.race([askTemporal(dependencies), stopped]);
      await Promise.race([lookOnce(dependencies), stopped]);
      await Promise.race([redeliverOnce(dependencies), stopped]);
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

async function lookOnce({ database, logger, pollIntervalSeconds }: WatchDependencies) {
  try {
    await withDeadline(beat(database, pollIntervalSeconds), LOOK_MS_MAX);
    announce(logger, await withDeadline(lookAtAlerts(database), LOOK_MS_MAX));
  } catch (error) {
    logger.warn({ cause: errorName(error) }, 'alerts were not looked at');
  }
}

/** Writes alerts to a process's log, each as one line. */
function announce(logger: Logger, found: Awaited<ReturnType<typeof lookAtAlerts>>): void {
  for (const news of found) logger.error(alertFacts(news), alertSentence(news));
}

async function redeliverOnce({ logger, redeliver }: WatchDependencies): Promise<void> {
  try {
    await withDeadline(redeliver(), LOOK_MS_MAX);
  } catch (error) {
    logger.warn({ cause: errorName(error) }, 'decisions were not delivered again');
  }
}

async function askTemporal({ database, logger, reports }: WatchDependencies): Promise<void> {
  for (const { kinds, read } of reports) {
    try {
      await replaceReports(database, kinds, await withDeadline(read(), LOOK_MS_MAX));
    } catch (error) {
      logger.warn({ cause: errorName(error) }, 'Temporal was not asked about its workflows');
    }
  }
}
