import { parseArgs } from 'node:util';

/** Options of `npm run bench -- …`. */
export interface BenchOptions {
  /** Deposits of the workflow lane, over all rounds. */
  readonly deposits: number;
  /** Deposits of the naive arm, over all rounds. */
  readonly naiveDeposits: number;
  /** Deposits of the backlog lane, in one batch; 0 skips the arm. */
  readonly backlog: number;
  readonly rounds: number;
  /** File for the whole report; null for none. */
  readonly json: string | null;
}

/** The largest `BULK_ABOVE` that the configuration accepts, and the limit of a workflow-lane round. */
const ROUND_DEPOSITS_MAX = 10_000;

export const USAGE = `npm run bench -- [options]
  --deposits N        through the workflow lane, over all rounds   (5000)
  --naive-deposits N  through three regular activities each        (a fifth of --deposits)
  --backlog N         through the backlog lane, at once; 0: none   (50000)
  --rounds N          the first two arms take turns this often     (5)
  --json FILE         writes the whole report there as JSON

npm run bench -- parse [--quick] [--json]
  statement readers against the bare tokenizer, and their memory

npm run bench -- import [--json]
  what capturing a statement of 100,000 lines costs the worker and Postgres

npm run bench -- verify [--deposits N] [--json]
  fills a database with N deposits (1000000) and checks it; exit 1 above 120 s or 500 MB

npm run bench -- identity [--histories N] [--json]
  N histories (2000) of a hostile bank with each of its tricks and with all, and what placing rows costs;
  exit 1 if one trick alone doubles, misplaces or loses a deposit`;

/** @throws RangeError with the faulty option and what to do */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      deposits: { type: 'string', default: '5000' },
      'naive-deposits': { type: 'string' },
      backlog: { type: 'string', default: '50000' },
      rounds: { type: 'string', default: '5' },
      json: { type: 'string' },
    },
  });
  const rounds = readCount('rounds', values.rounds, { from: 1, to: 100 });
  const perRounds = { from: rounds, to: rounds * ROUND_DEPOSITS_MAX };
  const deposits = readCount('deposits', values.deposits, perRounds);
  const options: BenchOptions = {
    deposits,
    naiveDeposits: readCount(
      'naive-deposits',
      values['naive-deposits'] ?? Math.max(rounds, Math.round(deposits / 5)).toString(),
      perRounds,
    ),
    backlog: readCount('backlog', values.backlog, { from: 0, to: 1_000_000 }),
    rounds,
    json: values.json ?? null,
  };
  if (options.backlog !== 0 && options.backlog <= bulkAbove(options)) {
    throw new RangeError(
      `--backlog ${options.backlog} would use the workflow lane: give more than ${bulkAbove(options)}, or 0.`,
    );
  }
  return options;
}

/** The worker's `BULK_ABOVE` for this run: the size of the largest round of the workflow lane. */
export function bulkAbove(options: BenchOptions): number {
  return Math.max(250, Math.ceil(options.deposits / options.rounds));
}

/** @throws RangeError with the option, what was given and what is allowed */
export function readCount(
  name: string,
  text: string,
  range: { readonly from: number; readonly to: number },
): number {
  const count = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (count >= range.from && count <= range.to) return count;
  throw new RangeError(
    `--${name} is ${text}: give a whole number from ${range.from} to ${range.to}.`,
  );
}
