import type { DepositStory } from '../../db/queries/deposit-story.ts';
import type { GateActor } from '../../db/queries/gate-waits.ts';
import { ALL_ACCOUNTS } from '../../db/queries/gates.ts';
import type { Deposit } from '../../db/queries/deposits-read.ts';
import {
  storyHeading,
  storyLines,
  type StoryFacts,
  type StoryLine,
} from '../../domain/words/story.ts';
import { depositWorkflowId } from '../../workflows/contract.ts';
import { toInstant, toInstantOrNull } from '../schemas/wire.ts';

/** A deposit's life in plain English, with the time zone of its bank account. */
export function tellDeposit(
  deposit: Deposit,
  story: DepositStory,
): {
  readonly heading: string;
  readonly timeZone: string;
  readonly lines: readonly StoryLine[];
} {
  const facts = toFacts(deposit, story);
  return {
    heading: storyHeading(facts),
    timeZone: facts.account.timeZone,
    lines: storyLines(facts),
  };
}

function toFacts(deposit: Deposit, story: DepositStory): StoryFacts {
  const { account, line, review } = story;
  return {
    depositId: deposit.id,
    state: deposit.state,
    lane: deposit.lane,
    dispatchedAt: toInstantOrNull(deposit.dispatchedAt),
    workflowId: depositWorkflowId(
      deposit.bankAccountKey,
      deposit.transactionKey,
      deposit.workflowRound,
    ),
    account: { key: account.key, bankName: account.bank_name, timeZone: account.time_zone },
    line: {
      amountMinor: BigInt(line.amount_minor),
      currency: line.currency,
      bookingDate: line.booking_date,
      references: line.references,
      text: line.text,
      counterpartyName: line.counterparty_name,
      counterpartyAccount: line.counterparty_account,
      occurrence: line.occurrence,
      capturedAt: toInstant(line.captured_at),
    },
    sightings: story.sightings.map((row) => ({
      feed: row.feed,
      source: row.source,
      bankId: row.bank_id,
      seenAt: toInstant(row.seen_at),
    })),
    bankEvents: story.bank_events.map((row) => ({
      eventId: row.event_id,
      receivedAt: toInstant(row.received_at),
      outcome: row.outcome,
      errorCode: row.error_code,
    })),
    review: review && {
      reason: review.reason,
      candidates: review.candidates,
      openedAt: toInstant(review.opened_at),
      dueAt: toInstant(review.due_at),
      closedAt: toInstantOrNull(review.closed_at),
    },
    comments: story.comments.map((row) => ({
      by: row.by,
      text: row.text,
      at: toInstant(row.created_at),
    })),
    decisions: story.decisions.map(toDecisionFacts),
    journals: story.journals.map((row) => ({
      kind: row.kind,
      walletCode: row.wallet_code,
      at: toInstant(row.created_at),
      postings: row.postings,
    })),
    notifications: story.notifications.map((row) => ({
      kind: row.kind,
      walletCode: row.wallet_code,
      createdAt: toInstant(row.created_at),
      deliveredAt: toInstantOrNull(row.delivered_at),
      readAt: toInstantOrNull(row.read_at),
    })),
    gateWaits: story.gate_waits.map((row) => ({
      accountKey: row.scope === ALL_ACCOUNTS ? null : row.scope,
      cause: row.cause,
      closedAt: toInstant(row.closed_at),
      closedBy: toActor(row.closed_by),
      closedWhy: row.closed_why,
      opening:
        row.opened_at === null || row.opened_by === null
          ? null
          : { at: toInstant(row.opened_at), by: toActor(row.opened_by), why: row.opened_why },
    })),
    audit: story.audit.map((row) => ({
      at: toInstant(row.happened_at),
      action: row.action,
      actor: {
        kind: row.actor_kind,
        keyId: row.actor_key,
        person: row.actor_person,
        login: row.login,
      },
      before: row.before,
      after: row.after,
      why: row.why,
    })),
  };
}

function toActor({ kind, key, person, login }: GateActor) {
  return { kind, keyId: key, person, login };
}

function toDecisionFacts(row: DepositStory['decisions'][number]): StoryFacts['decisions'][number] {
  return {
    kind: row.kind,
    state: row.state,
    allocations: row.allocations.map((part) => ({
      walletCode: part.wallet_code,
      amountMinor: BigInt(part.amount_minor),
    })),
    reason: row.reason,
    needsApproval: row.needs_approval,
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
