import type { Currency } from '../../domain/money/money.ts';
import type { Direction, LineStatus, Sighting } from '../../domain/line/sighting.ts';
import { styledDay, optionalStyledDay } from '../json/day.ts';
import {
  decimalText,
  field,
  minorField,
  objectField,
  optionalId,
  optionalText,
  requiredText,
  type Refuse,
} from '../json/fields.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../json/json-text.ts';
import { valueAt } from '../json/pointer.ts';

/** Amount style: signed, with a minus for outgoing money, or unsigned, where only the named party gives the direction. */
export type AmountStyle = 'signed' | 'unsigned';

/** Every field of a transaction that the standard or GoCardless names, read or not. */
export const BERLIN_GROUP_FIELDS: ReadonlySet<string> = new Set([
  'transactionId',
  'internalTransactionId',
  'entryReference',
  'endToEndId',
  'mandateId',
  'checkId',
  'creditorId',
  'bookingDate',
  'bookingDateTime',
  'valueDate',
  'valueDateTime',
  'transactionAmount',
  'currencyExchange',
  'creditorName',
  'creditorAccount',
  'creditorAgent',
  'ultimateCreditor',
  'debtorName',
  'debtorAccount',
  'debtorAgent',
  'ultimateDebtor',
  'remittanceInformationUnstructured',
  'remittanceInformationUnstructuredArray',
  'remittanceInformationStructured',
  'remittanceInformationStructuredArray',
  'additionalInformation',
  'additionalInformationStructured',
  'additionalDataStructured',
  'purposeCode',
  'bankTransactionCode',
  'proprietaryBankTransactionCode',
  'balanceAfterTransaction',
  'merchantCategoryCode',
  'batchIndicator',
  'batchNumberOfTransactions',
  'entryDetails',
  '_links',
]);

interface RowContext {
  readonly currency: Currency;
  readonly timeZone: string;
  readonly amounts: AmountStyle;
  /** IBANs or numbers of our own account, without blanks. */
  readonly ownAccounts: ReadonlySet<string>;
  /** Status of the list that holds the row. */
  readonly status: LineStatus;
  readonly position: string;
  readonly refuse: Refuse;
}

const DAY = 'YYYY-MM-DD';

/** Reads one row of a Berlin Group transaction list; null for a pending row that has no date yet. */
export function readBerlinGroupRow(value: JsonValue, context: RowContext): Sighting | null {
  const { currency, position, status } = context;
  const refuse: Refuse = (why) => context.refuse(`${position}: ${why}`);
  if (!isJsonObject(value)) throw refuse('the row is not an object');
  const money = objectField(value, 'transactionAmount', refuse);
  if (requiredText(money, 'currency', refuse) !== currency) {
    throw refuse(`currency is not the account's ${currency}`);
  }
  const bookingDate = readBookingDay(value, context, refuse);
  if (bookingDate === null) return null;
  const minor = minorField(money, 'amount', currency, refuse);
  const direction = directionOf(value, decimalText(money, 'amount', refuse), context, refuse);
  const references = readReferences(value, refuse);
  const other = direction === 'credit' ? 'debtor' : 'creditor';
  return {
    bankId:
      optionalId(value, 'transactionId', refuse) ??
      optionalId(value, 'entryReference', refuse) ??
      optionalId(value, 'internalTransactionId', refuse),
    bookingDate,
    valueDate: optionalStyledDay(
      value,
      'valueDate',
      { dateFormat: DAY, timeZone: context.timeZone },
      refuse,
    ),
    amountMinor: minor < 0n ? -minor : minor,
    direction,
    currency,
    status,
    reversal: false,
    references,
    text:
      optionalText(value, 'proprietaryBankTransactionCode', refuse) ??
      optionalText(value, 'additionalInformation', refuse) ??
      '',
    counterparty: {
      name: optionalText(value, `${other}Name`, refuse),
      account: accountOf(value, other),
    },
    runningBalanceMinor: readBalance(value, currency, refuse),
    position,
  };
}

function readBookingDay(row: JsonObject, { status, timeZone }: RowContext, refuse: Refuse) {
  const plain = { dateFormat: DAY, timeZone } as const;
  const read = status === 'booked' ? styledDay : optionalStyledDay;
  if (field(row, 'bookingDate') === undefined && field(row, 'bookingDateTime') !== undefined) {
    return read(row, 'bookingDateTime', { dateFormat: 'instant', timeZone }, refuse);
  }
  const day = read(row, 'bookingDate', plain, refuse);
  return day ?? optionalStyledDay(row, 'valueDate', plain, refuse);
}

/**
 * The direction of a row: its sign decides. Without a sign, a `signed` bank means a credit, and at an `unsigned` bank only
 * the named party decides: the counterparty, or ourselves. A row that contradicts the account's setting refuses the page,
 * since a debit read as a credit would be money from nowhere.
 */
function directionOf(
  row: JsonObject,
  amount: string,
  { amounts, ownAccounts }: RowContext,
  refuse: Refuse,
): Direction {
  const side = namedSide(row, ownAccounts);
  if (amounts === 'signed') {
    if (amount.startsWith('-')) return 'debit';
    // The payee is someone else: outgoing money without its sign.
    if (side === 'debit' && !amount.startsWith('+')) {
      throw refuse('an outgoing amount has no sign: is BANK_AMOUNTS=unsigned right for this bank?');
    }
    return 'credit';
  }
  if (/^[+-]/.test(amount))
    throw refuse('the amount has a sign: is BANK_AMOUNTS=signed right for this bank?');
  if (side === null) throw refuse('neither a sign nor a party gives the direction');
  return side;
}

/** The direction by parties: first our own account as payer or payee, then the only named side. */
function namedSide(row: JsonObject, own: ReadonlySet<string>): Direction | null {
  const [debtor, creditor] = [accountOf(row, 'debtor'), accountOf(row, 'creditor')];
  const isOwn = (account: string | null) => account !== null && own.has(account);
  if (isOwn(creditor) !== isOwn(debtor)) return isOwn(creditor) ? 'credit' : 'debit';
  const hasDebtor = debtor !== null || isNamed(row, 'debtorName');
  const hasCreditor = creditor !== null || isNamed(row, 'creditorName');
  if (hasDebtor === hasCreditor) return null;
  return hasDebtor ? 'credit' : 'debit';
}

function isNamed(row: JsonObject, name: 'debtorName' | 'creditorName'): boolean {
  const value = field(row, name);
  return typeof value === 'string' && value.trim() !== '';
}

function accountOf(row: JsonObject, side: 'debtor' | 'creditor'): string | null {
  const account = field(row, `${side}Account`);
  if (!isJsonObject(account)) return null;
  for (const name of ['iban', 'bban', 'maskedPan', 'msisdn']) {
    const value = field(account, name);
    if (typeof value === 'string' && value.trim() !== '') return value.replaceAll(' ', '');
  }
  return null;
}

/** Remittance in every form that the standard has, then the end-to-end id, which some payers fill in. */
function readReferences(row: JsonObject, refuse: Refuse): readonly string[] {
  const unstructured = [
    optionalText(row, 'remittanceInformationUnstructured', refuse),
    ...textsOf(row, 'remittanceInformationUnstructuredArray', refuse),
  ];
  const structured = [
    structuredText(field(row, 'remittanceInformationStructured'), refuse),
    ...listOf(row, 'remittanceInformationStructuredArray', refuse).map((each) =>
      structuredText(each, refuse),
    ),
  ];
  const endToEnd = optionalText(row, 'endToEndId', refuse);
  const all = [...unstructured, ...structured, endToEnd === 'NOTPROVIDED' ? null : endToEnd].filter(
    (text) => text !== null,
  );
  return [...new Set(all)];
}

function listOf(row: JsonObject, name: string, refuse: Refuse): readonly JsonValue[] {
  const value = field(row, name) ?? null;
  if (value === null) return [];
  if (!isJsonArray(value)) throw refuse(`${name} is not a list`);
  return value;
}

function textsOf(row: JsonObject, name: string, refuse: Refuse): readonly (string | null)[] {
  return listOf(row, name, refuse).map((text) => optionalText({ [name]: text }, name, refuse));
}

/** A text at older banks, an object with `reference` at newer ones. */
function structuredText(value: JsonValue | undefined, refuse: Refuse): string | null {
  const name = 'remittanceInformationStructured';
  if (isJsonObject(value)) return optionalText(value, 'reference', refuse);
  return value === undefined ? null : optionalText({ [name]: value }, name, refuse);
}

function readBalance(row: JsonObject, currency: Currency, refuse: Refuse): bigint | null {
  const money = valueAt(row, '/balanceAfterTransaction/balanceAmount');
  if (!isJsonObject(money) || field(money, 'currency') !== currency) return null;
  return minorField(money, 'amount', currency, refuse);
}
