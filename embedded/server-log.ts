import { readFile, rename, stat } from 'node:fs/promises';

const LOG_BYTES_MAX = 10_000_000;

/** Rotates a long log before a start: one earlier log is kept. */
export async function setLongLogAside(file: string): Promise<void> {
  if ((await logLength(file)) > LOG_BYTES_MAX) await rename(file, `${file}.1`);
}

/** In bytes; 0 when there is no log yet. */
export async function logLength(file: string): Promise<number> {
  return (await stat(file).catch(() => null))?.size ?? 0;
}

/** The log after its first `offset` bytes. */
export async function readLogFrom(file: string, offset: number): Promise<string> {
  const bytes = await readFile(file).catch(() => Buffer.alloc(0));
  return bytes.subarray(offset).toString('utf8');
}
