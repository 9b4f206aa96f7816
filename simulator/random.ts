import { createHash } from 'node:crypto';

/** Repeatable randomness: the same seed gives the same draws on every machine. */
export interface Random {
  /** A whole number from 0 up to, not including, `limit`. */
  int(limit: number): number;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
  digits(length: number): string;
}

/** sfc32, with its state from a hash so that similar seeds give unrelated draws. */
export function createRandom(seed: string): Random {
  const hash = createHash('sha256').update(seed).digest();
  let a = hash.readUInt32LE(0);
  let b = hash.readUInt32LE(4);
  let c = hash.readUInt32LE(8);
  let counter = 1;

  function next(): number {
    const sum = (((a + b) >>> 0) + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) >>> 0;
    c = (((c << 21) | (c >>> 11)) + sum) >>> 0;
    return sum / 2 ** 32;
  }

  function int(limit: number): number {
    return Math.floor(next() * limit);
  }

  return {
    int,
    pick: (items) => items[int(items.length)] ?? items[0],
    digits: (length) => Array.from({ length }, () => int(10).toString()).join(''),
  };
}
