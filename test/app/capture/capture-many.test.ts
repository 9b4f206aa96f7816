import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Capture } from '../../../app/capture/capture.ts';
import type { SnapshotScope } from '../../../domain/line/identity.ts';
import { parseLocalDate, type LocalDate } from '../../../domain/local-date.ts';
import type { Sighting } from '../../../domain/line/sighting.ts';
import { aSighting, anAccount, poll } from '../../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../../support/database.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.close());

const FRIDAY = parseLocalDate('2026-11-20');
const SATURDAY = parseLocalDate('2026-11-21');
const MONDAY = parseLocalDate('2026-11-23');
const wholeDay = (day: LocalDate): SnapshotScope => ({
  kind: 'complete',
  from: day,
  to: day,
  lastClosedDay: day,
});
const CAMT = { feed: 'file', source: 'camt.053' } as const;
const MT940 = { feed: 'file', source: 'mt940' } as const;

/** `count` credits of a day, each of its own customer. */
function credits(bookingDate: LocalDate, count: number, from = 0): readonly Sighting[] {
  return Array.from({ length: count }, (_, index) =>
    aSighting({
      bookingDate,
      amountMinor: 5_000n + BigInt(from + index),
      references: [`CUS${20_000_000 + from + index}`],
    }),
  );
}

const captureDay = (
  account: string,
  day: LocalDate,
  sightings: readonly Sighting[],
  given: Partial<Capture> = CAMT,
) => poll(test.db, account, sightings, { scope: wholeDay(day), ...given });

async function holdsOf(account: string, day: LocalDate): Promise<readonly unknown[]> {
  const rows = await test.db.execute(sql`
    select hold_reason as hold from deposits where bank_account_key = ${account} and booking_date = ${day} order by line_id`);
  return rows.map(({ hold }) => hold);
}

describe('the capture of many credits on one day', () => {
  it('holds each line of an earlier day that is booked again, also after empty days', async () => {
    for (const [day, count] of [
      [SATURDAY, 40],
      [MONDAY, 33],
    ] as const) {
      const account = await anAccount(test.db);
      await captureDay(account, FRIDAY, credits(FRIDAY, 40));
      const again = credits(day, count);
      expect(await captureDay(account, day, again)).toMatchObject({ linesNew: count, held: count });
      expect(await holdsOf(account, day)).toEqual(again.map(() => 'possible_duplicate'));
      expect(await captureDay(account, day, [...again].reverse())).toMatchObject({ linesNew: 0 });
    }
    await verifyClean(test.db);
  });

  it('holds the repeated lines beside a few new payments, and none beside many', async () => {
    for (const [others, held] of [
      [10, 40],
      [11, 0],
    ] as const) {
      for (const rows of [
        [...credits(SATURDAY, others, 900), ...credits(SATURDAY, 40)],
        [...credits(SATURDAY, 40), ...credits(SATURDAY, others, 900)],
      ]) {
        const account = await anAccount(test.db);
        await captureDay(account, FRIDAY, credits(FRIDAY, 40));
        expect(await captureDay(account, SATURDAY, rows)).toMatchObject({ held });
      }
    }
  });

  it('holds the repeated lines where both days are in one file', async () => {
    const account = await anAccount(test.db);
    const both = [...credits(FRIDAY, 40), ...credits(SATURDAY, 40)];
    const scope = { ...wholeDay(FRIDAY), to: SATURDAY, lastClosedDay: SATURDAY } as const;
    expect(await captureDay(account, FRIDAY, both, { ...CAMT, scope })).toMatchObject({ held: 40 });
    expect(await holdsOf(account, FRIDAY)).toEqual(Array(40).fill(null));
  });

  it('holds none where each payment came twice on the day before', async () => {
    const account = await anAccount(test.db);
    await captureDay(account, FRIDAY, [...credits(FRIDAY, 40), ...credits(FRIDAY, 40)]);
    expect(await captureDay(account, SATURDAY, credits(SATURDAY, 40))).toMatchObject({ held: 0 });
    expect(
      await captureDay(account, SATURDAY, [...credits(SATURDAY, 40), ...credits(SATURDAY, 40)]),
    ).toMatchObject({ linesNew: 40, held: 0 });
  });
});

describe('the capture of regular payers', () => {
  it('credits those of the third day, and releases those that waited on the second', async () => {
    const account = await anAccount(test.db);
    const days = [FRIDAY, SATURDAY, MONDAY];
    const held: number[] = [];
    for (const day of days) held.push((await captureDay(account, day, credits(day, 8))).held);
    expect(held).toEqual([0, 8, 0]);
    for (const day of days) expect(await holdsOf(account, day)).toEqual(Array(8).fill(null));
  });

  it('holds nobody of one amount, and nobody where the account asks for it', async () => {
    const account = await anAccount(test.db);
    const fixed = (day: LocalDate) =>
      credits(day, 8).map((sighting) => ({ ...sighting, amountMinor: 5_300n }));
    for (const day of [FRIDAY, SATURDAY])
      expect(await captureDay(account, day, fixed(day))).toMatchObject({ held: 0 });
    const other = await anAccount(test.db);
    await test.owner`update bank_accounts set repeated_batch = 'credit' where key = ${other}`;
    for (const day of [FRIDAY, SATURDAY])
      expect(await captureDay(other, day, credits(day, 8))).toMatchObject({ held: 0 });
  });
});

describe('the capture of a line near another day’s twin', () => {
  it('holds a line whose twin came from another feed, and none whose twin came from its own', async () => {
    for (const [given, hold] of [
      [MT940, 'possible_duplicate'],
      [CAMT, null],
    ] as const) {
      const account = await anAccount(test.db);
      await captureDay(account, FRIDAY, credits(FRIDAY, 1));
      await captureDay(account, SATURDAY, credits(SATURDAY, 1), given);
      expect(await holdsOf(account, SATURDAY)).toEqual([hold]);
    }
  });

  it('holds none once its feed has shown the twin too, whichever feed captured it', async () => {
    const account = await anAccount(test.db);
    await captureDay(account, FRIDAY, credits(FRIDAY, 1));
    await captureDay(account, FRIDAY, credits(FRIDAY, 1), MT940);
    await captureDay(account, SATURDAY, credits(SATURDAY, 1), MT940);
    expect(await holdsOf(account, SATURDAY)).toEqual([null]);
  });
});
