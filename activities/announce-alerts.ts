import { log } from '@temporalio/activity';
import { lookAtAlerts } from '../app/alert/look-at-alerts.ts';
import { alertFacts, alertSentence } from '../domain/words/alert-words.ts';
import type { ActivityDependencies } from './dependencies.ts';

/** Writes new alerts to the log at once, where their cause has just been recorded; the worker's watch finds the others. */
export async function announceAlerts({
  database,
}: Pick<ActivityDependencies, 'database'>): Promise<void> {
  try {
    const found = await lookAtAlerts(database);
    for (const news of found) log.error(alertSentence(news), alertFacts(news));
  } catch (error) {
    // Whatever the alert is about must not fail by it: the worker's watch looks again.
    log.warn('alerts were not looked at', { error });
  }
}
