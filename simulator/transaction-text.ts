import { jsonObject } from './json-text.ts';
import type { BankLine } from './line.ts';
import { decimalText } from './money-text.ts';

/** The event that tells of one booked line. It has no balance, which later lines could still change. */
export function bookedEventText(accountId: string, line: BankLine): string {
  const amount = JSON.stringify(decimalText(line.amountMinor));
  return jsonObject([
    ['type', '"transaction.booked"'],
    ['accountId', JSON.stringify(accountId)],
    ['transaction', jsonObject(transactionFields(line, line.id, amount))],
  ]);
}

/** A line as the plain protocol and its events show it; `amount` is JSON text already. */
export function transactionFields(
  line: BankLine,
  id: string,
  amount: string,
): readonly (readonly [string, string])[] {
  return [
    ['id', JSON.stringify(id)],
    ['date', JSON.stringify(line.bookingDate)],
    ['amount', amount],
    ['currency', '"ZAR"'],
    ['type', JSON.stringify(line.direction)],
    ['status', JSON.stringify(line.status)],
    ['reference', JSON.stringify(line.reference)],
    ['description', JSON.stringify(line.description)],
  ];
}
