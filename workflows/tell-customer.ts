import { log } from '@temporalio/workflow';
import { telling } from './activity-options.ts';

/** The credit stands whatever becomes of the message: the sweep publishes what could not be published here. */
export async function tellCustomer(depositId: string): Promise<void> {
  try {
    await telling.notifyCustomer({ depositId });
  } catch {
    log.warn('notification was left to the sweep', { depositId });
  }
}
