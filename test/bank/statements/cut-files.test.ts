import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { rounds } from '../../support/rounds.ts';
import { cutPlaces, expectCutsRefused } from '../support/cuts.ts';
import { describeFile } from '../support/sample-facts.ts';
import { failureOf, parseBytes, parseText, readSample, SAMPLES } from '../support/samples.ts';

const EVERY_BYTES = rounds({ short: 7, long: 1 });
const WHERE = EVERY_BYTES === 1 ? 'at any byte' : `at every ${EVERY_BYTES}th byte`;

const SAMPLE_FILES = ['bai2', 'csv', 'json', 'mt940', 'ofx'].flatMap((folder) =>
  readdirSync(path.join(SAMPLES, folder)).map((name) => `${folder}/${name}`),
);
const CAMT_FILES = [
  'single.xml',
  'batch.xml',
  'reversal.xml',
  'latin1.xml',
  'prefixed.xml',
  'two-statements.xml',
];
/** CSV files that state an opening or a closing balance. */
const WITH_BALANCES = [
  'capitec-business',
  'capitec-business-total',
  'fnb-emailed-notices',
  'fnb-recreated',
  'fnb-recreated-tab',
  'nedbank',
  'standard-bank-business',
  'standard-bank-personal',
  'standard-bank-statement',
].map((name) => `csv/${name}.csv`);

describe(`a statement file that is cut ${WHERE}`, () => {
  it.each(SAMPLE_FILES)('never passes as a shorter whole: %s', async (name) => {
    await expectCutsRefused(await readFile(path.join(SAMPLES, name)), EVERY_BYTES);
  });

  it.each(CAMT_FILES)('fails where it is camt, and says where it broke off: %s', async (name) => {
    const bytes = await readFile(path.join(SAMPLES, name));
    for (const length of cutPlaces(bytes.lastIndexOf('>') + 1, EVERY_BYTES)) {
      const error = await failureOf(parseBytes(bytes.subarray(0, length)));
      expect(['statement.incomplete', 'statement.unreadable']).toContain(error.code);
      expect(error.details['where']).toEqual(expect.any(String));
    }
  });

  it.each(WITH_BALANCES)('proves nothing where it is a CSV with balances: %s', async (name) => {
    const text = await readSample(name);
    const whole = JSON.stringify(describeFile(await parseText(text)));
    for (const length of cutPlaces(text.length, EVERY_BYTES)) {
      const file = await parseText(text.slice(0, length)).catch(() => null);
      const isWhole = file !== null && JSON.stringify(describeFile(file)) === whole;
      const outcome = isWhole ? 'whole' : (file?.statements[0]?.proof ?? 'refused');
      expect(outcome, `cut after ${length}`).toMatch(/^(whole|refused|failed|absent)$/);
    }
  });
});
