import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readReferences, type ReferenceReading } from '../../../domain/reference/reference.ts';

interface GoldenCase {
  readonly group: string;
  readonly why: string;
  readonly references: readonly string[];
  readonly meant: string | null;
  readonly expect: string;
}

const golden = JSON.parse(
  readFileSync(new URL('golden/references.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly GoldenCase[] };

function inWords(reading: ReferenceReading): string {
  return reading.kind === 'exact'
    ? `exact ${reading.code} ${reading.written} ${reading.checkDigit}`
    : [reading.reason, ...reading.candidates].join(' ');
}

describe('the set of golden references', () => {
  it.each([...new Set(golden.cases.map((each) => each.group))])(
    'reads as the policy says: %s',
    (group) => {
      const cases = golden.cases.filter((each) => each.group === group);
      const readings = cases.map((each) => ({
        why: each.why,
        reading: inWords(readReferences(each.references)),
      }));
      expect(readings).toEqual(cases.map((each) => ({ why: each.why, reading: each.expect })));
    },
  );

  it('names no wrong customer, whatever else it contains', () => {
    const wrong = golden.cases.filter((each) => {
      const reading = readReferences(each.references);
      return (
        reading.kind === 'exact' &&
        reading.checkDigit === 'ok' &&
        reading.code !== 'CUS00000000' &&
        reading.code !== each.meant
      );
    });
    expect(wrong).toEqual([]);
  });

  it('contains at least 120 references, of which a third must wait for a person', () => {
    const waiting = golden.cases.filter((each) => !each.expect.startsWith('exact '));
    expect(golden.cases.length).toBeGreaterThanOrEqual(120);
    expect(waiting.length).toBeGreaterThanOrEqual(golden.cases.length / 3);
  });
});
