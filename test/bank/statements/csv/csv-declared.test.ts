import { describe, expect, it } from 'vitest';
import { parseCsvProfile } from '../../../../bank/statements/csv/csv-profile.ts';
import { isCoded } from '../../../../domain/errors.ts';
import { failureOf, parseBytes } from '../../support/samples.ts';

const bytes = (...lines: readonly string[]) => Buffer.from(`${lines.join('\n')}\n`);

const NEDBANK = [
  'Statement Enquiry :',
  'Account Number :,1111222233',
  'Account Description :,CURRENT',
  'Statement Number :,88',
];
const REST = ['02Nov2026,CUS00000021,100,1600', '03Nov2026,CUS00000039,50,1650'];

describe('a CSV without a header', () => {
  it.each([
    ['30Okt2026', '2026-10-30'],
    ['30Oct2026', '2026-10-30'],
    ['30Mei2026', '2026-05-30'],
    ['30Des2025', '2025-12-30'],
    ['30Mrt2026', '2026-03-30'],
  ])('reads its first entry of %s, whose month may be Afrikaans', async (day, expected) => {
    const file = await parseBytes(bytes(...NEDBANK, `${day},CUS00000013,500,1500`, ...REST));
    expect(file.statements[0]?.lines.map(({ bookingDate }) => bookingDate)).toEqual([
      expected,
      '2026-11-02',
      '2026-11-03',
    ]);
    expect(file.statements[0]?.proof).toBe('ok');
  });

  it.each(['30Foo2026', '30.10.2026', '', 'yesterday', '31Nov2026'])(
    'refuses a first entry of the day "%s" by line and field',
    async (day) => {
      const failure = await failureOf(
        parseBytes(bytes(...NEDBANK, `${day},CUS00000013,500,1500`, ...REST)),
      );
      expect(isCoded(failure, 'statement.unreadable') && failure.details['where']).toBe(
        'line 5, booking date',
      );
    },
  );

  it('keeps a row that the profile names above the entries, whatever its amount column holds', async () => {
    const profile = parseCsvProfile({
      name: 'bare',
      delimiter: ',',
      preambleRows: 3,
      preamble: { opening: { label: 'Balance', column: 3 } },
      columns: {
        bookingDate: 1,
        amount: { kind: 'signed', column: 3 },
        balance: 4,
        references: [2],
      },
      dateFormats: ['YYYY-MM-DD'],
    });
    const file = await parseBytes(bytes('Balance,,10.00,', '2026-11-02,A,5.00,15.00'), { profile });
    expect(file.statements[0]).toMatchObject({ openingMinor: 1_000n, proof: 'ok' });
  });
});

const DECLARED = {
  name: 'declared',
  delimiter: ',',
  header: ['Date', 'Text', 'Amount', 'State'],
  columns: {
    bookingDate: 'Date',
    amount: { kind: 'signed', column: 'Amount' },
    references: ['Text'],
    status: {
      column: 'State',
      booked: ['Completed'],
      pending: ['Pending'],
      skip: ['Failed', 'Reverted'],
    },
  },
  dateFormats: ['DD/MM/YYYY'],
};

const declared = (profile: object, ...rows: readonly string[]) =>
  parseBytes(bytes('Date,Text,Amount,State', ...rows), {
    profile: parseCsvProfile({ ...DECLARED, ...profile }),
  });

describe('a declared profile', () => {
  it('books only rows of the states that it declares, and leaves failed ones out', async () => {
    const file = await declared(
      {},
      '20/01/2026,WIRE A,500.00,Failed',
      '20/01/2026,WIRE B,500.00,COMPLETED',
      '21/01/2026,WIRE C,70.00,Pending',
      '21/01/2026,WIRE D,80.00,reverted',
    );
    expect(
      file.statements[0]?.lines.map(({ references, status }) => [references[0], status]),
    ).toEqual([
      ['WIRE B', 'booked'],
      ['WIRE C', 'pending'],
    ]);
  });

  it.each(['Unknown', ''])(
    'refuses a row of the state "%s", which it does not declare',
    async (state) => {
      const failure = await failureOf(declared({}, `20/01/2026,WIRE,500.00,${state}`));
      expect(isCoded(failure, 'statement.unreadable') && failure.details['where']).toBe(
        'line 2, status',
      );
    },
  );

  it.each([
    ['DD/MM/YY', '03/04/26', '2026-04-03'],
    ['MM/DD/YY', '03/04/26', '2026-03-04'],
    ['MM-DD-YYYY', '03-04-2026', '2026-03-04'],
  ])('reads days as %s', async (format, cell, day) => {
    const file = await declared({ dateFormats: [format] }, `${cell},A,1.00,Completed`);
    expect(file.statements[0]?.lines[0]?.bookingDate).toBe(day);
  });

  it.each([
    [['DD/MM/YY', 'MM/DD/YY']],
    [['DD/MM/YYYY', 'MM/DD/YY']],
    [['DD-MM-YYYY', 'MM-DD-YYYY']],
  ])('refuses to take the two orders of %s, which one day may fit both', (dateFormats) => {
    expect(() => parseCsvProfile({ ...DECLARED, dateFormats })).toThrow(/ambiguous together/);
  });

  it.each([
    ['GBP', '£67.40', 6_740n],
    ['GBP', '-£67.40', -6_740n],
    ['USD', '$67.40', 6_740n],
    ['USD', 'US$ 67.40', 6_740n],
    ['EUR', '67.40 €', 6_740n],
    ['ZAR', 'R 1 000.00', 100_000n],
  ])('reads an amount in %s that is written %s', async (currency, cell, minor) => {
    const file = await declared({ currency, thousandsMark: ' ' }, `20/01/2026,A,${cell},Completed`);
    const [line] = file.statements[0]?.lines ?? [];
    expect(line?.direction === 'debit' ? -line.amountMinor : line?.amountMinor).toBe(minor);
  });

  it('refuses an amount with the sign of another currency', async () => {
    const failure = await failureOf(declared({}, '20/01/2026,A,£5.00,Completed'));
    expect(isCoded(failure, 'statement.unreadable')).toBe(true);
  });
});
