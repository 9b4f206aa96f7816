import { cpus, loadavg, totalmem } from 'node:os';
import { sql } from 'drizzle-orm';
import { isCpuMeasured } from './processes.ts';
import type { TestBed } from './test-bed.ts';

/** Machine and servers of a measurement. */
export interface Machine {
  readonly processor: string;
  readonly processors: number;
  readonly memoryGb: number;
  readonly platform: string;
  readonly node: string;
  readonly postgres: string;
  readonly temporal: string;
  /** One-minute load averages, which show other work on the machine. */
  readonly loadBefore: string;
  readonly loadAfter: string;
  readonly isCpuMeasured: boolean;
}

/** The one-minute load average, as text. */
export function readLoad(): string {
  return (loadavg()[0] ?? 0).toFixed(1);
}

export async function describeMachine(bed: TestBed, loadBefore: string): Promise<Machine> {
  const [row] = await bed.database.execute<{ version: string; fsync: string }>(
    sql`select current_setting('server_version') as version, current_setting('fsync') as fsync`,
  );
  const { serverVersion } = await bed.temporal.workflowService.getSystemInfo({});
  return {
    processor: cpus()[0]?.model ?? 'unknown processor',
    processors: cpus().length,
    memoryGb: Math.round(totalmem() / 1e9),
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    postgres: `PostgreSQL ${row?.version ?? '?'}, fsync ${row?.fsync ?? '?'}`,
    temporal: `Temporal development server ${serverVersion}`,
    loadBefore,
    loadAfter: readLoad(),
    isCpuMeasured: isCpuMeasured(),
  };
}
