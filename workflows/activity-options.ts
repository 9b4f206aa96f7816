import {
  ActivityCancellationType,
  proxyActivities,
  proxyLocalActivities,
  type ActivityInterfaceFor,
  type ActivityOptions,
  type LocalActivityOptions,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { RUN_PART_MS } from '../domain/run-times.ts';
import { BANK_TASK_QUEUE, BATCH_TASK_QUEUE } from './contract.ts';

/** What the Temporal UI shows beside an activity: the same words at each call, never ids, money or names. */
type Summaries<Name extends keyof Activities> = Readonly<Record<Name, string>>;
type Proxies<Name extends keyof Activities> = ActivityInterfaceFor<Pick<Activities, Name>>;

/** A proxy for each name, since the summary is an option of the whole proxy. */
function proxies<Name extends keyof Activities>(
  make: (summary: string) => Proxies<Name>,
  summaries: Summaries<Name>,
): Proxies<Name> {
  const names = Object.keys(summaries) as Name[];
  return Object.fromEntries(
    names.map((name) => [name, make(summaries[name])[name]]),
  ) as Proxies<Name>;
}

function regular<Name extends keyof Activities>(
  options: ActivityOptions,
  summaries: Summaries<Name>,
): Proxies<Name> {
  return proxies((summary) => proxyActivities({ ...options, summary }), summaries);
}

function local<Name extends keyof Activities>(
  options: LocalActivityOptions,
  summaries: Summaries<Name>,
): Proxies<Name> {
  return proxies((summary) => proxyLocalActivities({ ...options, summary }), summaries);
}

/** The steps of a deposit, local to one workflow task; longer waits between attempts become server timers. */
export const steps = local(
  {
    startToCloseTimeout: '5s',
    localRetryThreshold: '10s',
    retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' },
  },
  {
    validateCode: 'Find the wallet that the reference names',
    creditWallet: 'Credit the wallet, once',
  },
);

/** A notification is tried a few times here; after that the sweep publishes it. */
export const notifying = local(
  {
    startToCloseTimeout: '5s',
    localRetryThreshold: '10s',
    retry: {
      initialInterval: '500ms',
      backoffCoefficient: 2,
      maximumInterval: '5s',
      maximumAttempts: 3,
    },
  },
  { notifyCustomer: 'Tell the customer' },
);

/** Unlimited attempts are deliberate: a database outage pauses deposits and does not fail them. */
export const records = regular(
  {
    startToCloseTimeout: RUN_PART_MS.recordAttempt,
    retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' },
  },
  {
    applyDecision: 'Carry out a person’s decision',
    awaitDeposits: 'Look whether deposits have left captured',
    checkClaim: 'Look whether the claimed deposit came',
    claimUndispatched: 'List deposits without a workflow',
    followReview: 'Remind, escalate or renew the review',
    markDispatched: 'Note that deposits have their workflows',
    openReview: 'Open the review, or take it over',
    planDispatch: 'Choose the lane of the waiting deposits',
    recheckReview: 'Read the rows of the deposit again',
    recordRun: 'Record the run',
  },
);

/**
 * Few attempts: if the bank does not answer now, the next tick asks again. A cancelled read is awaited, since what it
 * captured belongs to its run.
 */
export const bankCalls = regular(
  {
    taskQueue: BANK_TASK_QUEUE,
    startToCloseTimeout: RUN_PART_MS.readAttempt,
    heartbeatTimeout: '20s',
    scheduleToCloseTimeout: RUN_PART_MS.readWindow,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: {
      initialInterval: '1s',
      backoffCoefficient: 2,
      maximumInterval: '15s',
      maximumAttempts: 3,
    },
  },
  { fetchLines: 'Read and capture a window of the bank account' },
);

export const statements = regular(
  {
    taskQueue: BATCH_TASK_QUEUE,
    startToCloseTimeout: '60m',
    heartbeatTimeout: '30s',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
  },
  { captureStatement: 'Read and capture the statement file' },
);

const batch = {
  taskQueue: BATCH_TASK_QUEUE,
  startToCloseTimeout: RUN_PART_MS.batchAttempt,
  heartbeatTimeout: '20s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' },
} satisfies ActivityOptions;

export const batches = regular(batch, {
  drainGate: 'Credit and wake what waited behind the gate',
  followUp: 'Book reversals, open cases, prove the day',
  settleBacklog: 'Credit the exact matches of the backlog',
});

/** A step that fails for so long is left to the next sweep, so that the steps behind it are tried in this one. */
export const sweeping = regular(
  { ...batch, scheduleToCloseTimeout: RUN_PART_MS.sweepStep },
  {
    checkClaims: 'End overdue claims',
    deliverDecisions: 'Deliver decisions that nobody carried out',
    drainGate: 'Credit and wake what waited behind the gate',
    followUp: 'Book reversals, open cases, prove the day',
    importForgotten: 'Import statement files that were left',
    planSweep: 'List accounts and gates with work left',
    publishForgotten: 'Publish notifications that were left',
    restartLost: 'Start workflows that were lost',
    settleBacklog: 'Credit the exact matches of the backlog',
    wakeWaiting: 'Wake deposits whose cause to wait is gone',
  },
);

/** Few attempts, so that no run waits for sealing: the next run or sweep seals the remaining rows. */
export const sealing = regular(
  {
    taskQueue: BATCH_TASK_QUEUE,
    startToCloseTimeout: '1m',
    heartbeatTimeout: '20s',
    scheduleToCloseTimeout: RUN_PART_MS.seal,
    retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumAttempts: 3 },
  },
  { sealAudit: 'Seal the new rows of the audit trail' },
);
