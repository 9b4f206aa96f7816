import { hasValidCheckDigit, type CustomerCode } from '../reference/customer-code.ts';
import {
  findOwner,
  type DepositToOwn,
  type Objections,
  type Owner,
  type WalletOfCode,
} from './owner.ts';
import { CANDIDATES_MAX, type ReferenceReading } from '../reference/reference.ts';

/**
 * The policy on references as data, so that another one can be tried on what is stored. Rules only say which readings
 * count as exact: holds, objections, check digits, closed and frozen wallets stand above all of them.
 */
export interface Rules {
  readonly version: string;
  /** Whether a code counts that is written in groups: `CUS 0000 1234`. */
  readonly groupedCodes: boolean;
  /** Whether a legacy code, which no check digit proves, counts when it is written in groups. */
  readonly legacyGrouped: boolean;
  /** `one_wallet`: what only a repair turns into a code counts where exactly one wallet that is not closed fits. */
  readonly creditRepairs: 'none' | 'one_wallet';
  /** Instead of the limit of the bank account; null leaves the account's. */
  readonly amountLimitMinor: bigint | null;
}

/** What {@link findOwner} decides by. */
export const DEFAULT_RULES: Rules = {
  version: 'default',
  groupedCodes: true,
  legacyGrouped: false,
  creditRepairs: 'none',
  amountLimitMinor: null,
};

/** The wallets by code that {@link decideByRules} needs to know. */
export function codesToFind(rules: Rules, reading: ReferenceReading): readonly CustomerCode[] {
  if (reading.kind === 'exact') return [reading.code];
  return mayRepair(rules, reading) ? reading.candidates : [];
}

/** Decides the owner of a deposit as {@link findOwner} would if these were the rules. */
export function decideByRules(
  rules: Rules,
  deposit: DepositToOwn,
  reading: ReferenceReading,
  wallets: ReadonlyMap<string, WalletOfCode>,
  objections?: Objections,
): Owner {
  const seen = readByRules(rules, reading, wallets);
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

/** A list that was cut at its end may lack the second code that fits. */
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
  // Nobody wrote it in one run, so a legacy wallet never gets it.
  const checkDigit = hasValidCheckDigit(fits) ? 'ok' : 'failed';
  return { kind: 'exact', code: fits, written: 'grouped', checkDigit };
}
