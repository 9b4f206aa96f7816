import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { FIELD_MAP_PRESETS } from '../../../bank/feeds/presets/presets.ts';
import { DEFAULT_FIELD_MAP, parseFieldMap } from '../../../bank/json/field-map.ts';
import { isCoded } from '../../../domain/errors.ts';
import { sendJson } from '../support/bank-server.ts';
import { ACCOUNT, type FeedDialect } from '../support/feed-dialect.ts';
import { dialectOf, fetchAll, safeFailureOf, startFeed } from '../support/feed-kinds.ts';

const COLUMNS = {
  version: 'columns-1',
  request: { account: 'acc', from: 'since', to: 'until', dateFormat: 'DD/MM/YYYY' },
  rows: '',
  paging: { kind: 'none' },
  bookingDate: '/dates/booked',
  dateFormat: 'DD-MM-YYYY',
  amountKind: 'creditColumn/debitColumn',
  credit: '/money/in',
  debit: '/money/out',
  decimalMark: ',',
  thousandsMark: '.',
  currency: { constant: 'ZAR' },
  references: ['/a~1b'],
  counterparty: { name: 'payer' },
} as const;

async function read(map: unknown, body: string) {
  const json = dialectOf('json');
  const dialect: FeedDialect = {
    ...json,
    settings: { ...json.settings, fieldMap: parseFieldMap(map) },
  };
  const { feed, bank } = await startFeed(dialect, (_request, response) => {
    sendJson(response, body);
  });
  return { snapshot: await fetchAll(feed), bank };
}

describe('a field map', () => {
  it('reads nested fields, columns of money in and out, and a bank style of days and decimals', async () => {
    const { snapshot, bank } = await read(
      COLUMNS,
      '[{"dates":{"booked":"20-11-2026"},"money":{"in":"1.250,50","out":""},"a/b":"CUS12345671","payer":"A Payer","extra":1},' +
        '{"dates":{"booked":"14-11-2026"},"money":{"in":null,"out":"0,7"},"a/b":null}]',
    );
    expect(snapshot.sightings).toMatchObject([
      {
        amountMinor: 125_050n,
        direction: 'credit',
        bookingDate: '2026-11-20',
        references: ['CUS12345671'],
        counterparty: { name: 'A Payer', account: null },
        status: 'booked',
        bankId: null,
      },
      { amountMinor: 70n, direction: 'debit', bookingDate: '2026-11-14', references: [] },
    ]);
    expect(snapshot.unknownFields).toEqual(['extra']);
    expect(bank.requests[0]?.url.search).toBe(
      `?acc=${ACCOUNT}&since=14%2F11%2F2026&until=20%2F11%2F2026`,
    );
  });

  it.each([
    ['"1.250,50"', '"0,00"', 125_050n, 'credit'],
    ['0', '"7"', 700n, 'debit'],
    ['"0,00"', '0', 0n, 'credit'],
    ['"0,00"', 'null', 0n, 'credit'],
    ['null', '"0,00"', 0n, 'debit'],
  ])('reads money in %s and money out %s as one movement', async (credit, debit, minor, side) => {
    const row = `{"dates":{"booked":"20-11-2026"},"money":{"in":${credit},"out":${debit}}}`;
    const { snapshot } = await read(COLUMNS, `[${row}]`);
    expect(snapshot.sightings).toMatchObject([{ amountMinor: minor, direction: side }]);
  });

  it.each([
    [
      'a column that is no amount beside one',
      '[{"dates":{"booked":"20-11-2026"},"money":{"in":"1","out":"0x0"}}]',
    ],
    ['a zero with a sign', '[{"dates":{"booked":"20-11-2026"},"money":{"in":"1","out":"-0"}}]'],
    ['both columns filled', '[{"dates":{"booked":"20-11-2026"},"money":{"in":"1","out":"1"}}]'],
    ['neither column filled', '[{"dates":{"booked":"20-11-2026"},"money":{}}]'],
    ['a sign in a column', '[{"dates":{"booked":"20-11-2026"},"money":{"in":"-1"}}]'],
    ['no such object', '[{"dates":"20-11-2026","money":{"in":"1"}}]'],
  ])('sets the row apart for %s', async (_name, body) => {
    const { snapshot } = await read(COLUMNS, body);
    expect(snapshot.sightings).toEqual([]);
    expect(snapshot.unreadable).toHaveLength(1);
  });

  it('leaves out rows of a status that it lists to skip', async () => {
    const map = {
      ...COLUMNS,
      status: { field: 'state', booked: ['ok'], skip: ['declined'] },
    };
    const row = (state: string) =>
      `{"state":"${state}","dates":{"booked":"20-11-2026"},"money":{"in":"1"}}`;
    const { snapshot } = await read(map, `[${row('ok')},${row('declined')},${row('odd')}]`);
    expect(snapshot.sightings).toHaveLength(1);
    expect(snapshot.unreadable).toMatchObject([{ field: 'state', position: 'page 1, row 3' }]);
  });

  it('refuses an object for the list', async () => {
    const error = await safeFailureOf(read(COLUMNS, '{"rows":[]}'));
    expect(error.code).toBe('bank.bad_response');
  });

  it('proves the rows by opening and closing balance if it names both', async () => {
    const proved = {
      ...COLUMNS,
      rows: 'rows',
      opening: '/balances/opening',
      closing: '/balances/closing',
    };
    const answer = (closing: string) =>
      `{"balances":{"opening":"1.000,00","closing":"${closing}"},"rows":[{"dates":{"booked":"20-11-2026"},"money":{"in":"50"}}]}`;
    expect((await read(proved, answer('1.050,00'))).snapshot.sightings).toHaveLength(1);
    const error = await safeFailureOf(read(proved, answer('1.100,00')));
    expect(error).toMatchObject({ code: 'bank.bad_response', details: { reason: 'proof' } });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['no version', { version: undefined }, 'version'],
    ['a key that is none', { amuont: 'x' }, 'amuont'],
    ['an amount beside columns', { amount: 'x' }, 'amount'],
    ['a missing column', { debit: undefined }, 'debit'],
    [
      'an indicator without a use',
      { indicator: { field: 'x', credit: ['C'], debit: ['D'] } },
      'indicator',
    ],
    ['an opening balance alone', { opening: 'x' }, 'opening'],
    ['no reference', { references: [] }, 'references'],
    ['a date format that is none', { dateFormat: 'guess' }, 'dateFormat'],
    ['a time zone that is none', { timeZone: 'Africa/Jozi' }, 'timeZone'],
  ])('fails for %s, by name', (_name, change, named) => {
    let error: unknown = null;
    try {
      parseFieldMap({ ...COLUMNS, ...change });
    } catch (caught) {
      error = caught;
    }
    expect(isCoded(error, 'config.invalid')).toBe(true);
    expect(String(error)).toContain(named);
  });

  it('defaults to our wire format, and every preset is complete', () => {
    expect([...FIELD_MAP_PRESETS.keys()]).toEqual(['default', 'standard-bank', 'fnb']);
    for (const map of FIELD_MAP_PRESETS.values()) expect(parseFieldMap(map)).toEqual(map);
    expect(FIELD_MAP_PRESETS.get('default')).toBe(DEFAULT_FIELD_MAP);
  });

  it('passes in the example of docs/banks.md', async () => {
    const file = path.resolve(import.meta.dirname, '../../../docs/banks.md');
    const blocks = [...(await readFile(file, 'utf8')).matchAll(/```json\n(.*?)```/gs)];
    const maps = blocks.map(([, text]) => JSON.parse(text ?? '') as object);
    const examples = maps.filter((map) => 'amountKind' in map);
    expect(examples).toHaveLength(1);
    for (const example of examples) expect(parseFieldMap(example)).toMatchObject(example);
  });
});
