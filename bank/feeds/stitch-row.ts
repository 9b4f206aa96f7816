import type { Currency } from '../../domain/money/money.ts';
import { styledDay } from '../json/day.ts';
import {
  field,
  minorField,
  objectField,
  optionalId,
  optionalText,
  requiredText,
  type Refuse,
} from '../json/fields.ts';
import { isJsonObject, type JsonObject } from '../json/json-text.ts';
import { readOptional, type RowReader } from '../json/read-row.ts';

/** The fields that our query asks for. */
export const STITCH_FIELDS: ReadonlySet<string> = new Set([
  'id',
  'amount',
  'date',
  'reference',
  'description',
  'runningBalance',
]);

/** Reads the nodes of Stitch's transactions: booked, signed, and dated by an instant that carries the bank's day. */
export function stitchRowReader(context: {
  readonly currency: Currency;
  readonly timeZone: string;
  readonly position: string;
  /** Receives fields whose values cannot be read and are not needed. */
  readonly onIgnored: (field: string) => void;
}): RowReader {
  const { currency, position, timeZone, onIgnored } = context;
  return {
    position,
    idFields: ['id'],
    statusOf: () => 'booked',
    dayOf: (row, _status, refuse) =>
      styledDay(row, 'date', { dateFormat: 'instant', timeZone }, refuse),
    read(row, { status, bookingDate }, refuse) {
      const minor = readMoney(row, 'amount', currency, refuse);
      const reference = optionalText(row, 'reference', refuse);
      const description = optionalText(row, 'description', refuse);
      return {
        bankId: optionalId(row, 'id', refuse),
        bookingDate,
        valueDate: null,
        amountMinor: minor < 0n ? -minor : minor,
        direction: minor < 0n ? 'debit' : 'credit',
        currency,
        status,
        reversal: false,
        // Some of the banks behind Stitch write the payer's text into the description only.
        references: [reference, description].filter((text) => text !== null),
        text: description ?? '',
        counterparty: { name: null, account: null },
        runningBalanceMinor: readOptional(
          (own) =>
            isJsonObject(field(row, 'runningBalance'))
              ? readMoney(row, 'runningBalance', currency, own)
              : null,
          onIgnored,
        ),
        position,
      };
    },
  };
}

/** Stitch's `Money`: a decimal text and a currency. */
function readMoney(row: JsonObject, name: string, currency: Currency, refuse: Refuse): bigint {
  const money = objectField(row, name, refuse);
  if (requiredText(money, 'currency', refuse) !== currency) {
    throw refuse(`the currency of ${name} is not the account's ${currency}`, name);
  }
  return minorField(money, 'quantity', currency, refuse);
}
