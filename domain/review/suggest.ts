import { mayBeTakenFor, type CustomerCode } from '../reference/customer-code.ts';
import { daysBetween, type LocalDate } from '../local-date.ts';

/** Every kind of evidence for a wallet. */
export type EvidenceKind =
  | 'code_repaired'
  | 'code_mistyped'
  | 'payer_account'
  | 'payer_name'
  | 'same_amount'
  | 'rhythm'
  | 'claim';

/** One reason for a suggestion, with a sentence for the reviewer. Points are of 100. */
export interface Evidence {
  readonly kind: EvidenceKind;
  readonly points: number;
  readonly sentence: string;
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
const CLAIM_DAYS_MAX = 5;

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
      const evidence = [
        ...codeEvidence(deposit, wallet),
        ...payerEvidence(wallet, sharing),
        ...habitEvidence(deposit, wallet),
        ...claimEvidence(deposit, wallet),
      ];
      const sum = evidence.reduce((total, each) => total + each.points, 0);
      const most = sharing && wallet.byPayerAccount > 0 ? CONTESTED_SCORE_MAX : 100;
      return {
        walletId: wallet.walletId,
        code: wallet.code,
        score: Math.min(sum, most),
        evidence: evidence.toSorted((a, b) => b.points - a.points),
      };
    })
    .filter((each) => each.evidence.length > 0)
    .toSorted((a, b) => b.score - a.score || compare(a.code, b.code))
    .slice(0, SUGGESTIONS_MAX);
}

function codeEvidence(deposit: DepositToPlace, wallet: SuggestionFacts): readonly Evidence[] {
  const place = deposit.candidates.indexOf(wallet.code);
  if (place !== -1)
    return [
      {
        kind: 'code_repaired',
        points: place === 0 ? 60 : 40,
        sentence: 'The reference becomes this customer’s code with a small repair.',
      },
    ];
  return deposit.candidates.some((code) => mayBeTakenFor(code, wallet.code))
    ? [
        {
          kind: 'code_mistyped',
          points: 45,
          sentence:
            'The reference differs from this customer’s code in one digit, or in two that are swapped.',
        },
      ]
    : [];
}

function payerEvidence(wallet: SuggestionFacts, sharing: boolean): readonly Evidence[] {
  if (wallet.byPayerAccount > 0) {
    const times = countOf(wallet.byPayerAccount, 'payment', 'payments');
    return [
      {
        kind: 'payer_account',
        points: sharing ? 30 : Math.min(50 + 5 * wallet.byPayerAccount, 75),
        sentence: sharing
          ? `${times} from this payer’s account ${wallet.byPayerAccount === 1 ? 'was' : 'were'} confirmed for this customer, others for another one.`
          : `${times} from this payer’s account ${wallet.byPayerAccount === 1 ? 'was' : 'were'} confirmed for this customer.`,
      },
    ];
  }
  if (wallet.byPayerName === 0) return [];
  return [
    {
      kind: 'payer_name',
      points: Math.min(20 + 3 * wallet.byPayerName, 35),
      sentence: `${countOf(wallet.byPayerName, 'payment', 'payments')} under this payer’s name ${wallet.byPayerName === 1 ? 'was' : 'were'} confirmed for this customer.`,
    },
  ];
}

function habitEvidence(
  deposit: DepositToPlace,
  { sameAmountDays }: SuggestionFacts,
): readonly Evidence[] {
  const last = sameAmountDays.at(-1);
  if (last === undefined) return [];
  const amount: Evidence = {
    kind: 'same_amount',
    points: Math.min(5 + 2 * sameAmountDays.length, 15),
    sentence: `This customer has paid exactly this amount ${countOf(sameAmountDays.length, 'time', 'times')} before.`,
  };
  const gap = daysBetween(last, deposit.bookingDate);
  const isRegular =
    sameAmountDays.length >= 2 &&
    gaps(sameAmountDays).every((each) => Math.abs(each - gap) <= 3) &&
    gap >= 5;
  return isRegular
    ? [
        amount,
        {
          kind: 'rhythm',
          points: 10,
          sentence: `It comes as regularly as this customer’s earlier ones, after ${gap} days.`,
        },
      ]
    : [amount];
}

function claimEvidence(deposit: DepositToPlace, { claims }: SuggestionFacts): readonly Evidence[] {
  const fits = claims.filter(
    (claim) =>
      claim.amountMinor === deposit.amountMinor &&
      Math.abs(daysBetween(claim.paidOn, deposit.bookingDate)) <= CLAIM_DAYS_MAX,
  );
  return fits.length === 0
    ? []
    : [
        {
          kind: 'claim',
          points: 30,
          sentence: 'This customer says to have paid this amount around this day.',
        },
      ];
}

function gaps(days: readonly LocalDate[]): readonly number[] {
  return days.slice(1).map((day, index) => daysBetween(days[index] ?? day, day));
}

function countOf(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
