import type { DepositStory } from '../../db/queries/deposit-story.ts';
import type { Deposit } from '../../db/queries/deposits-read.ts';
import { storyHeading, storyLines } from '../../domain/words/story.ts';
import type { StoryLine } from '../../domain/words/story-facts.ts';
import { depositWorkflowId } from '../../workflows/contract.ts';
import { toInstantOrNull } from '../schemas/wire.ts';

/** A deposit's life in plain English, with the time zone of its bank account. */
export function tellDeposit(
  deposit: Deposit,
  story: DepositStory,
): {
  readonly heading: string;
  readonly timeZone: string;
  readonly lines: readonly StoryLine[];
} {
  const { bankAccountKey, transactionKey, workflowRound } = deposit;
  const facts = {
    ...story,
    depositId: deposit.id,
    state: deposit.state,
    lane: deposit.lane,
    dispatchedAt: toInstantOrNull(deposit.dispatchedAt),
    workflowId: depositWorkflowId(bankAccountKey, transactionKey, workflowRound),
  };
  return {
    heading: storyHeading(facts),
    timeZone: facts.account.timeZone,
    lines: storyLines(facts),
  };
}
