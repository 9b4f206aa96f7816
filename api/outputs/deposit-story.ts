import type { z } from 'zod';
import type { DepositStory } from '../../db/queries/deposit-story.ts';
import type { Deposit } from '../../db/queries/deposits-read.ts';
import { ALL_ACCOUNTS } from '../../db/queries/gates.ts';
import type { StoryActor } from '../../domain/words/story-words.ts';
import { depositWorkflowId } from '../../workflows/contract.ts';
import { toInstantOrNull, toMoney } from '../schemas/wire.ts';
import { toBesideLine } from './beside-line.ts';
import { storySchema, type StoryOutput } from './deposit-story-schema.ts';
import { toDeposit } from './deposit.ts';
import { fromScope } from './gate.ts';
import { tellDeposit } from './narrative.ts';
import { toReviewReason } from './review.ts';

/**
 * The query names the parts as the schema does. Fields that only the narrative needs are dropped by the schema, which also
 * refuses a story that lacks one of its own.
 */
export function toStory(deposit: Deposit, story: DepositStory): StoryOutput {
  const { line, review } = story;
  const beside = toBesideLine(story.hold?.beside ?? null);
  const { lines } = tellDeposit(deposit, story);
  const output: z.input<typeof storySchema> = {
    ...toDeposit(deposit),
    workflow: {
      id: depositWorkflowId(deposit.bankAccountKey, deposit.transactionKey, deposit.workflowRound),
      round: deposit.workflowRound,
      dispatchedAt: toInstantOrNull(deposit.dispatchedAt),
    },
    line: {
      amount: toMoney(line.amountMinor, line.currency),
      bookingDate: line.bookingDate,
      valueDate: line.valueDate,
      references: [...line.references],
      text: line.text,
      counterparty: { name: line.counterpartyName, account: line.counterpartyAccount },
      occurrence: line.occurrence,
      capturedAt: line.capturedAt,
    },
    sightings: [...story.sightings],
    hold: story.hold && { ...story.hold, beside },
    besideRows: [...story.besideRows],
    journals: story.journals.map((journal) => ({
      ...journal,
      createdAt: journal.at,
      postings: [...journal.postings],
    })),
    review: review && {
      ...review,
      ...toReviewReason(review.reason, review.candidates),
      beside: story.hold?.endedAt === null ? beside : null,
    },
    decisions: story.decisions.map((decision) => ({
      ...decision,
      allocations: decision.allocations.map((part) => ({
        walletId: part.walletId,
        amountMinor: part.amountMinor.toString(),
      })),
    })),
    notifications: [...story.notifications],
    bankEvents: [...story.bankEvents],
    comments: [...story.comments],
    gateWaits: story.gateWaits.map(({ accountKey, cause, closedAt, closedBy, opening }) => ({
      gate: fromScope(accountKey ?? ALL_ACCOUNTS),
      cause,
      closedBy: nameOf(closedBy),
      closedAt,
      openedBy: opening && nameOf(opening.by),
      openedAt: opening && opening.at,
    })),
    audit: story.audit.map(({ actor, ...event }) => ({ ...event, who: actor })),
    told: [...lines],
  };
  return storySchema.parse(output);
}

/** As decisions name people: by the person, else by the key or the database login; Purser is `purser`. */
function nameOf({ kind, person, keyId, login }: StoryActor): string {
  return kind === 'workflow' ? 'purser' : (person ?? keyId ?? login);
}
