export const CUSTOMERS = ['CUS00001234', 'CUS12345671', 'CUS00005678', 'CUS20000019'] as const;
export const NAMES = [
  'J PETERS RENT',
  'M NAIDOO',
  'CASH DEPOSIT SANDTON',
  'THABO M SAVINGS',
] as const;
export const AMOUNTS = [5_000n, 7_500n, 10_000n] as const;

/** What the bank has said of a payment, at any time. */
export interface Version {
  readonly code: string | null;
  readonly amountMinor: bigint;
}

/** A payment as the bank has it now. */
export interface Payment {
  readonly key: number;
  day: number;
  code: string | null;
  amountMinor: bigint;
  /** Who paid, where no code says it. */
  readonly name: string;
  id: string;
  /** How often the poll has to read before it shows the payment. */
  lag: number;
  wording: number;
  /** Payments of one batch entry; polls show its total. */
  readonly batch: number | null;
  /** Gone for good, or never booked at all. */
  isGone: boolean;
  isTouched: boolean;
  /** How many polls the bank had answered when it last changed the payment. */
  changedAt: number;
  readonly versions: Version[];
}
