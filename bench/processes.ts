import { readdirSync, readFileSync } from 'node:fs';

/** Linux reports process time to user space in hundredths of a second, whatever the kernel's tick. */
const TICKS_PER_SECOND = 100;

/** Parts of the service that are measured separately; each is a process with its descendants. */
export interface ProcessGroups {
  readonly worker: number;
  readonly api: number;
  readonly temporal: number;
  readonly postgres: number;
}

export type GroupName = keyof ProcessGroups;
export const GROUP_NAMES = ['worker', 'api', 'temporal', 'postgres'] as const;

/** Processor time in microseconds, by group. */
export type CpuTimes = Readonly<Record<GroupName, number>>;

/** True if this platform reports the processor time of each process. */
export function isCpuMeasured(): boolean {
  return process.platform === 'linux';
}

/**
 * Processor time of each group since its start: running processes plus ended children. An ending process moves its time to
 * its parent, so the sum never falls. Null if the platform does not report it.
 */
export function readCpu(groups: ProcessGroups): CpuTimes | null {
  if (!isCpuMeasured()) return null;
  const table = readProcessTable();
  const used = (root: number) =>
    treeOf(table, root).reduce((sum, pid) => sum + (table.get(pid)?.ticks ?? 0), 0) *
    (1_000_000 / TICKS_PER_SECOND);
  return {
    worker: used(groups.worker),
    api: used(groups.api),
    temporal: used(groups.temporal),
    postgres: used(groups.postgres),
  };
}

export function subtractCpu(after: CpuTimes | null, before: CpuTimes | null): CpuTimes | null {
  if (after === null || before === null) return null;
  return {
    worker: after.worker - before.worker,
    api: after.api - before.api,
    temporal: after.temporal - before.temporal,
    postgres: after.postgres - before.postgres,
  };
}

export function totalCpu(times: CpuTimes): number {
  return GROUP_NAMES.reduce((sum, name) => sum + times[name], 0);
}

/** Peak resident memory in bytes of a process with its children, each at its own peak; null if not reported. */
export function readPeakMemory(root: number): number | null {
  if (process.platform !== 'linux') return null;
  const peaks = treeOf(readProcessTable(), root).map((pid) => {
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readProc(pid, 'status'))?.[1];
    return Number(kibibytes ?? 0) * 1024;
  });
  return peaks.reduce((sum, peak) => sum + peak, 0);
}

interface ProcessRow {
  readonly parent: number;
  /** Own time and that of reaped children, in ticks. */
  readonly ticks: number;
}

function readProcessTable(): ReadonlyMap<number, ProcessRow> {
  const table = new Map<number, ProcessRow>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const record = readProc(Number(name), 'stat');
    // The name in field 2 may contain blanks and parentheses, so fields are counted from its end.
    const fields = record.slice(record.lastIndexOf(')') + 2).split(' ');
    if (fields.length < 15) continue;
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    table.set(Number(name), { parent: Number(fields[1]), ticks });
  }
  return table;
}

/** Empty if the process has ended meanwhile. */
function readProc(pid: number, file: 'stat' | 'status'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

function treeOf(table: ReadonlyMap<number, ProcessRow>, root: number): readonly number[] {
  const found = [root];
  for (const pid of found) {
    for (const [child, { parent }] of table) if (parent === pid) found.push(child);
  }
  return found;
}
