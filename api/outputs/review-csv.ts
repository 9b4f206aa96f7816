import { suggestCodes } from '../../app/decide/suggest-wallets.ts';
import {
  listOpenReviews,
  type OpenReviewRow,
  type QueueFilter,
} from '../../db/queries/reviews-read.ts';
import type { Executor } from '../../db/client.ts';
import { csvLine, type CsvCell } from '../../domain/words/csv-cell.ts';
import { printMinor } from '../../domain/money/money-text.ts';
import { parseCurrency } from '../../domain/money/money.ts';
import { adviceFor } from '../../domain/words/review-advice.ts';

const PAGE_SIZE = 500;

/** A row with the codes of the wallets that it may belong to. */
type SuggestedRow = OpenReviewRow & { readonly suggested: readonly string[] };

/** The columns of the queue as a spreadsheet, each with what it shows of a review. */
const COLUMNS: readonly (readonly [string, (row: SuggestedRow) => CsvCell])[] = [
  ['deposit', ({ review }) => review.depositId],
  ['account', ({ accountKey }) => accountKey],
  ['booking_date', ({ bookingDate }) => bookingDate],
  [
    'amount',
    ({ amountMinor, currency }) => ({ number: printMinor(amountMinor, parseCurrency(currency)) }),
  ],
  ['currency', ({ currency }) => currency],
  ['reason', ({ review }) => review.reason],
  ['sentence', ({ review }) => adviceFor(review.reason).sentence],
  ['references', ({ references }) => references.join(' | ')],
  ['counterparty', ({ counterpartyName }) => counterpartyName],
  ['candidates', ({ suggested }) => suggested.join(' ')],
  ['assignee', ({ review }) => review.assignee],
  ['opened_at', ({ review }) => review.openedAt.toISOString()],
  ['due_at', ({ review }) => review.dueAt.toISOString()],
  ['escalated_at', ({ review }) => review.escalatedAt?.toISOString() ?? null],
  ['overdue_at', ({ review }) => review.overdueAt?.toISOString() ?? null],
  ['round', ({ review }) => ({ number: review.round.toString() })],
  ['comments', ({ comments }) => ({ number: comments.toString() })],
  ['beside_line', ({ beside }) => beside?.lineId ?? null],
  ['beside_deposit', ({ beside }) => beside?.depositId ?? null],
  ['beside_state', ({ beside }) => beside?.depositState ?? null],
  ['beside_booking_date', ({ beside }) => beside?.bookingDate ?? null],
  ['beside_amount', ({ beside }) => besideAmount(beside)],
  ['beside_references', ({ beside }) => beside?.references.join(' | ') ?? null],
  ['beside_is_shown', ({ beside }) => beside?.isShown.toString() ?? null],
];

function besideAmount(beside: SuggestedRow['beside']): CsvCell {
  if (beside === null) return null;
  return { number: printMinor(BigInt(beside.amountMinor), parseCurrency(beside.currency)) };
}

/** The queue as CSV, a page of rows at a time, the most urgent first. */
export async function* reviewsAsCsv(
  executor: Executor,
  filter: QueueFilter,
): AsyncGenerator<string, void, undefined> {
  yield csvLine(COLUMNS.map(([name]) => name));
  let after: Parameters<typeof listOpenReviews>[1]['after'] = null;
  for (;;) {
    const rows: readonly OpenReviewRow[] = await listOpenReviews(executor, {
      ...filter,
      reach: null,
      order: 'priority',
      after,
      limit: PAGE_SIZE,
    });
    const codes = await suggestCodes(
      executor,
      rows.map(({ review }) => review.depositId),
    );
    const shown = rows.map((row) => ({ ...row, suggested: codes.get(row.review.depositId) ?? [] }));
    if (rows.length > 0)
      yield shown.map((row) => csvLine(COLUMNS.map(([, show]) => show(row)))).join('');
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE_SIZE) return;
    after = { order: 'priority', value: last.place, id: last.review.depositId };
  }
}
