import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createTerminal, toJson } from '../cli/terminal.ts';
import { SYSTEM_ACTOR } from '../db/queries/audit.ts';
import { storeStatementFile } from '../app/statement/store-file.ts';
import { findStatementFile } from '../db/queries/statements-read.ts';
import { parseLocalDate, type LocalDate } from '../domain/local-date.ts';
import { removeThrowAwayFolder, throwAwayFolder } from '../embedded/data-folder.ts';
import { importWorkflowId, TASK_QUEUE, WORKFLOW } from '../workflows/contract.ts';
import { countLines, findBrokenRule } from './ledger.ts';
import { readCpu, readPeakMemory, subtractCpu, type CpuTimes } from './processes.ts';
import { writeStatementFile } from './statement-files.ts';
import { withTestBed, type TestBed } from './test-bed.ts';

const LINES = 100_000;
const DAYS = 20;
/** Months apart, so that the warm-up data do not adjoin the measured data. */
const WARM_UP_DAY = parseLocalDate('2026-08-20');
const LAST_DAY = parseLocalDate('2026-11-20');
const CPU_US_MAX = 150;
/** Each check costs Postgres work that is not part of an import. */
const LOOK_EVERY_MS = 250;
const CAPTURE_MS_MAX = 600_000;

interface ImportReport {
  readonly lines: number;
  readonly bytes: number;
  readonly seconds: number;
  /** Microseconds of worker and Postgres from upload to captured file; null if not reported. */
  readonly captureCpu: CpuTimes | null;
  readonly workerPeakBytes: number | null;
}

/** `npm run bench -- import`: measures the cost of capturing a large statement in worker and Postgres. */
export async function benchImport(args: readonly string[]): Promise<void> {
  const terminal = createTerminal();
  const dataDir = await throwAwayFolder();
  try {
    const report = await withTestBed(
      { dataDir, bulkAbove: 250, progress: terminal.progress },
      (bed) => measure(bed, dataDir),
    );
    terminal.print(args.includes('--json') ? toJson(report) : printReport(report));
    if ((cpuOfALine(report) ?? 0) > CPU_US_MAX) process.exitCode = 1;
  } finally {
    await removeThrowAwayFolder(dataDir);
  }
}

async function measure(bed: TestBed, folder: string): Promise<ImportReport> {
  await importLines(bed, { folder, lines: 2_000, lastDay: WARM_UP_DAY });
  bed.progress(`Importing ${LINES} lines over ${DAYS} days`);
  const report = await importLines(bed, { folder, lines: LINES, lastDay: LAST_DAY });
  const fault = await findBrokenRule(bed.database);
  if (fault !== null) throw new Error(`The import has no valid result: ${fault}.`);
  return report;
}

async function importLines(
  bed: TestBed,
  task: { readonly folder: string; readonly lines: number; readonly lastDay: LocalDate },
): Promise<ImportReport> {
  const { lines } = task;
  const file = path.join(task.folder, `import-${lines}`);
  await writeStatementFile(file, 'mt940', {
    entries: lines,
    days: DAYS,
    lastDay: task.lastDay,
    referenceOf: (index) => bed.codes[index % bed.codes.length] ?? '',
  });
  const before = await countLines(bed.database);
  const stored = await storeStatementFile(bed.database, {
    accountKey: bed.accountKey,
    format: null,
    profile: null,
    accountNumber: '62000000001',
    acceptsOpenEnd: false,
    by: SYSTEM_ACTOR,
    chunks: createReadStream(file),
  });
  const cpuBefore = readCpu(bed.processes);
  const startedAt = Date.now();
  await bed.temporal.workflow.start(WORKFLOW.importStatement, {
    workflowId: importWorkflowId(bed.accountKey, stored.sha256),
    taskQueue: TASK_QUEUE,
    args: [{ accountKey: bed.accountKey, fileId: stored.fileId }],
  });
  await untilCaptured(bed, stored.fileId);
  const captureCpu = subtractCpu(readCpu(bed.processes), cpuBefore);
  const seconds = (Date.now() - startedAt) / 1_000;
  const captured = (await countLines(bed.database)) - before;
  if (captured !== lines) throw new Error(`The import captured ${captured} of ${lines} lines.`);
  await bed.temporal.workflow.getHandle(importWorkflowId(bed.accountKey, stored.sha256)).result();
  return {
    lines,
    bytes: (await stat(file)).size,
    seconds,
    captureCpu,
    workerPeakBytes: readPeakMemory(bed.processes.worker),
  };
}

/** The backlog lane starts to credit once the file is captured; crediting is not measured here. */
async function untilCaptured(bed: TestBed, fileId: string): Promise<void> {
  const deadline = Date.now() + CAPTURE_MS_MAX;
  for (;;) {
    const found = await findStatementFile(bed.database, fileId);
    if (found?.file.state === 'captured') return;
    if (found?.file.state === 'refused' || found?.file.state === 'held')
      throw new Error(`The file is ${found.file.state}: ${found.file.errorCode ?? ''}.`);
    if (Date.now() >= deadline) throw new Error('The import did not capture the file in time.');
    await delay(LOOK_EVERY_MS);
  }
}

function cpuOfALine({ captureCpu, lines }: ImportReport): number | null {
  return captureCpu === null ? null : (captureCpu.worker + captureCpu.postgres) / lines;
}

function printReport(report: ImportReport): string {
  const { captureCpu, lines, seconds, workerPeakBytes } = report;
  const each = (us: number) => `${(us / lines).toFixed(0)} µs`;
  const cpu = cpuOfALine(report);
  return [
    `Import: ${lines.toLocaleString('en')} lines of MT940, ${(report.bytes / 1_048_576).toFixed(1)} MiB, captured in ${seconds.toFixed(1)} s`,
    cpu === null || captureCpu === null
      ? '  CPU per line    not measured on this platform (Linux only)'
      : `  CPU per line    ${cpu.toFixed(0)} µs (worker ${each(captureCpu.worker)}, Postgres ${each(captureCpu.postgres)}; aim: at most ${CPU_US_MAX} µs)`,
    ...(workerPeakBytes === null
      ? []
      : [`  peak memory     ${(workerPeakBytes / 1_048_576).toFixed(0)} MiB in the worker`]),
  ].join('\n');
}
