import type { ArmName, ArmResult, PeakMemory } from './arms.ts';
import type { Latency } from './ledger.ts';
import type { Machine } from './machine.ts';
import type { BenchOptions } from './options.ts';
import { GROUP_NAMES, totalCpu, type GroupName } from './processes.ts';

export interface BenchReport {
  readonly options: BenchOptions;
  readonly machine: Machine;
  readonly arms: readonly ArmResult[];
  readonly webhookToCredited: Latency;
  readonly peakMemory: PeakMemory;
  readonly aims: readonly Aim[];
  readonly tookMs: number;
}

/** A target for the service's cost; `isMet` is null if not measured. */
export interface Aim {
  readonly title: string;
  readonly aim: string;
  readonly measured: string;
  readonly isMet: boolean | null;
}

const ARM_TITLES = { workflow: 'workflow lane', naive: 'naive', backlog: 'backlog lane' } as const;

/** CPU-µs per deposit, all groups together; null if not measured. */
function cpuPerDeposit({ cpu, deposits }: ArmResult): number | null {
  return cpu === null ? null : totalCpu(cpu) / deposits;
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [
    sorted[Math.floor((sorted.length - 1) / 2)],
    sorted[Math.ceil((sorted.length - 1) / 2)],
  ];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

/** Median over the rounds, without those that could not be measured. */
function medianOf(
  results: readonly ArmResult[],
  pick: (result: ArmResult) => number | null,
): number | null {
  return median(results.flatMap((result) => pick(result) ?? []));
}

/** Compares the measurements with the targets; ratios are computed within each round. */
export function judgeAims(arms: readonly ArmResult[], peakMemory: PeakMemory): readonly Aim[] {
  const of = (arm: ArmName) => arms.filter((result) => result.arm === arm);
  const ratios = of('workflow').flatMap((result) => {
    const naive = of('naive').find(({ round }) => round === result.round);
    const [mine, its] = [cpuPerDeposit(result), naive === undefined ? null : cpuPerDeposit(naive)];
    return mine === null || its === null ? [] : [mine / its];
  });
  const ratio = median(ratios);
  const naiveCpu = medianOf(of('naive'), cpuPerDeposit);
  const backlogCpu = medianOf(of('backlog'), cpuPerDeposit);
  const advantage = naiveCpu === null || backlogCpu === null ? null : naiveCpu / backlogCpu;
  const children = of('workflow').flatMap(({ child }) => child ?? []);
  const events = median(children.map(({ mean }) => mean.events));
  const tasks = median(children.map(({ mean }) => mean.workflowTasks));
  const { workerBytes, apiBytes } = peakMemory;
  const megabytes =
    workerBytes === null || apiBytes === null ? null : (workerBytes + apiBytes) / 1_000_000;
  const aim = (
    title: string,
    text: string,
    value: number | null,
    digits: number,
    most: number,
  ) => ({
    title,
    aim: text,
    measured: value === null ? 'not measured' : value.toFixed(digits),
    isMet: value === null ? null : value <= most,
  });
  return [
    aim('CPU of the workflow lane, in naive deposits', '≤ 0.60', ratio, 2, 0.6),
    aim('history events in a child (median of rounds)', '≤ 8', events, 1, 8),
    aim('workflow tasks in a child (median of rounds)', '≤ 1', tasks, 2, 1.005),
    {
      title: 'naive CPU, in deposits of the backlog lane',
      aim: '≥ 40',
      measured: advantage === null ? 'not measured' : advantage.toFixed(1),
      isMet: advantage === null ? null : advantage >= 40,
    },
    aim('peak memory of worker and API, MB', '< 450', megabytes, 0, 449.999),
  ];
}

export function printReport(report: BenchReport): string {
  const { machine } = report;
  const names = ['workflow', 'naive', 'backlog'] as const;
  const lanes = names.flatMap((name) => {
    const results = report.arms.filter(({ arm }) => arm === name);
    return results.length === 0 ? [] : [laneRow(name, results)];
  });
  return [
    `Machine: ${machine.processors} × ${machine.processor}, ${machine.memoryGb} GB, load ${machine.loadBefore} before and ${machine.loadAfter} after`,
    `Servers: ${machine.postgres}; ${machine.temporal}, one SQLite file; Node ${machine.node}, ${machine.platform}`,
    `Rounds:  ${report.options.rounds}, medians below; ${(report.tookMs / 1000).toFixed(0)} s in total`,
    '',
    ...table([LANE_HEAD, ...lanes]),
    '',
    `Webhook → credited, idle: p50 ${printMs(report.webhookToCredited.p50Ms)}, p99 ${printMs(report.webhookToCredited.p99Ms)}`,
    `Peak memory: worker ${printMb(report.peakMemory.workerBytes)}, API ${printMb(report.peakMemory.apiBytes)}`,
    '',
    ...table([
      ['Aim', 'promised', 'measured', ''],
      ...report.aims.map(({ title, aim, measured, isMet }) => [
        title,
        aim,
        measured,
        isMet === null ? '' : isMet ? 'met' : 'NOT MET',
      ]),
    ]),
    '',
    'After each arm, every deposit had been credited once, to its owner, and verify was clean.',
    ...(machine.isCpuMeasured
      ? []
      : ['CPU and memory are not measured on this platform (Linux only).']),
  ].join('\n');
}

const LANE_HEAD = [
  'Arm',
  'deposits',
  '/s',
  'CPU µs each',
  ...GROUP_NAMES,
  'child events',
  'tasks',
  'parent events',
  'tasks',
  'captured → settled p50',
  'p99',
];

function laneRow(name: ArmName, results: readonly ArmResult[]): readonly string[] {
  const group = (which: GroupName) =>
    medianOf(results, ({ cpu, deposits }) => (cpu === null ? null : cpu[which] / deposits));
  return [
    ARM_TITLES[name],
    results.reduce((sum, { deposits }) => sum + deposits, 0).toString(),
    print(
      medianOf(results, ({ deposits, seconds }) => deposits / seconds),
      0,
    ),
    print(medianOf(results, cpuPerDeposit), 0),
    ...GROUP_NAMES.map((which) => print(group(which), 0)),
    print(
      medianOf(results, ({ child }) => child?.mean.events ?? null),
      1,
    ),
    print(
      medianOf(results, ({ child }) => child?.mean.workflowTasks ?? null),
      2,
    ),
    print(
      medianOf(results, ({ parent }) => parent.events),
      2,
    ),
    print(
      medianOf(results, ({ parent }) => parent.workflowTasks),
      2,
    ),
    printMs(medianOf(results, (result) => result.capturedToSettled.p50Ms)),
    printMs(medianOf(results, (result) => result.capturedToSettled.p99Ms)),
  ];
}

function print(value: number | null, digits: number): string {
  if (value === null) return '–';
  return value.toLocaleString('en', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

function printMs(value: number | null): string {
  return value === null ? '–' : `${print(value, 0)} ms`;
}

function printMb(bytes: number | null): string {
  return bytes === null ? '–' : `${print(bytes / 1_000_000, 0)} MB`;
}

/** Columns as wide as their widest cell; the first left-aligned, the others right-aligned. */
function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}
