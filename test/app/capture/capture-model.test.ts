import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captureLines } from '../../../app/capture/capture-lines.ts';
import type { SnapshotScope } from '../../../domain/line/identity.ts';
import { parseLocalDate } from '../../../domain/local-date.ts';
import { createHostileBank, movesOf, type Tricks } from '../../domain/support/hostile-bank.ts';
import {
  createLineStore,
  type BankRow,
  type LineStore,
  type Reading,
} from '../../domain/support/line-store.ts';
import { anAccount, aSighting } from '../../support/activities.ts';
import { rounds } from '../../support/rounds.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../../support/database.ts';

const HISTORIES = rounds({ short: 8, long: 50 });

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.close());

interface Shown {
  readonly rows: readonly BankRow[];
  readonly scope: SnapshotScope;
  readonly reading: Reading;
}

/** The model's store, which lets identity see every line there is, and a note of what it was shown. */
function createNotedStore(): { readonly store: LineStore; readonly shown: readonly Shown[] } {
  const store = createLineStore();
  const shown: Shown[] = [];
  return {
    shown,
    store: {
      ...store,
      capture: (rows, scope, reading = {}) => {
        shown.push({ rows, scope, reading });
        return store.capture(rows, scope, reading);
      },
    },
  };
}

/** Captures as the product does: from its queries, identity gets only the lines that rows may be. */
async function captureInPostgres(accountKey: string, { rows, scope, reading }: Shown) {
  const feed = reading.feed ?? (scope.kind === 'complete' ? 'poll' : 'webhook');
  // A line that came while the snapshot was read has the instant of its own transaction.
  const [young] = await test.owner<{ at: Date }[]>`
    select captured_at as at from lines where bank_account_key = ${accountKey} order by id offset ${reading.storedBefore ?? 1_000_000} limit 1`;
  return captureLines(test.db, {
    accountKey,
    feed,
    source: reading.source ?? feed,
    idStable: reading.idStable ?? true,
    runId: null,
    scope,
    startedAt: young?.at ?? new Date(Date.now() + 1_000),
    sightings: rows.map((row) =>
      aSighting({
        bankId: row.id,
        bookingDate: parseLocalDate(row.day),
        amountMinor: row.amountMinor,
        references: [row.reference],
        text: '',
      }),
    ),
  });
}

async function storedIn(accountKey: string) {
  const rows = await test.db.execute(sql`
    select l.booking_date::text as day, l.amount_minor::text as amount, l."references"[1] as reference, l.occurrence, d.hold_reason as hold
      from lines l join deposits d on d.line_id = l.id where l.bank_account_key = ${accountKey} order by l.id`);
  const [held] = await test.db.execute(sql`
    select count(*)::int as held from sightings where bank_account_key = ${accountKey} and line_id is null`);
  return { lines: [...rows], ...held };
}

function storedInModel(store: LineStore) {
  return {
    lines: store.lines().map((line) => ({
      day: line.bookingDate,
      amount: line.amountMinor.toString(),
      reference: line.references[0],
      occurrence: line.occurrence,
      hold: line.hold,
    })),
    held: store.held().length,
  };
}

const TRICKS: readonly Tricks[] = [true, false].map((idStable) => ({
  idStable,
  edits: true,
  races: true,
  files: 'at any time',
  shifts: true,
}));

describe('capture', () => {
  it.each(TRICKS)(
    'decides on the lines that it reads as it would on all existing lines (ids stable: $idStable)',
    async (tricks) => {
      await fc.assert(
        fc.asyncProperty(movesOf(tricks), async (moves) => {
          const { store, shown } = createNotedStore();
          const bank = createHostileBank(tricks, store);
          fc.modelRun(() => ({ model: {}, real: bank }), moves);
          bank.settle();
          const accountKey = await anAccount(test.db);
          for (const each of shown) await captureInPostgres(accountKey, each);
          expect(await storedIn(accountKey)).toEqual(storedInModel(store));
        }),
        { numRuns: HISTORIES },
      );
      await verifyClean(test.db);
    },
  );
});
