import { publishNotifications } from '../db/queries/publication.ts';
import type { ActivityDependencies } from './dependencies.ts';

/**
 * Publishes the notification that the credit wrote; the API pushes it to every listener. Safe to run again: it
 * publishes a notification once, and a failure never touches the credit.
 */
export async function notifyCustomer(
  dependencies: ActivityDependencies,
  input: { readonly depositId: string },
): Promise<{ readonly published: number }> {
  return { published: await publishNotifications(dependencies.database, [input.depositId]) };
}
