import { groupBy } from '../group-by.ts';
import type { Evidence } from '../line/identity.ts';
import type { StoryFacts, StoryLine } from './story-facts.ts';
import { printAmount } from './story-words.ts';

type SeenLine = StoryFacts['sightings'][number];

const FEEDS = { poll: 'when the account was read', webhook: 'in a webhook', file: 'in a file' };

const EVIDENCE_WORDS: Readonly<Record<Evidence, string>> = {
  facts: 'the same day, amount and text',
  balance: 'the same amount with the same balance of the account beside it',
  id: 'the bank’s same id and the same amount',
  code: 'the same customer code and amount',
  text: 'the same amount, and one text is a form of the other',
  count: 'whole reads of its day count as many rows of this amount as lines',
  parts: 'parts of a batch that add up to its total',
  proof: 'the balance of the bank leaves no room for another payment',
};

/**
 * Tells how a line was shown, and by what evidence each row was known to be that line. Each poll sees a line again: equal
 * sightings become one line with their count. A row that waited is told twice: when it came, and when it was placed.
 */
export function tellSightings(sightings: readonly SeenLine[]): readonly StoryLine[] {
  const groups = groupBy(sightings, ({ feed, source, bankId, evidence, waitedUntil }) =>
    JSON.stringify([feed, source, bankId, evidence, waitedUntil]),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const times = group.length === 1 ? '' : `, and ${group.length - 1} more times`;
    const where = placeInWords(first);
    if (first.waitedUntil === null)
      return [{ at: first.seenAt, text: `Seen ${where}${times}${tieInWords(first.evidence)}.` }];
    return [
      { at: first.seenAt, text: `A row seen ${where}${times}, waited: it might be another line.` },
      { at: first.waitedUntil, text: `The row that waited is this line${byWhat(first.evidence)}.` },
    ];
  });
}

function placeInWords({
  bankId,
  feed,
  source,
}: Pick<SeenLine, 'bankId' | 'feed' | 'source'>): string {
  const format = feed === 'file' ? ` (${source})` : '';
  return `${FEEDS[feed]}${format}${bankId === null ? '' : `, as ${bankId}`}`;
}

/** Tells of rows that wait because they may be this line, and of those that no read showed again. */
export function tellBesideRows(rows: StoryFacts['besideRows']): readonly StoryLine[] {
  return rows.flatMap((row) => {
    const where = placeInWords(row);
    if (row.endedAt === null)
      return [{ at: row.seenAt, text: `A row seen ${where}, waits: it may be this line.` }];
    return [
      { at: row.seenAt, text: `A row seen ${where}, waited: it might be this line.` },
      {
        at: row.endedAt,
        text: `The row seen ${where}, is no line: whole reads of its day did not show it.`,
      },
    ];
  });
}

function tieInWords(evidence: Evidence | null): string {
  if (evidence === null) return '';
  return `${evidence === 'facts' ? '' : ', in other words'}${byWhat(evidence)}`;
}

function byWhat(evidence: Evidence | null): string {
  return evidence === null ? '' : `: ${EVIDENCE_WORDS[evidence]}`;
}

const SAME = 'They are one line: the balance of the bank leaves no room for another payment.';

/** Tells that a line was held beside another one, and how that ended. */
export function tellHold(hold: StoryFacts['hold'], currency: string): readonly StoryLine[] {
  if (hold === null) return [];
  const { beside, endedAs, endedAt, heldAt, reason } = hold;
  const held =
    beside === null
      ? `Held: ${reason.replaceAll('_', ' ')}.`
      : `Held: it may be the line of ${printAmount(beside.amountMinor, currency)} on ${beside.bookingDate}${beside.depositId === null ? '' : ` (${beside.depositId})`}.`;
  const ended =
    beside === null ? 'It is held no longer.' : endedAs === 'same' ? SAME : 'They are two lines.';
  return [{ at: heldAt, text: held }, ...(endedAt === null ? [] : [{ at: endedAt, text: ended }])];
}
