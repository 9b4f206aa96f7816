import { readReferences } from '../../../domain/reference/reference.ts';
import type { HostileBank } from './hostile-bank.ts';
import type { Payment } from './tricks.ts';
import type { StoredLine } from './line-store.ts';

/** What customers and the business would notice at the end of a history. */
export interface Verdict {
  /** Credits that no payment of the bank accounts for, and whose line stands. */
  readonly doubled: number;
  /** The same, of lines that are gone: a case is open, and nobody can spend them. */
  readonly frozen: number;
  /** Credits of a customer whom no payment of that amount ever named. */
  readonly wrong: number;
  /** Payments that no line and no held row stands for. */
  readonly swallowed: number;
  /** Payments that name a customer and that the bank never changed. */
  readonly genuine: number;
  /** How many of those are not credited. */
  readonly needless: number;
}

interface Credit {
  readonly isAbsent: boolean;
  readonly code: string;
  readonly amountMinor: bigint;
}

export function judge({ store, payments }: HostileBank): Verdict {
  const lines = store.lines();
  const credits = lines.flatMap(creditOf);
  const mayBring = (credit: Credit, payment: Payment) =>
    payment.versions.some(
      ({ code, amountMinor }) => code === credit.code && amountMinor === credit.amountMinor,
    );
  const wrong = credits.filter((credit) => !payments.some((each) => mayBring(credit, each)));
  const right = credits.filter((credit) => !wrong.includes(credit));
  const unexplained = (among: readonly Credit[]) =>
    among.length - matchMost(among, payments, mayBring).size;
  const doubled = unexplained(right.filter(({ isAbsent }) => !isAbsent));
  const frozen = unexplained(right) - doubled;
  const standing = payments.filter(({ isGone }) => !isGone);
  const places = [...lines, ...store.held()].map((each) => ({
    amountMinor: each.amountMinor,
    codes: codesOf(each),
  }));
  const single = standing.filter(({ batch }) => batch === null);
  const placed = matchMost(single, places, (payment, place) =>
    payment.versions.some(
      ({ code, amountMinor }) =>
        amountMinor === place.amountMinor &&
        (code === null || place.codes.size === 0 || place.codes.has(code)),
    ),
  );
  const genuine = standing.filter(
    ({ batch, code, isTouched }) => code !== null && !isTouched && batch === null,
  );
  const credited = matchMost(genuine, credits, (payment, credit) => mayBring(credit, payment));
  return {
    doubled,
    frozen,
    wrong: wrong.length,
    swallowed: single.length - placed.size,
    genuine: genuine.length,
    needless: genuine.length - credited.size,
  };
}

function creditOf(line: StoredLine): readonly Credit[] {
  if (line.hold !== null || line.amountMinor < 0n) return [];
  const [code, ...others] = codesOf(line);
  // Two wordings that name two customers are ambiguous: a person decides.
  return code === undefined || others.length > 0
    ? []
    : [{ code, amountMinor: line.amountMinor, isAbsent: line.isAbsent }];
}

/** The codes of a line: its own, or else those of its later wordings, which credit it then. */
function codesOf(
  line: Pick<StoredLine, 'references'> & Partial<Pick<StoredLine, 'appearances'>>,
): ReadonlySet<string> {
  const own = readReferences(line.references);
  if (own.kind === 'exact') return new Set([own.code]);
  return new Set(
    (line.appearances ?? []).flatMap((each) => {
      const reading = readReferences(each.references);
      return each.evidence !== 'parts' && reading.kind === 'exact' ? [reading.code] : [];
    }),
  );
}

/** The largest pairing of two sides in which each pair fits (augmenting paths). */
function matchMost<One, Other>(
  ones: readonly One[],
  others: readonly Other[],
  fits: (one: One, other: Other) => boolean,
): ReadonlyMap<Other, One> {
  const taken = new Map<Other, One>();
  const place = (one: One, tried: Set<Other>): boolean =>
    others.some((other) => {
      if (tried.has(other) || !fits(one, other)) return false;
      tried.add(other);
      const before = taken.get(other);
      if (before !== undefined && !place(before, tried)) return false;
      taken.set(other, one);
      return true;
    });
  for (const one of ones) place(one, new Set());
  return taken;
}
