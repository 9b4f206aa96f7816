import { parseArgs } from 'node:util';
import { createTerminal, toJson } from '../cli/terminal.ts';
import { placeRows } from '../domain/line/place-rows.ts';
import { playHistory } from '../test/domain/support/hostile-bank.ts';
import { TRICKS, type Trick } from '../test/domain/support/tricks.ts';
import { judge, type Verdict } from '../test/domain/support/judge.ts';
import { PLACING_CASES, type PlacingCase } from './identity-cases.ts';
import { readCount } from './options.ts';

/** The larger window is twice the smaller one: its ratio is 2 where the cost of a row stays the same. */
const SIZES = [25_000, 50_000] as const;
/** Caches and the garbage collector cost more in the larger window. */
const RATIO_MAX = 3;
const ROUNDS = 3;
/** A slower case tells enough at its first round. */
const SLOW_US = 5_000_000;

interface Played {
  readonly tricks: string;
  readonly isSingle: boolean;
  readonly histories: number;
  readonly sum: Verdict;
  /** Seeds of the first histories with a fault, to play them again. */
  readonly faulty: readonly number[];
}

interface Placed {
  readonly name: string;
  /** CPU microseconds per row of the window, for each of the sizes. */
  readonly perRow: readonly number[];
  readonly ratio: number;
}

/** `npm run bench -- identity`: plays the hostile bank with each trick and with all, and measures placing by window size. */
export function benchIdentity(args: readonly string[]): void {
  const { values } = parseArgs({
    args: [...args],
    options: {
      histories: { type: 'string', default: '2000' },
      json: { type: 'boolean', default: false },
    },
  });
  const histories = readCount('histories', values.histories, { from: 1, to: 10_000_000 });
  const terminal = createTerminal();
  const played = [[], ...TRICKS.map((trick) => [trick]), TRICKS].map((tricks) => {
    const name = nameOf(tricks);
    terminal.progress(`Playing ${histories} histories: ${name}`);
    return play(tricks, histories);
  });
  const placed = PLACING_CASES.map((each) => {
    terminal.progress(`Placing: ${each.name}`);
    return measure(each);
  });
  terminal.print(values.json ? toJson({ played, placed }) : print(played, placed));
  if (played.some(({ isSingle, sum }) => isSingle && faultsOf(sum) > 0)) process.exitCode = 1;
}

function nameOf(tricks: readonly Trick[]): string {
  if (tricks.length > 1) return 'all tricks';
  return tricks[0] ?? 'no trick';
}

function play(tricks: readonly Trick[], histories: number): Played {
  const sum = { doubled: 0, frozen: 0, wrong: 0, swallowed: 0, genuine: 0, needless: 0 };
  const keys = ['doubled', 'frozen', 'wrong', 'swallowed', 'genuine', 'needless'] as const;
  const faulty: number[] = [];
  const played = new Set(tricks);
  for (let seed = 1; seed <= histories; seed += 1) {
    const verdict = judge(playHistory(seed, played));
    for (const key of keys) sum[key] += verdict[key];
    if (faultsOf(verdict) > 0 && faulty.length < 5) faulty.push(seed);
  }
  return { tricks: nameOf(tricks), isSingle: tricks.length <= 1, histories, sum, faulty };
}

function faultsOf({ doubled, swallowed, wrong }: Verdict): number {
  return doubled + wrong + swallowed;
}

function measure(placing: PlacingCase): Placed {
  const [warmUp] = SIZES;
  place(placing, warmUp / 10);
  const perRow = SIZES.map((size) => place(placing, size) / size);
  const [small = 0, large = 0] = perRow;
  return { name: placing.name, perRow, ratio: (large * SIZES[1]) / (small * SIZES[0]) };
}

/** CPU microseconds of the best round. */
function place(placing: PlacingCase, size: number): number {
  const { read, stored } = placing.make(size);
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS && best > 0; round += 1) {
    const before = process.cpuUsage();
    placeRows(stored, read);
    const { system, user } = process.cpuUsage(before);
    best = Math.min(best, user + system);
    if (best > SLOW_US) break;
  }
  return best;
}

function print(played: readonly Played[], placed: readonly Placed[]): string {
  return [
    `${'histories of'.padEnd(14)}  doubled  frozen  wrong  swallowed  genuine  needless`,
    ...played.map(printPlayed),
    '',
    `${'placing, CPU µs per row'.padEnd(46)}  25,000  50,000  ratio`,
    ...placed.map(
      ({ name, perRow, ratio }) =>
        `${name.padEnd(46)}  ${perRow.map((us) => us.toFixed(1).padStart(6)).join('  ')}  ${ratio.toFixed(1).padStart(5)}${ratio > RATIO_MAX ? '  NOT near-linear' : ''}`,
    ),
  ].join('\n');
}

function printPlayed({ tricks, sum, faulty }: Played): string {
  const { doubled, frozen, genuine, needless, swallowed, wrong } = sum;
  const percent = genuine === 0 ? 0 : (needless * 100) / genuine;
  return [
    tricks.padEnd(14),
    String(doubled).padStart(7),
    String(frozen).padStart(6),
    String(wrong).padStart(5),
    String(swallowed).padStart(9),
    String(genuine).padStart(7),
    `${percent.toFixed(2)} %`.padStart(8),
    faulty.length === 0 ? '' : `seeds ${faulty.join(', ')}`,
  ]
    .join('  ')
    .trimEnd();
}
