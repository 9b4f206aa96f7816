import { createHash } from 'node:crypto';
import type { BankLine } from './line.ts';
import { createRandom, type Random } from './random.ts';

/** Lines to change: these ids or keys, or a seeded share of all; all lines if neither is given. */
export interface Selection {
  readonly ids?: readonly string[] | undefined;
  /** 0 to 1. */
  readonly share?: number | undefined;
}

/** State that a bank needs to continue after a restart. */
export interface BankState {
  readonly lines: readonly BankLine[];
  readonly issued: number;
  readonly posted: number;
  readonly draws: number;
}

/** The lines of one account, and their counters. */
export interface LineStore {
  readonly lines: () => readonly BankLine[];
  readonly put: (line: BankLine) => BankLine;
  readonly remove: (line: BankLine) => void;
  readonly select: (selection: Selection) => readonly BankLine[];
  readonly newId: () => string;
  readonly newOrder: () => number;
  /** Random draws determined by the seed and the number of earlier draws. */
  readonly nextRandom: () => Random;
  readonly state: () => BankState;
  readonly restore: (state: BankState | null) => void;
}

export function createLineStore(seed: string, onChange: () => void): LineStore {
  const tag = createHash('sha256').update(seed).digest('hex').slice(0, 4).toUpperCase();
  let byKey = new Map<string, BankLine>();
  let issued = 0;
  let posted = 0;
  let draws = 0;

  function nextRandom(): Random {
    draws += 1;
    return createRandom(`${seed}/${draws}`);
  }

  return {
    lines: () => [...byKey.values()],
    put(line) {
      byKey.set(line.key, line);
      onChange();
      return line;
    },
    remove(line) {
      byKey.delete(line.key);
      onChange();
    },
    select({ ids, share }) {
      const named = ids === undefined ? null : new Set(ids);
      const random = share === undefined ? null : nextRandom();
      return [...byKey.values()].filter(
        (line) =>
          (named === null || named.has(line.id) || named.has(line.key)) &&
          (random === null || random.int(1_000_000) < (share ?? 1) * 1_000_000),
      );
    },
    newId: () => `T${tag}${(issued += 1).toString().padStart(9, '0')}`,
    newOrder: () => (posted += 1),
    nextRandom,
    state: () => ({ lines: [...byKey.values()], issued, posted, draws }),
    restore(state) {
      byKey = new Map((state?.lines ?? []).map((line) => [line.key, line]));
      ({ issued, posted, draws } = state ?? { issued: 0, posted: 0, draws: 0 });
      onChange();
    },
  };
}
