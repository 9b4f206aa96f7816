import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { STATEMENT_READERS } from '../../../bank/statements/formats.ts';
import { readReferences } from '../../../domain/reference/reference.ts';
import { describeFile } from '../support/sample-facts.ts';
import { failureOf, parseBytes, SAMPLES } from '../support/samples.ts';

/** Samples that we wrote ourselves, with what they say written down beside them. */
const files = ['bai2', 'csv', 'json', 'mt940', 'ofx'].flatMap((folder) =>
  readdirSync(path.join(SAMPLES, folder)).map((name) => `${folder}/${name}`),
);

describe('each sample of a format', () => {
  it('exists for its reader, by the name that --format takes', () => {
    const read = STATEMENT_READERS.map(({ name }) => name).filter((name) => name !== 'camt');
    const missing = read.filter((name) => {
      const [folder = '', profile] = name.split('.');
      return !files.some((file) =>
        profile === undefined ? file.startsWith(`${folder}/`) : file === `csv/${profile}.csv`,
      );
    });
    expect(missing).toEqual([]);
  });

  it.each(files)('reads as recorded in expected.json: %s', async (name) => {
    const expected = JSON.parse(
      await readFile(path.join(SAMPLES, 'expected.json'), 'utf8'),
    ) as Readonly<Record<string, unknown>>;
    const file = await parseBytes(await readFile(path.join(SAMPLES, name)));
    expect(describeFile(file)).toEqual(expected[name]);
  });

  it.each(files)('says the same in pieces of any size: %s', async (name) => {
    const bytes = await readFile(path.join(SAMPLES, name));
    const whole = describeFile(await parseBytes(bytes));
    for (const size of [1, 7, 64]) {
      expect(describeFile(await parseBytes(bytes, {}, size))).toEqual(whole);
    }
  });

  it.each(files)('fails if larger or longer than allowed: %s', async (name) => {
    const bytes = await readFile(path.join(SAMPLES, name));
    for (const limits of [{ fileBytesMax: 100 }, { entriesMax: 0 }]) {
      expect((await failureOf(parseBytes(bytes, limits))).code).toBe('statement.unreadable');
    }
  });

  it('contains the code that the payer typed, even if lines break inside it', async () => {
    for (const name of files) {
      const file = await parseBytes(await readFile(path.join(SAMPLES, name)));
      for (const line of file.statements.flatMap((statement) => statement.lines)) {
        if (!/CUS/.test(line.text + line.references.join(' '))) continue;
        expect(readReferences([...line.references, line.text]).kind, name).toBe('exact');
      }
    }
  });
});
