import type { CustomerCode } from '../reference/customer-code.ts';
import type { HoldReason } from '../line/identity.ts';
import type { ReferenceReading } from '../reference/reference.ts';
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

/** What speaks against the wallet that a code names. */
export interface Objections {
  /** The bank took something back that may be this deposit. */
  readonly isTakenBack: boolean;
  /** The one wallet for which people confirmed this payer's account, often enough; null where there is none, or nobody asked. */
  readonly payerWalletId: string | null;
}

const NONE: Objections = { isTakenBack: false, payerWalletId: null };

/** From this many confirmed payments on, a payer's account is known. */
export const PAYER_TIMES_MIN = 3;

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
 * Only an exact code with a true check digit, or a registered legacy code written in one run, names an owner, and only
 * where nothing speaks against it.
 */
export function findOwner(
  deposit: DepositToOwn,
  reading: ReferenceReading,
  wallet: WalletOfCode | null,
  objections: Objections = NONE,
): Owner {
  const candidates = reading.kind === 'exact' ? [reading.code] : reading.candidates;
  const review = (reason: ReviewReason): Owner => ({ kind: 'review', reason, candidates });
  if (deposit.hold !== null) return review(deposit.hold);
  if (objections.isTakenBack) return review('reversed');
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
  const { payerWalletId } = objections;
  if (payerWalletId !== null && payerWalletId !== wallet.walletId) return review('payer_conflict');
  if (deposit.mode === 'shadow') return review('shadow');
  return { kind: 'wallet', walletId: wallet.walletId };
}
