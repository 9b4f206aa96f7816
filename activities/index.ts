import { applyDecision } from './apply-decision.ts';
import { captureStatement } from './capture-statement.ts';
import { checkClaim } from './check-claim.ts';
import { claimUndispatched, markDispatched, planDispatch } from './claim-undispatched.ts';
import { creditWallet } from './credit-wallet.ts';
import type { ActivityDependencies } from './dependencies.ts';
import { drainGate } from './drain-gate.ts';
import { withCleanFailures } from './failure.ts';
import { fetchLines } from './fetch-lines.ts';
import { followUp } from './follow-up.ts';
import { followReview } from './follow-review.ts';
import { notifyCustomer } from './notify-customer.ts';
import { openReview } from './open-review.ts';
import { planSweep } from './plan-sweep.ts';
import { recheckReview } from './recheck-review.ts';
import { awaitDeposits, recordRun } from './record-run.ts';
import { sealAudit } from './seal-audit.ts';
import { settleBacklog } from './settle-backlog.ts';
import {
  checkClaims,
  deliverDecisions,
  importForgotten,
  publishForgotten,
  restartLost,
} from './sweep-deposits.ts';
import { validateCode } from './validate-code.ts';
import { wakeWaiting } from './wake-waiting.ts';

/**
 * Every activity, as the worker registers it and the workflows name it. Each takes one object and may safely run twice.
 */
export function createActivities(dependencies: ActivityDependencies) {
  const bind =
    <Input, Output>(
      activity: (dependencies: ActivityDependencies, input: Input) => Promise<Output>,
    ) =>
    (input: Input) =>
      activity(dependencies, input);
  return withCleanFailures({
    applyDecision: bind(applyDecision),
    awaitDeposits: bind(awaitDeposits),
    captureStatement: bind(captureStatement),
    checkClaim: bind(checkClaim),
    checkClaims: () => checkClaims(dependencies),
    claimUndispatched: bind(claimUndispatched),
    creditWallet: bind(creditWallet),
    deliverDecisions: bind(deliverDecisions),
    drainGate: bind(drainGate),
    fetchLines: bind(fetchLines),
    followUp: bind(followUp),
    followReview: bind(followReview),
    importForgotten: bind(importForgotten),
    markDispatched: bind(markDispatched),
    notifyCustomer: bind(notifyCustomer),
    openReview: bind(openReview),
    planDispatch: bind(planDispatch),
    planSweep: bind(planSweep),
    publishForgotten: () => publishForgotten(dependencies),
    recordRun: bind(recordRun),
    recheckReview: bind(recheckReview),
    restartLost: bind(restartLost),
    sealAudit: () => sealAudit(dependencies),
    settleBacklog: bind((deps: ActivityDependencies, input: { readonly accountKey: string }) =>
      settleBacklog(deps, input),
    ),
    validateCode: bind(validateCode),
    wakeWaiting: bind(wakeWaiting),
  });
}

export type Activities = ReturnType<typeof createActivities>;
