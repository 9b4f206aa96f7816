import type { CustomerCode } from '../reference/customer-code.ts';
import { ZAR } from '../money/money.ts';
import type { HoldReason } from '../line/identity.ts';
import { codesOf, type ReferenceReading } from '../reference/reference.ts';
import type { ReviewReason } from './review-reasons.ts';

/** The wallet that has a code, as far as ownership needs it. */
export interface WalletOfCode {
  readonly walletId: string;
  readonly codeKind: 'checked' | 'legacy';
  readonly status: 'open' | 'frozen' | 'closed';
}

/** The facts, besides its references, that decide a deposit's owner. */
export interface DepositToOwn {
  readonly hold: HoldReason | null;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** The largest amount that its bank account credits without a person; null for no limit. */
  readonly amountLimitMinor: bigint | null;
  /** `live` credits; `shadow` only records the credit that it would make. */
  readonly mode: AccountMode;
}

export type AccountMode = 'live' | 'shadow';

/** Facts against the wallet that a code names. */
export interface Objections {
  /** True if the bank took money back that may be this deposit. */
  readonly isTakenBack: boolean;
  /** The one wallet for which people confirmed this payer's account often enough; null where there is none or it was not looked up. */
  readonly payerWalletId: string | null;
}

const NONE: Objections = { isTakenBack: false, payerWalletId: null };

/** Confirmed payments that make a payer's account known. */
export const PAYER_TIMES_MIN = 3;

/** The owner of a deposit, or the reason why a person must name one. */
export type Owner =
  | { readonly kind: 'wallet'; readonly walletId: string }
  | {
      readonly kind: 'review';
      readonly reason: ReviewReason;
      readonly candidates: readonly CustomerCode[];
    };

/**
 * Decides the owner of a deposit from the reading of its references and the wallet that has the exact code, if any.
 * Only an exact code with a valid check digit, or a registered legacy code written in one run, names an owner, and only
 * without an objection.
 */
export function findOwner(
  deposit: DepositToOwn,
  reading: ReferenceReading,
  wallet: WalletOfCode | null,
  objections: Objections = NONE,
): Owner {
  const candidates = codesOf(reading);
  const review = (reason: ReviewReason): Owner => ({ kind: 'review', reason, candidates });
  if (deposit.hold !== null) return review(deposit.hold);
  if (objections.isTakenBack) return review('reversed');
  if (deposit.currency !== ZAR) return review('currency_mismatch');
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
  const { payerWalletId } = objections;
  if (payerWalletId !== null && payerWalletId !== wallet.walletId) return review('payer_conflict');
  if (deposit.mode === 'shadow') return review('shadow');
  return { kind: 'wallet', walletId: wallet.walletId };
}
