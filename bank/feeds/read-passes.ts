import { CodedError } from '../../domain/errors.ts';
import type { Sighting } from '../../domain/line/sighting.ts';
import type { UnreadableRow } from '../json/read-row.ts';
import type { OnPage } from './feed.ts';
import { PAGES_MAX } from './feed-page.ts';
import { digestOf, digestRow } from './row-digest.ts';

export interface FeedPage {
  readonly rows: readonly Sighting[];
  readonly unreadable: readonly UnreadableRow[];
  /** The bank's page count, 0 or 1 when this is the only page; null where `next` is used. */
  readonly pages: number | null;
  /** The bank's cursor or link to the next page; null on the last. */
  readonly next: string | null;
}

export interface PageRequest {
  /** From 1. */
  readonly page: number;
  /** The cursor or link from the previous page. */
  readonly cursor: string | null;
}

type ReadPage = (request: PageRequest) => Promise<FeedPage>;

const PASSES_MAX = 3;
const ROWS_MAX = 200_000;
/** More unreadable rows than this say more about the settings than about the rows. */
const UNREADABLE_MAX = 1_000;

type Pass =
  | {
      readonly kind: 'read';
      readonly rows: readonly Sighting[];
      readonly unreadable: readonly UnreadableRow[];
      readonly pages: number;
    }
  /** The pages contradict each other: rows moved during the read, or the bank repeats a page. */
  | { readonly kind: 'moved'; readonly why: string };

/**
 * Reads all pages until two passes in a row agree; a single page agrees with itself. A row inserted or withdrawn during
 * paging shifts others across a page edge, so that one is read twice or not at all; a single pass cannot detect that.
 * Refuses the response after three passes without agreement.
 * @throws CodedError `bank.bad_response`, and all errors of
 * `readPage`
 */
export async function readUntilAgreed(
  readPage: ReadPage,
  options: { readonly idStable: boolean; readonly onPage: OnPage },
): Promise<{
  readonly sightings: readonly Sighting[];
  readonly unreadable: readonly UnreadableRow[];
  readonly pages: number;
}> {
  let before: string | null = null;
  let why = 'the rows differed from pass to pass';
  for (let passNumber = 1; passNumber <= PASSES_MAX; passNumber += 1) {
    const pass = await readPass(readPage, options);
    if (pass.kind === 'moved') {
      why = pass.why;
      before = null;
      continue;
    }
    const { rows, unreadable, pages } = pass;
    const seen = digestOf([
      ...rows.map((row) => digestRow(row, options.idStable)),
      ...unreadable.map(({ digest }) => digest),
    ]);
    if (pages <= 1 || seen === before) return { sightings: rows, unreadable, pages };
    before = seen;
  }
  throw new CodedError(
    'bank.bad_response',
    `The bank's pages changed during each of ${PASSES_MAX} passes: ${why}.`,
    { details: { reason: 'pages_moved' } },
  );
}

async function readPass(
  readPage: ReadPage,
  { idStable, onPage }: { readonly idStable: boolean; readonly onPage: OnPage },
): Promise<Pass> {
  const rows: Sighting[] = [];
  const unreadable: UnreadableRow[] = [];
  const repeats = createRepeatWatch(idStable);
  const cursors = new Set<string>();
  let counted: number | null = null;
  let request: PageRequest | null = { page: 1, cursor: null };
  let pages = 0;
  while (request !== null) {
    const answer = await readPage(request);
    pages = request.page;
    onPage({ page: pages, rows: answer.rows.length + answer.unreadable.length });
    if (pages === 1) counted = answer.pages;
    else if (answer.pages !== counted) return moved('the number of pages changed');
    const repeat = repeats.look(answer);
    if (repeat !== null) return moved(repeat);
    rows.push(...answer.rows);
    unreadable.push(...answer.unreadable);
    if (rows.length > ROWS_MAX) throw tooMany(`more than ${ROWS_MAX} rows`, 'too_many_rows');
    refuseMostlyUnreadable(unreadable);

    if (answer.next !== null) {
      if (cursors.has(answer.next)) return moved('a page links back to one already read');
      cursors.add(answer.next);
    }
    request = requestAfter(request, answer);
    if (request !== null && request.page > PAGES_MAX)
      throw tooMany(`more than ${PAGES_MAX} pages`, 'too_many_pages');
  }
  const repeat = repeats.rowOnTwoPages();
  return repeat === null ? { kind: 'read', rows, unreadable, pages } : moved(repeat);
}

function requestAfter({ page }: PageRequest, { next, pages }: FeedPage): PageRequest | null {
  if (next !== null) return { page: page + 1, cursor: next };
  return pages !== null && page < pages ? { page: page + 1, cursor: null } : null;
}

const ON_TWO_PAGES = 'a row appeared on two pages';

/** Detects repeated pages, rows and stable ids within one pass. */
function createRepeatWatch(idStable: boolean) {
  const pagesSeen = new Set<string>();
  const rowsOfEarlierPages = new Set<string>();
  const rowsById = new Map<string, Set<string>>();
  const onTwoPages: { readonly id: string; readonly row: string }[] = [];
  return {
    look({ rows, unreadable }: Pick<FeedPage, 'rows' | 'unreadable'>): string | null {
      const digests = rows.map((row) => digestRow(row, true));
      const all = [...digests, ...unreadable.map(({ digest }) => digest)];
      const whole = digestOf(all);
      if (all.length > 0 && pagesSeen.has(whole)) return 'a page appeared twice';
      pagesSeen.add(whole);
      for (const [index, { bankId: id }] of rows.entries()) {
        const row = digests[index] ?? '';
        if (id === null) continue;
        if (rowsOfEarlierPages.has(row)) {
          if (idStable) return ON_TWO_PAGES;
          onTwoPages.push({ id, row });
        }
        const known = rowsById.get(id);
        if (known === undefined) rowsById.set(id, new Set([row]));
        else if (idStable) return 'an id that should be unique appeared twice';
        else known.add(row);
      }
      for (const digest of digests) rowsOfEarlierPages.add(digest);
      return null;
    },
    /** An id shared by rows with different facts does not distinguish twins, so it proves no overlap. */
    rowOnTwoPages: () =>
      onTwoPages.some(({ id }) => rowsById.get(id)?.size === 1) ? ON_TWO_PAGES : null,
  };
}

function refuseMostlyUnreadable(unreadable: readonly UnreadableRow[]): void {
  const [first] = unreadable;
  if (first === undefined || unreadable.length <= UNREADABLE_MAX) return;
  throw new CodedError(
    'bank.bad_response',
    `More than ${UNREADABLE_MAX} rows of one window cannot be read, first ${first.position}: ${first.why}.`,
    { details: { reason: 'too_many_unreadable', field: first.field } },
  );
}

function tooMany(what: string, reason: string): CodedError {
  return new CodedError('bank.bad_response', `The bank sent ${what} for one window.`, {
    details: { reason },
  });
}

function moved(why: string): Pass {
  return { kind: 'moved', why };
}
