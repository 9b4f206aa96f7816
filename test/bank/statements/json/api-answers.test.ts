import { describe, expect, it } from 'vitest';
import { DEFAULT_FIELD_MAP, parseFieldMap } from '../../../../bank/json/field-map.ts';
import { jsonRowReader } from '../../../../bank/json/json-row.ts';
import { readRowOrRefuse } from '../../../../bank/json/read-row.ts';
import { parseJsonBytes } from '../../../../bank/json/json-text.ts';
import { CodedError } from '../../../../domain/errors.ts';
import { ZAR } from '../../../../domain/money/money.ts';
import { failureOf, parseBytes, parseText, readSample } from '../../support/samples.ts';
import { growthOfWork } from '../../../support/growth.ts';

const ROW = {
  accountId: '1002',
  type: 'CREDIT',
  status: 'POSTED',
  description: 'CUS12345671',
  postingDate: '2026-11-20',
  amount: 1,
};

const investec = (...rows: readonly object[]) =>
  JSON.stringify({ data: { transactions: rows.map((row) => ({ ...ROW, ...row })) } });

async function linesOf(text: string) {
  return (await parseText(text)).statements.flatMap(({ lines }) => lines);
}

describe('a saved response of a bank’s API', () => {
  it.each(['default', 'investec', 'open-banking-uk', 'berlin-group', 'stitch'])(
    'counts as incomplete wherever it is cut: %s',
    async (name) => {
      const text = (await readSample(`json/${name}.json`)).trimEnd();
      for (let length = text.indexOf('"') + 1; length < text.length; length += 1) {
        const error = await failureOf(parseText(text.slice(0, length)));
        expect(error.code, `cut after ${length}`).toBe('statement.incomplete');
      }
    },
  );

  it.each([
    ['the same key twice', investec({}).replace('"amount":1', '"amount":1,"amount":1')],
    [
      'the same key in other letters',
      investec({}).replace('"amount":1', '"amount":1,"\\u0061mount":1'),
    ],
    ['a comma too many', investec({}).replace('"amount":1', '"amount":1,')],
    ['something behind its end', `${investec({})} {}`],
    ['a number that is none', investec({}).replace('"amount":1', '"amount":NaN')],
    ['hexadecimal digits', investec({}).replace('"amount":1', '"amount":0x10')],
    ['an exponent', investec({}).replace('"amount":1', '"amount":1e2')],
    ['more decimals than the currency has', investec({}).replace('"amount":1', '"amount":1.001')],
    ['an amount beyond the cap', investec({}).replace('"amount":1', '"amount":100000000000.01')],
    ['a sign beside a direction', investec({ amount: -1 })],
    ['an unknown status', investec({ status: 'HELD' })],
    ['an unknown direction', investec({ type: 'BOTH' })],
    ['a day that is none', investec({ postingDate: '2026-02-30' })],
    ['a text without end', investec({ description: 'x'.repeat(70_000) })],
    ['a hundred thousand levels', `{"data":${'['.repeat(100_000)}`],
  ])('fails for %s', async (_, text) => {
    expect((await failureOf(parseText(text))).code).toBe('statement.unreadable');
  });

  it('fails as not UTF-8', async () => {
    const bytes = Buffer.from(investec({ description: 'CAF\u00c9' }), 'latin1');
    expect((await failureOf(parseBytes(bytes))).code).toBe('statement.unreadable');
  });

  it.each([
    ['Plaid’s list', { transactions: [{ amount: 5 }], accounts: [], total_transactions: 1 }],
    ['Plaid’s changes', { added: [], modified: [], removed: [], has_more: false }],
    ['a bare list', []],
    ['nothing', {}],
  ])('counts as an unknown format if its protocol is not supported: %s', async (_, body) => {
    expect((await failureOf(parseText(JSON.stringify(body)))).code).toBe(
      'statement.unknown_format',
    );
  });

  it('keeps every digit of a number', async () => {
    const [line] = await linesOf(investec({}).replace('"amount":1', '"amount":99999999999.99'));
    expect(line?.amountMinor).toBe(9_999_999_999_999n);
    const outcome = parseJsonBytes(Buffer.from('[9007199254740993]'));
    expect(JSON.stringify(outcome)).toContain('"9007199254740993"');
  });

  it('yields entries with only pending rows, whatever the name of their list', async () => {
    const row = {
      ...ROW,
      status: 'PENDING',
      postingDate: undefined,
      transactionDate: '2026-11-19',
    };
    for (const name of ['transactions', 'PendingTransaction'])
      expect(await linesOf(JSON.stringify({ data: { [name]: [row] } }))).toMatchObject([
        { status: 'pending', bookingDate: '2026-11-19', amountMinor: 100n },
      ]);
  });

  it('proves itself by its running balance in either order, which never contradicts it', async () => {
    const rows = [
      { amount: 10, runningBalance: 10 },
      { amount: 4, type: 'DEBIT', runningBalance: 6 },
      { amount: 1, runningBalance: 7 },
    ];
    for (const order of [rows, [...rows].reverse()])
      expect((await parseText(investec(...order))).statements).toMatchObject([
        { openingMinor: 0n, closingMinor: 700n, proof: 'ok', differenceMinor: 0n },
      ]);
    const filtered = await parseText(investec(...rows.filter(({ type }) => type === undefined)));
    expect(filtered.statements).toMatchObject([{ openingMinor: null, proof: 'absent' }]);
  });

  it('dates an instant on the day that the bank wrote', async () => {
    const text = await readSample('json/open-banking-uk.json');
    for (const [instant, day] of [
      ['2026-11-20T00:30:00+02:00', '2026-11-20'],
      ['2026-11-20T23:30:00-05:00', '2026-11-20'],
      ['2026-11-20T00:00:00Z', '2026-11-20'],
    ] as const) {
      const [line] = await linesOf(text.replace('2026-11-20T10:00:00+00:00', instant));
      expect(line?.bookingDate).toBe(day);
    }
  });

  it('skips a pending row without a date, with a warning', async () => {
    const text = await readSample('json/berlin-group.json');
    const other = text.replace(
      /"valueDate": "2026-11-21",(?=\s*"transactionAmount": \{ "amount": "-)/,
      '',
    );
    const file = await parseText(other);
    expect(file.statements[0]?.lines).toHaveLength(1);
    expect(file.warnings.map(({ code }) => code)).toContain('pending_undated');
  });

  it('takes work that grows with the number of its accounts, not with its square', async () => {
    const growth = await growthOfWork(async (times) => {
      const count = times * 2_000;
      const rows = Array.from({ length: count }, (_, index) => ({ accountId: `A${index}` }));
      const { statements } = await parseText(investec(...rows));
      expect(statements).toHaveLength(count);
      expect(statements.at(-1)?.lines[0]?.position).toBe(`statement ${count}, entry 1`);
    });
    expect(growth).toBeLessThan(10);
  });
});

describe('a row with columns for money in and money out', () => {
  const map = parseFieldMap({
    ...DEFAULT_FIELD_MAP,
    indicator: undefined,
    amount: undefined,
    amountKind: 'creditColumn/debitColumn',
    credit: 'in',
    debit: 'out',
    status: undefined,
  });
  const read = (columns: object) =>
    readRowOrRefuse(
      { date: '2026-11-20', currency: 'ZAR', reference: 'A', ...columns },
      jsonRowReader(map, {
        accountId: 'A',
        currency: ZAR,
        timeZone: 'Africa/Johannesburg',
        position: 'row 1',
        onIgnored: () => undefined,
      }),
      (why) => new CodedError('bank.bad_response', why),
    );

  it.each([
    [{ in: '5.00', out: '0.00' }, 'credit', 500n],
    [{ in: '0', out: '5' }, 'debit', 500n],
    [{ in: '', out: '5' }, 'debit', 500n],
    [{ in: '0.00', out: '0.00' }, 'credit', 0n],
  ])('takes the one that is not zero: %j', (columns, direction, amountMinor) => {
    expect(read(columns)).toMatchObject({ direction, amountMinor });
  });

  it.each([{ in: '1', out: '1' }, {}, { in: '-1' }, { in: '1', out: '-0' }])(
    'fails without exactly one amount: %j',
    (columns) => {
      expect(() => read(columns)).toThrow(CodedError);
    },
  );
});
