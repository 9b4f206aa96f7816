import { z } from 'zod';
import { EVIDENCE } from '../../domain/line/identity.ts';
import { named } from '../schemas/named.ts';
import { day, decisionId, digits, instant, money, walletId } from '../schemas/wire.ts';
import { auditEventSchema } from './audit-event.ts';
import { decisionKind, decisionOutcome, decisionState } from './decision.ts';
import { besideLineSchema } from './beside-line.ts';
import { STORY_EXAMPLE } from './deposit-story-example.ts';
import { depositSchema } from './deposit.ts';
import { gateCause, gateScope } from './gate.ts';
import { reviewBeside, reviewReasonSchema } from './review.ts';
import { journalKind } from './wallet.ts';

const maybeText = z.string().nullable();

const workflowSchema = z
  .strictObject({
    id: z.string().meta({ description: 'Its id in Temporal, unless the lane is `backlog`.' }),
    round: z.int(),
    dispatchedAt: instant.nullable(),
  })
  .meta({ id: 'DepositWorkflow', description: 'The workflow that processes the deposit.' });

const lineSchema = z
  .strictObject({
    amount: money,
    bookingDate: day,
    valueDate: day.nullable(),
    references: z.array(z.string()),
    text: z.string(),
    counterparty: z.strictObject({ name: maybeText, account: maybeText }),
    occurrence: z.int().meta({ description: 'Numbers the identical lines of one day.' }),
    capturedAt: instant,
  })
  .meta({ id: 'Line', description: 'The line of the bank account.' });

const sightingSchema = z
  .object({
    feed: z.enum(['poll', 'webhook', 'file']),
    source: z.string().meta({ description: 'The feed, or the format of the statement file.' }),
    bankId: maybeText,
    reference: maybeText,
    seenAt: instant,
    evidence: z.enum(EVIDENCE).nullable().meta({
      description: 'What tied it to the line; null for the row that the line was made of.',
    }),
    waitedUntil: instant.nullable().meta({
      description: 'When a row that had waited was known to be this line; null if it never waited.',
    }),
  })
  .meta({ id: 'Sighting', description: 'One feed that showed the line.' });

const holdSchema = z
  .strictObject({
    reason: z.string(),
    beside: besideLineSchema.nullable().meta({ description: 'The line that it may be.' }),
    heldAt: instant,
    endedAt: instant.nullable().meta({ description: 'Null while it is held.' }),
    endedAs: z.enum(['own', 'same']).nullable().meta({
      description:
        '`own`: a line of its own · `same`: the line beside it, as the balance of the bank proved',
    }),
  })
  .meta({ id: 'LineHold', description: 'Why capture held the line, and until when.' });

const besideRowSchema = z
  .strictObject({
    feed: z.enum(['poll', 'webhook', 'file']),
    source: z.string(),
    bankId: maybeText,
    seenAt: instant,
    endedAt: instant.nullable().meta({ description: 'Null while the row waits.' }),
  })
  .meta({ id: 'BesideRow', description: 'A row that is no line, and may be this one.' });

const postingSchema = z
  .object({
    account: z.string(),
    owner: maybeText.meta({
      description: 'The wallet or bank account that owns the ledger account.',
    }),
    unit: z.string(),
    amount: digits.meta({ description: 'Debit > 0, credit < 0.' }),
  })
  .meta({ id: 'Posting', description: 'One side of a booking.' });

const journalSchema = z
  .object({
    id: digits,
    kind: journalKind,
    decisionId: decisionId.nullable(),
    rateVersion: z.int().nullable(),
    walletId: walletId.nullable(),
    walletSeq: digits.nullable(),
    bookedOn: day,
    createdAt: instant,
    postings: z.array(postingSchema),
  })
  .meta({ id: 'Journal', description: 'One booking.' });

const storyDecisionSchema = z
  .object({
    id: decisionId,
    kind: decisionKind,
    state: decisionState,
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
  })
  .meta({ id: 'StoryDecision', description: 'A decision about the deposit.' });

const storyNotificationSchema = z
  .object({
    id: digits,
    kind: z.string(),
    walletId,
    createdAt: instant,
    publishedAt: instant.nullable(),
    deliveredAt: instant.nullable(),
    readAt: instant.nullable(),
  })
  .meta({ id: 'StoryNotification', description: 'A notification of the customer.' });

const bankEventSchema = z
  .object({
    eventId: z.string(),
    receivedAt: instant,
    handledAt: instant.nullable(),
    outcome: maybeText,
    errorCode: maybeText,
  })
  .meta({ id: 'BankEvent', description: 'A webhook about the line.' });

const gateWaitSchema = z
  .object({
    gate: gateScope,
    cause: gateCause,
    closedBy: z.string().meta({ description: 'The person; `purser` for Purser itself.' }),
    closedAt: instant,
    openedBy: maybeText,
    openedAt: instant.nullable().meta({ description: 'Null while the deposit waits.' }),
  })
  .meta({
    id: 'GateWait',
    description: 'A time for which the deposit waited behind a closed gate.',
  });

export const storySchema = named(
  'DepositStory',
  depositSchema.extend({
    workflow: workflowSchema,
    line: lineSchema,
    sightings: z.array(sightingSchema),
    hold: holdSchema.nullable(),
    besideRows: z.array(besideRowSchema).meta({
      description:
        'Rows that wait because they may be this line, and those that no whole read of their day showed again.',
    }),
    journals: z.array(journalSchema),
    review: reviewReasonSchema
      .extend({
        beside: reviewBeside,
        openedAt: instant,
        dueAt: instant,
        remindersSent: z.int(),
        overdueAt: instant.nullable(),
        closedAt: instant.nullable(),
      })
      .nullable(),
    decisions: z.array(storyDecisionSchema),
    notifications: z.array(storyNotificationSchema),
    bankEvents: z.array(bankEventSchema),
    comments: z.array(z.object({ by: z.string(), text: z.string(), at: instant })),
    gateWaits: z
      .array(gateWaitSchema)
      .meta({ description: 'The waits behind a closed gate, oldest first.' }),
    audit: z.array(auditEventSchema),
    told: z
      .array(z.object({ at: instant, text: z.string() }))
      .meta({ description: 'The whole story in plain English, oldest first.' }),
  }),
  { description: 'A deposit with everything that happened to it.', example: STORY_EXAMPLE },
);
export type StoryOutput = z.infer<typeof storySchema>;
