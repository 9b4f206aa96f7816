import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { BankState } from './line-store.ts';

const VERSION = 1;

/** Writes the bank's lines atomically: a half-written file never replaces a good one. */
export function saveState(path: string, state: BankState): void {
  const text = JSON.stringify({ version: VERSION, ...state }, (_name, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.next`, text, { mode: 0o600 });
  renameSync(`${path}.next`, path);
}

/** Reads a file of `saveState`; null if there is none. Throws if the file is something else. */
export function loadState(path: string): BankState | null {
  if (!existsSync(path)) return null;
  const file: unknown = JSON.parse(readFileSync(path, 'utf8'), (name, value: unknown) =>
    name === 'amountMinor' && typeof value === 'string' ? BigInt(value) : value,
  );
  if (!isSavedState(file)) {
    throw new Error(
      `${path} is not a simulator state of version ${VERSION}. Remove it to start again.`,
    );
  }
  return file;
}

/** Only this program writes the file, so its version guarantees the shape of its lines. */
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
