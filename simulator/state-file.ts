import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { BankState } from './line-store.ts';

const VERSION = 1;

/** Writes the bank's lines, whole or not at all: a half-written file never takes the place of a good one. */
export function saveState(path: string, state: BankState): void {
  const text = JSON.stringify({ version: VERSION, ...state }, (_name, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.next`, text, { mode: 0o600 });
  renameSync(`${path}.next`, path);
}

/** Reads what `saveState` wrote; null when there is no such file. Throws when the file is something else. */
export function loadState(path: string): BankState | null {
  if (!existsSync(path)) return null;
  const file: unknown = JSON.parse(readFileSync(path, 'utf8'), (name, value: unknown) =>
    name === 'amountMinor' && typeof value === 'string' ? BigInt(value) : value,
  );
  if (!isSavedState(file)) {
    throw new Error(
      `${path} is not a simulator state of version ${VERSION}. Remove it to begin anew.`,
    );
  }
  return file;
}

/** The file is written by this program alone, so its version vouches for the shape of its lines. */
function isSavedState(file: unknown): file is BankState {
  return (
    typeof file === 'object' &&
    file !== null &&
    'version' in file &&
    file.version === VERSION &&
    'lines' in file &&
    Array.isArray(file.lines)
  );
}
