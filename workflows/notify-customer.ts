import { log } from '@temporalio/workflow';
import { notifying } from './activity-options.ts';

/** The credit stays even if the notification fails; the sweep then publishes it. */
export async function notifyOfCredit(depositId: string): Promise<void> {
  try {
    await notifying.notifyCustomer({ depositId });
  } catch {
    log.warn('notification was not published; the sweep publishes it', { depositId });
  }
}
