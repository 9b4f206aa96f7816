import { REVIEW_REASONS } from '../review/review-reasons.ts';
import { tellBesideRows, tellHold, tellSightings } from './appearance-words.ts';
import { oneLine } from './one-line.ts';
import { adviceFor } from './review-advice.ts';
import type { StoryFacts, StoryLine } from './story-facts.ts';
import { printAmount, actorInWords, changeInWords, journalInWords } from './story-words.ts';

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
    ...tellHold(facts.hold, facts.line.currency),
    ...tellBesideRows(facts.besideRows),
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
