/**
 * The evidence that settles a row which waits because it may be a known line.
 * - `next_read`: the next read of its day by the bank's API
 * - `day_over`: reads of its day after that day is over, which show all of its money
 * - `statement`: a statement of its day, since no read by the API reaches that day
 */
export const EVIDENCE_WAITS = ['next_read', 'day_over', 'statement'] as const;
export type EvidenceWait = (typeof EVIDENCE_WAITS)[number];

const WORDS: Readonly<Record<EvidenceWait, string>> = {
  next_read: 'the next read of their day',
  day_over: 'their day to be over',
  statement: 'a statement of their day',
};

/** Completes `rows wait for …`. */
export function waitInWords(wait: EvidenceWait): string {
  return WORDS[wait];
}
