import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCsvProfile } from '../../../../bank/statements/csv/csv-profile.ts';
import { isCoded } from '../../../../domain/errors.ts';
import { failureOf, parseBytes } from '../../support/samples.ts';

const PROFILE = {
  name: 'my-bank',
  delimiter: ';',
  header: ['Day', 'Text', 'Amount'],
  columns: {
    bookingDate: 'Day',
    amount: { kind: 'signed', column: 'Amount' },
    references: ['Text'],
  },
  dateFormats: ['YYYY-MM-DD'],
};

function read(profile: unknown, ...lines: readonly string[]) {
  return parseBytes(Buffer.from(`${lines.join('\n')}\n`), { profile: parseCsvProfile(profile) });
}

async function amountOf(profile: object, cell: string): Promise<bigint> {
  const file = await read({ ...PROFILE, ...profile }, 'Day;Text;Amount', `2026-11-20;A;${cell}`);
  const [line] = file.statements[0]?.lines ?? [];
  if (line === undefined) throw new Error('There is no line.');
  return line.direction === 'credit' ? line.amountMinor : -line.amountMinor;
}

describe('an amount in a CSV', () => {
  const POINT = { thousandsMark: ',' };
  const COMMA = { decimalMark: ',', thousandsMark: ' ', currency: 'EUR' };

  it.each([
    [POINT, '1,189.00', 118_900n],
    [POINT, '-1,189.5', -118_950n],
    [POINT, '+5', 500n],
    [POINT, '5.', 500n],
    [POINT, '5.000', 500n],
    [POINT, '(1,189.00)', -118_900n],
    [POINT, '( 1.50 )', -150n],
    [POINT, '(R200.00)', -20_000n],
    [POINT, '100.00-', -10_000n],
    [POINT, '100.00 -', -10_000n],
    [POINT, '10.00CR', 1_000n],
    [POINT, '10.00 Cr', 1_000n],
    [POINT, '10.00 dr', -1_000n],
    [POINT, 'DR 10.00', -1_000n],
    [POINT, 'R10.00', 1_000n],
    [POINT, 'R 1,000.00', 100_000n],
    [POINT, 'R-50.00', -5_000n],
    [POINT, '-R 50.00', -5_000n],
    [POINT, 'ZAR-50.00', -5_000n],
    [POINT, '50.00 ZAR', 5_000n],
    [POINT, '\u221250.00', -5_000n],
    [POINT, '\u00a050.00\u00a0', 5_000n],
    [POINT, '99999999999.99', 9_999_999_999_999n],
    [COMMA, '1 234,5', 123_450n],
    [COMMA, '1\u00a0234\u00a0567,89', 123_456_789n],
    [COMMA, '1\u202f234,00 EUR', 123_400n],
    [{ decimalMark: ',', thousandsMark: '.' }, '1.234,56', 123_456n],
    [{ thousandsMark: "'" }, "1'234.56", 123_456n],
  ])('counts to the cent: %j %s', async (style, cell, minor) => {
    expect(await amountOf(style, cell)).toBe(minor);
  });

  it.each([
    [POINT, '1,18.00'],
    [POINT, '1 189.00'],
    [POINT, '1.234,56'],
    [POINT, '10.001'],
    [POINT, '-(10.00)'],
    [POINT, '(-10.00)'],
    [POINT, '-10.00 CR'],
    [POINT, '-10.00-'],
    [POINT, '--10.00'],
    [POINT, '10.00 CR DR'],
    [POINT, '1e3'],
    [POINT, '0x10'],
    [POINT, 'NaN'],
    [POINT, '$10.00'],
    [POINT, 'USD 10.00'],
    [POINT, '١٠'],
    [POINT, '1\u00000'],
    [POINT, '-'],
    [POINT, '..'],
    [POINT, 'R'],
    [POINT, '100000000000.01'],
    [COMMA, '1234.56'],
    [COMMA, '1  234,00'],
    [COMMA, 'R 5,00'],
    [{ currency: 'JPY' }, '10.5'],
  ])('fails with its line and field: %j %s', async (style, cell) => {
    const error = await failureOf(amountOf(style, cell));
    expect([error.code, error.details['where']]).toEqual([
      'statement.unreadable',
      'line 2, amount',
    ]);
    expect(error.message).not.toContain(cell);
  });
});

describe('a CSV profile that a user declares', () => {
  it('defines an amount without a minus as money out', async () => {
    const columns = {
      ...PROFILE.columns,
      amount: { ...PROFILE.columns.amount, positive: 'debit' },
    };
    expect(await amountOf({ columns }, '10.00')).toBe(-1_000n);
    expect(await amountOf({ columns }, '-10.00')).toBe(1_000n);
  });

  it('leaves the delimiter to the file', async () => {
    const profile = { ...PROFILE, delimiter: undefined };
    for (const delimiter of [',', ';', '\t', '|']) {
      const lines = ['Day;Text;Amount', '2026-11-20;CUS12345671;10.00'];
      const file = await read(profile, ...lines.map((line) => line.replaceAll(';', delimiter)));
      expect(file.statements[0]?.lines).toMatchObject([{ amountMinor: 1_000n }]);
    }
  });

  it('takes the currency from its column, and keeps a row in another currency out of the proof', async () => {
    const profile = {
      ...PROFILE,
      header: [...PROFILE.header, 'Ccy'],
      columns: { ...PROFILE.columns, currency: 'Ccy' },
    };
    const head = 'Day;Text;Amount;Ccy';
    const file = await read(profile, head, '2026-11-20;A;10;JPY', '2026-11-20;B;5;JPY');
    expect(file.statements[0]).toMatchObject({ currency: 'JPY' });
    expect(file.statements[0]?.lines).toMatchObject([{ amountMinor: 10n }, { amountMinor: 5n }]);
    const mixed = await read(profile, head, '2026-11-20;A;1;USD', '2026-11-20;B;5;JPY');
    expect(mixed.statements[0]).toMatchObject({
      currency: 'USD',
      lines: [
        { currency: 'USD', amountMinor: 100n },
        { currency: 'JPY', amountMinor: 5n },
      ],
    });
    expect(mixed.warnings).toContainEqual(
      expect.objectContaining({ code: 'entry_foreign', where: 'statement 1, entry 2' }),
    );
    const none = await failureOf(read(profile, head, '2026-11-20;A;10;'));
    expect(none.details['where']).toBe('line 2, currency');
  });

  it('reads a file without a header by the numbers of its columns', async () => {
    const profile = {
      ...PROFILE,
      header: [],
      columnCount: 5,
      preambleRows: 2,
      preamble: { account: { label: 'ACC', labelColumn: 2, column: 3 } },
      columns: {
        bookingDate: 1,
        amount: { kind: 'indicator', column: 3, indicator: 4, credit: ['C'], debit: ['D'] },
        references: [2],
      },
    };
    const file = await read(profile, 'x;ACC;DE02 1203 0000', '2026-11-20;CUS12345671;10;C;y');
    expect(file.statements[0]).toMatchObject({
      account: 'DE02 1203 0000',
      lines: [{ direction: 'credit', references: ['CUS12345671'] }],
    });
    const error = await failureOf(read(profile, '2026-11-20;A;10;c;y'));
    expect(error.details['where']).toBe('line 1, indicator');
  });

  it.each([
    ['an unknown key', { colour: 'red' }, 'colour'],
    ['no header and no column', { columns: {} }, 'bookingDate'],
    ['one mark for two things', { thousandsMark: '.' }, 'thousandsMark'],
    ['two readings of a day', { dateFormats: ['DD/MM/YYYY', 'MM/DD/YYYY'] }, 'dateFormats'],
    ['days without a year and no period', { dateFormats: ['DD MMM'] }, 'preamble.period'],
    ['a column twice', { header: ['Day', 'Text', 'Amount', 'text '] }, 'header'],
    ['a header of nothing', { header: ['', ' '] }, 'header'],
    ['a currency that is none', { currency: 'Rand' }, 'currency'],
    ['an amount rule that is none', { columns: { amount: { kind: 'guess' } } }, 'amount'],
    ['a delimiter that is none', { delimiter: 'x' }, 'delimiter'],
  ])('fails for %s, by name', (_, change, named) => {
    let error: unknown = null;
    try {
      parseCsvProfile({ ...PROFILE, ...change });
    } catch (caught) {
      error = caught;
    }
    expect(isCoded(error, 'config.invalid')).toBe(true);
    expect(String(error)).toContain(named);
  });

  it('passes in the example of docs/banks.md', async () => {
    const file = path.resolve(import.meta.dirname, '../../../../docs/banks.md');
    const blocks = [...(await readFile(file, 'utf8')).matchAll(/```json\n(.*?)```/gs)];
    const profiles = blocks
      .map(([, text]) => JSON.parse(text ?? '') as object)
      .filter((example) => 'columns' in example);
    expect(profiles).toHaveLength(1);
    for (const example of profiles) expect(parseCsvProfile(example)).toMatchObject(example);
  });
});
