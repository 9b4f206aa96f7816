import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchLines, type FetchLinesOutput } from '../../activities/fetch-lines.ts';
import type { Feed } from '../../bank/feeds/feed.ts';
import { newId } from '../../db/new-id.ts';
import { addDays } from '../../domain/local-date.ts';
import type { Sighting } from '../../domain/line/sighting.ts';
import {
  activityContext,
  anAccount,
  aSighting,
  createTestDependencies,
  TODAY,
} from '../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../support/database.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(async () => {
  await verifyClean(test.db);
  await test.close();
});

const row = (daysAgo: number, amountMinor: bigint, balanceMinor: bigint | null): Sighting =>
  aSighting({
    bookingDate: addDays(TODAY, -daysAgo),
    amountMinor,
    references: [`payment of ${amountMinor}`],
    runningBalanceMinor: balanceMinor,
  });

/** A bank that shows the rows of the asked days; `asked` counts the reads. */
function aBank() {
  const bank = { rows: [] as readonly Sighting[], asked: 0 };
  const feed: Feed = {
    idStable: false,
    fetchWindow: (window) => {
      bank.asked += 1;
      const sightings = bank.rows.filter(
        ({ bookingDate }) => bookingDate >= window.from && bookingDate <= window.to,
      );
      return Promise.resolve({ window, sightings, pages: 1, unknownFields: [] });
    },
  };
  return { bank, feed };
}

async function read(accountKey: string, feed: Feed) {
  const runId = newId('run');
  const dependencies = createTestDependencies(test.db, { feed });
  const found: FetchLinesOutput = await activityContext().run(() =>
    fetchLines(dependencies, { accountKey, runId }),
  );
  const [run] = await test.owner<
    { warnings: string[] }[]
  >`select warnings from runs where id = ${runId}`;
  return { ...found, warnings: run?.warnings ?? [] };
}

async function amounts(accountKey: string): Promise<readonly unknown[]> {
  const rows = await test.owner`
    select amount_minor::int as minor from lines where bank_account_key = ${accountKey} order by booking_date, id`;
  return rows.map(({ minor }) => minor as unknown);
}

describe('a line that the bank booked on a day before the window', () => {
  const first = row(1, 30_000n, 130_000n);
  const today = row(0, 30_100n, 460_100n);

  it.each([12, 40, 99])(
    'counts once where the gap in the balances leads %i days back to it, and nothing else of those days does',
    async (days) => {
      const accountKey = await anAccount(test.db);
      const { bank, feed } = aBank();
      bank.rows = [row(days + 1, 50_000n, 100_000n), first];
      await read(accountKey, feed);
      bank.rows = [...bank.rows, row(days, 300_000n, 430_000n), today];
      expect(await read(accountKey, feed)).toMatchObject({ linesNew: 2 });
      expect(await read(accountKey, feed)).toMatchObject({ linesNew: 0 });
      expect(await amounts(accountKey)).toEqual([300_000, 30_000, 30_100]);
    },
  );

  it('leads to a warning where no day has it, and to no second search', async () => {
    const accountKey = await anAccount(test.db);
    const { bank, feed } = aBank();
    bank.rows = [first];
    await read(accountKey, feed);
    bank.rows = [first, today];
    const { warnings } = await read(accountKey, feed);
    expect(warnings).toEqual([expect.stringContaining('leave out a line')]);
    const before = bank.asked;
    await read(accountKey, feed);
    expect(bank.asked).toBe(before + 1);
  });

  it('causes no search where the balances follow each other, or none are stated', async () => {
    for (const rows of [
      [first, row(0, 1_000n, 131_000n)],
      [first, row(0, 1_000n, null)],
    ]) {
      const accountKey = await anAccount(test.db);
      const { bank, feed } = aBank();
      bank.rows = rows;
      expect((await read(accountKey, feed)).warnings).toEqual([]);
      expect(bank.asked).toBe(1);
    }
  });
});
