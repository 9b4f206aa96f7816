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
