import { log } from '@temporalio/activity';
import { followReview as follow, type ReviewStep } from '../app/decide/follow-review.ts';
import type { ActivityDependencies } from './dependencies.ts';

/** Takes the steps of a review's schedule that are due at `at`, the workflow's time, and logs each. */
export async function followReview(
  { database, settings }: ActivityDependencies,
  input: { readonly depositId: string; readonly at: string },
): Promise<void> {
  const { depositId } = input;
  const report = (step: ReviewStep): void => logStep(depositId, step);
  await follow(database, { ...settings, report }, { depositId, now: new Date(input.at) });
}

function logStep(depositId: string, step: ReviewStep): void {
  switch (step.kind) {
    case 'reminded':
      log.warn('review still waits for a decision', { depositId, reminder: step.reminder });
      return;
    case 'escalated':
      log.error('review was escalated', { alert: 'review.escalated', depositId });
      return;
    case 'reopened':
      log.error('review passed its deadline and was reopened', {
        alert: 'review.overdue',
        depositId,
      });
  }
}
