import type { Currency } from '../../domain/money/money.ts';
import type { Sighting } from '../../domain/line/sighting.ts';
import { optionalStyledDay, styledDay } from '../json/day.ts';
import {
  choiceField,
  field,
  objectField,
  optionalId,
  optionalText,
  requiredText,
  unsignedMinorField,
  type Refuse,
} from '../json/fields.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json-text.ts';
import { valueAt } from '../json/pointer.ts';

/** Every field of a transaction in version 3.1, read or not. */
export const OPEN_BANKING_UK_FIELDS: ReadonlySet<string> = new Set([
  'AccountId',
  'TransactionId',
  'TransactionReference',
  'StatementReference',
  'CreditDebitIndicator',
  'Status',
  'TransactionMutability',
  'BookingDateTime',
  'ValueDateTime',
  'TransactionInformation',
  'AddressLine',
  'Amount',
  'ChargeAmount',
  'CurrencyExchange',
  'BankTransactionCode',
  'ProprietaryBankTransactionCode',
  'Balance',
  'MerchantDetails',
  'CreditorAgent',
  'CreditorAccount',
  'DebtorAgent',
  'DebtorAccount',
  'CardInstrument',
  'SupplementaryData',
]);

/** Version 4 writes codes where version 3 writes words. */
const STATUSES = { booked: ['Booked', 'BOOK'], pending: ['Pending', 'PDNG', 'Rejected', 'RJCT'] };
const DIRECTIONS = { credit: ['Credit'], debit: ['Debit'] };
const MUTABILITIES = { mutable: ['Mutable'], immutable: ['Immutable'] };

/** Reads one row of Open Banking UK. The bank may still remove a booked row marked mutable, so it counts as pending. */
export function readOpenBankingUkRow(
  value: JsonValue,
  context: {
    /** Null accepts any account, as for a file. */
    readonly accountId: string | null;
    readonly currency: Currency;
    readonly timeZone: string;
    readonly position: string;
    readonly refuse: Refuse;
  },
): Sighting {
  const { currency, position } = context;
  const refuse: Refuse = (why) => context.refuse(`${position}: ${why}`);
  if (!isJsonObject(value)) throw refuse('the row is not an object');
  const account = requiredText(value, 'AccountId', refuse);
  if (context.accountId !== null && account !== context.accountId) {
    throw refuse('AccountId names another account');
  }
  const style = { dateFormat: 'instant', timeZone: context.timeZone } as const;
  const direction = choiceField(
    value,
    'CreditDebitIndicator',
    DIRECTIONS,
    ['credit', 'debit'],
    refuse,
  );
  const reference = optionalText(value, 'TransactionReference', refuse);
  const information = optionalText(value, 'TransactionInformation', refuse);
  const party = partyOf(value, direction === 'credit' ? 'DebtorAccount' : 'CreditorAccount');
  return {
    bankId: optionalId(value, 'TransactionId', refuse),
    bookingDate: styledDay(value, 'BookingDateTime', style, refuse),
    valueDate: optionalStyledDay(value, 'ValueDateTime', style, refuse),
    amountMinor: readMoney(objectField(value, 'Amount', refuse), currency, refuse),
    direction,
    currency,
    status: readStatus(value, refuse),
    reversal: false,
    references: [reference, information].filter((text) => text !== null),
    text: information ?? '',
    counterparty: {
      name: optionalText(party, 'Name', refuse),
      account: optionalText(party, 'Identification', refuse),
    },
    runningBalanceMinor: readBalance(value, currency, refuse),
    position,
  };
}

function readStatus(row: JsonObject, refuse: Refuse): Sighting['status'] {
  const status = choiceField(row, 'Status', STATUSES, ['booked', 'pending'], refuse);
  if (status === 'pending' || field(row, 'TransactionMutability') === undefined) return status;
  const mutability = choiceField(
    row,
    'TransactionMutability',
    MUTABILITIES,
    ['mutable', 'immutable'],
    refuse,
  );
  return mutability === 'mutable' ? 'pending' : 'booked';
}

/** `{ Amount, Currency }` as unsigned minor units of the account's currency. */
function readMoney(money: JsonObject, currency: Currency, refuse: Refuse): bigint {
  if (requiredText(money, 'Currency', refuse) !== currency) {
    throw refuse(`Currency is not the account's ${currency}`);
  }
  return unsignedMinorField(money, 'Amount', currency, refuse);
}

function partyOf(row: JsonObject, name: 'DebtorAccount' | 'CreditorAccount'): JsonObject {
  const value = field(row, name);
  return isJsonObject(value) ? value : {};
}

function readBalance(row: JsonObject, currency: Currency, refuse: Refuse): bigint | null {
  const balance = field(row, 'Balance') ?? null;
  if (balance === null) return null;
  if (!isJsonObject(balance)) throw refuse('Balance is not an object');
  return readSignedBalance(balance, currency, refuse);
}

/** A balance of a row or of the account; null when in another currency. */
export function readSignedBalance(
  balance: JsonObject,
  currency: Currency,
  refuse: Refuse,
): bigint | null {
  const money = valueAt(balance, '/Amount');
  // A balance in another currency belongs to a wallet beside the account and proves nothing here.
  if (!isJsonObject(money) || field(money, 'Currency') !== currency) return null;
  const minor = unsignedMinorField(money, 'Amount', currency, refuse);
  const side = choiceField(
    balance,
    'CreditDebitIndicator',
    DIRECTIONS,
    ['credit', 'debit'],
    refuse,
  );
  return side === 'credit' ? minor : -minor;
}
