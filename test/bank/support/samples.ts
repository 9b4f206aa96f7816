import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isCoded, type CodedError } from '../../../domain/errors.ts';
import type { StatementFile } from '../../../domain/line/statement.ts';
import {
  parseStatementFile,
  type ParseOptions,
} from '../../../bank/statements/parse-statement-file.ts';

export const SAMPLES = path.join(import.meta.dirname, '..', 'samples');

export async function readSample(name: string): Promise<string> {
  return readFile(path.join(SAMPLES, name), 'utf8');
}

export async function* chunksOf(bytes: Uint8Array, size = 65_536): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

export function parseBytes(
  bytes: Uint8Array,
  options: ParseOptions = {},
  chunkBytes?: number,
): Promise<StatementFile> {
  return parseStatementFile(chunksOf(bytes, chunkBytes), options);
}

export function parseText(text: string, options: ParseOptions = {}): Promise<StatementFile> {
  return parseBytes(Buffer.from(text), options);
}

/** The coded error with which `outcome` fails; throws what else comes out of it. */
export async function failureOf(outcome: Promise<unknown>): Promise<CodedError> {
  const error: unknown = await outcome.then(
    () => new Error('It succeeded, where it should have failed.'),
    (caught: unknown) => caught,
  );
  if (isCoded(error)) return error;
  throw error;
}
