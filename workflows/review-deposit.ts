import { condition, log, setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { defineSearchAttributeKey } from '@temporalio/common';
import type { OpenReviewOutput } from '../activities/open-review.ts';
import { records } from './activity-options.ts';
import type { DepositInput, DepositOutput } from './contract.ts';
import type { Desk } from './desk.ts';
import { tellCustomer } from './tell-customer.ts';

type ReviewReason = Parameters<typeof records.openReview>[0]['reason'];
type OpenReview = Extract<OpenReviewOutput, { outcome: 'in_review' }>;

const DAY_MS = 86_400_000;
/** People are reminded on these days after a review was opened. */
const REMINDER_DAYS = [1, 7, 25];

const DEPOSIT_STATE = defineSearchAttributeKey('DepositState', 'KEYWORD');
const BANK_ACCOUNT_KEY = defineSearchAttributeKey('BankAccountKey', 'KEYWORD');
const REVIEW_REASON = defineSearchAttributeKey('ReviewReason', 'KEYWORD');
const REVIEW_DUE_AT = defineSearchAttributeKey('ReviewDueAt', 'DATETIME');

/**
 * Waits for a person's decision until the stored deadline, with reminders on the way. A decision that is unknown or
 * refused moves no money, and the wait goes on. After the deadline the money stays in suspense.
 */
export async function reviewDeposit(
  input: DepositInput & { readonly reason: ReviewReason },
  desk: Desk,
): Promise<DepositOutput> {
  const { depositId } = input;
  const review = await records.openReview({ depositId, reason: input.reason });
  if (review.outcome === 'settled') return { outcome: 'settled_elsewhere' };
  show(input.accountKey, review, desk);
  for (const decisionId of review.waitingDecisionIds) desk.hand(decisionId);
  const outcome = await awaitDecision(input, review, desk);
  if (outcome === 'credited') await tellCustomer(depositId);
  if (outcome === 'overdue') await records.closeOverdue({ depositId });
  upsertSearchAttributes([{ key: DEPOSIT_STATE, value: outcome }]);
  setCurrentDetails(`Review closed: ${outcome}.`);
  return { outcome };
}

function show(accountKey: string, review: OpenReview, desk: Desk): void {
  desk.openReview({ reason: review.reason, dueAt: review.dueAt });
  upsertSearchAttributes([
    { key: DEPOSIT_STATE, value: 'in_review' },
    { key: BANK_ACCOUNT_KEY, value: accountKey },
    { key: REVIEW_REASON, value: review.reason },
    { key: REVIEW_DUE_AT, value: new Date(review.dueAt) },
  ]);
  setCurrentDetails(`Waiting for a decision (${review.reason}) until ${review.dueAt}.`);
}

async function awaitDecision(
  input: DepositInput,
  opened: OpenReview,
  desk: Desk,
): Promise<DepositOutput['outcome']> {
  const { depositId } = input;
  let review = opened;
  let reminders = review.remindersSent;
  for (;;) {
    const wakeAt = nextReminder(review, reminders) ?? review.dueAt;
    const waitMs = Math.max(Date.parse(wakeAt) - Date.now(), 1);
    if (await condition(() => desk.hasUntried(), waitMs)) {
      const decisionId = desk.next();
      const outcome =
        decisionId === undefined ? null : await tryDecision(depositId, decisionId, desk);
      if (outcome === 'kept') {
        const kept = await records.openReview({ depositId, reason: null });
        if (kept.outcome === 'settled') return 'settled_elsewhere';
        review = kept;
        show(input.accountKey, review, desk);
      } else if (outcome !== null) return outcome;
    } else if (wakeAt === review.dueAt) {
      return 'overdue';
    } else {
      reminders += 1;
      await records.remindReviewers({ depositId, reminder: reminders });
      log.warn('review still waits for a decision', { depositId, reminder: reminders });
    }
  }
}

/** The instant of the next reminder before the deadline, or null when none is left. */
function nextReminder(review: OpenReview, sent: number): string | null {
  const day = REMINDER_DAYS[sent];
  if (day === undefined) return null;
  const at = Date.parse(review.openedAt) + day * DAY_MS;
  return at < Date.parse(review.dueAt) ? new Date(at).toISOString() : null;
}

/** Tries one decision; null when it changed nothing and the review goes on. */
async function tryDecision(
  depositId: string,
  decisionId: string,
  desk: Desk,
): Promise<DepositOutput['outcome'] | 'kept' | null> {
  const output = await records.applyDecision({ depositId, decisionId });
  desk.record(decisionId, output);
  switch (output.outcome) {
    case 'credited':
    case 'returned':
    case 'dismissed':
    case 'kept':
      return output.outcome;
    case 'already_settled':
    case 'corrected':
      return 'settled_elsewhere';
    case 'unknown_decision':
      log.warn('decision was ignored: there is no such row for this deposit', { depositId });
      return null;
    case 'not_approved':
      log.warn('decision was ignored: it is not approved', { depositId });
      return null;
    case 'refused':
      log.info('decision was refused', { depositId });
      return null;
  }
}
