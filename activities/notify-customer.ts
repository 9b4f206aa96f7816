import { publishNotifications } from '../db/queries/publication.ts';
import type { ActivityDependencies } from './dependencies.ts';

/**
 * Publishes the notification that the credit wrote: the API pushes it to whoever listens. Safe to run again: a
 * published notification is not published twice, and a failure never touches the credit.
 */
export async function notifyCustomer(
  dependencies: ActivityDependencies,
  input: { readonly depositId: string },
): Promise<{ readonly published: number }> {
  return { published: await publishNotifications(dependencies.database, [input.depositId]) };
}
