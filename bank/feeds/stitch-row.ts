import type { Currency } from '../../domain/money/money.ts';
import type { Sighting } from '../../domain/line/sighting.ts';
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
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json-text.ts';

/** The fields that our query asks for. */
export const STITCH_FIELDS: ReadonlySet<string> = new Set([
  'id',
  'amount',
  'date',
  'reference',
  'description',
  'runningBalance',
]);

/** Reads one node of Stitch's transactions: booked, signed, and dated by an instant that carries the bank's day. */
export function readStitchRow(
  value: JsonValue,
  context: {
    readonly currency: Currency;
    readonly timeZone: string;
    readonly position: string;
    readonly refuse: Refuse;
  },
): Sighting {
  const { currency, position, timeZone } = context;
  const refuse: Refuse = (why) => context.refuse(`${position}: ${why}`);
  if (!isJsonObject(value)) throw refuse('the row is not an object');
  const minor = readMoney(objectField(value, 'amount', refuse), currency, refuse);
  const reference = optionalText(value, 'reference', refuse);
  const description = optionalText(value, 'description', refuse);
  const balance = field(value, 'runningBalance') ?? null;
  return {
    bankId: optionalId(value, 'id', refuse),
    bookingDate: styledDay(value, 'date', { dateFormat: 'instant', timeZone }, refuse),
    valueDate: null,
    amountMinor: minor < 0n ? -minor : minor,
    direction: minor < 0n ? 'debit' : 'credit',
    currency,
    status: 'booked',
    reversal: false,
    // Some of the banks behind Stitch write the payer's text into the description only.
    references: [reference, description].filter((text) => text !== null),
    text: description ?? '',
    counterparty: { name: null, account: null },
    runningBalanceMinor: isJsonObject(balance) ? readMoney(balance, currency, refuse) : null,
    position,
  };
}

/** Stitch's `Money`: a decimal text and a currency. */
function readMoney(money: JsonObject, currency: Currency, refuse: Refuse): bigint {
  if (requiredText(money, 'currency', refuse) !== currency) {
    throw refuse(`currency is not the account's ${currency}`);
  }
  return minorField(money, 'quantity', currency, refuse);
}
