import { CodedError } from '../../domain/errors.ts';
import type { Sighting } from '../../domain/sighting.ts';
import type { Refuse } from '../json/fields.ts';
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

/** The rows of our days, for banks of which more days are asked than we want. */
export function onlyInWindow(rows: readonly Sighting[], window: DayWindow): readonly Sighting[] {
  return rows.filter((row) => row.bookingDate >= window.from && row.bookingDate <= window.to);
}

/** The address that a page's `next` leads to. Our key goes to the bank's own host only, so another one refuses the page. */
export function nextAddress(base: URL, link: string, page: number): URL {
  const url = URL.canParse(link, base.href) ? new URL(link, base) : null;
  if (url?.origin !== base.origin || url.username !== '') {
    throw refusePage(page - 1)('it names a next page at another host');
  }
  return url;
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
