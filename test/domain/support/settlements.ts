import type { Rate } from '../../../domain/money/credits.ts';
import { parseLocalDate } from '../../../domain/local-date.ts';
import type { JournalDraft, WalletBalances } from '../../../domain/ledger/journal.ts';
import type { OwnedDeposit } from '../../../domain/ledger/settle.ts';

export const DAY = parseLocalDate('2026-11-20');
export const R50: readonly Rate[] = [
  { version: 1, minorPerCredit: 5_000n, effectiveFrom: parseLocalDate('1970-01-01') },
];

export function aWallet(given: Partial<WalletBalances> = {}): WalletBalances {
  return {
    walletId: 'anna',
    credits: 0n,
    prepaidMinor: 0n,
    remainderMinor: 0n,
    receivableMinor: 0n,
    lastSeq: 0n,
    ...given,
  };
}

export function aDeposit(amountMinor: bigint, given: Partial<OwnedDeposit> = {}): OwnedDeposit {
  return {
    depositId: 'dep-1',
    bankAccountKey: 'main',
    walletId: 'anna',
    amountMinor,
    bookingDate: DAY,
    decisionId: null,
    ...given,
  };
}

/** `account: amount` of each posting, in order. */
export function printed(journal: JournalDraft | undefined): readonly string[] {
  return (journal?.postings ?? []).map(
    ({ account, unit, amount }) => `${account} ${unit} ${amount.toString()}`,
  );
}

export function totals(journals: readonly JournalDraft[]): Record<string, bigint> {
  const sums: Record<string, bigint> = {};
  for (const { postings } of journals) {
    for (const { account, walletId, unit, amount } of postings) {
      const key = `${account} ${walletId ?? ''} ${unit}`;
      sums[key] = (sums[key] ?? 0n) + amount;
    }
  }
  return sums;
}

/** Wallets as their last journals leave them. */
export function after(
  wallets: readonly WalletBalances[],
  journals: readonly JournalDraft[],
): readonly WalletBalances[] {
  return wallets.map(
    (wallet) =>
      journals
        .map((journal) => journal.wallet)
        .findLast((each) => each?.walletId === wallet.walletId) ?? wallet,
  );
}
