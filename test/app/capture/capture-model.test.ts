import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captureLines } from '../../../app/capture/capture-lines.ts';
import type { SnapshotScope } from '../../../domain/line/identity.ts';
import { newId } from '../../../db/new-id.ts';
import { parseLocalDate } from '../../../domain/local-date.ts';
import { playHistory } from '../../domain/support/hostile-bank.ts';
import { TRICKS } from '../../domain/support/tricks.ts';
import { createLineStore, type LineStore, type Reading } from '../../domain/support/line-store.ts';
import type { BankRow } from '../../domain/support/shown-rows.ts';
import { anAccount, aSighting } from '../../support/activities.ts';
import { rounds } from '../../support/rounds.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../../support/database.ts';

/** The first histories are compared to the last appearance. */
const COMPARED_WHOLE = 12;
const HISTORIES = rounds({ short: 12, long: 36 });

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
  // Only a poll's run records which lines it lacked.
  const runId = feed === 'poll' ? newId('run') : null;
  if (runId !== null)
    await test.owner`insert into runs (id, bank_account_key, kind) values (${runId}, ${accountKey}, 'poll')`;
  return captureLines(test.db, {
    accountKey,
    feed,
    source: reading.source ?? feed,
    idStable: reading.idStable ?? true,
    runId,
    scope,
    startedAt: young?.at ?? new Date(Date.now() + 1_000),
    sightings: rows.map((row) =>
      aSighting({
        bankId: row.id,
        bookingDate: parseLocalDate(row.day),
        amountMinor: row.amountMinor,
        references: [row.reference],
        text: '',
        ...(row.batch === undefined ? {} : { batch: row.batch }),
      }),
    ),
  });
}

async function storedIn(accountKey: string) {
  const lines = await test.db.execute(sql`
    select l.booking_date::text as day, l.amount_minor::text as amount, l."references"[1] as text, l.occurrence, d.hold_reason as hold,
           (select jsonb_agg(concat_ws(' ', s.source, s.bank_id, s.booking_date, s.amount_minor, s.reference, s.evidence)
                             order by concat_ws(' ', s.source, s.bank_id, s.booking_date, s.amount_minor, s.reference, s.evidence) collate "C")
              from sightings s where s.line_id = l.id) as shown
      from lines l join deposits d on d.line_id = l.id where l.bank_account_key = ${accountKey} order by l.id`);
  const held = await test.db.execute(sql`
    select concat_ws(' ', source, bank_id, booking_date, amount_minor, reference, held_reason, held_reads) as held from sightings
     where bank_account_key = ${accountKey} and line_id is null and ended_at is null order by concat_ws(' ', source, bank_id, booking_date, amount_minor, reference, held_reason, held_reads) collate "C"`);
  return { lines: [...lines], held: held.map(({ held: row }) => row) };
}

function storedInModel(store: LineStore) {
  return {
    lines: store.lines().map((line) => ({
      day: line.bookingDate,
      amount: line.amountMinor.toString(),
      text: line.references[0],
      occurrence: line.occurrence,
      hold: line.hold?.reason ?? null,
      shown: line.appearances
        .map((each) =>
          inWords([
            each.source,
            each.bankId,
            each.bookingDate,
            each.amountMinor,
            each.references[0],
            each.evidence,
          ]),
        )
        .toSorted(),
    })),
    held: store
      .held()
      .map((row) =>
        inWords([
          row.source,
          row.bankId,
          row.bookingDate,
          row.amountMinor,
          row.references[0],
          row.reason,
          row.reads,
        ]),
      )
      .toSorted(),
  };
}

/** What each line is worth, and how often; which of two equal rows became which line makes no difference to anybody. */
function moneyOf({
  held,
  lines,
}: {
  readonly held: readonly unknown[];
  readonly lines: readonly object[];
}) {
  const worth = (lines as readonly Record<'amount' | 'day' | 'hold', string | null>[]).map(
    ({ amount, day, hold }) => `${day} ${amount} ${hold}`,
  );
  return { lines: worth.toSorted(), held: held.length };
}

function inWords(parts: readonly unknown[]): string {
  return parts
    .filter((part) => part !== null && part !== undefined)
    .map(String)
    .join(' ');
}

describe('capture', () => {
  it('decides on the lines that it reads as it would on all existing lines', async () => {
    for (let seed = 1; seed <= HISTORIES; seed += 1) {
      const accountKey = await anAccount(test.db);
      const { store, shown } = createNotedStore();
      playHistory(seed, new Set(TRICKS), store);
      for (const each of shown) await captureInPostgres(accountKey, each);
      const [stored, model] = [await storedIn(accountKey), storedInModel(store)];
      expect(moneyOf(stored), `history ${seed}`).toEqual(moneyOf(model));
      if (seed <= COMPARED_WHOLE) expect(stored, `history ${seed}`).toEqual(model);
    }
    await verifyClean(test.db);
  });
});
