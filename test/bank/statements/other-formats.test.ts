import { readFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCsvProfile } from '../../../bank/statements/csv/csv-profile.ts';
import { failureOf, parseBytes, parseText, SAMPLES } from '../support/samples.ts';

async function changed(name: string, from: string | RegExp, to: string) {
  const text = await readFile(path.join(SAMPLES, name), 'utf8');
  const other = text.replace(from, to);
  expect(other).not.toBe(text);
  return other;
}

describe('a CSV', () => {
  it.each([
    ['an amount in another style', 'csv/absa.csv', '250.00', '250.0.0', 'line 4, amount'],
    [
      'a date in another style',
      'csv/absa.csv',
      '20261120,DIGITAL',
      '2026-11-20,DIGITAL',
      'line 4, booking date',
    ],
    ['a day that is none', 'csv/hsbc.csv', '19 Nov', '31 Nov', 'line 3, booking date'],
    ['a missing column', 'csv/capitec.csv', ',1250.00', '', 'line 3'],
    [
      'money in and out at once',
      'csv/capitec.csv',
      ',250.00,,',
      ',250.00,-1.00,',
      'line 3, amount',
    ],
    ['a row without an amount', 'csv/absa.csv', '250.00,1250.00', ',1250.00', 'line 4, amount'],
    ['a second account', 'csv/capitec.csv', '2,1234567890', '2,9999999999', 'line 3'],
    ['a NUL byte in an amount', 'csv/absa.csv', '250.00', '25\u00000.00', 'line 4, amount'],
    [
      'a row behind its end',
      'csv/capitec-business.csv',
      /$/,
      '1050012345,20/11/2026,A,B,1.00,0.00,1.00,\n',
      'line 7',
    ],
  ])('fails with %s, and the message names the place', async (_, name, from, to, where) => {
    const error = await failureOf(parseText(await changed(name, from, to)));
    expect([error.code, error.details['where']]).toEqual(['statement.unreadable', where]);
  });

  it.each([
    ['csv/absa.csv', '250.00,', '251.00,'],
    ['csv/fnb-recreated.csv', 'Number of Credits,2', 'Number of Credits,3'],
    ['csv/fnb-recreated.csv', 'Credits,1250.00', 'Credits,1250.01'],
    ['csv/standard-bank-business.csv', 'CLOSE BALANCE,,"+1,250.00"', 'CLOSE BALANCE,,"+1,251.00"'],
    ['csv/capitec-business.csv', 'forward:,100.00', 'forward:,101.00'],
  ])('fails its proof if totals or balances contradict its rows: %s', async (name, from, to) => {
    const file = await parseText(await changed(name, from, to));
    expect(file.statements[0]?.proof).toBe('failed');
  });

  it('credits nothing if it is marked as provisional', async () => {
    const before = await changed(
      'csv/nedbank.csv',
      '19Nov2026,BROUGHT',
      '19Nov2026,PROVISIONAL STATEMENT,,\n19Nov2026,BROUGHT',
    );
    const [statement] = (await parseText(before)).statements;
    expect(statement?.lines.map(({ status }) => status)).toEqual(['pending', 'pending']);
    const after = await changed('csv/nedbank.csv', /$/, '20Nov2026,PROVISIONAL STATEMENT,,\n');
    expect((await parseText(after)).warnings.map(({ code }) => code)).toContain(
      'statement_provisional',
    );
  });

  it('counts as an unknown format if its bank is unknown', async () => {
    expect((await failureOf(parseText('When,What,How much\n1,2,3\n'))).code).toBe(
      'statement.unknown_format',
    );
  });
});

describe('a CSV profile of the user', () => {
  const profile = {
    name: 'my-bank',
    delimiter: ';',
    header: ['Datum', 'Tekst', 'Bedrag', 'Af Bij', 'Saldo'],
    columns: {
      bookingDate: 'Datum',
      amount: {
        kind: 'indicator',
        column: 'Bedrag',
        indicator: 'Af Bij',
        credit: ['Bij'],
        debit: ['Af'],
      },
      balance: 'Saldo',
      references: ['Tekst'],
    },
    dateFormats: ['DD.MM.YYYY'],
    decimalMark: ',',
    thousandsMark: '.',
    currency: 'EUR',
  };

  it('reads back the rows written by it, row by row', async () => {
    const row = fc.record({
      minor: fc.integer({ min: 1, max: 99_999_999 }),
      isCredit: fc.boolean(),
      text: fc.stringMatching(/^[A-Z][A-Z0-9 ]{0,30}[A-Z]$/),
    });
    const amount = (minor: number) =>
      `${minor < 0 ? '-' : ''}${String(Math.trunc(Math.abs(minor) / 100)).replace(/\B(?=(\d{3})+$)/g, '.')},${String(Math.abs(minor) % 100).padStart(2, '0')}`;
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 2, maxLength: 12 }),
        fc.boolean(),
        async (rows, newestFirst) => {
          let balance = 500_000;
          const printed = rows.map(({ minor, isCredit, text }) => {
            balance += isCredit ? minor : -minor;
            return `20.11.2026;${text};${amount(minor)};${isCredit ? 'Bij' : 'Af'};${amount(balance)}`;
          });
          const order = newestFirst ? [...printed].reverse() : printed;
          const text = ['Datum;Tekst;Bedrag;Af Bij;Saldo', ...order, ''].join('\n');
          const file = await parseBytes(Buffer.from(text), { profile: parseCsvProfile(profile) });
          const lines = newestFirst ? [...rows].reverse() : rows;
          expect(file.format).toBe('csv.my-bank');
          expect(file.statements[0]).toMatchObject({ proof: 'ok', currency: 'EUR' });
          expect(
            file.statements[0]?.lines.map((line) => [
              line.amountMinor,
              line.direction,
              line.references[0],
            ]),
          ).toEqual(
            lines.map(({ minor, isCredit, text }) => [
              BigInt(minor),
              isCredit ? 'credit' : 'debit',
              text,
            ]),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it('fails with a list of every fault', () => {
    expect(() =>
      parseCsvProfile({ ...profile, name: 'My Bank', dateFormats: [], colour: 'red' }),
    ).toThrow(/name:[^]*dateFormats:[^]*colour/);
  });

  it('fails if it names a column that its header lacks', async () => {
    const wrong = parseCsvProfile({
      ...profile,
      columns: { ...profile.columns, balance: 'Balance' },
    });
    expect((await failureOf(parseBytes(Buffer.from('x'), { profile: wrong }))).code).toBe(
      'config.invalid',
    );
  });
});

describe('an OFX file', () => {
  it.each([
    [
      'an ambiguous amount',
      'ofx/sgml.ofx',
      '<TRNAMT>250.00',
      '<TRNAMT>1,234',
      'statement.unreadable',
    ],
    [
      'a date that is none',
      'ofx/sgml.ofx',
      '20261119120000',
      '20261319120000',
      'statement.unreadable',
    ],
    ['a DOCTYPE', 'ofx/xml.ofx', '<OFX>', '<!DOCTYPE x><OFX>', 'statement.unreadable'],
    [
      'an error of the bank',
      'ofx/sgml.ofx',
      '<SEVERITY>INFO</STATUS>\r\n<STMTRS>',
      '<SEVERITY>ERROR</STATUS>\r\n<STMTRS>',
      'statement.unreadable',
    ],
    ['no statement', 'ofx/sgml.ofx', /<STMTRS>[^]*<\/STMTRS>/, '', 'statement.unreadable'],
    ['something behind its end', 'ofx/sgml.ofx', /$/, '<OFX></OFX>', 'statement.unreadable'],
  ])('fails with %s', async (_, name, from, to, code) => {
    expect((await failureOf(parseText(await changed(name, from, to)))).code).toBe(code);
  });

  it('takes the direction from the sign, whatever the type says', async () => {
    const [statement] = (
      await parseText(await changed('ofx/sgml.ofx', '<TRNTYPE>CREDIT', '<TRNTYPE>DEBIT'))
    ).statements;
    expect(statement?.lines.map(({ direction }) => direction)).toEqual(['credit', 'debit']);
  });
});

describe('a BAI2 file', () => {
  it.each([
    ['a wrong account total', '49,2050000,5', '49,2050001,5'],
    ['a wrong record count', '98,2050000,1,7', '98,2050000,1,8'],
    ['a wrong file total', '99,2050000,1,9', '99,2050000,2,9'],
    ['a record too few', '88,J SMITH 12/11, TOP UP/\n', ''],
    ['an amount that was changed', '16,195,25000', '16,195,25001'],
    ['a decimal point', '16,195,25000', '16,195,250.00'],
    ['an unknown funds type', '16,195,25000,0,', '16,195,25000,X,'],
    ['a type that is neither credit nor debit', '16,195,', '16,750,'],
    ['an unknown record', '16,195,', '17,195,'],
  ])('fails because of %s', async (_, from, to) => {
    expect((await failureOf(parseText(await changed('bai2/final.bai2', from, to)))).code).toBe(
      'statement.unreadable',
    );
  });
});
