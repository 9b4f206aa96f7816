import type { CustomerCode } from './customer-code.ts';
import type { HoldReason } from './identity.ts';
import type { ReferenceReading } from './reference.ts';
import type { ReviewReason } from './review-reasons.ts';

/** The wallet that bears a code, as far as ownership needs it. */
export interface WalletOfCode {
  readonly walletId: string;
  readonly codeKind: 'checked' | 'legacy';
  readonly status: 'open' | 'frozen' | 'closed';
}

/** What decides about a deposit besides its references. */
export interface DepositToOwn {
  readonly hold: HoldReason | null;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** The largest amount that its bank account credits without a person; null for any. */
  readonly amountLimitMinor: bigint | null;
  /** Whether its bank account credits by itself, or only tells what it would credit. */
  readonly mode: AccountMode;
}

export type AccountMode = 'live' | 'shadow';

/** Whose money a deposit is, or why a person must say so. */
export type Owner =
  | { readonly kind: 'wallet'; readonly walletId: string }
  | {
      readonly kind: 'review';
      readonly reason: ReviewReason;
      readonly candidates: readonly CustomerCode[];
    };

/**
 * Decides the owner of a deposit from the reading of its references and the wallet that bears the exact code, if any.
 * Only an exact code with a true check digit, or a registered legacy code written in one run, names an owner.
 */
export function findOwner(
  deposit: DepositToOwn,
  reading: ReferenceReading,
  wallet: WalletOfCode | null,
): Owner {
  const candidates = reading.kind === 'exact' ? [reading.code] : reading.candidates;
  const review = (reason: ReviewReason): Owner => ({ kind: 'review', reason, candidates });
  if (deposit.hold !== null) return review(deposit.hold);
  if (deposit.currency !== 'ZAR') return review('currency_mismatch');
  if (reading.kind === 'review') return review(reading.reason);
  if (wallet === null)
    return review(reading.checkDigit === 'ok' ? 'unknown_code' : 'bad_check_digit');
  if (wallet.codeKind === 'legacy' && reading.written === 'grouped') return review('guess_only');
  if (wallet.codeKind === 'checked' && reading.checkDigit === 'failed')
    return review('bad_check_digit');
  if (wallet.status === 'closed') return review('wallet_closed');
  if (wallet.status === 'frozen') return review('wallet_frozen');
  if (deposit.amountLimitMinor !== null && deposit.amountMinor > deposit.amountLimitMinor)
    return review('amount_over_limit');
  if (deposit.mode === 'shadow') return review('shadow');
  return { kind: 'wallet', walletId: wallet.walletId };
}
