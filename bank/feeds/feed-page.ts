import { CodedError } from '../../domain/errors.ts';
import type { Sighting } from '../../domain/line/sighting.ts';
import type { Refuse } from '../json/fields.ts';
import type { DayWindow } from './feed.ts';

/** More pages than this for one window mean that the bank's links loop. */
export const PAGES_MAX = 2_000;

/** Refuses a whole page, where it cannot be known which rows it has. A row that cannot be read is only that row. */
export function refusePage(page: number): Refuse {
  return (why, field) =>
    new CodedError('bank.bad_response', `The bank's page ${page} is invalid: ${why}.`, {
      details: { reason: 'page', page, ...(field === undefined ? {} : { field }) },
    });
}

/** Refuses a balance response; reading lines continues. */
export function refuseBalance(why: string): CodedError {
  return new CodedError('bank.bad_response', `The bank's balance response is invalid: ${why}.`, {
    details: { reason: 'balance' },
  });
}

/** The amount that all these balances share; null if there is none, or if they differ. */
export function onlyBalance(minors: readonly bigint[]): bigint | null {
  const [minor = null, ...others] = new Set(minors);
  return others.length === 0 ? minor : null;
}

/** Keeps the rows of the window, for banks where the request covers extra days. */
export function onlyInWindow(rows: readonly Sighting[], window: DayWindow): readonly Sighting[] {
  return rows.filter((row) => row.bookingDate >= window.from && row.bookingDate <= window.to);
}

/**
 * The URL of the next page, which may be relative to the current one; null on the last page. The key goes to the bank's own
 * host only, so a link to another host refuses the page.
 */
export function nextAddress(shown: URL, link: string | null, refuse: Refuse): string | null {
  if (link === null) return null;
  const url = URL.canParse(link, shown.href) ? new URL(link, shown) : null;
  if (url?.origin !== shown.origin || url.username !== '' || url.password !== '') {
    throw refuse('its next page is on another host');
  }
  return url.href;
}

/**
 * Refuses rows that do not lead from opening to closing balance, where the bank states both: some are missing or extra.
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
    "The bank's opening balance plus its rows does not equal its closing balance.",
    { details: { reason: 'proof' } },
  );
}

/** A URL below the configured one, which may or may not end in a slash. */
export function addressUnder(base: URL, path: string): URL {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${path}`;
  return url;
}
