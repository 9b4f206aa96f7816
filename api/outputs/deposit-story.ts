import type { DepositStory } from '../../db/queries/deposit-story.ts';
import type { GateActor } from '../../db/queries/gate-waits.ts';
import type { Deposit } from '../../db/queries/deposits-read.ts';
import { depositWorkflowId } from '../../workflows/contract.ts';
import { toInstant, toInstantOrNull, toMoney } from '../schemas/wire.ts';
import { toAuditEvent } from './audit-event.ts';
import type { StoryOutput } from './deposit-story-schema.ts';
import { toDeposit } from './deposit.ts';
import { fromScope } from './gate.ts';
import { tellDeposit } from './narrative.ts';
import { toReviewReason } from './review.ts';

export function toStory(deposit: Deposit, story: DepositStory): StoryOutput {
  return {
    ...toDeposit(deposit),
    workflow: {
      id: depositWorkflowId(deposit.bankAccountKey, deposit.transactionKey, deposit.workflowRound),
      round: deposit.workflowRound,
      dispatchedAt: toInstantOrNull(deposit.dispatchedAt),
    },
    line: toLine(story.line),
    sightings: story.sightings.map((row) => ({
      feed: row.feed,
      source: row.source,
      bankId: row.bank_id,
      reference: row.reference,
      seenAt: toInstant(row.seen_at),
    })),
    journals: story.journals.map(toJournal),
    review: story.review === null ? null : toReview(story.review),
    decisions: story.decisions.map(toDecision),
    notifications: story.notifications.map((row) => ({
      id: row.id,
      kind: row.kind,
      walletId: row.wallet_id,
      createdAt: toInstant(row.created_at),
      publishedAt: toInstantOrNull(row.published_at),
      deliveredAt: toInstantOrNull(row.delivered_at),
      readAt: toInstantOrNull(row.read_at),
    })),
    bankEvents: story.bank_events.map((row) => ({
      eventId: row.event_id,
      receivedAt: toInstant(row.received_at),
      handledAt: toInstantOrNull(row.handled_at),
      outcome: row.outcome,
      errorCode: row.error_code,
    })),
    comments: story.comments.map((row) => ({
      by: row.by,
      text: row.text,
      at: toInstant(row.created_at),
    })),
    gateWaits: story.gate_waits.map((row) => ({
      gate: fromScope(row.scope),
      cause: row.cause,
      closedBy: nameOf(row.closed_by),
      closedAt: toInstant(row.closed_at),
      openedBy: row.opened_by === null ? null : nameOf(row.opened_by),
      openedAt: toInstantOrNull(row.opened_at),
    })),
    audit: story.audit.map(toAuditEvent),
    told: [...tellDeposit(deposit, story).lines],
  };
}

/** As decisions name people: by the person, else by the key or the database login; Purser is `purser`. */
function nameOf({ kind, person, key, login }: GateActor): string {
  return kind === 'workflow' ? 'purser' : (person ?? key ?? login);
}

function toLine(row: DepositStory['line']): StoryOutput['line'] {
  return {
    amount: toMoney(BigInt(row.amount_minor), row.currency),
    bookingDate: row.booking_date,
    valueDate: row.value_date,
    references: [...row.references],
    text: row.text,
    counterparty: { name: row.counterparty_name, account: row.counterparty_account },
    occurrence: row.occurrence,
    capturedAt: toInstant(row.captured_at),
  };
}

function toJournal(row: DepositStory['journals'][number]): StoryOutput['journals'][number] {
  return {
    id: row.id,
    kind: row.kind,
    decisionId: row.decision_id,
    rateVersion: row.rate_version,
    walletId: row.wallet_id,
    walletSeq: row.wallet_seq,
    bookedOn: row.event_on,
    createdAt: toInstant(row.created_at),
    postings: row.postings.map((posting) => ({ ...posting })),
  };
}

function toReview(row: NonNullable<DepositStory['review']>): StoryOutput['review'] {
  return {
    ...toReviewReason(row.reason, row.candidates),
    openedAt: toInstant(row.opened_at),
    dueAt: toInstant(row.due_at),
    remindersSent: row.reminders_sent,
    overdueAt: toInstantOrNull(row.overdue_at),
    closedAt: toInstantOrNull(row.closed_at),
  };
}

function toDecision(row: DepositStory['decisions'][number]): StoryOutput['decisions'][number] {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    allocations: row.allocations.map((part) => ({
      walletId: part.wallet_id,
      amountMinor: part.amount_minor,
    })),
    reason: row.reason,
    proposedBy: row.proposed_person,
    proposedAt: toInstant(row.proposed_at),
    approvedBy: row.approved_person,
    approvedAt: toInstantOrNull(row.approved_at),
    rejectedBy: row.rejected_person,
    rejectedAt: toInstantOrNull(row.rejected_at),
    outcome: row.outcome,
    refusal: row.refusal,
    appliedAt: toInstantOrNull(row.applied_at),
  };
}
