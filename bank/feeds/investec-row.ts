import type { Currency } from '../../domain/money/money.ts';
import type { Sighting } from '../../domain/line/sighting.ts';
import {
  choiceField,
  dayField,
  field,
  minorField,
  optionalDayField,
  optionalText,
  requiredText,
  unsignedMinorField,
  type Refuse,
} from '../json/fields.ts';
import {
  isJsonArray,
  isJsonNumber,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '../json/json-text.ts';

/** Every field in the bank's documentation, read or not. */
export const INVESTEC_FIELDS: ReadonlySet<string> = new Set([
  'accountId',
  'type',
  'transactionType',
  'status',
  'description',
  'cardNumber',
  'postedOrder',
  'postingDate',
  'valueDate',
  'actionDate',
  'transactionDate',
  'amount',
  'runningBalance',
  'uuid',
]);

const DIRECTIONS = { credit: ['CREDIT'], debit: ['DEBIT'] } as const;
const STATUSES = { booked: ['POSTED'], pending: ['PENDING'] } as const;

/**
 * Reads one row of Investec's private-banking transactions. A posted row whose `postedOrder` is still 0 counts as pending: the bank
 * says to ignore it until the order is final.
 */
export function readInvestecRow(
  value: JsonValue,
  context: {
    /** Null accepts any account, as for a file. */
    readonly accountId: string | null;
    readonly currency: Currency;
    readonly position: string;
    readonly refuse: Refuse;
  },
): Sighting {
  const { currency, position } = context;
  const refuse: Refuse = (why) => context.refuse(`${position}: ${why}`);
  if (!isJsonObject(value)) throw refuse('the row is not an object');
  const accountId = requiredText(value, 'accountId', refuse);
  if (context.accountId !== null && accountId !== context.accountId) {
    throw refuse('accountId names another account');
  }
  const stated = choiceField(value, 'status', STATUSES, ['booked', 'pending'], refuse);
  const postedOrder = readPostedOrder(value, refuse);
  const status = postedOrder === '0' ? 'pending' : stated;

  const booked = status === 'booked' ? dayField(value, 'postingDate', refuse) : null;
  const bookingDate =
    booked ??
    optionalDayField(value, 'postingDate', refuse) ??
    dayField(value, 'transactionDate', refuse);
  const description = optionalText(value, 'description', refuse);
  return {
    bankId:
      booked === null || postedOrder === null ? null : investecId(accountId, booked, postedOrder),
    bookingDate,
    valueDate: optionalDayField(value, 'valueDate', refuse),
    amountMinor: unsignedMinorField(value, 'amount', currency, refuse),
    direction: choiceField(value, 'type', DIRECTIONS, ['credit', 'debit'], refuse),
    currency,
    status,
    reversal: false,
    // The bank has no field for the payer's reference: the description holds it.
    references: description === null ? [] : [description],
    text: optionalText(value, 'transactionType', refuse) ?? '',
    counterparty: { name: null, account: null },
    runningBalanceMinor:
      (field(value, 'runningBalance') ?? null) === null
        ? null
        : minorField(value, 'runningBalance', currency, refuse),
    position,
  };
}

/**
 * The id in the form that Investec documents for its `uuid`: the last 5 characters of the account, the posting date and
 * the order. Computed here, since rows older than November 2024 carry the parts but no uuid.
 */
function investecId(accountId: string, postingDate: string, postedOrder: string): string {
  return accountId.slice(-5) + postingDate.replaceAll('-', '') + postedOrder.padStart(7, '0');
}

/** Null in old rows, which have no such field; `0` while the order is not final. */
function readPostedOrder(row: JsonObject, refuse: Refuse): string | null {
  const value = field(row, 'postedOrder');
  if (value === undefined || value === null) return null;
  if (!isJsonNumber(value) || !/^(?:0|[1-9][0-9]{0,14})$/.test(value.value)) {
    throw refuse('postedOrder is not a whole number');
  }
  return value.value;
}

/** The rows of Investec's `data`, null where they are not one list. */
export function investecRows(data: JsonObject): readonly JsonValue[] | null {
  const lists = [field(data, 'transactions'), field(data, 'PendingTransaction')].filter(
    isJsonArray,
  );
  const [only] = lists;
  return lists.length === 1 && only !== undefined ? only : null;
}
