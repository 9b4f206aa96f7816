import { quoteCredits, rateOn, type Rate } from '../money/credits.ts';
import { invariant } from '../invariant.ts';
import type { LocalDate } from '../local-date.ts';
import { AMOUNT_MINOR_MAX } from '../money/money.ts';

/** A deposit whose owner is known. */
export interface OwnedDeposit {
  readonly depositId: string;
  readonly bankAccountKey: string;
  readonly walletId: string;
  /** Minor units of the wallet currency, > 0. */
  readonly amountMinor: bigint;
  /** Chooses the rate. */
  readonly bookingDate: LocalDate;
  /** The decision that named the wallet; null where the reference did. */
  readonly decisionId: string | null;
  /** Where a person split the deposit, which part this is; `amountMinor` is the part's then. */
  readonly part?: number;
  /** Above 0 where an earlier credit of the deposit was corrected, or taken back. */
  readonly generation?: number;
  /** The day of a correction; the line's own day otherwise. */
  readonly eventOn?: LocalDate;
}

/** A wallet's balances as read under its row lock; minor units and whole credits, holder's side. */
export interface WalletBalances {
  readonly walletId: string;
  readonly credits: bigint;
  readonly prepaidMinor: bigint;
  readonly remainderMinor: bigint;
  /** What the customer owes, since credits of a deposit that was taken back were spent already. */
  readonly receivableMinor: bigint;
  readonly lastSeq: bigint;
}

/** Ledger accounts by kind; bank-side ones belong to a bank account, wallet ones to a wallet. */
export type LedgerAccount =
  | 'bank'
  | 'suspense'
  | 'bank_other'
  | 'return_payable'
  | 'wallet_prepaid'
  | 'wallet_remainder'
  | 'wallet_receivable'
  | 'wallet_credits'
  | 'credits_issued'
  | 'credits_spent'
  | 'revenue';

/** One signed amount (debit > 0, credit < 0) in one unit on one ledger account. */
export interface Posting {
  readonly account: LedgerAccount;
  readonly bankAccountKey: string | null;
  readonly walletId: string | null;
  readonly unit: string;
  readonly amount: bigint;
}

/** A closed, balanced set of postings, ready to be written. */
export interface JournalDraft {
  readonly kind:
    | 'credit'
    | 'return'
    | 'dismiss'
    | 'reversal'
    | 'correction'
    | 'return_paid'
    | 'spend'
    | 'void'
    | 'restore';
  /** Null for a spend. */
  readonly depositId: string | null;
  /** Which of the credits of a split deposit this is, from 0. */
  readonly part: number;
  /** 0, and one more after each correction, and where a line came back. */
  readonly generation: number;
  /** The journal that this one undoes. */
  readonly reversesId: string | null;
  /** The line that brought this about, where it is not the deposit's own. */
  readonly lineId: string | null;
  readonly spendId: string | null;
  /** The bank's day of the event, where it is not the deposit's own. */
  readonly eventOn: LocalDate | null;
  readonly decisionId: string | null;
  readonly rateVersion: number | null;
  /** The wallet after this journal, with its gapless sequence; null where no wallet moves. */
  readonly wallet: WalletBalances | null;
  /** Rand that the customer is told of, minor units. */
  readonly toldMinor: bigint;
  /** Whole credits granted, or taken back. */
  readonly credits: bigint;
  readonly postings: readonly Posting[];
}

/** What most journals leave open. */
export const PLAIN_JOURNAL = {
  part: 0,
  generation: 0,
  reversesId: null,
  lineId: null,
  spendId: null,
  eventOn: null,
  decisionId: null,
  rateVersion: null,
  wallet: null,
  toldMinor: 0n,
  credits: 0n,
} as const satisfies Partial<JournalDraft>;

/**
 * Decides the journals that credit `deposits` to their wallets, in the order given: suspense is debited by the whole
 * amount; what the customer owes is settled first, then prepaid is credited by whole credits at the day's rate, and the
 * remainder account carries what is left. The same function serves one deposit, its parts, and a batch of hundreds.
 * @throws CodedError `rate.missing`; InvariantViolation when a wallet is not among `wallets`.
 */
export function settle(
  deposits: readonly OwnedDeposit[],
  wallets: readonly WalletBalances[],
  rates: readonly Rate[],
): readonly JournalDraft[] {
  const balances = new Map(wallets.map((wallet) => [wallet.walletId, wallet]));
  return deposits.map((deposit) => {
    const before = balances.get(deposit.walletId);
    invariant(before !== undefined, 'settle was called without the wallet of a deposit.');
    const journal = creditJournal(deposit, before, rateOn(rates, deposit.bookingDate));
    if (journal.wallet !== null) balances.set(deposit.walletId, journal.wallet);
    return journal;
  });
}

function creditJournal(deposit: OwnedDeposit, before: WalletBalances, rate: Rate): JournalDraft {
  const { amountMinor, walletId } = deposit;
  invariant(
    amountMinor > 0n && amountMinor <= AMOUNT_MINOR_MAX,
    'A deposit amount is out of range.',
  );
  const owedMinor = before.receivableMinor < amountMinor ? before.receivableMinor : amountMinor;
  const quote =
    owedMinor === amountMinor
      ? { credits: 0n, prepaidMinor: 0n, remainderMinor: before.remainderMinor }
      : quoteCredits(amountMinor - owedMinor, before.remainderMinor, rate);
  const after: WalletBalances = {
    walletId,
    credits: before.credits + quote.credits,
    prepaidMinor: before.prepaidMinor + quote.prepaidMinor,
    remainderMinor: quote.remainderMinor,
    receivableMinor: before.receivableMinor - owedMinor,
    lastSeq: before.lastSeq + 1n,
  };
  const ofWallet = { bankAccountKey: null, walletId };
  const postings: readonly Posting[] = [
    {
      account: 'suspense',
      bankAccountKey: deposit.bankAccountKey,
      walletId: null,
      unit: 'ZAR',
      amount: amountMinor,
    },
    { account: 'wallet_receivable', ...ofWallet, unit: 'ZAR', amount: -owedMinor },
    { account: 'wallet_prepaid', ...ofWallet, unit: 'ZAR', amount: -quote.prepaidMinor },
    {
      account: 'wallet_remainder',
      ...ofWallet,
      unit: 'ZAR',
      amount: before.remainderMinor - quote.remainderMinor,
    },
    { account: 'wallet_credits', ...ofWallet, unit: 'CREDIT', amount: -quote.credits },
    {
      account: 'credits_issued',
      bankAccountKey: null,
      walletId: null,
      unit: 'CREDIT',
      amount: quote.credits,
    },
  ];
  return {
    ...PLAIN_JOURNAL,
    kind: 'credit',
    depositId: deposit.depositId,
    part: deposit.part ?? 0,
    generation: deposit.generation ?? 0,
    eventOn: deposit.eventOn ?? null,
    decisionId: deposit.decisionId,
    rateVersion: rate.version,
    wallet: after,
    toldMinor: amountMinor,
    credits: quote.credits,
    postings: withoutZeros(postings),
  };
}

export function withoutZeros(postings: readonly Posting[]): readonly Posting[] {
  return postings.filter((posting) => posting.amount !== 0n);
}

/** A deposit that a person decided about, as far as moves out of suspense need it. */
export interface HeldDeposit {
  readonly depositId: string;
  readonly bankAccountKey: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly decisionId: string;
  readonly generation: number;
}

/** Decides the journal that sets a deposit aside for its sender: out of suspense, payable until the bank has sent it. */
export function settleReturn(deposit: HeldDeposit): JournalDraft {
  return moveOfSuspense('return', 'return_payable', deposit);
}

/** Decides the journal of a line that was no deposit (an own transfer, interest): out of suspense, to the bank account's other movements. */
export function settleDismissal(deposit: HeldDeposit): JournalDraft {
  return moveOfSuspense('dismiss', 'bank_other', deposit);
}

function moveOfSuspense(
  kind: 'return' | 'dismiss',
  to: 'return_payable' | 'bank_other',
  deposit: HeldDeposit,
): JournalDraft {
  const ofBank = { bankAccountKey: deposit.bankAccountKey, walletId: null, unit: deposit.currency };
  return {
    ...PLAIN_JOURNAL,
    kind,
    depositId: deposit.depositId,
    generation: deposit.generation,
    decisionId: deposit.decisionId,
    postings: [
      { account: 'suspense', ...ofBank, amount: deposit.amountMinor },
      { account: to, ...ofBank, amount: -deposit.amountMinor },
    ],
  };
}
