import type { Currency } from '../../domain/money/money.ts';
import type { LineStatus } from '../../domain/line/sighting.ts';
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
import { isJsonObject, type JsonObject } from '../json/json-text.ts';
import { valueAt } from '../json/pointer.ts';
import { readOptional, type RowReader } from '../json/read-row.ts';

/** Every field of a transaction in versions 3.1 and 4.0, read or not. */
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
  'CategoryPurposeCode',
  'PaymentPurposeCode',
  'UltimateCreditor',
  'UltimateDebtor',
  'ExtendedProprietaryBankTransactionCodes',
  'IntermediaryAgent1',
  'IntermediaryAgent2',
  'IntermediaryAgent3',
]);

/**
 * Version 3.1 writes words, version 4.0 the codes of ISO 20022. Rejected, informational and future rows are no movements,
 * and the standard never turns a row of these into a booked one under the same status.
 */
const STATUSES = {
  booked: ['Booked', 'BOOK'],
  pending: ['Pending', 'PDNG'],
  left_out: ['Rejected', 'RJCT', 'INFO', 'FUTR'],
} as const;
const DIRECTIONS = { credit: ['Credit', 'CRDT'], debit: ['Debit', 'DBIT'] };
const MUTABILITIES = { mutable: ['Mutable'], immutable: ['Immutable'] };

interface RowContext {
  /** Null accepts any account, as for a file. */
  readonly accountId: string | null;
  readonly currency: Currency;
  readonly timeZone: string;
  readonly position: string;
  /** Receives fields whose values cannot be read and are not needed. */
  readonly onIgnored: (field: string) => void;
}

/** Reads the rows of Open Banking UK. The bank may still remove a booked row marked mutable, so it counts as pending. */
export function openBankingUkRowReader(context: RowContext): RowReader {
  const { currency, position, onIgnored } = context;
  const style = { dateFormat: 'instant', timeZone: context.timeZone } as const;
  return {
    position,
    idFields: ['TransactionId'],
    statusOf: readStatus,
    dayOf: (row, status, refuse) =>
      status === 'booked'
        ? styledDay(row, 'BookingDateTime', style, refuse)
        : optionalStyledDay(row, 'BookingDateTime', style, refuse),
    read(row, { status, bookingDate }, refuse) {
      const account = requiredText(row, 'AccountId', refuse);
      if (context.accountId !== null && account !== context.accountId) {
        throw refuse('AccountId names another account', 'AccountId');
      }
      const direction = readSide(row, refuse);
      const reference = optionalText(row, 'TransactionReference', refuse);
      const information = optionalText(row, 'TransactionInformation', refuse);
      const party = partyOf(row, direction === 'credit' ? 'DebtorAccount' : 'CreditorAccount');
      return {
        bankId: optionalId(row, 'TransactionId', refuse),
        bookingDate,
        valueDate: readOptional(
          (own) => optionalStyledDay(row, 'ValueDateTime', style, own),
          onIgnored,
        ),
        amountMinor: readMoney(objectField(row, 'Amount', refuse), currency, refuse),
        direction,
        currency,
        status,
        reversal: false,
        references: [reference, information].filter((text) => text !== null),
        text: information ?? '',
        counterparty: {
          name: optionalText(party, 'Name', refuse),
          account: optionalText(party, 'Identification', refuse),
        },
        runningBalanceMinor: readOptional((own) => readBalance(row, currency, own), onIgnored),
        position,
      };
    },
  };
}

function readStatus(row: JsonObject, refuse: Refuse): LineStatus | 'left_out' {
  const order = ['booked', 'pending', 'left_out'] as const;
  const status = choiceField(row, 'Status', STATUSES, order, refuse);
  if (status !== 'booked' || (field(row, 'TransactionMutability') ?? null) === null) return status;
  const mutability = choiceField(
    row,
    'TransactionMutability',
    MUTABILITIES,
    ['mutable', 'immutable'],
    refuse,
  );
  return mutability === 'mutable' ? 'pending' : 'booked';
}

function readSide(object: JsonObject, refuse: Refuse): 'credit' | 'debit' {
  return choiceField(object, 'CreditDebitIndicator', DIRECTIONS, ['credit', 'debit'], refuse);
}

/** `{ Amount, Currency }` as unsigned minor units of the account's currency. */
function readMoney(money: JsonObject, currency: Currency, refuse: Refuse): bigint {
  if (requiredText(money, 'Currency', refuse) !== currency) {
    throw refuse(`Currency is not the account's ${currency}`, 'Currency');
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
  if (!isJsonObject(balance)) throw refuse('Balance is not an object', 'Balance');
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
  return readSide(balance, refuse) === 'credit' ? minor : -minor;
}
