import { log } from '@temporalio/workflow';
import { notifying } from './activity-options.ts';

/** The credit stands whatever becomes of the message: the sweep publishes what could not be published here. */
export async function notifyOfCredit(depositId: string): Promise<void> {
  try {
    await notifying.notifyCustomer({ depositId });
  } catch {
    log.warn('notification was not published; the sweep publishes it', { depositId });
  }
}
