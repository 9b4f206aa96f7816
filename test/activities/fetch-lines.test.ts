import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchLines, type FetchLinesOutput } from '../../activities/fetch-lines.ts';
import { confirmAccountId } from '../../app/account/prove-id.ts';
import type { Feed } from '../../bank/feeds/feed.ts';
import { SYSTEM_ACTOR } from '../../db/queries/audit.ts';
import { newId } from '../../db/new-id.ts';
import { addDays } from '../../domain/local-date.ts';
import { CodedError } from '../../domain/errors.ts';
import type { Sighting } from '../../domain/line/sighting.ts';
import {
  activityContext,
  anAccount,
  aSighting,
  countMoves,
  createTestDependencies,
  notify,
  TODAY,
} from '../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../support/database.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.close());

/** A bank that shows these rows for whatever window; `asked` notes the windows. */
function aBank(show: () => Promise<readonly Sighting[]>) {
  const asked: string[] = [];
  const feed: Feed = {
    idStable: false,
    fetchWindow: async (window, signal, onPage) => {
      asked.push(`${window.from} ${window.to}`);
      signal.throwIfAborted();
      const sightings = await show();
      onPage({ page: 1, rows: sightings.length });
      return { window, sightings, pages: 1, unknownFields: [] };
    },
  };
  return { feed, asked };
}

function read(
  accountKey: string,
  feed: Feed,
  runId = newId('run'),
  now?: Date,
): Promise<FetchLinesOutput> {
  const dependencies = createTestDependencies(test.db, {
    feed,
    ...(now === undefined ? {} : { clock: () => now }),
  });
  return activityContext().run(() => fetchLines(dependencies, { accountKey, runId }));
}

async function lastCompleteDay(accountKey: string): Promise<unknown> {
  const [row] = await test.owner`
    select last_complete_day::text as day from bank_accounts where key = ${accountKey}`;
  return row?.['day'];
}

describe('fetchLines', () => {
  it('captures the window, records the last complete day and counts both in its run', async () => {
    const accountKey = await anAccount(test.db);
    const { feed, asked } = aBank(() =>
      Promise.resolve([aSighting(), aSighting(), aSighting({ direction: 'debit' })]),
    );
    const runId = newId('run');
    expect(await read(accountKey, feed, runId)).toEqual({
      linesSeen: 3,
      linesNew: 3,
      depositsNew: 2,
      held: 0,
      caughtUp: true,
    });
    expect(asked).toEqual([`2026-11-13 ${TODAY}`]);
    expect(await lastCompleteDay(accountKey)).toBe('2026-11-19');
    const [run] = await test.owner`
      select kind, lines_seen, lines_new, deposits_new, window_from::text, window_to::text from runs where id = ${runId}`;
    expect(run).toEqual({
      kind: 'poll',
      lines_seen: 3,
      lines_new: 3,
      deposits_new: 2,
      window_from: '2026-11-13',
      window_to: '2026-11-20',
    });
    await verifyClean(test.db);
  });

  it('finds every line known when the attempt is repeated', async () => {
    const accountKey = await anAccount(test.db);
    const { feed } = aBank(() => Promise.resolve([aSighting(), aSighting()]));
    const runId = newId('run');
    await read(accountKey, feed, runId);
    expect(await read(accountKey, feed, runId)).toMatchObject({ linesNew: 0, depositsNew: 0 });
    const runs = await test.owner`
      select lines_new, deposits_new from runs where bank_account_key = ${accountKey}`;
    expect([...runs]).toEqual([{ lines_new: 2, deposits_new: 2 }]);
    await verifyClean(test.db);
  });

  it('captures nothing and completes no day when the bank fails, and catches up at the next read', async () => {
    const accountKey = await anAccount(test.db);
    const before = await countMoves(test.db);
    const down = aBank(() => Promise.reject(new CodedError('bank.unavailable', 'It is down.')));
    await expect(read(accountKey, down.feed)).rejects.toMatchObject({ code: 'bank.unavailable' });
    expect(await countMoves(test.db)).toEqual(before);
    expect(await lastCompleteDay(accountKey)).toBeNull();
    const up = aBank(() => Promise.resolve([aSighting()]));
    expect(await read(accountKey, up.feed)).toMatchObject({ depositsNew: 1 });
    await verifyClean(test.db);
  });

  it('walks forward window by window when it is far behind, and never back', async () => {
    const accountKey = await anAccount(test.db);
    const { feed, asked } = aBank(() => Promise.resolve([]));
    await read(accountKey, feed, newId('run'), new Date('2026-09-01T10:00:00Z'));
    expect(await read(accountKey, feed)).toMatchObject({ caughtUp: false });
    expect(await lastCompleteDay(accountKey)).toBe('2026-09-24');
    while (!(await read(accountKey, feed)).caughtUp);
    expect(await lastCompleteDay(accountKey)).toBe('2026-11-19');
    expect(asked.at(-1)?.endsWith(TODAY)).toBe(true);
    await read(accountKey, feed, newId('run'), new Date('2026-11-01T10:00:00Z'));
    expect(await lastCompleteDay(accountKey)).toBe('2026-11-19');
  });

  it('stops reading when it is cancelled, and keeps nothing', async () => {
    const accountKey = await anAccount(test.db);
    const context = activityContext();
    const { feed } = aBank(() => {
      context.cancel('CANCELLED');
      return new Promise((_, reject) => {
        context.context.cancellationSignal.addEventListener('abort', () =>
          reject(new Error('aborted')),
        );
        if (context.context.cancellationSignal.aborted) reject(new Error('aborted'));
      });
    });
    const dependencies = createTestDependencies(test.db, { feed });
    await expect(
      context.run(() => fetchLines(dependencies, { accountKey, runId: newId('run') })),
    ).rejects.toThrow();
    const lines = await test.owner`select 1 from lines where bank_account_key = ${accountKey}`;
    expect(lines).toHaveLength(0);
  });

  it('reports an account that does not exist', async () => {
    const { feed } = aBank(() => Promise.resolve([]));
    await expect(read('nowhere', feed)).rejects.toThrow();
  });
});

describe('a new id of the bank for an account that has lines', () => {
  const rowsOf = (key: string, from: number) =>
    [1, 2, 3, 4].map((n) =>
      aSighting({ amountMinor: BigInt(from + n), references: [`${n} ${key}`] }),
    );
  const setId = (key: string, id: string) =>
    test.owner`update bank_accounts set feed = 'json', bank_account_id = ${`${key}-${id}`} where key = ${key}`;
  const lines = async (key: string) =>
    (await test.owner`select 1 from lines where bank_account_key = ${key}`).length;

  it('goes on with the account if the read shows its lines, and asks no further', async () => {
    const accountKey = await anAccount(test.db);
    const [rows, others] = [rowsOf(accountKey, 7_000), rowsOf(accountKey, 8_000)];
    await setId(accountKey, 'old');
    await read(accountKey, aBank(() => Promise.resolve(rows)).feed);
    await setId(accountKey, 'new');
    expect(await read(accountKey, aBank(() => Promise.resolve(rows.slice(1))).feed)).toMatchObject({
      linesNew: 0,
    });
    expect(await read(accountKey, aBank(() => Promise.resolve(others)).feed)).toMatchObject({
      linesNew: 4,
    });
  });

  it('captures nothing if the read shows the lines of another account, until a person confirms the id', async () => {
    const accountKey = await anAccount(test.db);
    const [rows, others] = [rowsOf(accountKey, 7_000), rowsOf(accountKey, 8_000)];
    await setId(accountKey, 'old');
    await read(accountKey, aBank(() => Promise.resolve(rows)).feed);
    await read(accountKey, aBank(() => Promise.resolve(rows)).feed);
    await setId(accountKey, 'new');
    const { feed } = aBank(() => Promise.resolve(others));
    await expect(read(accountKey, feed)).rejects.toMatchObject({
      code: 'account.other_lines',
      message: expect.stringContaining('shows 0 of the 4 lines') as string,
    });
    expect(await lines(accountKey)).toBe(4);
    const confirm = () =>
      confirmAccountId(test.db, { name: accountKey, by: SYSTEM_ACTOR, why: 'moved by the bank' });
    expect([await confirm(), await confirm()]).toEqual([true, false]);
    expect(await read(accountKey, feed)).toMatchObject({ linesNew: 4 });
  });

  it('captures nothing under a new key either, if the read shows the payments of an account that is known', async () => {
    const [old, renamed] = [await anAccount(test.db), await anAccount(test.db)];
    const paid = [1, 2, 3].map((n) =>
      aSighting({ amountMinor: BigInt(9_000 + n), references: [`CUS0000${n} ${old}`] }),
    );
    const { feed } = aBank(() => Promise.resolve(paid));
    await setId(old, 'old');
    await read(old, feed);
    await setId(renamed, 'new');
    await expect(read(renamed, feed)).rejects.toMatchObject({
      code: 'account.known',
      message: expect.stringMatching(`3 of the 3 payments that ${old} has`) as string,
    });
    expect(await lines(renamed)).toBe(0);
    // Two payments may be alike by chance.
    expect(await read(renamed, aBank(() => Promise.resolve(paid.slice(1))).feed)).toMatchObject({
      linesNew: 2,
    });
  });

  it('takes lines that only webhooks showed, and lines that the bank moved, for no sign of another account', async () => {
    const accountKey = await anAccount(test.db);
    await test.owner`update bank_accounts set bank_account_id = ${accountKey} where key = ${accountKey}`;
    for (let event = 0; event < 9; event += 1)
      await notify(
        test.db,
        accountKey,
        aSighting({ bankId: `W${event}`, amountMinor: BigInt(900 + event) }),
      );
    const twice = [aSighting({ references: ['one'] }), aSighting({ references: ['two'] })];
    const moved = twice.map((each) => ({ ...each, bookingDate: addDays(TODAY, -1) }));
    for (const rows of [twice, moved, [...moved, aSighting({ references: ['three'] })]]) {
      const { feed } = aBank(() => Promise.resolve(rows));
      await expect(read(accountKey, feed)).resolves.toMatchObject({ linesSeen: rows.length });
    }
  });
});
