import type { Command } from 'commander';
import type { z } from 'zod';
import { reviewSchema } from '../../api/outputs/review.ts';
import { BULK_DECISIONS_MAX, bulkReportSchema } from '../../api/routes/reviews/decide-many.ts';
import { pageOf } from '../../api/schemas/named.ts';
import { printRand } from '../../domain/money/money-text.ts';
import { askApi } from '../api-client.ts';
import { createTerminal, toJson } from '../terminal.ts';

interface ShadowOptions {
  readonly reason: string;
  readonly yes?: true;
  readonly json?: true;
}

type Review = z.infer<typeof reviewSchema>;
type Results = z.infer<typeof bulkReportSchema>['results'];

const pageSchema = pageOf(reviewSchema);

/**
 * Credits the deposits that an account in shadow mode withheld, by their codes: each by the rules of a single decision,
 * in a person's name.
 */
export function addCreditShadow(review: Command): void {
  review
    .command('credit-shadow <account>')
    .description(
      'credit the deposits of an account in shadow mode by their codes; without --yes only list them',
    )
    .requiredOption('--reason <text>', 'reason (kept permanently with each decision)')
    .option('--yes', 'credit them; without this option nothing is decided')
    .option('--json', 'print one JSON object')
    .action(async (account: string, options: ShadowOptions) => {
      const { print, progress } = createTerminal();
      const waiting = await listShadow(account);
      if (options.yes !== true) {
        print(options.json ? toJson({ decided: false, waiting }) : printWaiting(waiting));
        return;
      }
      const results: Results[number][] = [];
      for (let at = 0; at < waiting.length; at += BULK_DECISIONS_MAX) {
        const part = waiting.slice(at, at + BULK_DECISIONS_MAX);
        results.push(...(await decide(part, options.reason)));
        progress(`Decided ${results.length} of ${waiting.length}`);
      }
      print(options.json ? toJson({ decided: true, results }) : printResults(results));
      if (results.some(({ outcome }) => outcome === 'not_taken')) process.exitCode = 1;
    });
}

/** Lists all of them before the first decision: decisions would shift the pages under the cursor. */
async function listShadow(account: string): Promise<readonly Review[]> {
  const found: Review[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ reason: 'shadow', account, order: 'oldest', limit: '200' });
    if (cursor !== null) query.set('cursor', cursor);
    const path = `/v1/reviews?${query.toString()}`;
    const page = pageSchema.parse(JSON.parse(await askApi({ method: 'GET', path })));
    found.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return found.filter(({ shadowCode }) => shadowCode !== null);
}

async function decide(part: readonly Review[], reason: string): Promise<Results> {
  const decisions = part.map(({ depositId, shadowCode: code }) => ({
    depositId,
    decision: { kind: 'credit', code, reason },
  }));
  const answer = await askApi({
    method: 'POST',
    path: '/v1/reviews/bulk-decisions',
    body: { decisions },
  });
  return bulkReportSchema.parse(JSON.parse(answer)).results;
}

function printWaiting(waiting: readonly Review[]): string {
  const sum = waiting.reduce((total, { amount }) => total + BigInt(amount.minor), 0n);
  return [
    ...waiting.map(
      ({ depositId, amount, bookingDate, shadowCode }) =>
        `${depositId}  ${bookingDate}  ${printRand(BigInt(amount.minor)).padStart(14)}  ${shadowCode}`,
    ),
    `${waiting.length} deposits, ${printRand(sum)}. Nothing is decided yet: add --yes to credit them.`,
  ].join('\n');
}

function printResults(results: Results): string {
  return [...results.map(printResult), `${results.length} deposits decided.`].join('\n');
}

function printResult(result: Results[number]): string {
  if (result.outcome === 'not_taken')
    return `${result.depositId}  refused: ${result.title} [${result.code}]`;
  if (result.outcome === 'accepted')
    return result.state === 'approved'
      ? `${result.depositId}  will be credited`
      : `${result.depositId}  waits for a second person: ${result.decisionId}`;
  return `${result.depositId}  ${result.outcome}${result.refusal === null ? '' : `: ${result.refusal}`}`;
}
