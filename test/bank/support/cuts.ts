import { expect } from 'vitest';
import { isCoded } from '../../../domain/errors.ts';
import type { StatementFile } from '../../../domain/line/statement.ts';
import { parseBytes } from './samples.ts';

/** All that a file says which capture could use. */
function contentOf(file: StatementFile): string {
  return JSON.stringify(file.statements, (_, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}

/** The lengths from nothing to less than the whole, so many bytes apart. The last one lacks one byte. */
export function cutPlaces(length: number, everyBytes: number): readonly number[] {
  const count = Math.ceil(length / everyBytes);
  return Array.from({ length: count }, (_, index) => length - 1 - index * everyBytes).toReversed();
}

/**
 * Cuts a file, so many bytes apart, and compares what is read of it with the whole: refused,
 * or the whole itself (only blanks or unread texts were cut), or openly unproved. A file of several statements that is
 * cut between two of them shows it in the balances of the account only, and so says the specification.
 */
export async function expectCutsRefused(bytes: Uint8Array, everyBytes: number): Promise<void> {
  const whole = contentOf(await parseBytes(bytes));
  for (const length of cutPlaces(bytes.length, everyBytes)) {
    const part = bytes.subarray(0, length);
    const file = await parseBytes(part).catch((error: unknown) => {
      if (isCoded(error)) return error.code;
      throw error;
    });
    if (typeof file === 'string') {
      expect(file).toMatch(/^statement\.(?:incomplete|unreadable|unknown_format)$/);
      continue;
    }
    if (contentOf(file) === whole || whole.startsWith(contentOf(file).slice(0, -1))) continue;
    const last = file.statements.at(-1);
    const isOpen =
      last?.proof === 'failed' || file.warnings.some(({ code }) => code === 'end_unproved');
    expect(isOpen, `cut after ${length} bytes`).toBe(true);
  }
}
