import type {
  Appearance,
  HeldRow,
  KnownLine,
  SnapshotRow,
  SnapshotScope,
} from '../domain/line/identity.ts';
import type { Read, Stored } from '../domain/line/place-rows.ts';
import { addDays, parseLocalDate } from '../domain/local-date.ts';
import { customerCodeFromNumber } from '../domain/reference/customer-code.ts';

/** What is stored before a read, and the read; `size` is the number of rows in the window. */
export interface PlacingCase {
  readonly name: string;
  make(size: number): { readonly stored: Stored; readonly read: Read };
}

const FROM = parseLocalDate('2026-11-01');
const DAYS = 8;
/** Prepaid units are sold at a few prices, so many rows of a window have the same amount. */
const PRICES = 20;
const POLL = { feed: 'poll', source: 'poll' } as const;
const FILE = { feed: 'file', source: 'camt.053' } as const;
const WEBHOOK = { feed: 'webhook', source: 'webhook' } as const;
/** The days of the window, of which the last one is not over. */
const WINDOW: SnapshotScope = {
  kind: 'complete',
  from: FROM,
  to: addDays(FROM, DAYS - 1),
  lastClosedDay: addDays(FROM, DAYS - 2),
};
/** The relay captures this many webhooks at once. */
const WEBHOOKS = 200;

interface Said {
  readonly day?: number;
  readonly price?: number;
  readonly reference?: string;
  readonly id?: string | null;
}

/** Row `index` of the window: one of its customers, at one of the prices, on one of its days. */
function rowAt(index: number, said: Said = {}): SnapshotRow {
  const bookingDate = addDays(FROM, said.day ?? index % (DAYS - 1));
  const amountMinor = BigInt(5_000 * (1 + (said.price ?? index % PRICES)));
  const reference = said.reference ?? `EFT ${codeAt(index)}`;
  return {
    index,
    factsKey: `${bookingDate} ${amountMinor} ${reference}`,
    stableId: null,
    shownId: said.id === undefined ? `T${index}` : said.id,
    bookingDate,
    amountMinor,
    references: [reference],
    balanceMinor: null,
    batch: null,
  };
}

/** Each customer pays about twice in the window. */
function codeAt(index: number): string {
  return customerCodeFromNumber(1_000_000 + Math.floor(index / 2));
}

function rowsOf(size: number, said: (index: number) => Said = () => ({})): readonly SnapshotRow[] {
  return Array.from({ length: size }, (_, index) => rowAt(index, said(index)));
}

function linesOf(
  rows: readonly SnapshotRow[],
  by: Pick<Appearance, 'feed' | 'source'> = POLL,
): readonly KnownLine[] {
  const counts = new Map<string, number>();
  return rows.map((row, index) => {
    const occurrence = (counts.get(row.factsKey) ?? 0) + 1;
    counts.set(row.factsKey, occurrence);
    const { factsKey, bookingDate, amountMinor, references, shownId: bankId } = row;
    const appearance = { ...row, ...by, bankId, evidence: null };
    return {
      lineId: `line-${index}`,
      factsKey,
      occurrence,
      bookingDate,
      amountMinor,
      references,
      storedBeforeSnapshot: true,
      isAbsent: false,
      ownerCode: null,
      hold: null,
      appearances: [appearance],
    };
  });
}

function heldOf(rows: readonly SnapshotRow[]): readonly HeldRow[] {
  return rows.map(({ shownId: bankId, ...row }, index) => ({
    ...row,
    ...WEBHOOK,
    bankId,
    heldId: `held-${index}`,
    reason: 'possible_duplicate' as const,
    besideLineId: null,
    reads: 0,
  }));
}

function placing(
  rows: readonly SnapshotRow[],
  known: readonly KnownLine[],
  given: { readonly by?: Pick<Read, 'feed' | 'source'>; readonly held?: readonly HeldRow[] } = {},
): { readonly stored: Stored; readonly read: Read } {
  const { by = POLL, held = [] } = given;
  const scope: SnapshotScope = by.feed === 'webhook' ? { kind: 'partial' } : WINDOW;
  return { stored: { known, held }, read: { ...by, scope, rows } };
}

/** A file's parts, five to a batch, over the totals that the poll showed. */
function batchesOf(size: number): { readonly stored: Stored; readonly read: Read } {
  const batches = Math.floor(size / 5);
  const amountMinor = 25_000n;
  const totals = rowsOf(batches, (batch) => ({
    reference: `BATCH CREDIT ${batch}`,
    id: `B${batch}`,
  })).map((row) => ({ ...row, amountMinor }));
  const parts = rowsOf(batches * 5, (index) => ({
    day: Math.floor(index / 5) % (DAYS - 1),
    price: 0,
    id: null,
  })).map((row, index) => ({
    ...row,
    batch: { bankId: `B${Math.floor(index / 5)}`, amountMinor },
  }));
  return placing(parts, linesOf(totals), { by: FILE });
}

const polled = (size: number) => linesOf(rowsOf(size));
const inOtherWords = (index: number) => ({ reference: `MAGTAPE ${codeAt(index)}`, id: null });
const nameless = (index: number) => ({ reference: `J PETERS ${index}` });

export const PLACING_CASES: readonly PlacingCase[] = [
  { name: 'first read', make: (size) => placing(rowsOf(size), []) },
  { name: 'unchanged re-read', make: (size) => placing(rowsOf(size), polled(size)) },
  {
    name: 're-read with 1 % new rows',
    make: (size) => placing(rowsOf(size), polled(Math.floor(size * 0.99))),
  },
  {
    name: 'file in other words over a polled window',
    make: (size) => placing(rowsOf(size, inOtherWords), polled(size), { by: FILE }),
  },
  {
    name: 'file that names nobody over a polled window',
    make: (size) =>
      placing(
        rowsOf(size, () => ({ reference: 'EFT CREDIT', id: null })),
        polled(size),
        { by: FILE },
      ),
  },
  {
    name: 'file that words nameless lines otherwise',
    make: (size) =>
      placing(
        rowsOf(size, (index) => ({ reference: `DEPOSIT ${index} J PETERS`, id: null })),
        linesOf(rowsOf(size, nameless)),
        { by: FILE },
      ),
  },
  {
    name: 'every row moved by a day',
    make: (size) =>
      placing(
        rowsOf(size, (index) => ({ day: (index % (DAYS - 1)) + 1, id: null })),
        polled(size),
      ),
  },
  {
    name: 'every nameless row moved by a day',
    make: (size) =>
      placing(
        rowsOf(size, (index) => ({
          ...nameless(index),
          day: (index % (DAYS - 1)) + 1,
          id: null,
        })),
        linesOf(rowsOf(size, nameless)),
      ),
  },
  {
    name: 'every row for another customer',
    make: (size) =>
      placing(
        rowsOf(size, (index) => ({ reference: `EFT ${codeAt(index + size)}` })),
        polled(size),
      ),
  },
  {
    name: 'every row with another amount',
    make: (size) =>
      placing(
        rowsOf(size, (index) => ({ price: PRICES + (index % PRICES), id: null })),
        polled(size),
      ),
  },
  {
    name: 'a tenth equal rows, in other words',
    make: (size) => {
      const equal = (reference: string) => (index: number) =>
        index % 10 === 0 ? { reference, day: 0, price: 0, id: null } : {};
      return placing(
        rowsOf(size, equal(`MAGTAPE ${codeAt(0)}`)),
        linesOf(rowsOf(size, equal(`EFT ${codeAt(0)}`))),
      );
    },
  },
  {
    name: 'a tenth equal rows, moved by a day',
    make: (size) => {
      const equal = (day: number) => (index: number) =>
        index % 10 === 0 ? { reference: `EFT ${codeAt(0)}`, day, price: 0, id: null } : {};
      return placing(rowsOf(size, equal(1)), linesOf(rowsOf(size, equal(0))));
    },
  },
  {
    name: 'parts of batches over their totals',
    make: batchesOf,
  },
  {
    name: 'totals over the parts of batches',
    make: (size) => {
      const { read, stored } = batchesOf(size);
      return placing(
        stored.known.map((line, index) => ({
          ...rowAt(index, { id: `B${index}` }),
          factsKey: line.factsKey,
          bookingDate: line.bookingDate,
          amountMinor: line.amountMinor,
          references: line.references,
        })),
        linesOf(read.rows, FILE),
      );
    },
  },
  {
    name: 'a tenth of the rows waited as webhooks',
    make: (size) =>
      placing(rowsOf(size), polled(Math.floor(size * 0.9)), {
        held: heldOf(
          rowsOf(Math.floor(size / 10), (index) => ({
            reference: `PAYSHAP ${codeAt(index)}`,
            id: `W${index}`,
          })),
        ),
      }),
  },
  {
    name: `${WEBHOOKS} webhooks beside a window`,
    make: (size) =>
      placing(
        rowsOf(WEBHOOKS, (index) => ({ ...inOtherWords(index), id: `W${index}` })),
        polled(size),
        { by: WEBHOOK },
      ),
  },
];
