import { hash } from 'node:crypto';
import { factsText, type NewLine } from '../../domain/line/identity.ts';
import type { Sighting } from '../../domain/line/sighting.ts';

/** No bank sends longer ids, and no index could store them. */
const BANK_ID_CHARS_MAX = 256;

/** The bank's id as it is stored and compared. */
export function bankIdOf({ bankId }: Sighting): string | null {
  return bankId === null ? null : storable(bankId).slice(0, BANK_ID_CHARS_MAX);
}

/** Postgres text cannot hold NUL; everything else is kept as the bank wrote it. */
export function storable(text: string): string {
  if (!/[\0\p{Surrogate}]/u.test(text)) return text;
  return text.replaceAll('\u0000', '').replace(/\p{Surrogate}/gu, '\uFFFD');
}

/**
 * The key that names the deposit's workflow: the bank's stable id if it is plain, unused and without a customer code,
 * else the facts key with its occurrence.
 */
export function transactionKey(line: NewLine, usedKeys: Set<string>): string {
  const { stableId, factsKey } = line.row;
  const isPlain =
    stableId !== null &&
    /^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/.test(stableId) &&
    !/CUS|^facts-/i.test(stableId);
  if (isPlain && line.hold === null && !usedKeys.has(stableId)) {
    usedKeys.add(stableId);
    return stableId;
  }
  return keyOfFacts(factsKey, line.occurrence);
}

/** The key of a payment that has no usable id: its facts, and which of the payments with these facts it is. */
export function keyOfFacts(factsKey: string, occurrence: number): string {
  return `facts-${factsKey.slice(0, 40)}-${occurrence}`;
}

/**
 * The hash under which the facts of a sighting are stored and counted. With another day, that of the same payment on
 * that day.
 */
export function factsKeyOf(
  accountKey: string,
  sighting: Sighting,
  bookingDate = sighting.bookingDate,
): string {
  return hash('sha256', factsText(accountKey, sighting, bookingDate));
}
