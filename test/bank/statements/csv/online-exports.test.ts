import { describe, expect, it } from 'vitest';
import { failureOf, parseText, readSample } from '../../support/samples.ts';

/** The columns of a CSV that has no quotes, in another order and without one. */
function rearranged(text: string, without: string): string {
  return text
    .split('\n')
    .map((row) => row.split(','))
    .map((cells, _, [header = []]) =>
      cells.filter((_cell, index) => header[index] !== without).reverse(),
    )
    .map((cells) => cells.join(','))
    .join('\n');
}

describe('an export whose header has other columns than usual', () => {
  it('reads the same in another order and without a column that it does not need', async () => {
    const text = await readSample('csv/revolut.csv');
    const usual = await parseText(text);
    const file = await parseText(rearranged(text, 'Balance'));
    expect(file.format).toBe('csv.revolut');
    expect(file.statements[0]?.lines).toEqual(usual.statements[0]?.lines);
    // Without balances nothing proves it.
    expect(file.statements[0]?.proof).toBe('absent');
  });

  it('belongs to no bank if it lacks a column that the profile needs, or has one twice', async () => {
    const text = await readSample('csv/revolut.csv');
    for (const header of [rearranged(text, 'State'), text.replace('Balance\n', 'State\n')])
      expect((await failureOf(parseText(header))).code).toBe('statement.unknown_format');
  });
});

describe('a PayPal export', () => {
  const HEADER =
    'Date,Time,TimeZone,Name,Type,Status,Currency,Gross,Fee,Net,Transaction ID,Balance';
  const row = (day: string, status = 'Completed') =>
    `${day},10:00:00,GMT,A SMITH,Website Payment,${status},USD,10.00,0.00,10.00,T${day},`;

  it.each([
    ['12/25/2026', 'csv.paypal', '2026-12-25'],
    ['25/12/2026', 'csv.paypal-day-first', '2026-12-25'],
  ])(
    'tells the order of day and month by the days that allow one only: %s',
    async (day, format, is) => {
      const file = await parseText(`${HEADER}\n${row('02/11/2026')}\n${row(day)}\n`);
      expect(file.format).toBe(format);
      expect(file.statements[0]?.lines.at(-1)?.bookingDate).toBe(is);
    },
  );

  it('needs its format named where every day allows both orders', async () => {
    const text = `${HEADER}\n${row('02/11/2026')}\n`;
    expect((await failureOf(parseText(text))).code).toBe('statement.unknown_format');
    const days = async (format: string) =>
      (await parseText(text, { format })).statements[0]?.lines[0]?.bookingDate;
    expect(await days('csv.paypal')).toBe('2026-02-11');
    expect(await days('csv.paypal-day-first')).toBe('2026-11-02');
  });

  it('counts only what moved money: neither denied payments nor those that wait', async () => {
    const rows = ['Completed', 'Denied', 'Pending', 'Refunded'].map((state) =>
      row('25/12/2026', state),
    );
    const file = await parseText([HEADER, ...rows, ''].join('\n'));
    expect(file.statements[0]?.lines.map(({ status }) => status)).toEqual([
      'booked',
      'pending',
      'booked',
    ]);
    const odd = await failureOf(parseText(`${HEADER}\n${row('25/12/2026', 'Teleported')}\n`));
    expect(odd.details['where']).toBe('line 2, status');
  });
});

describe('a charge beside an amount', () => {
  it('lowers the balance as a line of its own, also where no balance shows that it is one', async () => {
    const text = [
      'Type,Product,Started Date,Completed Date,Description,Amount,Fee,Currency,State',
      'TRANSFER,Current,2026-11-20 10:00:00,2026-11-20 10:00:01,To K,-50.00,0.00,GBP,COMPLETED',
      'TOPUP,Current,2026-11-20 11:00:00,2026-11-20 11:00:01,CUS00000037,75.00,1.25,GBP,COMPLETED',
      '',
    ].join('\n');
    const file = await parseText(text);
    expect(file.statements[0]?.lines).toMatchObject([
      { direction: 'debit', amountMinor: 5_000n },
      { direction: 'credit', amountMinor: 7_500n, references: ['CUS00000037'] },
      { direction: 'debit', amountMinor: 125n, references: [], text: 'Fee' },
    ]);
  });
});
