import { invariant } from '../invariant.ts';
import type { LocalDate } from '../local-date.ts';
import { divideFloor, ZAR } from '../money/money.ts';
import {
  CREDIT_UNIT,
  PLAIN_JOURNAL,
  withoutZeros,
  type JournalDraft,
  type Posting,
  type WalletBalances,
} from './journal.ts';
import { bankPostings, type BankMoney } from './suspense.ts';

/** A credit that was not taken back, as its postings state it. Minor units and whole credits; only the change may be below 0. */
export interface StandingCredit {
  readonly journalId: string;
  readonly depositId: string;
  readonly bankAccountKey: string;
  readonly walletId: string;
  readonly part: number;
  readonly generation: number;
  /** The whole credit: `prepaidMinor + remainderChangeMinor + settledMinor`. */
  readonly amountMinor: bigint;
  readonly credits: bigint;
  readonly prepaidMinor: bigint;
  /** Change of the wallet's remainder: below 0 where the remainder became a credit. */
  readonly remainderChangeMinor: bigint;
  /** The part that repaid the customer's debt. */
  readonly settledMinor: bigint;
  readonly rateVersion: number;
  readonly minorPerCredit: bigint;
}

/** The reason why a credit is taken back, which decides where its money goes. */
export type Undoing =
  /** The bank took the money back with this line; `decisionId` where a person paired the two. */
  | {
      readonly kind: 'reversal';
      readonly lineId: string;
      readonly eventOn: LocalDate;
      readonly decisionId: string | null;
    }
  /**
   * The bank removed the line itself from its books, on the day of the line, as people decided; or a balance proved that an
   * uncredited line is another one: then nobody decides.
   */
  | { readonly kind: 'void'; readonly decisionId: string | null; readonly eventOn: LocalDate }
  /** The money belongs to another customer: it waits in suspense for its next credit. */
  | { readonly kind: 'correction'; readonly decisionId: string; readonly eventOn: LocalDate };

/**
 * Takes one credit back: first its own legs, then whole credits are exchanged at its own rate until the remainder is below
 * one credit again. Spent credits become a debt in cents, so no balance goes below zero and the reversal never fails.
 * Undoing A of A and B leaves the result of B alone, as long as nothing was spent and both had the same rate.
 */
export function unwind(
  credit: StandingCredit,
  before: WalletBalances,
  undoing: Undoing,
): JournalDraft {
  invariant(
    credit.amountMinor === credit.prepaidMinor + credit.remainderChangeMinor + credit.settledMinor,
    'The amount of a credit differs from the sum of its parts.',
  );
  const owed = creditsOwed(credit, before.remainderMinor);
  const credits = owed < before.credits ? owed : before.credits;
  // The last credits take the rest, since spending is booked at the average cost.
  const worth = credits * credit.minorPerCredit;
  const prepaidMinor =
    credits === before.credits || worth > before.prepaidMinor ? before.prepaidMinor : worth;
  const takenMinor = credit.amountMinor - credit.settledMinor;
  const restMinor = before.remainderMinor + prepaidMinor - takenMinor;
  const shortMinor = restMinor < 0n ? -restMinor : 0n;
  const after: WalletBalances = {
    walletId: before.walletId,
    credits: before.credits - credits,
    prepaidMinor: before.prepaidMinor - prepaidMinor,
    remainderMinor: restMinor + shortMinor,
    receivableMinor: before.receivableMinor + credit.settledMinor + shortMinor,
    lastSeq: before.lastSeq + 1n,
  };
  return {
    ...PLAIN_JOURNAL,
    kind: undoing.kind,
    depositId: credit.depositId,
    part: credit.part,
    generation: credit.generation,
    reversesId: credit.journalId,
    lineId: undoing.kind === 'reversal' ? undoing.lineId : null,
    eventOn: undoing.eventOn,
    decisionId: undoing.decisionId,
    rateVersion: credit.rateVersion,
    wallet: after,
    toldMinor: credit.amountMinor,
    credits,
    postings: postingsOf(credit, before, after, undoing),
  };
}

/** Whole credits that the wallet gives back, spent or not, so that its remainder is below one credit of that rate again. */
function creditsOwed(credit: StandingCredit, remainderMinor: bigint): bigint {
  const { quotient } = divideFloor(
    remainderMinor - credit.remainderChangeMinor,
    credit.minorPerCredit,
  );
  const owed = credit.credits - quotient;
  return owed < 0n ? 0n : owed;
}

function postingsOf(
  credit: StandingCredit,
  before: WalletBalances,
  after: WalletBalances,
  undoing: Undoing,
): readonly Posting[] {
  const ofWallet = { bankAccountKey: null, walletId: before.walletId };
  const credits = before.credits - after.credits;
  return withoutZeros([
    {
      account: counterAccount(undoing),
      bankAccountKey: credit.bankAccountKey,
      walletId: null,
      unit: ZAR,
      amount: -credit.amountMinor,
    },
    {
      account: 'wallet_prepaid',
      ...ofWallet,
      unit: ZAR,
      amount: before.prepaidMinor - after.prepaidMinor,
    },
    {
      account: 'wallet_remainder',
      ...ofWallet,
      unit: ZAR,
      amount: before.remainderMinor - after.remainderMinor,
    },
    {
      account: 'wallet_receivable',
      ...ofWallet,
      unit: ZAR,
      amount: after.receivableMinor - before.receivableMinor,
    },
    { account: 'wallet_credits', ...ofWallet, unit: CREDIT_UNIT, amount: credits },
    {
      account: 'credits_issued',
      bankAccountKey: null,
      walletId: null,
      unit: CREDIT_UNIT,
      amount: -credits,
    },
  ]);
}

/** A reversal's own line has already left the bank account, against `bank_other`; a removed line has no other journal. */
function counterAccount(undoing: Undoing): 'bank_other' | 'bank' | 'suspense' {
  switch (undoing.kind) {
    case 'reversal':
      return 'bank_other';
    case 'void':
      return 'bank';
    case 'correction':
      return 'suspense';
  }
}

/** Takes a deposit that was never credited back out of suspense. @param originId the journal that put it there */
export function unwindUncredited(
  deposit: BankMoney & { readonly generation: number },
  originId: string,
  undoing: Extract<Undoing, { kind: 'reversal' | 'void' }>,
): JournalDraft {
  return {
    ...PLAIN_JOURNAL,
    kind: undoing.kind,
    depositId: deposit.depositId,
    generation: deposit.generation,
    reversesId: originId,
    lineId: undoing.kind === 'reversal' ? undoing.lineId : null,
    eventOn: undoing.eventOn,
    decisionId: undoing.decisionId,
    postings: bankPostings('suspense', counterAccount(undoing), deposit),
  };
}
