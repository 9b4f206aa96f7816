import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CodedError } from '../domain/errors.ts';
import { errnoOf, isRunning, startMarkOf } from './processes.ts';

export type StackLock = { release(): Promise<void> };

const holderSchema = z.object({
  pid: z.int().positive(),
  startMark: z.string().nullable(),
  token: z.string(),
  lockedAt: z.string(),
});

type Holder = z.infer<typeof holderSchema>;

const TRIES_MAX = 20;

/**
 * Takes the lock of a data folder's only stack. A running holder means `embedded.locked`; the lock of a dead holder (power
 * cut, SIGKILL) is taken over with a message.
 */
export async function lockStack(
  dataDir: string,
  onProgress: (message: string) => void = () => undefined,
): Promise<StackLock> {
  await mkdir(dataDir, { recursive: true });
  const file = join(dataDir, 'stack.lock');
  const mine: Holder = {
    pid: process.pid,
    startMark: await startMarkOf(process.pid),
    token: randomUUID(),
    lockedAt: new Date().toISOString(),
  };
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    if (await createLock(file, mine)) {
      return {
        release: async () => {
          if ((await readLock(file)).holder?.token === mine.token) await rm(file, { force: true });
        },
      };
    }
    const { text, holder } = await readLock(file);
    if (text === null) continue;
    if (holder !== null && (await isHeld(holder))) throw locked(file, dataDir, holder);
    if (await removeStaleLock(file, text)) {
      const was = holder === null ? 'an unreadable lock' : `process ${holder.pid}, which has ended`;
      onProgress(`Took over the data folder ${dataDir} from ${was}.`);
    }
  }
  throw new CodedError(
    'embedded.locked',
    `The lock ${file} changed hands ${TRIES_MAX} times while waiting for it: several processes are starting here at once. Try again.`,
    { details: { file } },
  );
}

/** A hard link appears whole, and only if the name is free, so no reader ever sees half a lock. */
async function createLock(file: string, mine: Holder): Promise<boolean> {
  const draft = `${file}.${mine.token}`;
  await writeFile(draft, JSON.stringify(mine), { mode: 0o600 });
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function readLock(
  file: string,
): Promise<{ readonly text: string | null; readonly holder: Holder | null }> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return { text: null, holder: null };
    throw error;
  }
  return { text, holder: parseHolder(text) };
}

function parseHolder(text: string): Holder | null {
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    // Purser never writes half a lock, so an unreadable one protects no process.
    return null;
  }
}

async function isHeld(holder: Holder): Promise<boolean> {
  if (!isRunning(holder.pid)) return false;
  const mark = await startMarkOf(holder.pid);
  return holder.startMark === null || mark === null || mark === holder.startMark;
}

/** Moves the lock aside first: if another process replaced it meanwhile, the new lock is put back. */
async function removeStaleLock(file: string, staleText: string): Promise<boolean> {
  const aside = `${file}.stale-${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
  const moved = await readFile(aside, 'utf8');
  if (moved !== staleText) {
    await link(aside, file).catch((error: unknown) => {
      if (errnoOf(error) !== 'EEXIST') throw error;
    });
  }
  await rm(aside, { force: true });
  return moved === staleText;
}

function locked(file: string, dataDir: string, holder: Holder): CodedError {
  return new CodedError(
    'embedded.locked',
    `Purser already runs on the data folder ${dataDir}: process ${holder.pid}, since ${holder.lockedAt}. ` +
      `Stop that process (Ctrl-C in its terminal, or: kill ${holder.pid}), or set PURSER_DATA_DIR to another folder. ` +
      `If you are sure that it is not Purser, delete ${file}.`,
    { details: { pid: holder.pid, file } },
  );
}
