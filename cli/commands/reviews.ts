import type { Command } from 'commander';
import { reviewsAsCsv } from '../../api/outputs/review-csv.ts';
import { suggestCodes } from '../../app/decide/suggest-wallets.ts';
import { toReview } from '../../api/outputs/review.ts';
import { reviewFilterQuery, reviewOrder, toFilter } from '../../api/schemas/review-query.ts';
import {
  countOpenReviews,
  listOpenReviews,
  type OpenReviewRow,
  type QueueFilter,
  type QueueOrder,
} from '../../db/queries/reviews-read.ts';
import { countUnreadableRows } from '../../db/queries/quarantined-rows.ts';
import { toAccountKey } from '../../db/queries/bank-account-names.ts';
import { CodedError } from '../../domain/errors.ts';
import { parseMinor, printRand } from '../../domain/money/money-text.ts';
import { ZAR } from '../../domain/money/money.ts';
import { oneLine } from '../../domain/words/one-line.ts';
import { adviceFor } from '../../domain/words/review-advice.ts';
import { runningContext, withDatabase } from '../environment.ts';
import { PURSER } from '../invocation.ts';
import { createTerminal, toJson } from '../terminal.ts';

interface ReviewsOptions {
  readonly reason?: string;
  readonly account?: string;
  readonly assignee?: string;
  readonly unassigned?: true;
  readonly state?: string;
  readonly min?: string;
  readonly max?: string;
  readonly code?: string;
  readonly order?: string;
  readonly json?: true;
  readonly csv?: true;
}

/** The most that you can scroll through; the count shows how many there are. */
const SHOWN_MAX = 200;
const COUNTED_MAX = 100_000;

export function addReviews(program: Command): void {
  program
    .command('reviews')
    .description('list deposits that wait for a decision, most urgent first')
    .option('--reason <code>', 'only this reason (docs/reviews.md lists them)')
    .option('--account <key>', 'only this bank account')
    .option('--assignee <person>', 'only reviews of this person')
    .option('--unassigned', 'only reviews without an assignee')
    .option('--state <state>', 'escalated or overdue')
    .option('--min <rand>', 'smallest amount, e.g. 1000.00')
    .option('--max <rand>', 'largest amount')
    .option('--code <text>', 'part of a reference or of a suggested code')
    .option('--order <order>', 'priority, oldest or amount (default: priority)')
    .option('--json', 'print one JSON object')
    .option('--csv', 'print the whole queue as CSV for a spreadsheet')
    .action(async (options: ReviewsOptions) => {
      const { filter: asked, order } = readOptions(options);
      const { config } = runningContext();
      const report = await withDatabase(config, async ({ db }) => {
        const accountKey =
          asked.accountKey === null ? null : await toAccountKey(db, asked.accountKey);
        const filter = { ...asked, accountKey };
        if (options.csv) return collect(reviewsAsCsv(db, filter));
        const rows = await listOpenReviews(db, {
          ...filter,
          order,
          reach: null,
          after: null,
          limit: SHOWN_MAX,
        });
        const open = await countOpenReviews(db, filter, COUNTED_MAX);
        const codes = await suggestCodes(
          db,
          rows.map(({ review }) => review.depositId),
        );
        const suggested = (row: OpenReviewRow) => codes.get(row.review.depositId) ?? [];
        const unreadable = await countUnreadableRows(db, filter.accountKey);
        return options.json
          ? [
              toJson({
                open,
                shown: rows.length,
                reviews: rows.map((row) => toReview(row, suggested(row))),
                rowsUnreadable: unreadable,
              }),
            ]
          : [printQueue(rows, open, suggested), printUnreadable(unreadable)];
      });
      createTerminal().print(report.join('').trimEnd());
    });
}

async function collect(chunks: AsyncIterable<string>): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}

/** @throws CodedError `request.invalid` */
function readOptions(options: ReviewsOptions): {
  readonly filter: QueueFilter;
  readonly order: QueueOrder;
} {
  const { min, max, order, ...asked } = options;
  const parsed = reviewFilterQuery.extend({ order: reviewOrder }).safeParse({
    reason: asked.reason,
    account: asked.account,
    assignee: asked.assignee,
    unassigned: asked.unassigned ? 'true' : undefined,
    state: asked.state,
    code: asked.code,
    minMinor: min === undefined ? undefined : parseMinor(min, ZAR).toString(),
    maxMinor: max === undefined ? undefined : parseMinor(max, ZAR).toString(),
    order,
  });
  if (parsed.success)
    return { filter: toFilter(parsed.data), order: parsed.data.order ?? 'priority' };
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new CodedError('request.invalid', faults.join('; '));
}

/** Rows that cannot be read are no deposits yet: they wait as cases. */
function printUnreadable(count: number): string {
  if (count === 0) return '';
  return `\n${count} ${count === 1 ? 'row' : 'rows'} of the bank cannot be read: ${PURSER} cases`;
}

function printQueue(
  rows: readonly OpenReviewRow[],
  open: number,
  suggested: (row: OpenReviewRow) => readonly string[],
): string {
  if (rows.length === 0) return 'No deposit waits for a decision.';
  const lines = rows.map((row) => {
    const { review, amountMinor, currency, accountKey, comments } = row;
    const codes = suggested(row);
    const amount = printAmount(amountMinor, currency);
    const marks = [
      review.escalatedAt === null ? [] : ['escalated'],
      review.overdueAt === null ? [] : [`overdue, round ${review.round}`],
      review.assignee === null ? [] : [`with ${review.assignee}`],
      comments === 0 ? [] : [`${comments} comments`],
    ].flat();
    return [
      `${review.depositId}   ${accountKey}   ${amount}   due ${review.dueAt.toISOString()}${marks.length === 0 ? '' : `   ${marks.join(', ')}`}`,
      `  ${adviceFor(review.reason).sentence}${codes.length === 0 ? '' : ` Perhaps ${codes.join(', ')}.`}`,
      ...printBeside(row),
    ].join('\n');
  });
  return [
    ...lines,
    `${open} ${open === 1 ? 'deposit waits' : 'deposits wait'} for a decision${rows.length < open ? `; showing the first ${rows.length}` : ''}.`,
  ].join('\n');
}

/** Both lines, one below the other, so that a person can compare them. */
function printBeside(row: OpenReviewRow): readonly string[] {
  const { beside } = row;
  if (beside === null) return [];
  const line = (minor: bigint, { currency, bookingDate, references }: LineFacts) =>
    `${printAmount(minor, currency)} of ${bookingDate}   “${oneLine(references.join(' | '))}”`;
  const deposit =
    beside.depositId === null ? '' : `   ${beside.depositId} (${beside.depositState ?? '?'})`;
  return [
    `  This line:  ${line(row.amountMinor, row)}`,
    `  It may be:  ${line(BigInt(beside.amountMinor), beside)}${deposit}${beside.isShown ? '' : '   no longer shown by the bank'}`,
  ];
}

interface LineFacts {
  readonly currency: string;
  readonly bookingDate: string;
  readonly references: readonly string[];
}

function printAmount(minor: bigint, currency: string): string {
  return `${printRand(minor)}${currency === ZAR ? '' : ` (${currency})`}`;
}
