import { proxyActivities, proxyLocalActivities, type ActivityOptions } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';

/** Unlimited attempts are deliberate: a database outage pauses deposits and does not fail them. */
const databaseWrite = {
  startToCloseTimeout: '5s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' },
} satisfies ActivityOptions;

/** The three steps of a deposit, local to one workflow task; longer waits between attempts become server timers. */
export const steps = proxyLocalActivities<Pick<Activities, 'validateCode' | 'creditWallet'>>({
  startToCloseTimeout: '5s',
  localRetryThreshold: '10s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

/** A notification is tried a few times here; after that the sweep publishes it. */
export const notifying = proxyLocalActivities<Pick<Activities, 'notifyCustomer'>>({
  startToCloseTimeout: '5s',
  localRetryThreshold: '10s',
  retry: {
    initialInterval: '500ms',
    backoffCoefficient: 2,
    maximumInterval: '5s',
    maximumAttempts: 3,
  },
});

export const records =
  proxyActivities<
    Pick<
      Activities,
      | 'applyDecision'
      | 'checkClaim'
      | 'claimUndispatched'
      | 'followReview'
      | 'markDispatched'
      | 'openReview'
      | 'planDispatch'
      | 'recheckReview'
      | 'recordRun'
    >
  >(databaseWrite);

/**
 * Few attempts, within a run's 4 minutes: if the bank does not answer now, the next tick asks again. One attempt may
 * take long, since it also captures its lines: 50,000 at once after an outage.
 */
export const bankCalls = proxyActivities<Pick<Activities, 'fetchLines'>>({
  startToCloseTimeout: '150s',
  heartbeatTimeout: '20s',
  scheduleToCloseTimeout: '200s',
  retry: {
    initialInterval: '1s',
    backoffCoefficient: 2,
    maximumInterval: '15s',
    maximumAttempts: 3,
  },
});

export const statements = proxyActivities<Pick<Activities, 'captureStatement'>>({
  startToCloseTimeout: '60m',
  heartbeatTimeout: '30s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
});

export const batches = proxyActivities<
  Pick<Activities, 'drainGate' | 'settleBacklog' | 'followUp' | 'sweepDeposits'>
>({
  startToCloseTimeout: '3m',
  heartbeatTimeout: '20s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' },
});

/** Few attempts, so that no run waits for sealing: the next run or sweep seals the remaining rows. */
export const sealing = proxyActivities<Pick<Activities, 'sealAudit'>>({
  startToCloseTimeout: '1m',
  heartbeatTimeout: '20s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumAttempts: 3 },
});

export const waiting = proxyActivities<Pick<Activities, 'awaitDeposits'>>({
  startToCloseTimeout: '90s',
  heartbeatTimeout: '20s',
  retry: {
    initialInterval: '500ms',
    backoffCoefficient: 2,
    maximumInterval: '10s',
    maximumAttempts: 5,
  },
});
