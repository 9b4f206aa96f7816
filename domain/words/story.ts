import type { Evidence } from '../line/identity.ts';
import { REVIEW_REASONS } from '../review/review-reasons.ts';
import { tellHold, tellSightings } from './appearance-words.ts';
import { oneLine } from './one-line.ts';
import { adviceFor } from './review-advice.ts';
import {
  printAmount,
  actorInWords,
  changeInWords,
  journalInWords,
  type StoryActor,
  type StoryPosting,
} from './story-words.ts';

/** Everything that the rows say about a deposit. Instants are ISO text in UTC. */
export interface StoryFacts {
  readonly depositId: string;
  readonly state: string;
  readonly lane: string | null;
  readonly dispatchedAt: string | null;
  readonly workflowId: string;
  readonly account: {
    readonly key: string;
    readonly bankName: string;
    readonly timeZone: string;
  };
  readonly line: {
    readonly amountMinor: bigint;
    readonly currency: string;
    readonly bookingDate: string;
    readonly references: readonly string[];
    readonly text: string;
    readonly counterpartyName: string | null;
    readonly counterpartyAccount: string | null;
    readonly occurrence: number;
    readonly capturedAt: string;
  };
  readonly sightings: readonly {
    readonly feed: 'poll' | 'webhook' | 'file';
    readonly source: string;
    readonly bankId: string | null;
    readonly seenAt: string;
    /** Null for the row that the line was made of. */
    readonly evidence: Evidence | null;
    /** When a row that had waited was known to be this line; null if it never waited. */
    readonly waitedUntil: string | null;
  }[];
  /** The hold of the line, open or ended; `beside` is the line that it may be. */
  readonly hold: {
    readonly reason: string;
    readonly heldAt: string;
    readonly endedAt: string | null;
    readonly beside: {
      readonly amountMinor: bigint;
      readonly bookingDate: string;
      readonly depositId: string | null;
    } | null;
  } | null;
  readonly bankEvents: readonly {
    readonly eventId: string;
    readonly receivedAt: string;
    readonly outcome: string | null;
    readonly errorCode: string | null;
  }[];
  readonly review: {
    readonly reason: string;
    readonly candidates: readonly string[];
    readonly openedAt: string;
    readonly dueAt: string;
    readonly closedAt: string | null;
  } | null;
  readonly comments: readonly { readonly by: string; readonly text: string; readonly at: string }[];
  readonly decisions: readonly {
    readonly kind: string;
    readonly state: string;
    readonly allocations: readonly { readonly walletCode: string; readonly amountMinor: bigint }[];
    readonly reason: string;
    readonly needsApproval: boolean;
    readonly proposedBy: string;
    readonly proposedAt: string;
    readonly approvedBy: string | null;
    readonly approvedAt: string | null;
    readonly rejectedBy: string | null;
    readonly rejectedAt: string | null;
    readonly outcome: string | null;
    readonly refusal: string | null;
    readonly appliedAt: string | null;
  }[];
  readonly journals: readonly {
    readonly kind: string;
    readonly walletCode: string | null;
    readonly at: string;
    readonly postings: readonly StoryPosting[];
  }[];
  readonly notifications: readonly {
    readonly kind: string;
    readonly walletCode: string;
    readonly createdAt: string;
    readonly deliveredAt: string | null;
    readonly readAt: string | null;
  }[];
  readonly gateWaits: readonly {
    /** Null: the gate of all accounts. */
    readonly accountKey: string | null;
    readonly cause: string;
    readonly closedAt: string;
    readonly closedBy: StoryActor;
    readonly closedWhy: string | null;
    readonly opening: {
      readonly at: string;
      readonly by: StoryActor;
      readonly why: string | null;
    } | null;
  }[];
  readonly audit: readonly {
    readonly at: string;
    readonly action: string;
    readonly actor: StoryActor;
    readonly before: Readonly<Record<string, unknown>> | null;
    readonly after: Readonly<Record<string, unknown>> | null;
    readonly why: string | null;
  }[];
}

/** One thing that happened, in plain English. */
export interface StoryLine {
  readonly at: string;
  readonly text: string;
}

/** Changes that other lines of the story describe; all others are told from the audit trail. */
const TOLD_ELSEWHERE = new Set(['review.added', 'decision.added', 'decision.changed']);

/**
 * A deposit's life, oldest first. Events of one instant come in their logical order: the line, the decision, the journal,
 * the notification.
 */
export function storyLines(facts: StoryFacts): readonly StoryLine[] {
  const lines = [
    { at: facts.line.capturedAt, text: tellLine(facts) },
    ...tellSightings(facts.sightings),
    ...tellHold(facts),
    ...facts.bankEvents.map(({ receivedAt, eventId, outcome, errorCode }) => ({
      at: receivedAt,
      text: `Webhook ${eventId} came: ${outcome ?? 'not handled yet'}${errorCode === null ? '' : ` (${errorCode})`}.`,
    })),
    ...(facts.dispatchedAt === null
      ? []
      : [{ at: facts.dispatchedAt, text: `Given to its workflow ${facts.workflowId}.` }]),
    ...(facts.review === null
      ? []
      : [{ at: facts.review.openedAt, text: tellReview(facts.review) }]),
    ...facts.comments.map(({ at, by, text }) => ({ at, text: `${by} wrote: “${text}”` })),
    ...facts.decisions.flatMap((decision) => tellDecision(decision, facts.line.currency)),
    ...facts.journals.map(({ at, ...journal }) => ({
      at,
      text: `${journalInWords(journal)}${laneOf(journal.kind, facts.lane)}.`,
    })),
    ...facts.gateWaits.flatMap((wait) => tellGateWait(wait, facts.line.capturedAt)),
    ...facts.audit
      .filter(({ action }) => !TOLD_ELSEWHERE.has(action))
      .map(({ at, action, before, after, actor, why }) => ({
        at,
        text: `${changeInWords(action, before, after, facts.account.timeZone)}, by ${actorInWords(actor)}${why === null ? '' : `: “${why}”`}.`,
      })),
    ...facts.notifications.flatMap(tellNotification),
  ];
  return lines
    .map(({ at, text }) => ({ at, text: oneLine(text) }))
    .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** The deposit in one line: a heading for its story. */
export function storyHeading(facts: StoryFacts): string {
  const { line, account } = facts;
  return oneLine(
    `Deposit ${facts.depositId}: ${printAmount(line.amountMinor, line.currency)} on ${account.key} (${account.bankName}), ${facts.state.replaceAll('_', ' ')}`,
  );
}

function tellLine({ line, account }: StoryFacts): string {
  const texts = [...line.references, line.text].filter((text) => text.trim() !== '');
  const named = texts.length === 0 ? 'without a text' : `“${[...new Set(texts)].join('” “')}”`;
  // The last digits are enough to tell payers apart, and stories are copied into messages.
  const ending = line.counterpartyAccount?.slice(-4) ?? null;
  const payer = [line.counterpartyName, ending === null ? null : `account ending ${ending}`].filter(
    (part) => part !== null,
  );
  const twin =
    line.occurrence === 1 ? '' : ` It is number ${line.occurrence} of equal lines on that day.`;
  return `${printAmount(line.amountMinor, line.currency)} booked by ${account.bankName} on ${line.bookingDate} was captured: ${named}${payer.length === 0 ? '' : `, from ${payer.join(', ')}`}.${twin}`;
}

function tellReview(review: NonNullable<StoryFacts['review']>): string {
  const reason = REVIEW_REASONS.find((each) => each === review.reason);
  const sentence = reason === undefined ? `Reason: ${review.reason}.` : adviceFor(reason).sentence;
  const codes =
    review.candidates.length === 0 ? '' : ` Codes to look at: ${review.candidates.join(', ')}.`;
  return `A review was opened. ${sentence}${codes}`;
}

function tellDecision(
  decision: StoryFacts['decisions'][number],
  currency: string,
): readonly StoryLine[] {
  const parts = decision.allocations.map(
    ({ walletCode, amountMinor }) => `${printAmount(amountMinor, currency)} to ${walletCode}`,
  );
  const what = [inWords(decision.kind), parts.join(' and ')]
    .filter((part) => part !== '')
    .join(' ');
  const lines = [
    {
      at: decision.proposedAt,
      text: `${decision.proposedBy} ${decision.needsApproval ? 'proposed' : 'decided'}: ${what}. “${decision.reason}”`,
    },
  ];
  if (decision.approvedAt !== null)
    lines.push({ at: decision.approvedAt, text: `${decision.approvedBy ?? '?'} approved it.` });
  if (decision.rejectedAt !== null)
    lines.push({ at: decision.rejectedAt, text: `${decision.rejectedBy ?? '?'} rejected it.` });
  if (decision.appliedAt !== null)
    lines.push({
      at: decision.appliedAt,
      text:
        decision.refusal === null
          ? `The decision was carried out: ${inWords(decision.outcome ?? decision.state)}.`
          : `The decision was refused: ${inWords(decision.refusal)}.`,
    });
  return lines;
}

/** If the gate was already closed, the wait begins when the deposit arrives. */
function tellGateWait(
  wait: StoryFacts['gateWaits'][number],
  capturedAt: string,
): readonly StoryLine[] {
  const { accountKey, cause, closedAt, closedBy, closedWhy, opening } = wait;
  const gate = `gate of ${accountKey ?? 'all accounts'}`;
  const why = closedWhy === null ? ` (${inWords(cause)})` : `: “${closedWhy}”`;
  const waits = {
    at: closedAt > capturedAt ? closedAt : capturedAt,
    text: `Waits behind the ${gate}, closed by ${actorInWords(closedBy)}${why}.`,
  };
  if (opening === null) return [waits];
  const because = opening.why === null ? '' : `: “${opening.why}”`;
  const text = `Let go: the ${gate} was opened by ${actorInWords(opening.by)}${because}.`;
  return [waits, { at: opening.at, text }];
}

function inWords(code: string): string {
  return code.replaceAll('_', ' ');
}

function laneOf(kind: string, lane: string | null): string {
  if (kind !== 'credit' || lane === null) return '';
  return lane === 'backlog' ? ', in a batch of the backlog lane' : ', by its own workflow';
}

function tellNotification(told: StoryFacts['notifications'][number]): readonly StoryLine[] {
  const what = told.kind.replaceAll('_', ' ');
  return [
    { at: told.createdAt, text: `${told.walletCode} is told: ${what}.` },
    ...(told.deliveredAt === null
      ? []
      : [{ at: told.deliveredAt, text: `${told.walletCode} received the message.` }]),
    ...(told.readAt === null
      ? []
      : [{ at: told.readAt, text: `${told.walletCode} read the message.` }]),
  ];
}
