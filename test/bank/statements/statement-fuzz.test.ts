import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCoded } from '../../../domain/errors.ts';
import { rounds } from '../../support/rounds.ts';
import { parseBytes, SAMPLES } from '../support/samples.ts';

const RUNS = rounds({ short: 40, long: 400 });

const files = ['.', 'bai2', 'csv', 'mt940', 'ofx'].flatMap((folder) =>
  readdirSync(path.join(SAMPLES, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.json'))
    .map((entry) => path.join(folder, entry.name)),
);

/** One change of a file: bytes taken out, put in, or written over, as broken transfers and editors do it. */
const change = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.nat({ max: 12 }),
  insert: fc.oneof(
    fc.uint8Array({ maxLength: 6 }),
    fc
      .constantFrom(
        ',',
        ':61:',
        '-',
        '<',
        '</OFX>',
        '"',
        '\u0000',
        '99,',
        '\r',
        '?20',
        '&#0;',
        '-}',
      )
      .map((text) => Buffer.from(text)),
  ),
});

function mutate(
  bytes: Buffer,
  changes: readonly { at: number; remove: number; insert: Uint8Array }[],
) {
  return changes.reduce<Buffer>((file, { at, remove, insert }) => {
    const start = Math.floor(at * file.length);
    return Buffer.concat([file.subarray(0, start), insert, file.subarray(start + remove)]);
  }, bytes);
}

describe('a damaged statement file', () => {
  it.each(files)(
    'yields entries or a coded error, and never hangs or crashes: %s',
    async (name) => {
      const bytes = await readFile(path.join(SAMPLES, name));
      await fc.assert(
        fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
          const outcome = await parseBytes(mutate(bytes, changes)).then(
            () => 'read',
            (error: unknown) => (isCoded(error) ? error.code : error),
          );
          expect(outcome).toMatch(/^(?:read|statement\.[a-z_]+)$/);
        }),
        { numRuns: RUNS },
      );
    },
  );
});
