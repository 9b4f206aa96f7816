import { hasValidCheckDigit } from '../reference/customer-code.ts';
import {
  findOwner,
  type DepositToOwn,
  type Objections,
  type Owner,
  type WalletOfCode,
} from './owner.ts';
import {
  CANDIDATES_MAX,
  codesToLookUp,
  withoutRivals,
  type ReferenceReading,
} from '../reference/reference.ts';

/**
 * The policy on references as data, so that a backtest can try another one on stored deposits. Rules only decide which
 * readings count as exact: holds, objections, check digits, and closed and frozen wallets override all of them.
 */
export interface Rules {
  readonly version: string;
  /** True if a code in groups counts: `CUS 0000 1234`. */
  readonly groupedCodes: boolean;
  /** True if a legacy code in groups counts, although no check digit proves it. */
  readonly legacyGrouped: boolean;
  /** `one_wallet`: a repaired code counts if exactly one wallet that is not closed fits. */
  readonly creditRepairs: 'none' | 'one_wallet';
  /** Replaces the bank account's limit; null keeps it. */
  readonly amountLimitMinor: bigint | null;
}

/** The rules that {@link findOwner} applies. */
export const DEFAULT_RULES: Rules = {
  version: 'default',
  groupedCodes: true,
  legacyGrouped: false,
  creditRepairs: 'none',
  amountLimitMinor: null,
};

/** The codes, and the beginnings of codes, whose wallets {@link decideByRules} needs. */
export function codesToFind(rules: Rules, reading: ReferenceReading): readonly string[] {
  if (reading.kind === 'exact') return codesToLookUp(reading);
  return mayRepair(rules, reading) ? reading.candidates : [];
}

/** Decides the owner of a deposit as {@link findOwner} would under these rules. */
export function decideByRules(
  rules: Rules,
  deposit: DepositToOwn,
  reading: ReferenceReading,
  wallets: ReadonlyMap<string, WalletOfCode>,
  objections?: Objections,
): Owner {
  const seen = readByRules(rules, withoutRivals(reading, wallets), wallets);
  return findOwner(
    { ...deposit, amountLimitMinor: rules.amountLimitMinor ?? deposit.amountLimitMinor },
    seen,
    (seen.kind === 'exact' ? wallets.get(seen.code) : undefined) ?? null,
    objections,
  );
}

function readByRules(
  rules: Rules,
  reading: ReferenceReading,
  wallets: ReadonlyMap<string, WalletOfCode>,
): ReferenceReading {
  if (reading.kind === 'review')
    return mayRepair(rules, reading) ? repair(reading, wallets) : reading;
  if (reading.written === 'run') return reading;
  if (!rules.groupedCodes)
    return { kind: 'review', reason: 'guess_only', candidates: [reading.code] };
  return rules.legacyGrouped ? { ...reading, written: 'run' } : reading;
}

/** A list that was cut short may lack the second code that fits. */
function mayRepair(rules: Rules, reading: ReferenceReading): boolean {
  return (
    rules.creditRepairs === 'one_wallet' &&
    reading.kind === 'review' &&
    reading.reason === 'guess_only' &&
    reading.candidates.length < CANDIDATES_MAX
  );
}

function repair(
  reading: Extract<ReferenceReading, { kind: 'review' }>,
  wallets: ReadonlyMap<string, WalletOfCode>,
): ReferenceReading {
  const [fits, ...others] = reading.candidates.filter((code) => {
    const wallet = wallets.get(code);
    return wallet !== undefined && wallet.status !== 'closed';
  });
  if (fits === undefined || others.length > 0) return reading;
  // The payer did not write it in one run, so a legacy wallet never gets it.
  const checkDigit = hasValidCheckDigit(fits) ? 'ok' : 'failed';
  return { kind: 'exact', code: fits, written: 'grouped', checkDigit, cutTo: [] };
}
