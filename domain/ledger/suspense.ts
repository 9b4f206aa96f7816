import type { LocalDate } from '../local-date.ts';
import { PLAIN_JOURNAL, type JournalDraft, type LedgerAccount } from './journal.ts';

/** The money of a deposit outside wallets: its bank account, amount and currency. */
export interface BankMoney {
  readonly depositId: string;
  readonly bankAccountKey: string;
  readonly amountMinor: bigint;
  readonly currency: string;
}

/** A deposit that a person decided about, as far as moves out of suspense need it. */
export interface HeldDeposit extends BankMoney {
  readonly decisionId: string;
  readonly generation: number;
}

/** Decides the journal that sets a deposit aside for its sender: out of suspense, payable until the bank has sent it. */
export function settleReturn(deposit: HeldDeposit): JournalDraft {
  return moveOut('return', 'return_payable', deposit);
}

/** Decides the journal of a line that was no deposit (an own transfer, interest): out of suspense, to the bank account's other movements. */
export function settleDismissal(deposit: HeldDeposit): JournalDraft {
  return moveOut('dismiss', 'bank_other', deposit);
}

function moveOut(
  kind: 'return' | 'dismiss',
  to: 'return_payable' | 'bank_other',
  deposit: HeldDeposit,
): JournalDraft {
  return {
    ...PLAIN_JOURNAL,
    kind,
    depositId: deposit.depositId,
    generation: deposit.generation,
    decisionId: deposit.decisionId,
    postings: bankPostings('suspense', to, deposit),
  };
}

/** Decides the journal of a return that the bank has paid out: the line that paid it settles the payable. */
export function settleReturnPaid(
  deposit: BankMoney,
  paid: { readonly lineId: string; readonly eventOn: LocalDate },
): JournalDraft {
  return {
    ...PLAIN_JOURNAL,
    kind: 'return_paid',
    depositId: deposit.depositId,
    lineId: paid.lineId,
    eventOn: paid.eventOn,
    postings: bankPostings('return_payable', 'bank_other', deposit),
  };
}

/** Decides the journal of a removed line that the bank shows again: its money is back in the bank account and in suspense. */
export function settleRestored(deposit: BankMoney, generation: number): JournalDraft {
  return {
    ...PLAIN_JOURNAL,
    kind: 'restore',
    depositId: deposit.depositId,
    generation,
    postings: bankPostings('bank', 'suspense', deposit),
  };
}

/** Both legs of a move between two ledger accounts of one bank account. */
export function bankPostings(
  debit: LedgerAccount,
  credit: LedgerAccount,
  money: Omit<BankMoney, 'depositId'>,
): JournalDraft['postings'] {
  const ofBank = { bankAccountKey: money.bankAccountKey, walletId: null, unit: money.currency };
  return [
    { account: debit, ...ofBank, amount: money.amountMinor },
    { account: credit, ...ofBank, amount: -money.amountMinor },
  ];
}
