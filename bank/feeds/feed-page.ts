import { CodedError } from '../../domain/errors.ts';
import type { Sighting } from '../../domain/line/sighting.ts';
import { unknownFields, type Refuse } from '../json/fields.ts';
import { isJsonObject, type JsonValue } from '../json/json-text.ts';
import { valueAt } from '../json/pointer.ts';
import type { DayWindow } from './feed.ts';

/** The bank never pages a window this finely unless it goes in circles. */
export const PAGES_MAX = 2_000;

/** Refuses a whole page: a page that is partly understood would be a snapshot with holes. */
export function refusePage(page: number): Refuse {
  return (why) =>
    new CodedError('bank.bad_response', `The bank's page ${page} is refused: ${why}.`, {
      details: { reason: 'page', page },
    });
}

/** Refuses an answer about the balance; the lines are read all the same. */
export function refuseBalance(why: string): CodedError {
  return new CodedError('bank.bad_response', `The bank's balance is refused: ${why}.`, {
    details: { reason: 'balance' },
  });
}

/** The one amount among several answers; null where there is none, or where they differ. */
export function onlyBalance(minors: readonly bigint[]): bigint | null {
  const [minor = null, ...others] = new Set(minors);
  return others.length === 0 ? minor : null;
}

/**
 * A row of another day means that the bank did not understand our window, so that the page may as well lack
 * rows of our days: counting on it as complete would be a guess.
 */
export function refuseOutsideWindow(
  rows: readonly Sighting[],
  window: DayWindow,
  refuse: Refuse,
): void {
  for (const row of rows) {
    if (row.bookingDate < window.from || row.bookingDate > window.to) {
      throw refuse(`${row.position}: the booking date lies outside the window that we asked for`);
    }
  }
}

/** Notes the names of fields that nobody reads: to be logged, since the bank says something there. */
export function noteUnknownFields(
  unknown: Set<string>,
  value: JsonValue | undefined,
  known: ReadonlySet<string>,
): void {
  if (!isJsonObject(value)) return;
  for (const name of unknownFields(value, known)) unknown.add(name);
}

/** The same for what stands around the rows: `known` has the names at each JSON pointer. */
export function noteUnknownAround(
  unknown: Set<string>,
  body: JsonValue,
  known: Readonly<Record<string, ReadonlySet<string>>>,
): void {
  for (const [pointer, names] of Object.entries(known)) {
    noteUnknownFields(unknown, valueAt(body, pointer), names);
  }
}

/** The rows of our days, for banks of which more days are asked than we want. */
export function onlyInWindow(rows: readonly Sighting[], window: DayWindow): readonly Sighting[] {
  return rows.filter((row) => row.bookingDate >= window.from && row.bookingDate <= window.to);
}

/**
 * The address that a page's `next` leads to, which may be relative to the page's own; null on the last one. Our key goes to
 * the bank's own host only, so another one refuses the page.
 */
export function nextAddress(shown: URL, link: string | null, refuse: Refuse): string | null {
  if (link === null) return null;
  const url = URL.canParse(link, shown.href) ? new URL(link, shown) : null;
  if (url?.origin !== shown.origin || url.username !== '' || url.password !== '') {
    throw refuse('it names a next page at another host');
  }
  return url.href;
}

/**
 * Opening balance, rows and closing balance must agree where the bank states both: rows are missing otherwise, or too many.
 * @param minors signed minor units of every booked row
 */
export function refuseUnproved(
  { opening, closing }: { readonly opening: bigint | null; readonly closing: bigint | null },
  minors: readonly bigint[],
): void {
  if (opening === null || closing === null) return;
  if (minors.reduce((sum, minor) => sum + minor, opening) === closing) return;
  throw new CodedError(
    'bank.bad_response',
    "The bank's rows do not lead from its opening balance to its closing one.",
    { details: { reason: 'proof' } },
  );
}

/** An address below the one that the user named, which may or may not end in a slash. */
export function addressUnder(base: URL, path: string): URL {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${path}`;
  return url;
}
