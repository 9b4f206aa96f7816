import { createHash } from 'node:crypto';
import { CodedError } from '../../domain/errors.ts';
import type { Sighting } from '../../domain/sighting.ts';
import type { OnPage } from './feed.ts';

export interface FeedPage {
  readonly rows: readonly Sighting[];
  /** How many pages the bank says there are; 0 or 1 when this is all. */
  readonly pages: number;
}

const PASSES_MAX = 3;
const ROWS_MAX = 200_000;

type Pass =
  | { readonly kind: 'read'; readonly rows: readonly Sighting[]; readonly pages: number }
  /** The pages contradict each other: rows moved while we read, or the bank repeats itself. */
  | { readonly kind: 'moved'; readonly why: string };

/**
 * Reads all pages until two passes in a row agree; a single page agrees with itself. A row that is inserted or
 * withdrawn while we page shifts others across a page edge, so that one is read twice or not at all: one pass
 * alone cannot tell. After three passes without agreement the bank's answer is refused.
 * @throws CodedError `bank.bad_response`, and whatever `readPage` throws.
 */
export async function readUntilAgreed(
  readPage: (page: number) => Promise<FeedPage>,
  options: { readonly idStable: boolean; readonly onPage: OnPage },
): Promise<{ readonly sightings: readonly Sighting[]; readonly pages: number }> {
  let before: string | null = null;
  let why = 'the rows differed from pass to pass';
  for (let passNumber = 1; passNumber <= PASSES_MAX; passNumber += 1) {
    const pass = await readPass(readPage, options);
    if (pass.kind === 'moved') {
      why = pass.why;
      before = null;
      continue;
    }
    const seen = digestOf(pass.rows.map((row) => digestRow(row, options.idStable)));
    if (pass.pages <= 1 || seen === before) return { sightings: pass.rows, pages: pass.pages };
    before = seen;
  }
  throw new CodedError(
    'bank.bad_response',
    `The bank's pages did not hold still over ${PASSES_MAX} passes: ${why}.`,
    { details: { reason: 'pages_moved' } },
  );
}

async function readPass(
  readPage: (page: number) => Promise<FeedPage>,
  { idStable, onPage }: { readonly idStable: boolean; readonly onPage: OnPage },
): Promise<Pass> {
  const rows: Sighting[] = [];
  const pagesSeen = new Set<string>();
  const rowsOfEarlierPages = new Set<string>();
  const ids = new Set<string>();
  let pages = 1;
  for (let page = 1; page <= pages; page += 1) {
    const answer = await readPage(page);
    onPage({ page, rows: answer.rows.length });
    if (page === 1) pages = answer.pages;
    else if (answer.pages !== pages) return moved('the number of pages changed');

    const digests = answer.rows.map((row) => digestRow(row, true));
    const whole = digestOf(digests);
    if (digests.length > 0 && pagesSeen.has(whole)) return moved('a page came twice');
    pagesSeen.add(whole);
    for (const [index, row] of answer.rows.entries()) {
      if (row.bankId === null) continue;
      if (rowsOfEarlierPages.has(digests[index] ?? '')) return moved('a row came on two pages');
      if (idStable && ids.has(row.bankId)) return moved('an id that should be unique came twice');
      ids.add(row.bankId);
    }
    for (const digest of digests) rowsOfEarlierPages.add(digest);
    rows.push(...answer.rows);
    if (rows.length > ROWS_MAX) {
      throw new CodedError(
        'bank.bad_response',
        `The bank sent more than ${ROWS_MAX} rows for one window.`,
        {
          details: { reason: 'too_many_rows' },
        },
      );
    }
  }
  return { kind: 'read', rows, pages };
}

function moved(why: string): Pass {
  return { kind: 'moved', why };
}

/**
 * A digest of all that the bank states of a row, without its place: a large window is compared without being kept as
 * text several times over. Between passes an id counts only where ids are stable: some gateways issue new ones at each
 * read, and two such passes agree when their facts do.
 */
function digestRow(row: Sighting, withId: boolean): string {
  const facts = [
    withId ? row.bankId : null,
    row.bookingDate,
    row.valueDate,
    row.amountMinor.toString(),
    row.direction,
    row.currency,
    row.status,
    row.references,
    row.text,
    row.runningBalanceMinor?.toString() ?? null,
  ];
  return digestOf([JSON.stringify(facts)]);
}

function digestOf(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text).update('\n');
  return hash.digest('base64');
}
