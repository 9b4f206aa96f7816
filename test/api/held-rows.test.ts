import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../db/new-id.ts';
import { aShownBank, runOnce } from '../activities/support/polled-bank.ts';
import { anAccount, aSighting, notify, poll } from '../support/activities.ts';
import { get, keyOf, startApi, type ApiUnderTest } from '../support/api-under-test.ts';
import { verifyClean } from '../support/database.ts';
import { runPurser } from '../support/purser.ts';

let service: ApiUnderTest;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  service = await startApi();
  env = { DATABASE_URL: service.database.url, TEMPORAL_ADDRESS: '127.0.0.1:9' };
});
afterAll(async () => {
  await verifyClean(service.database.db);
  await service.close();
});

interface HeldRow {
  readonly id: string;
  readonly waitsFor: string;
  readonly reference: string | null;
  readonly bankId: string | null;
}

async function list(
  query: string,
  key?: string,
): Promise<{ items: HeldRow[]; next: string | null }> {
  const answer = await get(service, `/v1/held-rows?${query}`, key);
  expect(answer.statusCode).toBe(200);
  return answer.json<{ items: HeldRow[]; next: string | null }>();
}

/** A line, and webhooks that may be that line and wait. */
async function anAccountWithWaiting(count: number): Promise<string> {
  const { db } = service.database;
  const account = await anAccount(db);
  for (let number = 0; number <= count; number += 1) {
    const references = ['CUS00000018 T NKOSI'];
    await notify(db, account, aSighting({ bankId: `W${number}`, references }));
  }
  return account;
}

describe('GET /v1/held-rows', () => {
  it('lists each row that waits with the line that it may be', async () => {
    const account = await anAccountWithWaiting(1);
    const { items } = await list(`account=${account}`, service.personKey);
    expect(items).toMatchObject([
      {
        account,
        feed: 'webhook',
        source: 'webhook',
        bankId: 'W1',
        amount: { minor: '5000', currency: 'ZAR' },
        bookingDate: '2026-11-20',
        reference: 'CUS00000018 T NKOSI',
        isMasked: false,
        reason: 'possible_duplicate',
        reads: 0,
        beside: {
          depositState: 'captured',
          amount: { minor: '5000', currency: 'ZAR' },
          references: ['CUS00000018 T NKOSI'],
          isShown: true,
        },
      },
    ]);
  });

  it('shows the texts of both to people who may decide, and only their shape to others', async () => {
    const account = await anAccountWithWaiting(1);
    const reader = await keyOf(service.database, 'person', ['review:read']);
    for (const key of [service.serviceKey, reader]) {
      const answer = JSON.stringify(await list(`account=${account}`, key));
      expect(answer).toContain('"reference":"xxx99999999 x xxxxx"');
      expect(answer).toContain('"isMasked":true');
      expect(answer).not.toContain('NKOSI');
    }
  });

  it('lists them page by page, in the order in which they came', async () => {
    const account = await anAccountWithWaiting(3);
    const seen: (string | null)[] = [];
    let cursor = '';
    do {
      const page = await list(`account=${account}&limit=2${cursor}`);
      seen.push(...page.items.map(({ bankId }) => bankId));
      cursor = page.next === null ? '' : `&cursor=${page.next}`;
    } while (cursor !== '');
    expect(seen).toEqual(['W1', 'W2', 'W3']);
  });

  it('drops a row that a read has settled from the list', async () => {
    const account = await anAccountWithWaiting(1);
    const bank = await aShownBank('json');
    const row = { date: '2026-11-20', amount: '50.00', currency: 'ZAR', type: 'credit' };
    const reference = 'CUS00000018 T NKOSI';
    bank.rows = ['W0', 'W1'].map((id) => ({ ...row, id, status: 'booked', reference }));
    await runOnce(service.database, account, bank);
    expect((await list(`account=${account}`)).items).toEqual([]);
  });
});

describe('the evidence that a row waits for,', () => {
  const waitOf = async (account: string) => (await list(`account=${account}`)).items[0]?.waitsFor;

  /** Makes the account one that is read by its API, with a read of these days before now. */
  async function readFrom(account: string, from: string, startedAt: Date): Promise<void> {
    const { owner } = service.database;
    await owner`update bank_accounts set feed = 'json' where key = ${account}`;
    await owner`
      insert into runs (id, bank_account_key, kind, window_from, window_to, outcome, finished_at, started_at)
      values (${newId('run')}, ${account}, 'poll', ${from}, ${from}, 'completed', now(), ${startedAt})`;
  }

  it('names a statement where no read by the API reaches its day', async () => {
    const account = await anAccountWithWaiting(1);
    expect(await waitOf(account)).toBe('statement');
    await readFrom(account, '2026-11-21', new Date());
    expect(await waitOf(account)).toBe('statement');
  });

  it('names the next read of a day that is over', async () => {
    const account = await anAccountWithWaiting(1);
    await readFrom(account, '2026-11-16', new Date());
    expect(await waitOf(account)).toBe('next_read');
  });

  it('names the next read, then the end of its day, for a webhook of today', async () => {
    const account = await anAccountWithWaiting(1);
    await service.database.owner`
      update sightings set booking_date = (now() at time zone 'Africa/Johannesburg')::date
       where bank_account_key = ${account} and line_id is null`;
    await readFrom(account, '2026-11-16', new Date(Date.now() - 3_600_000));
    expect(await waitOf(account)).toBe('next_read');
    await service.database
      .owner`update runs set started_at = now() where bank_account_key = ${account}`;
    expect(await waitOf(account)).toBe('day_over');
  });

  it('counts in the status, with the oldest day, and on the terminal', async () => {
    const before = (await statusWaits()).find(({ waitsFor }) => waitsFor === 'statement');
    await anAccountWithWaiting(2);
    const after = (await statusWaits()).find(({ waitsFor }) => waitsFor === 'statement');
    expect(after).toEqual({
      waitsFor: 'statement',
      count: (before?.count ?? 0) + 2,
      oldestDay: '2026-11-20',
    });
    expect((await runPurser(['status'], env)).stdout).toContain(
      `waiting for a statement of their day: ${after?.count ?? 0}, oldest of 2026-11-20\n`,
    );
  });

  async function statusWaits(): Promise<
    readonly { waitsFor: string; count: number; oldestDay: string }[]
  > {
    const status = (await get(service, '/v1/status')).json<{
      evidenceWaits: { waitsFor: string; count: number; oldestDay: string }[];
    }>();
    return status.evidenceWaits;
  }
});

describe('a debit that is held', () => {
  it('counts in the status until a read shows both lines', async () => {
    const { db } = service.database;
    const account = await anAccount(db);
    const fee = aSighting({ direction: 'debit', references: ['FEE A'], bankId: 'BANKID-7' });
    const corrected = { ...fee, references: ['FEE B'], amountMinor: 6_000n };
    await poll(db, account, [fee]);
    for (let read = 0; read < 2; read += 1) await poll(db, account, [corrected]);
    const held = async () =>
      (await get(service, '/v1/status'))
        .json<{ heldDebits: { account: string }[] }>()
        .heldDebits.filter((each) => each.account === account);
    expect(await held()).toEqual([{ account, count: 1, oldestDay: '2026-11-20' }]);
    expect((await runPurser(['status'], env)).stdout).toContain(
      `Debits of ${account} that are held`,
    );
    await poll(db, account, [fee, { ...corrected, bankId: 'BANKID-8' }]);
    expect(await held()).toEqual([]);
  });
});

describe('a run', () => {
  it('counts the rows that wait, apart from the lines that it holds', async () => {
    const { db } = service.database;
    const account = await anAccount(db);
    await notify(db, account, aSighting({ bankId: 'W1', references: ['CUS00000018'] }));
    const bank = await aShownBank('json');
    const row = { date: '2026-11-20', amount: '50.00', currency: 'ZAR', type: 'credit' };
    bank.rows = [{ ...row, id: 'P1', status: 'booked', reference: 'J PETERS' }];
    await runOnce(service.database, account, bank);
    const runs = (await get(service, `/v1/runs?account=${account}`)).json<{ items: object[] }>();
    expect(runs.items[0]).toMatchObject({ rowsWaiting: 1, linesHeld: 1, linesNew: 0 });
    expect((await runPurser(['status'], env)).stdout).toContain('to review, 1 rows wait');
  });
});
