import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openReview } from '../../app/decide/open-review.ts';
import type { Sighting } from '../../domain/line/sighting.ts';
import { anAccount, aSighting, poll, TEST_SETTINGS } from '../support/activities.ts';
import { get, startApi, type ApiUnderTest } from '../support/api-under-test.ts';
import { verifyClean } from '../support/database.ts';
import { credit, seedWallet } from '../support/ledger.ts';
import { runPurser } from '../support/purser.ts';

let service: ApiUnderTest;
beforeAll(async () => {
  service = await startApi();
});
afterAll(async () => {
  await verifyClean(service.database.db);
  await service.close();
});

const FIRST = aSighting({ references: ['CUS00000018'], bankId: 'BANKID-1' });
const CORRECTED = aSighting({ references: ['CUS00000026'], bankId: 'BANKID-1' });

interface Listed {
  readonly depositId: string;
  readonly beside: Readonly<Record<string, unknown>> | null;
}

const listed = async (account: string): Promise<readonly Listed[]> =>
  (await get(service, `/v1/reviews?account=${account}`)).json<{ items: Listed[] }>().items;

/** Reads the account so often that a row which waits becomes a line. */
async function readTwice(account: string, rows: readonly Sighting[]): Promise<void> {
  for (let read = 0; read < 2; read += 1) await poll(service.database.db, account, rows);
}

async function depositsOf(account: string): Promise<readonly string[]> {
  const rows = await service.database.owner<{ id: string }[]>`
    select id from deposits where bank_account_key = ${account} order by line_id`;
  return rows.map(({ id }) => id);
}

/** A credited line, and the same id with another customer's code in review beside it. */
async function aHeldPair(
  walletNumber: number,
): Promise<{ readonly account: string; readonly first: string; readonly held: string }> {
  const { db } = service.database;
  const account = await anAccount(db);
  await poll(db, account, [FIRST]);
  const [first = ''] = await depositsOf(account);
  await credit(db, [{ depositId: first, walletId: await seedWallet(db, walletNumber) }]);
  await readTwice(account, [CORRECTED]);
  const held = (await depositsOf(account))[1] ?? '';
  const context = { clock: () => new Date('2026-11-21T08:00:00Z'), aging: TEST_SETTINGS.aging };
  await openReview(db, context, { depositId: held, reason: 'id_reused' });
  return { account, first, held };
}

describe('a review of a held deposit', () => {
  it('shows the line that it may be: its deposit, day, amount, texts and state', async () => {
    const { account, first, held } = await aHeldPair(1);
    const beside = {
      depositId: first,
      depositState: 'credited',
      amount: { minor: '5000', currency: 'ZAR' },
      bookingDate: '2026-11-20',
      references: ['CUS00000018'],
      text: 'PAYSHAP CREDIT',
      isShown: true,
    };
    expect(await listed(account)).toMatchObject([{ depositId: held, beside }]);
    const story = (await get(service, `/v1/deposits/${held}`)).json<Record<string, unknown>>();
    expect(story).toMatchObject({
      holdReason: 'id_reused',
      review: { reason: 'id_reused', beside },
      hold: { reason: 'id_reused', endedAt: null, beside },
    });
    const other = (await get(service, `/v1/deposits/${first}`)).json<Record<string, unknown>>();
    expect(other).toMatchObject({ hold: null, review: null });
  });

  it('says when the bank no longer shows the other line', async () => {
    const { account } = await aHeldPair(2);
    await service.database.owner`
      insert into line_absences (line_id, since)
      select min(id), now() from lines where bank_account_key = ${account}`;
    expect((await listed(account))[0]?.beside).toMatchObject({ isShown: false });
    const { stdout } = await runPurser(['reviews', '--account', account], {
      DATABASE_URL: service.database.url,
      TEMPORAL_ADDRESS: '127.0.0.1:9',
    });
    expect(stdout).toContain('   no longer shown by the bank\n');
  });

  it('prints both lines one below the other, and the other one in columns of the CSV', async () => {
    const { account, first, held } = await aHeldPair(3);
    const env = { DATABASE_URL: service.database.url, TEMPORAL_ADDRESS: '127.0.0.1:9' };
    const printed = (await runPurser(['reviews', '--account', account], env)).stdout.split('\n');
    const [, , own, other] = printed.slice(printed.findIndex((line) => line.startsWith(held)));
    expect(own).toBe('  This line:  R50.00 of 2026-11-20   “CUS00000026”');
    expect(other).toBe(`  It may be:  R50.00 of 2026-11-20   “CUS00000018”   ${first} (credited)`);
    const csv = await get(service, `/v1/reviews/export?account=${account}`);
    expect(parse(csv.body, { bom: true, columns: true })).toMatchObject([
      {
        deposit: held,
        beside_deposit: first,
        beside_state: 'credited',
        beside_booking_date: '2026-11-20',
        beside_amount: '50.00',
        beside_references: 'CUS00000018',
        beside_is_shown: 'true',
      },
    ]);
  });

  it('shows no other line once the bank has shown both', async () => {
    const { account, held } = await aHeldPair(4);
    const released = { ...CORRECTED, bankId: 'BANKID-2' };
    await readTwice(account, [FIRST, released]);
    expect(await listed(account)).toMatchObject([{ depositId: held, beside: null }]);
    const story = (await get(service, `/v1/deposits/${held}`)).json<Record<string, unknown>>();
    expect(story).toMatchObject({ holdReason: null, review: { beside: null } });
    expect(story['hold']).not.toMatchObject({ endedAt: null });
  });
});
