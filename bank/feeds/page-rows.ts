import type { LocalDate } from '../../domain/local-date.ts';
import type { Sighting } from '../../domain/line/sighting.ts';
import type { Refuse } from '../json/fields.ts';
import type { Currency } from '../../domain/money/money.ts';
import type { JsonValue } from '../json/json-text.ts';
import { readRow, setApart, type RowReader, type UnreadableRow } from '../json/read-row.ts';
import { digestRow } from './row-digest.ts';
import type { DayWindow } from './feed.ts';

/** The rows of one page: those that are read, and those that wait for a person. */
export interface PageRows {
  readonly rows: readonly Sighting[];
  readonly unreadable: readonly UnreadableRow[];
}

const OUTSIDE = { why: 'the booking date is outside the requested window', field: null };

/** More rows than this outside the window, and more than inside it, mean that the bank did not understand the request. */
const OUTSIDE_MAX = 20;

interface Days {
  readonly window: DayWindow;
  /** The days that the request covers, where these are more than the window; null where it names none. */
  readonly asked: DayWindow | null;
}

/**
 * Reads the rows of a page. A row that cannot be read, or a booked row of a day that was not asked for, is set apart and
 * never stops the others. A page whose rows all name another account, or mostly other days, is refused: it answers another
 * question.
 */
export function readPageRows(
  values: readonly JsonValue[],
  readerOf: (index: number) => RowReader,
  days: Days,
  refuse: Refuse,
): PageRows {
  const rows: Sighting[] = [];
  const unreadable: UnreadableRow[] = [];
  let outside = 0;
  for (const [index, value] of values.entries()) {
    const reader = readerOf(index);
    const outcome = readRow(value, reader);
    if (outcome.kind === 'left_out') continue;
    if (outcome.kind === 'unreadable') {
      const { day } = outcome.row;
      if (day === null || placeOf(day, days) !== 'beside') unreadable.push(outcome.row);
      continue;
    }
    const { sighting } = outcome;
    const place = placeOf(sighting.bookingDate, days);
    if (place === 'inside') rows.push(sighting);
    if (place !== 'outside' || sighting.status !== 'booked') continue;
    outside += 1;
    unreadable.push(setApart(value, reader, { ...OUTSIDE, day: sighting.bookingDate }));
  }
  if (values.length > 0 && unreadable.length === values.length && unreadable.every(isForeign)) {
    throw refuse('its rows name another account');
  }
  if (outside > OUTSIDE_MAX && outside > rows.length) {
    throw refuse(`${outside} of its ${values.length} rows are outside the requested window`);
  }
  return { rows, unreadable };
}

function isForeign({ why }: UnreadableRow): boolean {
  return why.endsWith('names another account');
}

function placeOf(day: LocalDate, { window, asked }: Days): 'inside' | 'beside' | 'outside' {
  if (day >= window.from && day <= window.to) return 'inside';
  return asked === null || (day >= asked.from && day <= asked.to) ? 'beside' : 'outside';
}

/** The same for the lines of a statement that an API returned, which are read as a whole. */
export function sortStatementRows(
  sightings: readonly Sighting[],
  { window, currency }: { readonly window: DayWindow; readonly currency: Currency },
  refuse: Refuse,
): PageRows {
  if (sightings.length > 0 && sightings.every((sighting) => sighting.currency !== currency)) {
    throw refuse(`it is a statement in another currency than the account's ${currency}`);
  }
  const rows: Sighting[] = [];
  const unreadable: UnreadableRow[] = [];
  for (const sighting of sightings) {
    const isInside = placeOf(sighting.bookingDate, { window, asked: window }) === 'inside';
    if (isInside && sighting.currency === currency) rows.push(sighting);
    else if (sighting.status === 'booked') {
      const why = isInside
        ? { why: `the currency is not the account's ${currency}`, field: null }
        : OUTSIDE;
      unreadable.push(lineSetApart(sighting, why));
    }
  }
  return { rows, unreadable };
}

/** A statement's line as its facts: the entry itself is in another format than JSON. */
function lineSetApart(
  sighting: Sighting,
  fault: Pick<UnreadableRow, 'why' | 'field'>,
): UnreadableRow {
  const { position, bookingDate: day, currency, direction, status, references, text } = sighting;
  const facts = {
    bookingDate: day,
    amountMinor: sighting.amountMinor.toString(),
    currency,
    direction,
    status,
    references,
    text,
  };
  return {
    position,
    ...fault,
    raw: JSON.stringify(facts),
    digest: digestRow(sighting, false),
    day,
  };
}
