import { describe, expect, it } from 'vitest';
import { EVIDENCE } from '../../../domain/line/identity.ts';
import { tellBesideRows, tellHold, tellSightings } from '../../../domain/words/appearance-words.ts';
import type { StoryFacts, StoryLine } from '../../../domain/words/story-facts.ts';

const AT = '2026-11-20T08:00:00.000Z';
const LATER = '2026-11-20T09:30:00.000Z';

const textsOf = (lines: readonly StoryLine[]) => lines.map(({ text }) => text);

const seenAs = (sightings: StoryFacts['sightings']) => textsOf(tellSightings(sightings));
const heldAs = (hold: StoryFacts['hold']) => textsOf(tellHold(hold, 'ZAR'));

describe('the words for the appearances of a line', () => {
  it('tells how each feed saw the line, once for each id', () => {
    const seen = {
      source: 'day.sta',
      bankId: 'T1',
      seenAt: LATER,
      evidence: null,
      waitedUntil: null,
    } as const;
    expect(
      seenAs([
        { ...seen, feed: 'file' },
        { ...seen, feed: 'webhook' },
        { ...seen, feed: 'poll', bankId: null },
      ]),
    ).toEqual([
      'Seen in a file (day.sta), as T1.',
      'Seen in a webhook, as T1.',
      'Seen when the account was read.',
    ]);
  });

  it('tells the evidence of each appearance once, however often it came', () => {
    const seen = { feed: 'file', source: 'ofx', bankId: null, seenAt: LATER } as const;
    const ties = EVIDENCE.map((evidence) => ({ ...seen, evidence, waitedUntil: null }));
    const texts = seenAs([...ties, ...ties]);
    expect(texts).toHaveLength(EVIDENCE.length);
    expect(new Set(texts).size).toBe(EVIDENCE.length);
    expect(texts[0]).toBe('Seen in a file (ofx), and 1 more times: the same day, amount and text.');
    expect(texts.slice(1).every((text) => text.includes(', in other words: '))).toBe(true);
  });

  it('tells of a row that waited when it came and when it was placed', () => {
    const waited = { feed: 'webhook', source: 'webhook', bankId: 'W2', seenAt: AT } as const;
    const told = (evidence: 'count' | null) =>
      seenAs([{ ...waited, evidence, waitedUntil: LATER }]);
    expect(told(null)).toEqual([
      'A row seen in a webhook, as W2, waited: it might be another line.',
      'The row that waited is this line.',
    ]);
    expect(told('count')[1]).toBe(
      'The row that waited is this line: whole reads of its day count as many rows of this amount as lines.',
    );
  });

  it('tells of a row that may be this line, and of one that no read showed again', () => {
    const row = { feed: 'webhook', source: 'webhook', bankId: 'W9', seenAt: AT } as const;
    expect(textsOf(tellBesideRows([{ ...row, endedAt: null }]))).toEqual([
      'A row seen in a webhook, as W9, waits: it may be this line.',
    ]);
    expect(textsOf(tellBesideRows([{ ...row, endedAt: LATER }]))).toEqual([
      'A row seen in a webhook, as W9, waited: it might be this line.',
      'The row seen in a webhook, as W9, is no line: whole reads of its day did not show it.',
    ]);
  });

  it('tells beside which line it was held, and how that ended', () => {
    const beside = { amountMinor: 5_000n, bookingDate: '2026-11-19', depositId: 'dep_9' };
    const hold = { reason: 'id_reused', heldAt: AT, endedAt: null, endedAs: null, beside };
    expect(heldAs(hold)).toEqual(['Held: it may be the line of R50.00 on 2026-11-19 (dep_9).']);
    expect(heldAs({ ...hold, endedAt: LATER, endedAs: 'own' })[1]).toBe('They are two lines.');
    expect(heldAs({ ...hold, endedAt: LATER, endedAs: 'same' })[1]).toBe(
      'They are one line: the balance of the bank leaves no room for another payment.',
    );
    expect(heldAs({ ...hold, beside: { ...beside, depositId: null } })).toEqual([
      'Held: it may be the line of R50.00 on 2026-11-19.',
    ]);
    expect(heldAs({ ...hold, beside: null, endedAt: LATER, endedAs: 'own' })).toEqual([
      'Held: id reused.',
      'It is held no longer.',
    ]);
  });
});
