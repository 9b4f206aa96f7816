import type { FastifyBaseLogger } from 'fastify';
import { lookAtAlerts } from '../app/alert/look-at-alerts.ts';
import type { Database } from '../db/client.ts';
import { isWorkerSilent } from '../db/queries/alerts/alerts.ts';
import { alertFacts, alertSentence } from '../domain/words/alert-words.ts';

const LOOK_EVERY_MS = 5_000;

/** Writes new alerts to the API's log while no worker does: otherwise a dead worker would be told to nobody. */
export function startApiWatch(database: Database, logger: FastifyBaseLogger): { stop(): void } {
  const look = async (): Promise<void> => {
    try {
      if (!(await isWorkerSilent(database))) return;
      for (const news of await lookAtAlerts(database))
        logger.error(alertFacts(news), alertSentence(news));
    } catch {
      logger.warn('alerts were not looked at');
    }
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  timer.unref();
  return {
    stop: () => {
      clearInterval(timer);
    },
  };
}
