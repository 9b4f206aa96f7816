import type { Judged, Verdict } from './judge.ts';

/** `domain/money`, `domain` for a file that stands in no room. */
function roomOf(file: string): string {
  return file.split('/').slice(0, -1).join('/');
}

/** Killed mutants of all that count, in per cent; null where none does. */
function scoreOf(judged: readonly Judged[]): number | null {
  const count = (...verdicts: readonly Verdict[]) =>
    judged.filter(({ verdict }) => verdicts.includes(verdict)).length;
  const all = count('killed', 'survived', 'unmet');
  return all === 0 ? null : (count('killed') / all) * 100;
}

/**
 * Per cent of the mutants that count, measured and rounded down: tests may only get better at this. A mutant that the
 * measurement did not come to counted as one that nobody noticed. domain/line has no floor yet.
 */
const FLOORS: Readonly<Record<string, number>> = {
  'app/credit': 73,
  domain: 95,
  'domain/ledger': 97,
  'domain/money': 99,
  'domain/reference': 95,
  'domain/review': 92,
  'domain/words': 99,
};

/** Rooms that are tested worse than they were, in words. */
export function roomsBelowFloor(judged: readonly Judged[]): readonly string[] {
  return [...groupBy(judged, ({ mutant }) => roomOf(mutant.file))].flatMap(([room, of]) => {
    const [score, floor] = [scoreOf(of) ?? 100, FLOORS[room] ?? 0];
    return score < floor
      ? [`${room} is at ${printPercent(score)}, below its floor of ${floor} %.`]
      : [];
  });
}

const WIDTH = 36;

/** A line for each file, its room's sum after it, then every mutant that no test noticed. */
export function printScores(judged: readonly Judged[]): string {
  const rooms = groupBy(judged, ({ mutant }) => roomOf(mutant.file));
  const tables = [...rooms].flatMap(([room, ofRoom]) => [
    ...[...groupBy(ofRoom, ({ mutant }) => mutant.file)].map(([file, of]) => printLine(file, of)),
    printLine(`${room}: all`, ofRoom),
    '',
  ]);
  const survivors = judged
    .filter(({ verdict }) => verdict === 'survived' || verdict === 'unmet')
    .map(({ mutant, verdict }) => {
      const { file, line, change } = mutant;
      return `${file}:${line}  ${change}${verdict === 'unmet' ? '  (no test runs it)' : ''}`;
    });
  return [...tables, printLine('all', judged), '', ...survivors, ''].join('\n');
}

function printLine(name: string, judged: readonly Judged[]): string {
  const score = scoreOf(judged);
  const count = (verdict: Verdict) => judged.filter((each) => each.verdict === verdict).length;
  const parts = [
    `${count('killed')} killed`,
    `${count('survived') + count('unmet')} not`,
    `${count('equal')} equal`,
    `${count('refused')} refused by the compiler`,
    ...(count('untried') === 0 ? [] : [`${count('untried')} not tried`]),
  ];
  const percent = score === null ? '—' : printPercent(score);
  return `${name.padEnd(WIDTH)} ${percent.padStart(7)}   ${parts.join(', ')}`;
}

function printPercent(score: number): string {
  return `${Math.floor(score * 10) / 10} %`;
}

function groupBy<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}
