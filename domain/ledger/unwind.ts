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

/** A credit that stands, as its postings tell it. Minor units and whole credits, all ≥ 0 but the change. */
export interface StandingCredit {
  readonly journalId: string;
  readonly depositId: string;
  readonly bankAccountKey: string;
  readonly walletId: string;
  readonly part: number;
  readonly generation: number;
  /** What it brought: `prepaidMinor + remainderChangeMinor + settledMinor`. */
  readonly amountMinor: bigint;
  readonly credits: bigint;
  readonly prepaidMinor: bigint;
  /** How it changed the wallet's remainder: below 0 where it made a credit of it. */
  readonly remainderChangeMinor: bigint;
  /** What of it settled a debt of the customer's. */
  readonly settledMinor: bigint;
  readonly rateVersion: number;
  readonly minorPerCredit: bigint;
}

/** Why a credit is taken back, and where its money goes. */
export type Undoing =
  /** The bank took the money back with this line; `decisionId` where a person paired the two. */
  | {
      readonly kind: 'reversal';
      readonly lineId: string;
      readonly eventOn: LocalDate;
      readonly decisionId: string | null;
    }
  /** The bank took the line itself off its books, on the day of the line. */
  | { readonly kind: 'void'; readonly decisionId: string; readonly eventOn: LocalDate }
  /** It was another customer's: the money waits in suspense for its next credit. */
  | { readonly kind: 'correction'; readonly decisionId: string; readonly eventOn: LocalDate };

/**
 * Takes one credit back: its own legs first, then whole credits are exchanged at its own rate until the remainder is
 * one again. Credits that were spent become a debt in cents: no balance goes below zero, and the reversal never fails.
 * Undoing A of A, B leaves what B alone would have left, as long as nothing was spent and the rate was one.
 */
export function unwind(
  credit: StandingCredit,
  before: WalletBalances,
  undoing: Undoing,
): JournalDraft {
  invariant(
    credit.amountMinor === credit.prepaidMinor + credit.remainderChangeMinor + credit.settledMinor,
    'A credit brought something else than its parts.',
  );
  const owed = creditsOwed(credit, before.remainderMinor);
  const credits = owed < before.credits ? owed : before.credits;
  // The last credits take what is left, since spending is booked at the average cost.
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

/** Whole credits that the wallet gives back, spent or not, so that its remainder is one of its rate again. */
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

/** A reversal's own line has left the bank account already, against `bank_other`; of a line that vanished nothing else tells. */
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
