import { allHandlersFinished, workflowInfo } from '@temporalio/workflow';
import type { DecisionInbox } from './decision-inbox.ts';

/**
 * True if the server suggests that the workflow continue as new, and no message would be lost by it: every decision that
 * was handed over has its answer.
 */
export function isHistoryLong(inbox: DecisionInbox): boolean {
  return workflowInfo().continueAsNewSuggested && !inbox.hasUntried() && allHandlersFinished();
}
