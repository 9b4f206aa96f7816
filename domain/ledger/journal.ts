import type { LocalDate } from '../local-date.ts';

/** Every kind of movement that the ledger books. */
export const JOURNAL_KINDS = [
  'capture',
  'credit',
  'return',
  'dismiss',
  'reversal',
  'correction',
  'return_paid',
  'spend',
  'void',
  'restore',
] as const;
export type JournalKind = (typeof JOURNAL_KINDS)[number];

/** The unit of credits; money postings have their currency as unit. */
export const CREDIT_UNIT = 'CREDIT';

/** A wallet's balances as read under its row lock; minor units and whole credits, holder's side. */
export interface WalletBalances {
  readonly walletId: string;
  readonly credits: bigint;
  readonly prepaidMinor: bigint;
  readonly remainderMinor: bigint;
  /** The customer's debt: spent credits of a deposit that was taken back. */
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
  /** Captures have no draft: the database books them together with their lines. */
  readonly kind: Exclude<JournalKind, 'capture'>;
  /** Null for a spend. */
  readonly depositId: string | null;
  /** Number of the credit among those of a split deposit, from 0. */
  readonly part: number;
  /** 0 at first; each correction and each return of a removed line adds one. */
  readonly generation: number;
  /** The journal that this one undoes. */
  readonly reversesId: string | null;
  /** The line that caused this journal, where it is not the deposit's own. */
  readonly lineId: string | null;
  readonly spendId: string | null;
  /** The bank's day of the event, where it is not the deposit's own. */
  readonly eventOn: LocalDate | null;
  readonly decisionId: string | null;
  readonly rateVersion: number | null;
  /** The wallet after this journal, with its gapless sequence; null where no wallet moves. */
  readonly wallet: WalletBalances | null;
  /** Rand in the customer's notification, minor units. */
  readonly toldMinor: bigint;
  /** Whole credits granted, or taken back. */
  readonly credits: bigint;
  readonly postings: readonly Posting[];
}

/** The fields that most journals leave empty. */
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

export function withoutZeros(postings: readonly Posting[]): readonly Posting[] {
  return postings.filter((posting) => posting.amount !== 0n);
}
