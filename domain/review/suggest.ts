import { mayBeTakenFor, type CustomerCode } from '../reference/customer-code.ts';
import { daysBetween, type LocalDate } from '../local-date.ts';

/** The facts behind one piece of evidence that a wallet is meant. */
export type EvidenceFact =
  | { readonly kind: 'code_repaired' | 'code_mistyped' | 'claim' }
  /** `isShared`: the same account was also confirmed for another customer. */
  | { readonly kind: 'payer_account'; readonly times: number; readonly isShared: boolean }
  | { readonly kind: 'payer_name'; readonly times: number }
  | { readonly kind: 'same_amount'; readonly times: number }
  | { readonly kind: 'rhythm'; readonly days: number };

/** One reason for a suggestion. Points are of 100. */
export interface Evidence {
  readonly fact: EvidenceFact;
  readonly points: number;
}

/** A wallet that may be meant. Reviewers see it; it is never credited without one. */
export interface Suggestion {
  readonly walletId: string;
  readonly code: CustomerCode;
  /** 0 to 100. */
  readonly score: number;
  readonly evidence: readonly Evidence[];
}

/** A reviewer may rely on this score without further checks; a contested suggestion never reaches it. */
export const CONFIDENT_SCORE = 70;
const CONTESTED_SCORE_MAX = CONFIDENT_SCORE - 1;
const SUGGESTIONS_MAX = 10;
/** Days between a deposit and the payment day that a customer claims. */
export const CLAIM_DAYS_MAX = 5;

/** The facts about one wallet that matter for one deposit. */
export interface SuggestionFacts {
  readonly walletId: string;
  readonly code: CustomerCode;
  readonly status: 'open' | 'frozen' | 'closed';
  /** The payer's credits to this wallet that people decided and nobody took back. */
  readonly byPayerAccount: number;
  readonly byPayerName: number;
  /** Booking days of its credited deposits of the same amount, oldest first. */
  readonly sameAmountDays: readonly LocalDate[];
  /** Open claims of the customer. */
  readonly claims: readonly { readonly amountMinor: bigint; readonly paidOn: LocalDate }[];
}

export interface DepositToPlace {
  readonly amountMinor: bigint;
  readonly bookingDate: LocalDate;
  /** Codes that a repair of the reference gives, likeliest first, or its one code where no wallet has that code. */
  readonly candidates: readonly CustomerCode[];
}

/**
 * Ranks the wallets that a deposit may be for. Evidence explains each point; weights are fixed and add up. Where one payer
 * was confirmed for two wallets, neither reaches {@link CONFIDENT_SCORE}.
 */
export function suggest(
  deposit: DepositToPlace,
  wallets: readonly SuggestionFacts[],
): readonly Suggestion[] {
  const sharing = wallets.filter((wallet) => wallet.byPayerAccount > 0).length > 1;
  return wallets
    .filter((wallet) => wallet.status !== 'closed')
    .map((wallet): Suggestion => {
      const found = [
        ...codeEvidence(deposit, wallet),
        ...payerEvidence(wallet, sharing),
        ...habitEvidence(deposit, wallet),
        ...claimEvidence(deposit, wallet),
      ];
      const sum = found.reduce((total, each) => total + each.points, 0);
      const most = sharing && wallet.byPayerAccount > 0 ? CONTESTED_SCORE_MAX : 100;
      return {
        walletId: wallet.walletId,
        code: wallet.code,
        score: Math.min(sum, most),
        evidence: found.toSorted((a, b) => b.points - a.points),
      };
    })
    .filter((each) => each.evidence.length > 0)
    .toSorted((a, b) => b.score - a.score || compare(a.code, b.code))
    .slice(0, SUGGESTIONS_MAX);
}

function codeEvidence(deposit: DepositToPlace, wallet: SuggestionFacts): readonly Evidence[] {
  const place = deposit.candidates.indexOf(wallet.code);
  if (place !== -1) return [evidence(place === 0 ? 60 : 40, { kind: 'code_repaired' })];
  return deposit.candidates.some((code) => mayBeTakenFor(code, wallet.code))
    ? [evidence(45, { kind: 'code_mistyped' })]
    : [];
}

function payerEvidence(wallet: SuggestionFacts, isShared: boolean): readonly Evidence[] {
  const { byPayerAccount, byPayerName } = wallet;
  if (byPayerAccount > 0) {
    const points = isShared ? 30 : Math.min(50 + 5 * byPayerAccount, 75);
    return [evidence(points, { kind: 'payer_account', times: byPayerAccount, isShared })];
  }
  if (byPayerName === 0) return [];
  return [evidence(Math.min(20 + 3 * byPayerName, 35), { kind: 'payer_name', times: byPayerName })];
}

function habitEvidence(
  deposit: DepositToPlace,
  { sameAmountDays }: SuggestionFacts,
): readonly Evidence[] {
  const last = sameAmountDays.at(-1);
  if (last === undefined) return [];
  const times = sameAmountDays.length;
  const amount = evidence(Math.min(5 + 2 * times, 15), { kind: 'same_amount', times });
  const gap = daysBetween(last, deposit.bookingDate);
  const isRegular =
    times >= 2 && gaps(sameAmountDays).every((each) => Math.abs(each - gap) <= 3) && gap >= 5;
  return isRegular ? [amount, evidence(10, { kind: 'rhythm', days: gap })] : [amount];
}

function claimEvidence(deposit: DepositToPlace, { claims }: SuggestionFacts): readonly Evidence[] {
  const isFitting = claims.some(
    (claim) =>
      claim.amountMinor === deposit.amountMinor &&
      Math.abs(daysBetween(claim.paidOn, deposit.bookingDate)) <= CLAIM_DAYS_MAX,
  );
  return isFitting ? [evidence(30, { kind: 'claim' })] : [];
}

function evidence(points: number, fact: EvidenceFact): Evidence {
  return { fact, points };
}

function gaps(days: readonly LocalDate[]): readonly number[] {
  return days.slice(1).map((day, index) => daysBetween(days[index] ?? day, day));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
