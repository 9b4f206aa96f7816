import { condition, log, setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { defineSearchAttributeKey } from '@temporalio/common';
import type { OpenReviewOutput } from '../activities/open-review.ts';
import { records } from './activity-options.ts';
import type { DepositInput, DepositOutput } from './contract.ts';
import type { DecisionInbox } from './decision-inbox.ts';
import { isHistoryLong } from './history-length.ts';
import { notifyOfCredit } from './notify-customer.ts';

type ReviewReason = Parameters<typeof records.openReview>[0]['reason'];
type OpenReview = Extract<OpenReviewOutput, { outcome: 'in_review' }>;

const DEPOSIT_STATE = defineSearchAttributeKey('DepositState', 'KEYWORD');
const REVIEW_REASON = defineSearchAttributeKey('ReviewReason', 'KEYWORD');
const REVIEW_DUE_AT = defineSearchAttributeKey('ReviewDueAt', 'DATETIME');

/**
 * The result of a wait: the outcome, or `changed` if the review's row must be read again, or `unchanged`, or `long_history`
 * if the workflow must continue as new.
 */
type Step = DepositOutput['outcome'] | 'changed' | 'unchanged' | 'long_history';

/**
 * Waits for a person's decision, for as long as it takes. The row has the schedule of reminders, escalation and
 * deadline; after the deadline the review continues in its next round. An unknown or refused decision moves no money.
 */
export async function reviewDeposit(
  input: DepositInput & { readonly reason: ReviewReason },
  inbox: DecisionInbox,
): Promise<DepositOutput | 'long_history'> {
  const { depositId } = input;
  let shown: OpenReview | null = null;
  let reason: ReviewReason | null = input.reason;
  for (;;) {
    const review: OpenReviewOutput = await records.openReview({ depositId, reason });
    if (review.outcome === 'settled') return close('settled_elsewhere');
    if (shown?.dueAt !== review.dueAt || shown.reason !== review.reason) show(review, inbox);
    shown = review;
    reason = null;
    for (const decisionId of review.waitingDecisionIds) inbox.hand(decisionId);
    const outcome = await untilChanged(depositId, review, inbox);
    if (outcome === 'long_history') return outcome;
    if (outcome === 'credited') await notifyOfCredit(depositId);
    if (outcome !== 'changed') return close(outcome);
  }
}

function show(review: OpenReview, inbox: DecisionInbox): void {
  inbox.openReview({ reason: review.reason, dueAt: review.dueAt });
  upsertSearchAttributes([
    { key: DEPOSIT_STATE, value: 'in_review' },
    { key: REVIEW_REASON, value: review.reason },
    { key: REVIEW_DUE_AT, value: new Date(review.dueAt) },
  ]);
  setCurrentDetails(`Waiting for a decision (${review.reason}) until ${review.dueAt}.`);
}

function close(outcome: DepositOutput['outcome']): DepositOutput {
  upsertSearchAttributes([{ key: DEPOSIT_STATE, value: outcome }]);
  setCurrentDetails(`Review closed: ${outcome}.`);
  return { outcome };
}

async function untilChanged(
  depositId: string,
  review: OpenReview,
  inbox: DecisionInbox,
): Promise<Exclude<Step, 'unchanged'>> {
  for (;;) {
    const step = await advance(depositId, review, inbox);
    if (step !== 'unchanged') return step;
  }
}

async function advance(depositId: string, review: OpenReview, inbox: DecisionInbox): Promise<Step> {
  const waitMs = Math.max(Date.parse(review.nextAt) - Date.now(), 1);
  const isDue = () => inbox.hasUntried() || inbox.isWoken() || isHistoryLong(inbox);
  if (!(await condition(isDue, waitMs, { summary: 'Waits for a decision or the next step' }))) {
    await records.followReview({ depositId, at: new Date().toISOString() });
    return 'changed';
  }
  const decisionId = inbox.next();
  if (decisionId !== undefined) return tryDecision(depositId, decisionId, inbox);
  return inbox.isWoken() ? lookAgain(depositId, inbox) : 'long_history';
}

/** Something outside may have changed, so that the reference now names one open wallet; the rows decide. */
async function lookAgain(depositId: string, inbox: DecisionInbox): Promise<Step> {
  inbox.takeWake();
  const { outcome } = await records.recheckReview({ depositId });
  switch (outcome) {
    case 'credited':
      return 'credited';
    case 'settled':
      return 'settled_elsewhere';
    case 'waits':
      return 'changed';
  }
}

async function tryDecision(
  depositId: string,
  decisionId: string,
  inbox: DecisionInbox,
): Promise<Step> {
  const output = await records.applyDecision({ depositId, decisionId });
  inbox.record(decisionId, output);
  switch (output.outcome) {
    case 'credited':
    case 'returned':
    case 'dismissed':
      return output.outcome;
    case 'kept':
      return 'changed';
    case 'already_settled':
    case 'corrected':
    case 'taken_back':
    case 'paired':
      return 'settled_elsewhere';
    case 'unknown_decision':
      log.warn('decision was ignored: this deposit has no such decision', { depositId });
      return 'unchanged';
    case 'not_approved':
      log.warn('decision was ignored: it is not approved', { depositId });
      return 'unchanged';
    case 'refused':
      log.info('decision was refused', { depositId });
      return 'unchanged';
  }
}
