import type { Currency } from '../../domain/money/money.ts';
import type { LocalDate } from '../../domain/local-date.ts';
import type { Direction, LineStatus } from '../../domain/line/sighting.ts';
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
import {
  isJsonArray,
  isJsonNumber,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '../json/json-text.ts';
import { valueAt } from '../json/pointer.ts';
import { readOptional, type RowReader } from '../json/read-row.ts';

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
  'bookingStatus',
  'entryStatus',
  'transactionStatus',
  'status',
  '_links',
]);

/** The lists of a response. `information` holds standing orders and rows to come, which are no movements. */
export const BERLIN_GROUP_LISTS = ['booked', 'pending', 'information'] as const;
export type BerlinGroupList = (typeof BERLIN_GROUP_LISTS)[number];

/** Fields in which newer versions and some banks repeat the status beside the row. */
const STATUS_FIELDS = ['bookingStatus', 'entryStatus', 'transactionStatus', 'status'];
const STATUSES: Readonly<Record<string, LineStatus | 'left_out'>> = {
  booked: 'booked',
  book: 'booked',
  pending: 'pending',
  pdng: 'pending',
  information: 'left_out',
  info: 'left_out',
  futr: 'left_out',
  rejected: 'left_out',
  rjct: 'left_out',
};

interface RowContext {
  readonly currency: Currency;
  readonly timeZone: string;
  readonly amounts: AmountStyle;
  /** IBANs or numbers of our own account, without blanks. */
  readonly ownAccounts: ReadonlySet<string>;
  /** The list that holds the row. */
  readonly list: BerlinGroupList;
  /** True if another amount of the response has a minus: then signs are known to mean directions. */
  readonly isSigned: boolean;
  readonly position: string;
  /** Refuses the whole page. */
  readonly refusePage: Refuse;
  /** Receives fields whose values cannot be read and are not needed. */
  readonly onIgnored: (field: string) => void;
}

const DAY = 'YYYY-MM-DD';

/** Reads the rows of Berlin Group transaction lists. A pending row may have no date yet. */
export function berlinGroupRowReader(context: RowContext): RowReader {
  const { currency, list, position, timeZone, onIgnored } = context;
  return {
    position,
    idFields: ['transactionId', 'entryReference', 'internalTransactionId'],
    statusOf: (row, refuse) => readStatus(row, list, refuse),
    dayOf: (row, status, refuse) => readBookingDay(row, status, timeZone, refuse),
    read(row, { status, bookingDate }, refuse) {
      const money = objectField(row, 'transactionAmount', refuse);
      if (requiredText(money, 'currency', refuse) !== currency) {
        throw refuse(`currency is not the account's ${currency}`, 'currency');
      }
      const minor = minorField(money, 'amount', currency, refuse);
      const direction = directionOf(row, decimalText(money, 'amount', refuse), context, refuse);
      const other = direction === 'credit' ? 'debtor' : 'creditor';
      const plain = { dateFormat: DAY, timeZone } as const;
      return {
        bankId:
          optionalId(row, 'transactionId', refuse) ??
          optionalId(row, 'entryReference', refuse) ??
          optionalId(row, 'internalTransactionId', refuse),
        bookingDate,
        valueDate: readOptional(
          (own) => optionalStyledDay(row, 'valueDate', plain, own),
          onIgnored,
        ),
        amountMinor: minor < 0n ? -minor : minor,
        direction,
        currency,
        status,
        reversal: false,
        references: readReferences(row, refuse),
        text:
          optionalText(row, 'proprietaryBankTransactionCode', refuse) ??
          optionalText(row, 'additionalInformation', refuse) ??
          '',
        counterparty: {
          name: optionalText(row, `${other}Name`, refuse),
          account: accountOf(row, other),
        },
        runningBalanceMinor: readOptional((own) => readBalance(row, currency, own), onIgnored),
        position,
      };
    },
  };
}

/** The list decides, unless the row itself says that it is not booked. */
function readStatus(
  row: JsonObject,
  list: BerlinGroupList,
  refuse: Refuse,
): LineStatus | 'left_out' {
  const ofList = list === 'information' ? 'left_out' : list;
  if (ofList !== 'booked') return ofList;
  for (const name of STATUS_FIELDS) {
    const value = field(row, name) ?? null;
    if (value === null) continue;
    const status = typeof value === 'string' ? STATUSES[value.toLowerCase()] : undefined;
    if (status === undefined) throw refuse(`${name} is not one of the known values`, name);
    if (status !== 'booked') return status;
  }
  return 'booked';
}

function readBookingDay(
  row: JsonObject,
  status: LineStatus,
  timeZone: string,
  refuse: Refuse,
): LocalDate | null {
  const plain = { dateFormat: DAY, timeZone } as const;
  const read = status === 'booked' ? styledDay : optionalStyledDay;
  if ((field(row, 'bookingDate') ?? null) === null && field(row, 'bookingDateTime') !== undefined) {
    return read(row, 'bookingDateTime', { dateFormat: 'instant', timeZone }, refuse);
  }
  const day = read(row, 'bookingDate', plain, refuse);
  return day ?? optionalStyledDay(row, 'valueDate', plain, refuse);
}

/**
 * The direction of a row: its sign decides. Without a sign, a `signed` bank means a credit, and at an `unsigned` bank only
 * the named party decides: the counterparty, or ourselves. Outgoing money without a sign, where no amount of the response
 * has one, contradicts the account's setting and refuses the page: rows without a party would be read as money from nowhere.
 */
function directionOf(
  row: JsonObject,
  amount: string,
  { amounts, isSigned, ownAccounts, position, refusePage }: RowContext,
  refuse: Refuse,
): Direction {
  const name = 'transactionAmount';
  const side = namedSide(row, ownAccounts);
  if (amounts === 'signed') {
    if (amount.startsWith('-')) return 'debit';
    // The payee is someone else: outgoing money without its sign.
    if (side === 'debit' && !amount.startsWith('+')) {
      if (isSigned) throw refuse('an outgoing amount has no sign', name);
      throw refusePage(
        `${position}: an outgoing amount has no sign: is BANK_AMOUNTS=unsigned right for this bank?`,
        name,
      );
    }
    return 'credit';
  }
  if (/^[+-]/.test(amount))
    throw refuse('the amount has a sign: is BANK_AMOUNTS=signed right for this bank?', name);
  if (side === null) throw refuse('neither a sign nor a party gives the direction', name);
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
  if (!isJsonArray(value)) throw refuse(`${name} is not a list`, name);
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

/** True if the amount of this row has a minus. */
export function hasMinus(row: JsonValue): boolean {
  const amount = valueAt(row, '/transactionAmount/amount');
  const text = isJsonNumber(amount) ? amount.value : amount;
  return typeof text === 'string' && text.startsWith('-');
}

function readBalance(row: JsonObject, currency: Currency, refuse: Refuse): bigint | null {
  const money = valueAt(row, '/balanceAfterTransaction/balanceAmount');
  if (!isJsonObject(money) || field(money, 'currency') !== currency) return null;
  return minorField(money, 'amount', currency, refuse);
}
