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

/** An available balance, the bank's own heads, and blocks with trailers. */
const MT940_ENDS = [
  ['available balances', '', ':64:C260105ZAR110,00\r\n-\r\n'],
  ['heads of the bank', 'ABNANL2A\r\n940\r\nABNANL2A\r\n', '-\r\n'],
  ['blocks with trailers', '{1:F01BANK}{2:I940X}{4:\r\n', '-}{5:{CHK:1}}{S:{SAC:}}\r\n'],
] as const;

describe('an MT940 that is cut at any byte', () => {
  it.each(MT940_ENDS)('never passes as a shorter whole with %s', async (_, head, end) => {
    const message = (account: string) =>
      `${head}:20:X\r\n:25:${account}\r\n:28C:1/1\r\n:60F:C260102ZAR100,00\r\n:61:2601050105C10,00NTRFREF\r\n:86:166?00CREDIT?20CUS00000013\r\n:62F:C260105ZAR110,00\r\n${end}`;
    const first = message('42');
    const text = first + message('43');
    for (let length = 1; length < text.length; length += 1) {
      const file = await parseText(text.slice(0, length)).catch(() => null);
      if (file === null) continue;
      // What stands behind a closing balance may be gone as a whole, never in part.
      const last = (text.slice(0, length).split('\n').at(-1) ?? '').trimEnd();
      expect(last, `cut after ${length}`).toMatch(
        head.includes('{')
          ? /^(?:-\}.*)?$/
          : /^(?:-?|:62F:C260105ZAR110,0?0?|:64:C260105ZAR110,00)$/,
      );
      expect(file.statements, `cut after ${length}`).toHaveLength(length > first.length ? 2 : 1);
    }
  });
});

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
