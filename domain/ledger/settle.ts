import { quoteCredits, rateOn, type Rate } from '../money/credits.ts';
import { invariant } from '../invariant.ts';
import type { LocalDate } from '../local-date.ts';
import { AMOUNT_MINOR_MAX, ZAR } from '../money/money.ts';
import {
  CREDIT_UNIT,
  PLAIN_JOURNAL,
  withoutZeros,
  type JournalDraft,
  type Posting,
  type WalletBalances,
} from './journal.ts';

/** A deposit whose owner is known. */
export interface OwnedDeposit {
  readonly depositId: string;
  readonly bankAccountKey: string;
  readonly walletId: string;
  /** Minor units of the wallet currency, > 0. */
  readonly amountMinor: bigint;
  /** Chooses the rate. */
  readonly bookingDate: LocalDate;
  /** The decision that named the wallet; null where the reference named it. */
  readonly decisionId: string | null;
  /** Number of the part where a person split the deposit; `amountMinor` is then the part's amount. */
  readonly part?: number;
  /** Above 0 where an earlier credit of the deposit was corrected or taken back. */
  readonly generation?: number;
  /** The day of a correction; the line's own day otherwise. */
  readonly eventOn?: LocalDate;
}

/**
 * Decides the journals that credit `deposits` to their wallets, in the order given: suspense is debited by the whole
 * amount; it repays the customer's debt first, then prepaid is credited by whole credits at the day's rate, and the
 * remainder account carries the rest. The same function serves one deposit, its parts, and a batch of hundreds.
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
      unit: ZAR,
      amount: amountMinor,
    },
    { account: 'wallet_receivable', ...ofWallet, unit: ZAR, amount: -owedMinor },
    { account: 'wallet_prepaid', ...ofWallet, unit: ZAR, amount: -quote.prepaidMinor },
    {
      account: 'wallet_remainder',
      ...ofWallet,
      unit: ZAR,
      amount: before.remainderMinor - quote.remainderMinor,
    },
    { account: 'wallet_credits', ...ofWallet, unit: CREDIT_UNIT, amount: -quote.credits },
    {
      account: 'credits_issued',
      bankAccountKey: null,
      walletId: null,
      unit: CREDIT_UNIT,
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
