import { quoteCredits, rateOn, type Rate } from './credits.ts';
import { invariant } from './invariant.ts';
import type { LocalDate } from './local-date.ts';
import { AMOUNT_MINOR_MAX } from './money.ts';

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
}

/** A wallet's balances as read under its row lock; minor units and whole credits, holder's side. */
export interface WalletBalances {
  readonly walletId: string;
  readonly credits: bigint;
  readonly prepaidMinor: bigint;
  readonly remainderMinor: bigint;
  readonly lastSeq: bigint;
}

/** Ledger accounts by kind; bank-side ones belong to a bank account, wallet ones to a wallet. */
export type LedgerAccount =
  | 'suspense'
  | 'return_payable'
  | 'wallet_prepaid'
  | 'wallet_remainder'
  | 'wallet_credits'
  | 'credits_issued';

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
  readonly kind: 'credit' | 'return';
  readonly depositId: string;
  readonly decisionId: string | null;
  readonly rateVersion: number | null;
  /** The wallet after this journal, with its gapless sequence; null where no wallet moves. */
  readonly wallet: WalletBalances | null;
  /** Whole credits granted. */
  readonly credits: bigint;
  readonly postings: readonly Posting[];
}

/**
 * Decides the journals that credit `deposits` to their wallets, in the order given: suspense is debited by the whole
 * amount, prepaid is credited by whole credits at the day's rate, and the remainder account carries what is left.
 * The same function serves one deposit and a batch of hundreds.
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
  const quote = quoteCredits(amountMinor, before.remainderMinor, rate);
  const after: WalletBalances = {
    walletId,
    credits: before.credits + quote.credits,
    prepaidMinor: before.prepaidMinor + quote.prepaidMinor,
    remainderMinor: quote.remainderMinor,
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
    kind: 'credit',
    depositId: deposit.depositId,
    decisionId: deposit.decisionId,
    rateVersion: rate.version,
    wallet: after,
    credits: quote.credits,
    postings: postings.filter((posting) => posting.amount !== 0n),
  };
}

/** Decides the journal that sets a deposit aside for its sender: out of suspense, payable until the bank has sent it. */
export function settleReturn(deposit: {
  readonly depositId: string;
  readonly bankAccountKey: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly decisionId: string;
}): JournalDraft {
  const ofBank = { bankAccountKey: deposit.bankAccountKey, walletId: null, unit: deposit.currency };
  return {
    kind: 'return',
    depositId: deposit.depositId,
    decisionId: deposit.decisionId,
    rateVersion: null,
    wallet: null,
    credits: 0n,
    postings: [
      { account: 'suspense', ...ofBank, amount: deposit.amountMinor },
      { account: 'return_payable', ...ofBank, amount: -deposit.amountMinor },
    ],
  };
}
