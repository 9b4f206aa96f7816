import { log } from '@temporalio/activity';
import { followReview as follow, type ReviewStep } from '../app/decide/follow-review.ts';
import { announceAlerts } from './announce-alerts.ts';
import type { ActivityDependencies } from './dependencies.ts';

/** Takes the steps of a review's schedule that are due at `at`, the workflow's time, and tells of each. */
export async function followReview(
  { database, settings }: ActivityDependencies,
  input: { readonly depositId: string; readonly at: string },
): Promise<void> {
  const { depositId } = input;
  const taken: ReviewStep[] = [];
  const report = (step: ReviewStep): void => void taken.push(step);
  await follow(database, { ...settings, report }, { depositId, now: new Date(input.at) });
  for (const step of taken)
    if (step.kind === 'reminded')
      log.warn('review still waits for a decision', { depositId, reminder: step.reminder });
  if (taken.some(({ kind }) => kind !== 'reminded')) await announceAlerts({ database });
}
