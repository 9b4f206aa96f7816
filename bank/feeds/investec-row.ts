import type { Currency } from '../../domain/money/money.ts';
import {
  choiceField,
  dayField,
  field,
  minorField,
  optionalDayField,
  optionalText,
  requiredText,
  unsignedMinorField,
  wholeDigits,
  type Refuse,
} from '../json/fields.ts';
import { isJsonArray, type JsonObject, type JsonValue } from '../json/json-text.ts';
import { readOptional, type RowReader } from '../json/read-row.ts';

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

interface RowContext {
  /** Null accepts any account, as for a file. */
  readonly accountId: string | null;
  readonly currency: Currency;
  readonly position: string;
  /** Receives fields whose values cannot be read and are not needed. */
  readonly onIgnored: (field: string) => void;
}

/**
 * Reads the rows of Investec's private-banking transactions. A posted row whose `postedOrder` is still 0 counts as pending:
 * the bank says to ignore it until the order is final.
 */
export function investecRowReader(context: RowContext): RowReader {
  const { currency, position, onIgnored } = context;
  return {
    position,
    idFields: ['uuid', 'postedOrder'],
    statusOf(row, refuse) {
      const stated = choiceField(row, 'status', STATUSES, ['booked', 'pending'], refuse);
      return stated === 'booked' && readPostedOrder(row, refuse) === '0' ? 'pending' : stated;
    },
    dayOf: (row, status, refuse) =>
      status === 'booked'
        ? dayField(row, 'postingDate', refuse)
        : (optionalDayField(row, 'postingDate', refuse) ??
          dayField(row, 'transactionDate', refuse)),
    read(row, { status, bookingDate }, refuse) {
      const accountId = requiredText(row, 'accountId', refuse);
      if (context.accountId !== null && accountId !== context.accountId) {
        throw refuse('accountId names another account', 'accountId');
      }
      const order = status === 'booked' ? readPostedOrder(row, refuse) : null;
      const description = optionalText(row, 'description', refuse);
      return {
        bankId: order === null ? null : investecId(accountId, bookingDate, order),
        bookingDate,
        valueDate: readOptional((own) => optionalDayField(row, 'valueDate', own), onIgnored),
        amountMinor: unsignedMinorField(row, 'amount', currency, refuse),
        direction: choiceField(row, 'type', DIRECTIONS, ['credit', 'debit'], refuse),
        currency,
        status,
        reversal: false,
        // The bank has no field for the payer's reference: the description holds it.
        references: description === null ? [] : [description],
        text: optionalText(row, 'transactionType', refuse) ?? '',
        counterparty: { name: null, account: null },
        runningBalanceMinor: readOptional((own) => readBalance(row, currency, own), onIgnored),
        position,
      };
    },
  };
}

function readBalance(row: JsonObject, currency: Currency, refuse: Refuse): bigint | null {
  const isStated = (field(row, 'runningBalance') ?? null) !== null;
  return isStated ? minorField(row, 'runningBalance', currency, refuse) : null;
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
  const isStated = (field(row, 'postedOrder') ?? null) !== null;
  return isStated ? wholeDigits(row, 'postedOrder', refuse) : null;
}

/** The rows of Investec's `data`, null where they are not one list. */
export function investecRows(data: JsonObject): readonly JsonValue[] | null {
  const lists = [field(data, 'transactions'), field(data, 'PendingTransaction')].filter(
    isJsonArray,
  );
  const [only] = lists;
  return lists.length === 1 && only !== undefined ? only : null;
}
