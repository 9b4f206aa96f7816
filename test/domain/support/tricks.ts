/** Everything that real banks were seen to do beyond showing each line once. */
export const TRICKS = [
  'renumbered',
  'reissued',
  'moved',
  'recoded',
  'reamounted',
  'worded',
  'reworded',
  'batched',
  'late',
  'files',
  'phantom',
  'twice',
  'lagging',
  'vanished',
] as const;
export type Trick = (typeof TRICKS)[number];

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
