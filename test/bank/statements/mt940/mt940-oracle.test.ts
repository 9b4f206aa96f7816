import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { parse } from 'swiftmessageparser';
import { describe, expect, it } from 'vitest';
import { parseText, SAMPLES } from '../../support/samples.ts';

/** An ordinary file: SWIFT's own marks, commas and lengths, and no entry near New Year, where the oracle is a year out. */
const entry = fc.record({
  day: fc.integer({ min: 10, max: 27 }),
  mark: fc.constantFrom('C', 'D', 'RC', 'RD'),
  minor: fc.integer({ min: 1, max: 99_999_999 }),
  reference: fc.stringMatching(/^[A-Z0-9]{4,12}$/),
  text: fc.stringMatching(/^[A-Z][A-Z0-9 ]{3,40}[A-Z]$/),
});

const comma = (minor: number) =>
  `${Math.trunc(minor / 100)},${String(minor % 100).padStart(2, '0')}`;
const signOf = (mark: string) => (mark === 'C' || mark === 'RD' ? 1 : -1);

function printFile(
  entries: readonly { day: number; mark: string; minor: number; reference: string; text: string }[],
): string {
  const closing = entries.reduce(
    (sum, each) => sum + signOf(each.mark) * each.minor,
    100_000_000_000,
  );
  const lines = entries.flatMap(({ day, mark, minor, reference, text }) => [
    `:61:2606${day}06${day}${mark}${comma(minor)}NTRF${reference}`,
    `:86:${text}`,
  ]);
  return [
    ':20:ORACLE',
    ':25:0001112222',
    ':28C:1/1',
    ':60F:C260609ZAR1000000000,00',
    ...lines,
    `:62F:C260628ZAR${comma(closing)}`,
    '-',
    '',
  ].join('\r\n');
}

function factsOf(
  lines: readonly { amountMinor: bigint; direction: string; bookingDate: string }[],
) {
  return lines.map((line) => [
    (line.direction === 'credit' ? '' : '-') + line.amountMinor.toString(),
    line.bookingDate,
  ]);
}

function oracleFacts(text: string): readonly (readonly string[])[][] {
  return parse({ type: 'mt940', data: text }).map((statement) =>
    statement.transactions.map((each) => [
      each.amount.times(100).toFixed(0),
      each.entryDate.toISOString().slice(0, 10),
    ]),
  );
}

describe('an ordinary MT940 file', () => {
  it('reads the same as in an independent parser', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 12 }), async (entries) => {
        const text = printFile(entries);
        const file = await parseText(text);
        expect(file.statements.map(({ lines }) => factsOf(lines))).toEqual(oracleFacts(text));
        expect(file.statements[0]?.proof).toBe('ok');
      }),
      { numRuns: 60 },
    );
  });

  it('reads back as it was written, line by line', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 12 }), async (entries) => {
        const [statement] = (await parseText(printFile(entries))).statements;
        expect(
          statement?.lines.map((line) => [
            line.amountMinor,
            line.direction,
            line.bookingDate.slice(8),
            line.references.at(-1),
            line.text,
          ]),
        ).toEqual(
          entries.map(({ day, mark, minor, reference, text }) => [
            BigInt(minor),
            signOf(mark) === 1 ? 'credit' : 'debit',
            String(day),
            reference === text ? text : reference,
            text,
          ]),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('yields the entries of an independent parser, for each of our samples', async () => {
    const name = 'mt940/swift-blocks.sta';
    expect(
      existsSync(path.join(SAMPLES, name)) && readdirSync(path.join(SAMPLES, 'mt940')).length,
    ).toBe(5);
    // The oracle knows no SWIFT blocks, no decimal point, no funds code and no text below field 61.
    const text = (await readFile(path.join(SAMPLES, name), 'utf8'))
      .replace(/^\{1:.*\r\n/, '')
      .replace('-}', '-')
      .replace('250.00', '250,00')
      .replace('CR250', 'C250')
      .replace('DR35,5', 'D35,5')
      .replace('PAYSHAP CREDIT\r\n:86', ':86');
    const file = await parseText(text);
    expect(file.statements.map(({ lines }) => factsOf(lines))).toEqual(oracleFacts(text));
  });
});
