import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readReferences } from '../../../domain/reference/reference.ts';
import { createLineStore, type LineStore, type Reading } from '../support/line-store.ts';
import { ANNA, aRow, BEN, dayOf, ONE_ROW, wholeDays, type BankRow } from '../support/shown-rows.ts';
import type { SnapshotScope } from '../../../domain/line/identity.ts';

interface AnyRead {
  readonly rows: readonly BankRow[];
  readonly scope: SnapshotScope;
  readonly by: Reading;
}

/** Four days, of which the last one is not over. */
const WINDOW = wholeDays(dayOf(0), dayOf(3), dayOf(2));
const POLL: Reading = { feed: 'poll', idStable: false };
const SCOPES: readonly (readonly [SnapshotScope, Reading])[] = [
  [WINDOW, POLL],
  [WINDOW, { feed: 'file', source: 'camt.053', idStable: false }],
  [wholeDays(dayOf(1), dayOf(2)), { feed: 'file', source: 'mt940', idStable: false }],
  [ONE_ROW, { feed: 'file', source: 'csv.capitec', idStable: false }],
  [ONE_ROW, { feed: 'webhook' }],
];

/** Few values, so that rows are often alike in part. */
const anyRow = fc.record({
  id: fc.constantFrom(null, 'BANKID-1', 'BANKID-2', '1'),
  day: fc.integer({ min: 0, max: 2 }).map((days) => dayOf(days)),
  amountMinor: fc.constantFrom(5_000n, 7_500n, -5_000n),
  reference: fc.constantFrom(
    ANNA,
    `PAYSHAP ${ANNA}`,
    BEN,
    'J PETERS',
    'J PETERS RENT',
    'EFT CREDIT',
  ),
});
const anyRows = fc.array(anyRow, { maxLength: 6 });
const anyRead: fc.Arbitrary<AnyRead> = fc
  .record({ rows: anyRows, of: fc.constantFrom(...SCOPES) })
  .map(({ of: [scope, by], rows }) => ({
    rows: rows.filter((row) => isIn(scope, row)),
    scope,
    by,
  }));
const anyHistory = fc.array(anyRead, { maxLength: 6 });

function isIn(scope: SnapshotScope, { day }: BankRow): boolean {
  return scope.kind !== 'complete' || (day >= scope.from && day <= scope.to);
}

function play(history: readonly AnyRead[]): LineStore {
  const store = createLineStore();
  for (const { by, rows, scope } of history) store.capture(rows, scope, by);
  return store;
}

const poll = (store: LineStore, rows: readonly BankRow[]) => store.capture(rows, WINDOW, POLL);
const codeOf = (said: { readonly references: readonly string[] }) => {
  const reading = readReferences(said.references);
  return reading.kind === 'exact' ? reading.code : null;
};

describe('after any history, a bank that shows the same rows four times', () => {
  it('puts each row on one line, and no row waits', () => {
    fc.assert(
      fc.property(anyHistory, anyRows, (history, rows) => {
        const store = play(history);
        for (let read = 0; read < 3; read += 1) poll(store, rows);
        const last = poll(store, rows);
        expect({
          new: last.newLines.length,
          waiting: last.waiting.length,
          held: store.held().length,
          tied: last.ties.length,
        }).toEqual({ new: 0, waiting: 0, held: 0, tied: rows.length });
      }),
      { numRuns: 200 },
    );
  });

  it('gets the same answer from every later read', () => {
    fc.assert(
      fc.property(anyHistory, anyRows, (history, rows) => {
        const store = play(history);
        for (let read = 0; read < 4; read += 1) poll(store, rows);
        const before = [...store.lines()];
        poll(store, rows);
        expect(store.lines().map(({ hold, isAbsent }) => [hold, isAbsent])).toEqual(
          before.map(({ hold, isAbsent }) => [hold, isAbsent]),
        );
      }),
      { numRuns: 100 },
    );
  });
});

describe('in any read after any history', () => {
  it('each row is placed once, and each line is tied to one row', () => {
    fc.assert(
      fc.property(anyHistory, anyRead, (history, { by, rows, scope }) => {
        const { newLines, ties, waiting } = play(history).capture(rows, scope, by);
        const placed = [...newLines, ...ties, ...waiting].map(({ row }) => row.index);
        expect(new Set(placed).size).toBe(placed.length);
        const isOnce = by.feed !== 'webhook';
        if (isOnce) expect(placed.length).toBe(rows.length);
        const tied = ties.filter(({ evidence }) => evidence !== 'parts').map((tie) => tie.lineId);
        if (isOnce) expect(new Set(tied).size).toBe(tied.length);
      }),
      { numRuns: 200 },
    );
  });

  it('facts, ids, codes and texts tie no row to a line of another amount or another customer', () => {
    fc.assert(
      fc.property(anyHistory, anyRead, (history, { by, rows, scope }) => {
        const store = play(history);
        const lineOf = new Map(store.lines().map((line) => [line.lineId, line]));
        for (const { row, lineId, evidence } of store.capture(rows, scope, by).ties) {
          const line = lineOf.get(lineId);
          if (line === undefined || evidence === 'parts') continue;
          expect(row.amountMinor).toBe(line.amountMinor);
          const wordings = line.appearances.filter((shown) => shown.evidence !== 'parts');
          const codes = new Set([line, ...wordings].flatMap((said) => codeOf(said) ?? []));
          const code = codeOf(row);
          if (code !== null && codes.size > 0) expect(codes).toContain(code);
          if (evidence === 'code' || evidence === 'text')
            expect(code !== null).toBe(codes.size > 0);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('debits are placed as credits are', () => {
    const negated = (rows: readonly BankRow[]) =>
      rows.map((row) => ({ ...row, amountMinor: -row.amountMinor }));
    fc.assert(
      fc.property(anyHistory, (history) => {
        const store = play(history);
        const mirror = play(history.map((read) => ({ ...read, rows: negated(read.rows) })));
        const shape = (each: LineStore) => [
          each.lines().map(({ hold, isAbsent }) => [hold, isAbsent]),
          each.held().map(({ reason, reads }) => [reason, reads]),
        ];
        expect(shape(mirror)).toEqual(shape(store));
      }),
      { numRuns: 100 },
    );
  });
});

describe('a payer who pays the same amount every day', () => {
  const source = fc.constantFrom('webhook', 'poll', 'camt.053', 'mt940');
  const words = { webhook: 'PAYSHAP ', poll: '', 'camt.053': 'EFT ', mt940: 'EREF ' };

  it('brings one credit a day, whichever sources show it in whichever order', () => {
    const day = fc.array(source, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(day, { minLength: 2, maxLength: 7 }), fc.boolean(), (days, hasCode) => {
        const store = createLineStore();
        const said = (from: keyof typeof words) =>
          `${words[from]}${hasCode ? ANNA : 'J PETERS RENT'}`;
        const rowOn = (on: number, from: keyof typeof words) =>
          aRow({
            day: dayOf(on),
            reference: said(from),
            id: from === 'webhook' ? `WEBHOOK-${on}` : null,
          });
        days.forEach((shown, today) => {
          for (const from of shown) {
            if (from === 'webhook') store.capture([rowOn(today, from)], ONE_ROW);
            else {
              const isPoll = from === 'poll';
              const until = isPoll ? today : today - 1;
              if (until < 0) continue;
              const rows = Array.from({ length: until + 1 }, (_, on) => rowOn(on, from));
              store.capture(rows, wholeDays(dayOf(0), dayOf(until), dayOf(today - 1)), {
                feed: isPoll ? 'poll' : 'file',
                source: from,
                idStable: false,
              });
            }
          }
        });
        const all = days.map((_, on) => rowOn(on, 'poll'));
        for (let read = 0; read < 3; read += 1)
          store.capture(all, wholeDays(dayOf(0), dayOf(days.length - 1)), POLL);
        expect(store.lines().map(({ hold }) => hold)).toEqual(days.map(() => null));
        expect(store.held()).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

describe('an operator', () => {
  it('imports a file again weeks later, and nothing changes', () => {
    fc.assert(
      fc.property(anyRows, anyRows, (rows, later) => {
        const store = createLineStore();
        poll(store, rows);
        poll(store, rows);
        const weeks = later.map((row) => ({ ...row, day: dayOf(30) }));
        store.capture(weeks, wholeDays(dayOf(28), dayOf(31)), POLL);
        const before = [store.lines().length, store.held().length];
        const file = rows.map((row) => ({ ...row, id: null, reference: `EFT ${row.reference}` }));
        for (let time = 0; time < 3; time += 1)
          store.capture(file, wholeDays(dayOf(0), dayOf(3)), {
            feed: 'file',
            source: 'camt.053',
            idStable: false,
          });
        expect([store.lines().length, store.held().length]).toEqual(before);
      }),
      { numRuns: 100 },
    );
  });
});
