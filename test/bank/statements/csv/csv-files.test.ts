import { describe, expect, it } from 'vitest';
import { csvReaders } from '../../../../bank/statements/csv/read-csv.ts';
import { describeFile } from '../../support/sample-facts.ts';
import { failureOf, parseBytes, parseText, readSample } from '../../support/samples.ts';
import { growthOfWork } from '../../../support/growth.ts';

const NEDBANK = ['Statement Enquiry :', 'Account Number :,1111222233'];
const ABSA = 'Date,Description,Amount,Balance';

async function read(...lines: readonly string[]) {
  return parseText(`${lines.join('\n')}\n`);
}

describe('a CSV file', () => {
  it('fails where its last row has fewer cells than the row before and no line end', async () => {
    const head = 'Date,Description,Amount,';
    for (const rows of ['20261120,FEE,-50.00,\n20261120,FEE,-5', '20261120,FEE,-5']) {
      const error = await failureOf(parseText(`${head}\n${rows}`));
      expect(error.code).toBe('statement.incomplete');
    }
    const whole = await parseText(`${head}\n20261120,FEE,-50.00,`);
    expect(whole.statements[0]?.lines).toMatchObject([{ amountMinor: 5_000n }]);
  });

  it('counts as an unknown format if no bank uses its three columns', async () => {
    const error = await failureOf(read('Date,Description,Amount', '20261120,FEE,-50.00'));
    expect(error.code).toBe('statement.unknown_format');
  });

  it('matches the layout of only one bank', async () => {
    for (const { name } of csvReaders) {
      const head = await readSample(`csv/${name.slice('csv.'.length)}.csv`);
      const known = csvReaders.filter((reader) => reader.recognises(head));
      expect(known.map((reader) => reader.name)).toEqual([name]);
    }
  });

  it.each([';', '\t', '|'])('works with another delimiter throughout: %j', async (delimiter) => {
    const text = await readSample('csv/capitec-older.csv');
    const other = text.replace('sep=,\n', '').replaceAll(',', delimiter);
    const said = describeFile(await parseText(text));
    expect(describeFile(await parseText(other))).toEqual(said);
    expect(describeFile(await parseBytes(Buffer.from(other), {}, 3))).toEqual(said);
  });

  it('reads the same with a byte order mark, other line ends, padded cells and blank lines', async () => {
    const text = await readSample('csv/bank-zero.csv');
    const said = describeFile(await parseText(text));
    const padded = text
      .replaceAll(/(?<!"),(?=[A-Z][a-z])/g, ' ,  ')
      .replaceAll(',0.00,', ' , 0.00  ,');
    for (const other of [
      `\ufeff${text}`,
      text.replaceAll('\n', '\r\n'),
      text.replaceAll('\n', '\r'),
      text.replaceAll('\n', '\n\n'),
      `${text}\n,,,,,,,,,\n\n`,
      padded,
      text.replace(/^.*$/m, (header) => header.toUpperCase()),
      `sep=,\n${text}`,
    ])
      expect(describeFile(await parseText(other))).toEqual(said);
  });

  it('makes a statement without entries if it has only a header', async () => {
    const file = await read(ABSA);
    expect(file.statements).toMatchObject([{ proof: 'absent', lines: [] }]);
    const empty = await read(
      '0,1,BRANCH,0,,X,0,0',
      ',10112223,ACC-NO,0,,,0,0',
      ',0,OPEN,5,OPEN BALANCE,,0,0',
      ',0,CLOSE,5,CLOSE BALANCE,,0,0',
    );
    expect(empty.statements).toMatchObject([
      { account: '10112223', proof: 'ok', openingMinor: 500n, lines: [] },
    ]);
  });

  it('keeps a line break inside quotes, with lines numbered as in an editor', async () => {
    const file = await read('sep=,', ABSA, '', '20261119,"CUS12345671\nTOP UP",1.00,1.00');
    expect(file.statements[0]?.lines[0]?.references).toEqual(['CUS12345671\nTOP UP']);
    const error = await failureOf(
      read('sep=,', ABSA, '', '20261119,"A\nB",1.00,1.00', '20261119,C,x,1.00'),
    );
    expect(error.details['where']).toBe('line 6, amount');
  });

  it('keeps a quote inside a text, but none that swallows the rows up to the next one', async () => {
    const file = await read(ABSA, '', '', '20261119,A 3" PIPE CUS12345671,1.00,1.00');
    expect(file.statements[0]?.lines[0]?.text).toBe('A 3" PIPE CUS12345671');
    const error = await failureOf(
      read(
        'Date,Description,Amount,',
        '20261119,"CUS12345671,100.00,',
        '20261120,"SHOP,-5.00,',
        '20261121,FEE,-1.00,',
      ),
    );
    expect(error.code).toBe('statement.unreadable');
  });

  it('proves itself by its running balance whatever the order of its rows', async () => {
    const rows = [
      '20261119,A,100.00,100.00',
      '20261119,B,20.00,120.00',
      '20261120,C,-50.00,70.00',
      '20261120,D,5.00,75.00',
    ];
    const orders = [
      [0, 1, 2, 3],
      [3, 2, 1, 0],
      [2, 3, 0, 1],
      [1, 0, 3, 2],
    ];
    for (const order of orders) {
      const file = await read(ABSA, ...order.map((index) => rows[index] ?? ''));
      expect(file.statements).toMatchObject([
        { openingMinor: 0n, closingMinor: 7500n, proof: 'ok' },
      ]);
    }
    const gap = await read(ABSA, ...[0, 2, 3].map((index) => rows[index] ?? ''));
    expect(gap.statements[0]?.proof).toBe('failed');
  });

  it('needs the first and last balance for its proof, but none inside it', async () => {
    const [first, middle, last] = ['A,1.00', 'B,2.00', 'C,3.00'];
    const file = (...rows: readonly string[]) =>
      read(ABSA, ...rows.map((row) => `20261119,${row}`));
    const proofs = [
      await file(`${first},1.00`, `${middle},`, `${last},6.00`),
      await file(`${first},1.00`, `${middle},`, `${last},7.00`),
      await file(`${first},1.00`, `${middle},3.00`, `${last},`),
    ].map(({ statements }) => statements[0]?.proof);
    expect(proofs).toEqual(['ok', 'failed', 'absent']);
  });

  it('needs to add up to the sums and the balance of its last row', async () => {
    const text = await readSample('csv/capitec-business-total.csv');
    for (const [from, to] of [
      ['Total:,,,,500.00', 'Total:,,,,501.00'],
      ['-79.4,4347.18', '-79.3,4347.18'],
      ['-79.4,4347.18', '-79.4,4347.19'],
    ] as const)
      expect((await parseText(text.replace(from, to))).statements[0]?.proof).toBe('failed');
  });

  it('credits entries before its provisional part, and none inside it', async () => {
    const file = await read(
      ...NEDBANK,
      '18Nov2026,CUS12345671,250,1250.00,,',
      '19Nov2026,VAT 25/10-26/11 = R15.22,,1250.00,,',
      '19Nov2026,CARRIED FORWARD,,1250.00,,',
      '19Nov2026,BROUGHT FORWARD,0,1250.00,,',
      '19Nov2026,   PROVISIONAL STATEMENT,0,0,,',
      '20Nov2026,CUS00001234,100,1350.00,,',
    );
    expect(file.warnings.map(({ code }) => code)).toEqual(['end_unproved']);
    expect(file.statements[0]?.lines.map(({ status }) => status)).toEqual(['booked', 'pending']);
    expect(file.statements[0]).toMatchObject({ proof: 'ok', closingMinor: 125_000n });
  });

  it('credits entries of its provisional part where the account or the profile says so, by the running balance', async () => {
    const lines = [
      ...NEDBANK,
      '18Nov2026,BROUGHT FORWARD,,1000.00,,',
      '18Nov2026,CUS12345671,250,1250.00,,',
      '19Nov2026,CARRIED FORWARD,,1250.00,,',
      '19Nov2026,BROUGHT FORWARD,0,1250.00,,',
      '19Nov2026,PROVISIONAL STATEMENT,0,0,,',
      '20Nov2026,CUS00001234,100,1350.00,,',
    ];
    const booked = (text: string) => parseText(text, { provisional: 'booked' });
    const file = await booked(`${lines.join('\n')}\n`);
    expect(file.statements[0]?.lines.map(({ status }) => status)).toEqual(['booked', 'booked']);
    expect(file.statements[0]).toMatchObject({ proof: 'ok', closingMinor: 135_000n });
    const wrong = await booked(`${lines.join('\n').replace('1350.00', '1351.00')}\n`);
    expect(wrong.statements[0]?.proof).toBe('failed');

    const only = [...NEDBANK, ...lines.slice(3, 4), ...lines.slice(6)].join('\n');
    const never = await parseText(`${only}\n`);
    expect(never.warnings.map(({ code }) => code)).toContain('end_unproved');
    expect((await booked(`${only}\n`)).statements[0]?.lines).toMatchObject([
      { status: 'booked', amountMinor: 25_000n },
      { status: 'booked', amountMinor: 10_000n },
    ]);
  });

  it("writes its days in either of a bank's two formats", async () => {
    const file = await read(...NEDBANK, '01-Jan-26,A,1,1', '2-Jan-2026,B,1,2', '03Jan2026,C,1,3');
    expect(file.statements[0]?.lines.map(({ bookingDate }) => bookingDate)).toEqual([
      '2026-01-01',
      '2026-01-02',
      '2026-01-03',
    ]);
  });

  it('takes the currency that it names, and fails if that is unreadable', async () => {
    const text = await readSample('csv/standard-bank-statement.csv');
    const named = (name: string) => parseText(text.replace('ZAR - SOUTH AFRICAN RAND', name));
    expect((await named('USD - US DOLLAR')).statements[0]?.currency).toBe('USD');
    expect((await failureOf(named('Rands'))).details['where']).toBe('preamble, currency');
  });

  it.each([
    ['a date that two years of its period have', '11 December 2025', "'13 Dec'", "'13 Dec'"],
    ['a date far outside its period', '11 December 2026', "'13 Dec'", "'13 Jun'"],
  ])('fails without years for %s', async (_, from, before, after) => {
    const text = await readSample('csv/fnb-emailed-notices.csv');
    const other = text.replace('11 December 2026', from).replace(before, after);
    expect((await failureOf(parseText(other))).details['where']).toBe('line 6, booking date');
  });

  it.each([
    ['empty columns', (count: number) => `${ABSA}\n${','.repeat(count)}\n`],
    ['quoted line ends', (count: number) => `${ABSA}\n${'"\n",'.repeat(count * 0.8)}`],
    ['open quotes', (count: number) => `2,'1'${",'".repeat(count / 10)}\n`],
  ])(
    'fails with very many %s, in work that grows with their number, not with its square',
    async (_, make) => {
      const growth = await growthOfWork(async (times) => {
        expect((await failureOf(parseText(make(times * 250_000)))).code).toMatch(/^statement\./);
      });
      expect(growth).toBeLessThan(10);
    },
  );
});
