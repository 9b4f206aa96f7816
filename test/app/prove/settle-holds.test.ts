import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fetchLines } from '../../../activities/fetch-lines.ts';
import { openReview } from '../../../activities/open-review.ts';
import { proveDay } from '../../../activities/prove-day.ts';
import type { Feed } from '../../../bank/feeds/feed.ts';
import { newId } from '../../../db/new-id.ts';
import { listDayProofs } from '../../../db/queries/day-proofs.ts';
import { withCandidates } from '../../../db/queries/doubts.ts';
import { parseLocalDate } from '../../../domain/local-date.ts';
import { parseCurrency } from '../../../domain/money/money.ts';
import { signedMinor, type Sighting } from '../../../domain/line/sighting.ts';
import {
  activityContext,
  anAccount,
  aSighting,
  aWallet,
  createTestDependencies,
  NOW,
  notify,
  poll,
} from '../../support/activities.ts';
import { camt053 } from '../../support/camt.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../../support/database.ts';
import { mt940 } from '../../support/mt940.ts';
import { importStatement } from '../../support/statements.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterEach(() => verifyClean(test.db));
afterAll(() => test.close());

const woken: string[] = [];
const dependencies = (given: Parameters<typeof createTestDependencies>[1] = {}) =>
  createTestDependencies(test.db, {
    clock: () => new Date(),
    ...given,
    wakeDeposit: (ref, { reason }) => {
      woken.push(`${ref.depositId} ${reason}`);
      return Promise.resolve();
    },
  });

async function importOne(accountKey: string, body: Uint8Array) {
  await importStatement(dependencies(), { accountKey, body, runId: newId('run') });
  const open = await test.owner`
    select id from deposits where bank_account_key = ${accountKey} and state = 'captured' order by id`;
  for (const { id } of open)
    await openReview(dependencies(), { depositId: String(id), reason: 'no_reference' });
  return activityContext().run(() => proveDay(dependencies(), { accountKey }));
}

async function read(
  accountKey: string,
  lines: readonly Sighting[],
  balanceMinor: bigint,
  now = NOW,
) {
  const feed: Feed = {
    idStable: false,
    fetchWindow: (window) =>
      Promise.resolve({ window, sightings: lines, unreadable: [], pages: 1, unknownFields: [] }),
    readBalance: () => Promise.resolve({ minor: balanceMinor, day: null }),
  };
  await activityContext().run(() =>
    fetchLines(dependencies({ feed, clock: () => now }), { accountKey, runId: newId('run') }),
  );
}

/** The deposits of an account by what was shown first of them, with their state and hold. */
async function depositsOf(accountKey: string) {
  const rows = await test.owner`
    select l."references"[1] as text, d.state, d.hold_reason as hold from deposits d join lines l on l.id = d.line_id
     where d.bank_account_key = ${accountKey} order by l.id`;
  return rows.map(({ hold, state, text }) =>
    `${String(text)} ${String(state)} ${String(hold ?? '')}`.trim(),
  );
}

async function waitingRows(accountKey: string) {
  const rows = await test.owner`
    select 1 from sightings where bank_account_key = ${accountKey} and line_id is null and ended_at is null`;
  return rows.length;
}

const DAY = '2026-11-09';

/** A webhook's deposit of R50.00 that names nobody. */
const tellCash = (accountKey: string) =>
  notify(
    test.db,
    accountKey,
    aSighting({ bookingDate: parseLocalDate(DAY), references: ['CASH DEPOSIT'] }),
  );

/** The whole day: a deposit of R50.00 for a customer, between R100.00 and R150.00. */
const wholeDay = (code: string) =>
  camt053([{ amount: '50.00', reference: code, day: DAY }], '150.00', { day: DAY });

describe('a held line', () => {
  it('becomes the line beside it where a statement’s balance has no room for both, in every later file, too', async () => {
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    await tellCash(accountKey);
    const before = woken.length;

    expect(await importOne(accountKey, wholeDay(code))).toEqual({
      outcome: 'ok',
      gateClosed: false,
    });

    const after = ['CASH DEPOSIT in_review', `${code} reversed`];
    expect(await depositsOf(accountKey)).toEqual(after);
    expect(woken.slice(before)).toEqual([expect.stringMatching(/^dep_\w+ settled_elsewhere$/)]);
    const wordings = await test.owner`
      select s.source, s.evidence from sightings s join lines l on l.id = s.line_id
       where l.bank_account_key = ${accountKey} and l."references"[1] = 'CASH DEPOSIT' order by s.id`;
    expect(wordings.map(({ evidence, source }) => `${String(source)} ${String(evidence)}`)).toEqual(
      ['webhook null', 'camt.053 proof'],
    );
    for (const again of [
      mt940([{ minor: 5_000, text: code }], { day: DAY }),
      mt940([{ minor: 5_000, text: code, id: 'B7' }], { day: DAY }),
    ]) {
      await importOne(accountKey, again);
      expect(await depositsOf(accountKey)).toEqual(after);
    }
    expect(await waitingRows(accountKey)).toBe(0);
  });

  it('waits for a person where the difference is another amount', async () => {
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    await tellCash(accountKey);
    const stranger = aSighting({ bookingDate: parseLocalDate(DAY), amountMinor: 5_100n });
    await poll(test.db, accountKey, [stranger], { scope: { kind: 'partial' } });

    expect(await importOne(accountKey, wholeDay(code))).toMatchObject({ outcome: 'differs' });

    expect(await depositsOf(accountKey)).toContain(`${code} in_review possible_duplicate`);
    const proofs = await listDayProofs(test.db, { accountKey, beforeId: null, limit: 1 });
    const [proof] = await withCandidates(test.db, proofs);
    expect(proof).toMatchObject({
      differenceMinor: 10_100n,
      candidates: [{ kind: 'line', amountMinor: 5_000n, bookingDate: DAY }],
    });
  });

  it('becomes a line of its own where a statement’s balance counts a batch that was booked again', async () => {
    const accountKey = await anAccount(test.db);
    const batch = [1_000, 2_000, 3_000, 4_000, 5_000].map((minor) => ({
      minor,
      text: `FIRM ${minor}`,
    }));
    await importOne(accountKey, mt940(batch, { day: DAY }));
    await importStatement(dependencies(), {
      accountKey,
      body: mt940(batch, { day: '2026-11-10', opening: 25_000 }),
      runId: newId('run'),
    });
    const held = async () =>
      (await depositsOf(accountKey)).filter((each) => each.endsWith('possible_duplicate')).length;
    expect(await held()).toBe(5);
    await activityContext().run(() => proveDay(dependencies(), { accountKey }));
    expect(await held()).toBe(0);
  });
});

describe('a row that waits', () => {
  const TODAY_CASH = aSighting({ references: ['CASH'] });

  it('becomes a line once two reads in a row lack exactly its amount', async () => {
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    await read(accountKey, [TODAY_CASH], 100_000n);
    await notify(test.db, accountKey, aSighting({ references: [code], bankId: 'W1' }));
    await read(accountKey, [TODAY_CASH], 105_000n);
    expect(await waitingRows(accountKey)).toBe(1);
    await read(accountKey, [TODAY_CASH], 105_000n);
    expect(await waitingRows(accountKey)).toBe(0);
    expect(await depositsOf(accountKey)).toEqual(['CASH captured', `${code} captured`]);
    const proofs = await test.owner`
      select difference_minor::text as off from day_proofs where bank_account_key = ${accountKey} order by id`;
    expect(proofs.map(({ off }) => String(off))).toEqual(['-5000', '0']);
    // The bank shows it at last.
    const shown = [TODAY_CASH, aSighting({ references: [code] })];
    await read(
      accountKey,
      shown,
      100_000n + shown.reduce((sum, line) => sum + signedMinor(line), -5_000n),
    );
    expect(await depositsOf(accountKey)).toHaveLength(2);
  });

  it('becomes a line where a later statement’s balance lacks exactly its amount', async () => {
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    const earlier = [{ minor: 1_000, text: 'EARLIER' }];
    await importOne(accountKey, mt940(earlier, { day: '2026-11-08', opening: 9_000 }));
    await tellCash(accountKey);
    await importOne(
      accountKey,
      camt053([{ amount: '50.00', reference: code, day: DAY }], null, { day: DAY }),
    );
    expect(await waitingRows(accountKey)).toBe(1);
    const next = mt940([{ minor: 1_000, text: 'NEXT' }], { day: '2026-11-10', opening: 20_000 });
    expect(await importOne(accountKey, next)).toEqual({ outcome: 'ok', gateClosed: false });
    expect(await depositsOf(accountKey)).toContain(`${code} captured`);
  });

  it('waits on where its amount is in another currency, which no balance of the account counts', async () => {
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    await read(accountKey, [TODAY_CASH], 100_000n);
    const dollars = aSighting({
      ...{ references: [code], bankId: 'W1', currency: parseCurrency('USD') },
    });
    await notify(test.db, accountKey, dollars);
    for (let turn = 0; turn < 3; turn += 1) await read(accountKey, [TODAY_CASH], 105_000n);
    expect(await waitingRows(accountKey)).toBe(1);
    expect(await depositsOf(accountKey)).toEqual(['CASH captured']);
  });

  it('waits on while the balance may not count it yet', async () => {
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    await read(accountKey, [TODAY_CASH], 100_000n);
    await notify(test.db, accountKey, aSighting({ references: [code], bankId: 'W1' }));
    for (let turn = 0; turn < 3; turn += 1) await read(accountKey, [TODAY_CASH], 100_000n);
    expect(await waitingRows(accountKey)).toBe(1);
    expect(await depositsOf(accountKey)).toEqual(['CASH captured']);
  });
});
