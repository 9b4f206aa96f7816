import type { CustomerCode } from '../reference/customer-code.ts';
import { normaliseReference } from '../reference/reference.ts';
import type { LocalDate } from '../local-date.ts';
import { signedMinor, type FeedKind, type Sighting } from './sighting.ts';

/** Version of the facts rule below. It is stored with each line, so a new rule is never compared with old keys. */
export const KEY_SCHEME = 1;

/** Reasons why a line is not credited without a person. */
export type HoldReason =
  | 'possible_duplicate'
  | 'edited_look_alike'
  | 'id_reused'
  | 'currency_mismatch'
  | 'unreadable'
  | 'reversal_unpaired'
  | 'proof_absent';

/** Every kind of evidence that ties a row to a line, strongest first. */
export const EVIDENCE = [
  'facts',
  'balance',
  'id',
  'code',
  'text',
  'count',
  'parts',
  'proof',
] as const;

/**
 * - `facts`: day, amount and text, in a wording under which the line was seen before
 * - `balance`: the same amount with the same balance of the account beside it
 * - `id`: the bank's id together with the amount
 * - `code`: the same customer code and amount
 * - `text`: the same amount, and one text is the other or a form of it
 * - `count`: the day is over, and complete reads count as many rows of the amount as there are lines
 * - `parts`: parts of a batch that add up to the line, or the total of such parts
 * - `proof`: the balance that the bank states leaves no room for another payment
 */
export type Evidence = (typeof EVIDENCE)[number];

/**
 * The facts that identify a line where no id can be trusted, as one unambiguous text (each part carries its length).
 * The caller hashes it. Two sightings with the same text are one line or real twins; only counting tells which.
 * @param bookingDate give another day to look for the same payment there
 */
export function factsText(
  bankAccountKey: string,
  sighting: Sighting,
  bookingDate = sighting.bookingDate,
): string {
  const parts = [
    bankAccountKey,
    bookingDate,
    signedMinor(sighting).toString(),
    sighting.currency,
    normaliseReference(sighting.references[0] ?? sighting.text),
  ];
  return parts.map((part) => `${part.length}:${part}`).join('|');
}

/** A batch entry of the bank; `bankId` is its reference, `amountMinor` its signed total. */
export interface Batch {
  readonly bankId: string | null;
  readonly amountMinor: bigint;
}

/** One row of a read, reduced to what identity needs. `index` leads back to the sighting. */
export interface SnapshotRow {
  readonly index: number;
  readonly factsKey: string;
  /** Null unless the feed declares that its ids are stable. */
  readonly stableId: string | null;
  /** The bank's id as this feed shows it, trusted or not. */
  readonly shownId: string | null;
  readonly bookingDate: LocalDate;
  /** Signed minor units. */
  readonly amountMinor: bigint;
  /** As the bank wrote them, most trusted first; the bank's own wording where there are none. */
  readonly references: readonly string[];
  /** The account's balance beside the row, signed minor units; null where the feed states none. */
  readonly balanceMinor: bigint | null;
  /** The batch entry that the row is a part of. */
  readonly batch: Batch | null;
}

/** One way in which a line was shown. */
export interface Appearance {
  readonly feed: FeedKind;
  readonly source: string;
  readonly bankId: string | null;
  readonly factsKey: string;
  readonly bookingDate: LocalDate;
  /** Signed minor units; the line's, but for the parts of it or its total. */
  readonly amountMinor: bigint;
  readonly references: readonly string[];
  readonly balanceMinor: bigint | null;
  readonly batch: Batch | null;
  /** What tied it to the line; null for the row that the line was made of. */
  readonly evidence: Evidence | null;
}

/** A stored line. `amountMinor` is signed. */
export interface KnownLine {
  readonly lineId: string;
  readonly factsKey: string;
  readonly occurrence: number;
  readonly bookingDate: LocalDate;
  readonly amountMinor: bigint;
  readonly references: readonly string[];
  /** True if it was stored before the read was requested: only then does its absence from the read count. */
  readonly storedBeforeSnapshot: boolean;
  /** Earlier reads of its whole day lack it already. */
  readonly isAbsent: boolean;
  /** The code of the wallet that people credited it to, where its texts name none. */
  readonly ownerCode: CustomerCode | null;
  /** The hold that stands on it. */
  readonly hold: Hold | null;
  /** Oldest first; empty where they were not read, since the row that shows the line equals its facts. */
  readonly appearances: readonly Appearance[];
}

/** A row that waits because it may be a known line; `reads` counts the complete reads of its closed day that left it so. */
export interface HeldRow {
  readonly heldId: string;
  readonly feed: FeedKind;
  readonly source: string;
  readonly bankId: string | null;
  readonly factsKey: string;
  readonly bookingDate: LocalDate;
  readonly amountMinor: bigint;
  readonly references: readonly string[];
  readonly reason: HoldReason;
  readonly besideLineId: string | null;
  readonly reads: number;
}

/** The extent of a read: all rows of whole days (`complete`), or single rows, which leave the rest of their day open. */
export type SnapshotScope =
  | {
      readonly kind: 'complete';
      readonly from: LocalDate;
      readonly to: LocalDate;
      readonly lastClosedDay: LocalDate;
    }
  | { readonly kind: 'partial' };

/** A hold and the line that the held one may be; `besideLineId` null where it is no single line. */
export interface Hold {
  readonly reason: HoldReason;
  readonly besideLineId: string | null;
}

export interface NewLine {
  readonly row: SnapshotRow;
  readonly occurrence: number;
  readonly hold: Hold | null;
}

export interface Tie {
  readonly row: SnapshotRow;
  readonly lineId: string;
  readonly evidence: Evidence;
}

/** A row that waits, with the line that it may be. */
export interface WaitingRow extends Hold {
  readonly row: SnapshotRow;
  readonly reads: number;
}

/** The end of a held row: it is a known line, a new line of this read, or, where both are null, no line at all. */
export interface EndedRow {
  readonly heldId: string;
  readonly lineId: string | null;
  readonly newLineIndex: number | null;
  readonly evidence: Evidence | null;
}

/** Everything that one read decides. */
export interface RowPlacements {
  readonly newLines: readonly NewLine[];
  readonly ties: readonly Tie[];
  readonly waiting: readonly WaitingRow[];
  readonly endedRows: readonly EndedRow[];
  /** Held rows that this complete read of their closed day left without a line. */
  readonly stillHeld: readonly string[];
  /** Held lines that the read shows beside the line that they might have been: both are real. */
  readonly released: readonly string[];
  /** Known lines of the complete days that the read lacks. */
  readonly missing: readonly string[];
}
