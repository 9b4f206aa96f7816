import { Connection } from '@temporalio/client';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { commandOf, isRunning, startMarkOf } from './processes.ts';

const NAMESPACE = 'default';

/** The files of one embedded Temporal server. */
export type TemporalFiles = {
  readonly folder: string;
  readonly database: string;
  readonly recordFile: string;
  readonly portFile: string;
  readonly uiPortFile: string;
  readonly logFile: string;
};

export function temporalFiles(dataDir: string): TemporalFiles {
  const folder = join(dataDir, 'temporal');
  return {
    folder,
    database: join(folder, 'temporal.db'),
    recordFile: join(folder, 'server.json'),
    portFile: join(folder, 'port'),
    uiPortFile: join(folder, 'ui-port'),
    logFile: join(folder, 'server.log'),
  };
}

const recordSchema = z.object({
  pid: z.int().positive(),
  startMark: z.string().nullable(),
  port: z.int().positive(),
  uiPort: z.int().positive().nullable(),
  binary: z.string(),
});

/** Facts about a server that Purser started, which keeps running if Purser is killed. */
export type ServerRecord = z.infer<typeof recordSchema>;

export async function writeRecord(files: TemporalFiles, record: ServerRecord): Promise<void> {
  await writeFile(files.recordFile, `${JSON.stringify(record)}\n`, { mode: 0o600 });
}

export async function removeRecord(files: TemporalFiles): Promise<void> {
  await rm(files.recordFile, { force: true });
}

/** The record of a running server; null if there is none, it died, or another program now has its process id. */
export async function readLivingRecord(files: TemporalFiles): Promise<ServerRecord | null> {
  const text = await readFile(files.recordFile, 'utf8').catch(() => '');
  const record = parseRecord(text);
  if (record === null || !isRunning(record.pid)) return null;
  const command = await commandOf(record.pid);
  if (command !== null && !command.includes(files.database)) return null;
  const mark = await startMarkOf(record.pid);
  return record.startMark === null || mark === null || mark === record.startMark ? record : null;
}

function parseRecord(text: string): ServerRecord | null {
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch {
    // Cut off by a crash: counts as absent.
    return null;
  }
}

/** True if the server answers over gRPC, has its namespace, and knows all search attributes. */
export async function isServing(
  address: string,
  attributeNames: readonly string[],
): Promise<boolean> {
  let connection: Connection | null = null;
  try {
    connection = await Connection.connect({ address, connectTimeout: 1_000 });
    const reached = connection;
    return await reached.withDeadline(Date.now() + 2_000, async () => {
      await reached.workflowService.describeNamespace({ namespace: NAMESPACE });
      const known = await reached.operatorService.listSearchAttributes({ namespace: NAMESPACE });
      return attributeNames.every((name) => Object.hasOwn(known.customAttributes, name));
    });
  } catch {
    // Not listening yet, or without its namespace yet: the caller retries until its deadline.
    return false;
  } finally {
    await connection?.close();
  }
}
