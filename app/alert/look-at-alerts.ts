import type { Database } from '../../db/client.ts';
import { refreshAlerts, takeUnannounced } from '../../db/queries/alerts/alerts.ts';
import type { AlertNews } from '../../domain/words/alert-words.ts';

/** Looks at every condition, and answers the alerts that nobody has announced yet: the caller writes them to its log. */
export function lookAtAlerts(database: Database): Promise<readonly AlertNews[]> {
  return database.transaction(async (tx) => {
    await refreshAlerts(tx);
    return takeUnannounced(tx);
  });
}
