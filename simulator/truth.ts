import type { BankLine } from './line.ts';

interface Tally {
  readonly count: number;
  /** Cents as decimal digits. */
  readonly minor: string;
}

export interface TruthReport {
  readonly credited: Tally;
  readonly inReview: Tally;
  readonly debits: Tally;
  readonly byCode: Readonly<Record<string, Tally>>;
}

export interface TruthLine {
  readonly id: string;
  readonly key: string;
  readonly kind: string;
  readonly bookingDate: string;
  readonly direction: 'credit' | 'debit';
  readonly minor: string;
  readonly reference: string;
  readonly description: string;
  readonly truth: BankLine['expectation'];
}

function tally(lines: readonly BankLine[]): Tally {
  const minor = lines.reduce((sum, line) => sum + line.amountMinor, 0n);
  return { count: lines.length, minor: minor.toString() };
}

/** Sums the expected outcomes of all booked lines. Pending lines do not count yet. */
export function reportTruth(lines: readonly BankLine[]): TruthReport {
  const booked = lines.filter((line) => line.status === 'booked');
  const having = (outcome: BankLine['expectation']['outcome']) =>
    booked.filter((line) => line.expectation.outcome === outcome);
  const byCode = new Map<string, BankLine[]>();
  for (const line of having('credited')) {
    const code = line.expectation.code ?? '';
    const known = byCode.get(code);
    if (known === undefined) byCode.set(code, [line]);
    else known.push(line);
  }
  return {
    credited: tally(having('credited')),
    inReview: tally(having('in_review')),
    debits: tally(having('debit')),
    byCode: Object.fromEntries([...byCode].map(([code, its]) => [code, tally(its)])),
  };
}

export function truthLine(line: BankLine): TruthLine {
  return {
    id: line.id,
    key: line.key,
    kind: line.kind,
    bookingDate: line.bookingDate,
    direction: line.direction,
    minor: line.amountMinor.toString(),
    reference: line.reference,
    description: line.description,
    truth: line.expectation,
  };
}
