import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { FastifyRequest } from 'fastify';
import { CodedError } from '../domain/errors.ts';

/** How many files are taken at once, of one caller and of all, and how slow a line may be. */
export interface UploadLimits {
  readonly atOncePerCaller: number;
  readonly atOnce: number;
  /** A line that is slower than this on average, after the first seconds, is given up. */
  readonly bytesPerSecondMin: number;
  readonly graceMs: number;
}

export const UPLOAD_LIMITS: UploadLimits = {
  atOncePerCaller: 4,
  atOnce: 16,
  bytesPerSecondMin: 8_192,
  graceMs: 10_000,
};

const LOOK_EVERY_MS = 500;

/** Takes files one by one within its limits: many unfinished ones must stop nothing else. */
export interface Uploads {
  /**
   * Runs `work`, which reads the body of `request`, if the caller has room.
   * @throws CodedError `request.rate_limited` for one file too many; `request.invalid` for a line that is too slow
   */
  take<T>(request: FastifyRequest, caller: string, work: () => Promise<T>): Promise<T>;
}

export function createUploads(limits: UploadLimits = UPLOAD_LIMITS): Uploads {
  const byCaller = new Map<string, number>();
  let all = 0;
  const change = (caller: string, by: 1 | -1) => {
    all += by;
    const count = (byCaller.get(caller) ?? 0) + by;
    if (count === 0) byCaller.delete(caller);
    else byCaller.set(caller, count);
  };
  return {
    take: async (request, caller, work) => {
      if (all >= limits.atOnce || (byCaller.get(caller) ?? 0) >= limits.atOncePerCaller)
        throw new CodedError('request.rate_limited', 'Too many files are uploaded at once.');
      change(caller, 1);
      const pace = watchPace(request, limits);
      try {
        return await Promise.race([work(), pace.tooSlow]);
      } finally {
        pace.stop();
        change(caller, -1);
      }
    },
  };
}

function watchPace(request: FastifyRequest, { bytesPerSecondMin, graceMs }: UploadLimits) {
  const { socket } = request.raw;
  const startedAt = Date.now();
  const before = socket.bytesRead;
  let timer: NodeJS.Timeout | undefined;
  const tooSlow = new Promise<never>((_, reject) => {
    timer = setInterval(() => {
      const elapsedMs = Date.now() - startedAt;
      const needed = (bytesPerSecondMin * (elapsedMs - graceMs)) / 1_000;
      if (elapsedMs > graceMs && socket.bytesRead - before < needed)
        reject(new CodedError('request.invalid', 'The upload is too slow and was given up.'));
    }, LOOK_EVERY_MS);
    timer.unref();
  });
  tooSlow.catch(() => undefined);
  return {
    tooSlow,
    stop: () => {
      clearInterval(timer);
    },
  };
}

/** A file that has arrived whole, on disk: no transaction is open while a client sends. */
export interface SpooledFile {
  readonly chunks: AsyncIterable<Uint8Array>;
  discard(): Promise<void>;
}

/** Writes the pieces to a file of its own; an error of `pieces` leaves nothing behind. */
export async function spool(pieces: AsyncIterable<Uint8Array>): Promise<SpooledFile> {
  const folder = await mkdtemp(join(tmpdir(), 'purser-upload-'));
  const discard = () => rm(folder, { recursive: true, force: true });
  const path = join(folder, 'file');
  try {
    await pipeline(pieces, createWriteStream(path, { mode: 0o600 }));
  } catch (error) {
    await discard();
    throw error;
  }
  return { chunks: createReadStream(path), discard };
}
