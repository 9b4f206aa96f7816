import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readStatementEvents } from '../../../bank/statements/parse-statement-file.ts';
import { chunksOf, SAMPLES } from '../support/samples.ts';

const files = ['bai2', 'csv', 'mt940', 'ofx'].flatMap((folder) =>
  readdirSync(path.join(SAMPLES, folder)).map((name) => `${folder}/${name}`),
);

/** All that a reader tells, or why it refuses. */
async function tellingOf(bytes: Uint8Array, chunkBytes: number): Promise<readonly unknown[]> {
  const told: unknown[] = [];
  try {
    for await (const events of readStatementEvents(chunksOf(bytes, chunkBytes)))
      for (const event of events) told.push(event);
  } catch (error) {
    told.push(error);
  }
  return told;
}

/** Letters of two encodings in the last text of the file, so that no block of it is UTF-8 as a whole. */
function withStrayLetters(bytes: Buffer): Buffer {
  const at = bytes.lastIndexOf('CUS') === -1 ? bytes.length : bytes.lastIndexOf('CUS');
  const letters = Buffer.concat([Buffer.from('é '), Buffer.from([0xe9, 0x80, 0x20])]);
  return Buffer.concat([bytes.subarray(0, at), letters, bytes.subarray(at)]);
}

describe('a text file', () => {
  it.each(files)('yields the same events in chunks of any size: %s', async (name) => {
    const bytes = await readFile(path.join(SAMPLES, name));
    for (const file of [bytes, withStrayLetters(bytes)]) {
      const whole = await tellingOf(file, 65_536);
      for (const size of [1, 7]) expect(await tellingOf(file, size)).toEqual(whole);
    }
  });
});
