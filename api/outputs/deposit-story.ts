import { z } from 'zod';
import type { DepositStory } from '../../db/queries/deposit-story.ts';
import type { Deposit } from '../../db/queries/deposits-read.ts';
import { ALL_ACCOUNTS } from '../../db/queries/gates.ts';
import { JOURNAL_KINDS } from '../../domain/ledger/journal.ts';
import { DECISION_KINDS, DECISION_STATES } from '../../domain/review/approval.ts';
import type { StoryActor } from '../../domain/words/story-words.ts';
import { depositWorkflowId } from '../../workflows/contract.ts';
import {
  day,
  decisionId,
  digits,
  instant,
  money,
  toInstantOrNull,
  toMoney,
  walletId,
} from '../wire.ts';
import { auditEventSchema } from './audit-event.ts';
import { decisionOutcome } from './decision.ts';
import { tellDeposit } from './narrative.ts';
import { depositSchema, toDeposit } from './deposit.ts';
import { fromScope, gateCause, gateScope } from './gate.ts';
import { reviewReasonSchema, toReviewReason } from './review.ts';

const maybeText = z.string().nullable();

export const storySchema = depositSchema.extend({
  workflow: z.strictObject({
    id: z.string().meta({ description: 'Its name in Temporal, if the lane was not `backlog`.' }),
    round: z.int(),
    dispatchedAt: instant.nullable(),
  }),
  line: z.strictObject({
    amount: money,
    bookingDate: day,
    valueDate: day.nullable(),
    references: z.array(z.string()),
    text: z.string(),
    counterparty: z.strictObject({ name: maybeText, account: maybeText }),
    occurrence: z.int().meta({ description: 'Which of the identical lines of its day this is.' }),
    capturedAt: instant,
  }),
  sightings: z.array(
    z.object({
      feed: z.enum(['poll', 'webhook', 'file']),
      source: z.string().meta({ description: 'The feed, or the format of the statement file.' }),
      bankId: maybeText,
      reference: maybeText,
      seenAt: instant,
    }),
  ),
  journals: z.array(
    z.object({
      id: digits,
      kind: z.enum(JOURNAL_KINDS),
      decisionId: decisionId.nullable(),
      rateVersion: z.int().nullable(),
      walletId: walletId.nullable(),
      walletSeq: digits.nullable(),
      bookedOn: day,
      createdAt: instant,
      postings: z.array(
        z.object({
          account: z.string(),
          owner: maybeText.meta({
            description: 'Wallet or bank account that the ledger account is of.',
          }),
          unit: z.string(),
          amount: digits.meta({ description: 'Debit > 0, credit < 0.' }),
        }),
      ),
    }),
  ),
  review: reviewReasonSchema
    .extend({
      openedAt: instant,
      dueAt: instant,
      remindersSent: z.int(),
      overdueAt: instant.nullable(),
      closedAt: instant.nullable(),
    })
    .nullable(),
  decisions: z.array(
    z.object({
      id: decisionId,
      kind: z.enum(DECISION_KINDS),
      state: z.enum(DECISION_STATES),
      allocations: z.array(z.object({ walletId, amountMinor: digits })),
      reason: z.string(),
      proposedBy: z.string().meta({ description: 'The person; `purser` for Purser itself.' }),
      proposedAt: instant,
      approvedBy: maybeText,
      approvedAt: instant.nullable(),
      rejectedBy: maybeText,
      rejectedAt: instant.nullable(),
      outcome: decisionOutcome.nullable(),
      refusal: maybeText,
      appliedAt: instant.nullable(),
    }),
  ),
  notifications: z.array(
    z.object({
      id: digits,
      kind: z.string(),
      walletId,
      createdAt: instant,
      publishedAt: instant.nullable(),
      deliveredAt: instant.nullable(),
      readAt: instant.nullable(),
    }),
  ),
  bankEvents: z.array(
    z.object({
      eventId: z.string(),
      receivedAt: instant,
      handledAt: instant.nullable(),
      outcome: maybeText,
      errorCode: maybeText,
    }),
  ),
  comments: z.array(z.object({ by: z.string(), text: z.string(), at: instant })),
  gateWaits: z
    .array(
      z.object({
        gate: gateScope,
        cause: gateCause,
        closedBy: z.string().meta({ description: 'The person; `purser` for Purser itself.' }),
        closedAt: instant,
        openedBy: maybeText,
        openedAt: instant.nullable().meta({ description: 'Null while the deposit waits.' }),
      }),
    )
    .meta({ description: 'When it waited behind a closed gate, oldest first.' }),
  audit: z.array(auditEventSchema),
  told: z
    .array(z.object({ at: instant, text: z.string() }))
    .meta({ description: 'All of it in plain English, oldest first.' }),
});
export type StoryOutput = z.infer<typeof storySchema>;

/**
 * The query names the parts as the schema does. Fields that only the narrative needs are dropped by the schema, which also
 * refuses a story that lacks one of its own.
 */
export function toStory(deposit: Deposit, story: DepositStory): StoryOutput {
  const { line, review } = story;
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
    journals: story.journals.map((journal) => ({
      ...journal,
      createdAt: journal.at,
      postings: [...journal.postings],
    })),
    review: review && { ...review, ...toReviewReason(review.reason, review.candidates) },
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
