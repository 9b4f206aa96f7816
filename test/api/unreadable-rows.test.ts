import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aShownBank, runOnce } from '../activities/support/polled-bank.ts';
import {
  ACCOUNT,
  get,
  keyOf,
  post,
  startApi,
  type ApiUnderTest,
} from '../support/api-under-test.ts';
import { runPurser } from '../support/purser.ts';

let service: ApiUnderTest;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  service = await startApi();
  const address = await service.app.listen({ host: '127.0.0.1', port: 0 });
  env = {
    DATABASE_URL: service.database.url,
    TEMPORAL_ADDRESS: '127.0.0.1:9',
    API_HOST: '127.0.0.1',
    API_PORT: new URL(address).port,
    PURSER_API_KEY: service.personKey,
  };
});
afterAll(() => service.close());

interface RowCase {
  readonly id: string;
  readonly kind: string;
  readonly lineId: string | null;
  readonly outcome: string | null;
  readonly row: { readonly raw: string; readonly isMasked: boolean } | null;
}

let rows = 0;
const aBadRow = () => ({
  id: `T${(rows += 1)}`,
  date: '2026-11-20',
  amount: `1,234.${10 + rows}`,
  currency: 'ZAR',
  type: 'credit',
  status: 'booked',
  reference: 'CUS00000013 T NKOSI',
});

/** Reads one row that cannot be read; its case, as a key sees it. */
async function readBadRow(given: object = {}) {
  const bank = await aShownBank('json');
  bank.rows = [{ ...aBadRow(), ...given }];
  const run = await runOnce(service.database, ACCOUNT, bank);
  const [found] = await casesAs(service.personKey);
  return { bank, run, found };
}

async function casesAs(key: string, query = ''): Promise<readonly RowCase[]> {
  const answer = await get(service, `/v1/cases?account=${ACCOUNT}${query}`, key);
  expect(answer.statusCode).toBe(200);
  return answer.json<{ items: RowCase[] }>().items;
}

describe('GET /v1/cases, about a row that cannot be read,', () => {
  it('says where it is, which field is at fault and why, and moves no money', async () => {
    const { found } = await readBadRow();
    expect(found).toMatchObject({
      kind: 'row_unreadable',
      lineId: null,
      amount: null,
      bookingDate: '2026-11-20',
      outcome: null,
      row: {
        position: 'page 1, row 1',
        field: 'amount',
        why: 'amount is not a plain amount in ZAR',
      },
    });
  });

  it('shows the row to people who may decide, and only its shape to others', async () => {
    await readBadRow({ amount: '1,234.99', reference: 'CUS00000013 T NKOSI' });
    const reader = await keyOf(service.database, 'person', ['review:read']);
    const [open] = await casesAs(service.personKey);
    expect(open?.row).toMatchObject({ isMasked: false });
    expect(open?.row?.raw).toContain('"reference":"CUS00000013 T NKOSI"');
    for (const key of [service.serviceKey, reader]) {
      const [masked] = await casesAs(key);
      expect(masked?.row?.isMasked).toBe(true);
      expect(masked?.row?.raw).toContain('"amount":"9,999.99"');
      expect(masked?.row?.raw).toContain('"reference":"xxx99999999 x xxxxx"');
    }
  });

  it('ends with the note of a person, and the same row does not open it again', async () => {
    const { bank, found } = await readBadRow();
    const { id = '' } = found ?? {};
    const closed = await post(
      service,
      `/v1/cases/${id}/close`,
      { note: 'the bank pays it again by hand' },
      { key: service.personKey },
    );
    expect(closed.statusCode).toBe(200);
    await runOnce(service.database, ACCOUNT, bank);
    expect(await casesAs(service.personKey)).toEqual([]);
    const all = await casesAs(service.personKey, '&state=all');
    expect(all[0]).toMatchObject({
      id,
      outcome: 'decided',
      note: 'the bank pays it again by hand',
    });
  });

  it.each(['take-back', 'pair'])('refuses %s, which is for lines', async (step) => {
    const { found } = await readBadRow();
    const body = {
      reason: 'r',
      ...(step === 'pair' ? { depositId: `dep_${'0'.repeat(32)}` } : {}),
    };
    const answer = await post(service, `/v1/cases/${found?.id ?? ''}/${step}`, body, {
      key: service.personKey,
    });
    expect(answer.json()).toMatchObject({ code: 'case.wrong_kind' });
  });
});

describe('what a run says', () => {
  it('counts unreadable rows and names unknown fields in runs, status and on the terminal', async () => {
    await readBadRow({ category: 'TRANSFER' });
    const runs = (await get(service, '/v1/runs?limit=1')).json<{ items: object[] }>();
    expect(runs.items[0]).toMatchObject({ rowsUnreadable: 1, errorCode: null, warnings: [] });
    const status = (await get(service, '/v1/status')).json<Record<string, unknown>>();
    expect(status['openCases']).toEqual([{ kind: 'row_unreadable', count: 1 }]);
    expect(status['unknownFields']).toMatchObject([{ account: ACCOUNT, field: 'category' }]);
    const shown = await runPurser(['status'], env);
    expect(shown.stdout).toContain('1 rows unreadable');
    expect(shown.stdout).toContain('Field that Purser does not read: category of fnb-main, since');
    expect((await runPurser(['status', '--json'], env)).stdout).toContain('"category"');
    expect((await runPurser(['reviews'], env)).stdout).toContain(
      '1 row of the bank cannot be read',
    );
    const cases = await runPurser(['cases'], env);
    expect(cases.stdout).toContain('page 1, row 1, amount of 2026-11-20');
    expect(cases.stdout).toContain('amount is not a plain amount in ZAR');
  });

  it('names page and fault of a failed read everywhere that the code is named', async () => {
    const bank = await aShownBank('json');
    bank.body = '{"transactions":{},"page":1,"pages":1}';
    await runOnce(service.database, ACCOUNT, bank);
    const why = "The bank's page 1 is invalid: transactions is not a list.";
    const runs = (await get(service, '/v1/runs?limit=1')).json<{ items: object[] }>();
    expect(runs.items[0]).toMatchObject({
      outcome: 'failed',
      errorCode: 'bank.bad_response',
      errorDetail: why,
    });
    expect((await get(service, '/v1/status')).json()).toMatchObject({
      lastRuns: [{ errorDetail: why }],
    });
    expect((await runPurser(['status'], env)).stdout).toContain(`bank.bad_response: ${why}`);
  });

  it('forgets the fault of an attempt that a later one of the same run makes good', async () => {
    const bank = await aShownBank('json');
    bank.body = '[]';
    await runOnce(service.database, ACCOUNT, bank);
    bank.body = null;
    expect(await runOnce(service.database, ACCOUNT, bank)).toMatchObject({ error_detail: null });
  });
});
