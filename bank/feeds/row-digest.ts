import { createHash } from 'node:crypto';
import type { Sighting } from '../../domain/line/sighting.ts';

/**
 * A digest of everything the bank states about a row except its position, so that comparing a large window needs no second
 * copy of its text. Between passes an id counts only where ids are stable: some gateways issue new ids on each read, and two
 * such passes agree when their facts do.
 */
export function digestRow(row: Sighting, withId: boolean): string {
  const facts = [
    withId ? row.bankId : null,
    row.bookingDate,
    row.valueDate,
    row.amountMinor.toString(),
    row.direction,
    row.currency,
    row.status,
    row.references,
    row.text,
    row.runningBalanceMinor?.toString() ?? null,
  ];
  return digestOf([JSON.stringify(facts)]);
}

/** A digest of texts in their order. */
export function digestOf(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text).update('\n');
  return hash.digest('base64');
}
