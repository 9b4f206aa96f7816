import { AMOUNT_MINOR_MAX, type Currency } from '../../domain/money/money.ts';
import type { Direction } from '../../domain/line/sighting.ts';
import { optionalStyledDay, styledDay } from './day.ts';
import type { JsonFieldMap } from './field-map.ts';
import {
  choiceField,
  decimalField,
  decimalText,
  field,
  optionalId,
  optionalText,
  requiredText,
  type Refuse,
} from './fields.ts';
import type { JsonObject } from './json-text.ts';
import { firstNameOf, flatten } from './pointer.ts';
import { readOptional, type RowReader } from './read-row.ts';

interface RowContext {
  readonly accountId: string;
  readonly currency: Currency;
  /** Time zone of the account; a field map may override it. */
  readonly timeZone: string;
  /** `page 2, row 17` */
  readonly position: string;
  /** Receives fields whose values cannot be read and are not needed. */
  readonly onIgnored: (field: string) => void;
}

/** Reads the rows of a field map; the `json` feed and webhooks share it. */
export function jsonRowReader(map: JsonFieldMap, context: RowContext): RowReader {
  const { currency, position, onIgnored } = context;
  const style = { dateFormat: map.dateFormat, timeZone: map.timeZone ?? context.timeZone };
  const pointers = pointersOf(map);
  return {
    position,
    idFields: map.id === undefined ? [] : [map.id],
    statusOf(value, refuse) {
      if (map.status === undefined) return 'booked';
      const { field: name, booked, pending, skip } = map.status;
      const row = flatten(value, [name]);
      const choices = { booked, pending, left_out: skip };
      return choiceField(row, name, choices, ['booked', 'pending', 'left_out'], refuse);
    },
    dayOf: (value, _status, refuse) =>
      styledDay(flatten(value, [map.bookingDate]), map.bookingDate, style, refuse),
    read(value, { status, bookingDate }, refuse) {
      const row = flatten(value, pointers);
      const account = map.account === undefined ? null : optionalId(row, map.account, refuse);
      if (account !== null && account !== context.accountId) {
        throw refuse(`${map.account ?? ''} names another account`, map.account);
      }
      refuseOtherCurrency(row, map, currency, refuse);
      const texts = (names: readonly string[]) =>
        names.flatMap((name) => optionalText(row, name, refuse) ?? []);
      const { counterparty: party, valueDate } = map;
      return {
        bankId: map.id === undefined ? null : optionalId(row, map.id, refuse),
        bookingDate,
        valueDate:
          valueDate === undefined
            ? null
            : readOptional((own) => optionalStyledDay(row, valueDate, style, own), onIgnored),
        ...readMovement(row, map, currency, refuse),
        currency,
        status,
        reversal: false,
        references: texts(map.references),
        text: texts(map.text).join(' '),
        counterparty: {
          name: party.name === undefined ? null : optionalText(row, party.name, refuse),
          account: party.account === undefined ? null : optionalText(row, party.account, refuse),
        },
        runningBalanceMinor: readOptional(
          (own) => readBalance(row, map, map.runningBalance, currency, own),
          onIgnored,
        ),
        position,
      };
    },
  };
}

/** The fields of a row that a map reads or ignores. */
export function knownRowFields(map: JsonFieldMap): ReadonlySet<string> {
  return new Set([...pointersOf(map).map(firstNameOf), ...map.ignored]);
}

/** A signed balance, null where the map names none or the answer has none. */
export function readBalance(
  object: JsonObject,
  map: JsonFieldMap,
  name: string | undefined,
  currency: Currency,
  refuse: Refuse,
): bigint | null {
  if (name === undefined || (field(object, name) ?? null) === null) return null;
  return readAmount(object, name, map, currency, refuse);
}

function readMovement(
  row: JsonObject,
  map: JsonFieldMap,
  currency: Currency,
  refuse: Refuse,
): { readonly amountMinor: bigint; readonly direction: Direction } {
  const { amount = '', credit = '', debit = '', indicator } = map;
  switch (map.amountKind) {
    case 'signed': {
      const minor = readAmount(row, amount, map, currency, refuse);
      return minor < 0n
        ? { amountMinor: -minor, direction: 'debit' }
        : { amountMinor: minor, direction: 'credit' };
    }
    case 'unsigned+indicator': {
      if (indicator === undefined) throw refuse('the field map names no indicator');
      return {
        amountMinor: unsigned(row, amount, map, currency, refuse),
        direction: choiceField(row, indicator.field, indicator, ['credit', 'debit'], refuse),
      };
    }
    case 'creditColumn/debitColumn': {
      const given = [credit, debit].filter((name) => hasAmount(row, name));
      const moving = given.filter((name) => unsigned(row, name, map, currency, refuse) !== 0n);
      // Some banks write a zero into the unused column; two zeros are a notice, which never posts.
      const [name] = moving.length > 0 ? moving : given;
      if (moving.length > 1 || name === undefined) {
        throw refuse(`not exactly one of ${credit} and ${debit} holds an amount`, credit);
      }
      const amountMinor = unsigned(row, name, map, currency, refuse);
      return { amountMinor, direction: name === credit ? 'credit' : 'debit' };
    }
  }
}

function hasAmount(row: JsonObject, name: string): boolean {
  const value = field(row, name);
  return value !== undefined && value !== null && value !== '';
}

/** Refuses any sign, even of zero: another field gives the direction. */
function unsigned(
  row: JsonObject,
  name: string,
  map: JsonFieldMap,
  currency: Currency,
  refuse: Refuse,
): bigint {
  if (/^[+-]/.test(decimalText(row, name, refuse))) {
    throw refuse(`${name} has a sign although another field gives the direction`, name);
  }
  return readAmount(row, name, map, currency, refuse);
}

function readAmount(
  row: JsonObject,
  name: string,
  map: JsonFieldMap,
  currency: Currency,
  refuse: Refuse,
): bigint {
  if (map.unit === 'major') {
    const { decimalMark, thousandsMark } = map;
    const style = thousandsMark === undefined ? { decimalMark } : { decimalMark, thousandsMark };
    return decimalField(row, name, currency, style, refuse);
  }
  const text = decimalText(row, name, refuse);
  const isWhole = /^[+-]?[0-9]{1,20}$/.test(text);
  const minor = isWhole ? BigInt(text) : 0n;
  if (!isWhole || minor > AMOUNT_MINOR_MAX || minor < -AMOUNT_MINOR_MAX) {
    throw refuse(`${name} is not a whole number of minor units`, name);
  }
  return minor;
}

function refuseOtherCurrency(
  row: JsonObject,
  map: JsonFieldMap,
  currency: Currency,
  refuse: Refuse,
): void {
  if (typeof map.currency !== 'string') {
    if (map.currency.constant !== currency) {
      throw refuse(`the field map's currency is not the account's ${currency}`);
    }
  } else if (requiredText(row, map.currency, refuse) !== currency) {
    throw refuse(`${map.currency} is not the account's ${currency}`, map.currency);
  }
}

function pointersOf(map: JsonFieldMap): readonly string[] {
  return [
    map.id,
    map.account,
    map.bookingDate,
    map.valueDate,
    map.amount,
    map.credit,
    map.debit,
    map.indicator?.field,
    map.status?.field,
    typeof map.currency === 'string' ? map.currency : undefined,
    ...map.references,
    ...map.text,
    map.counterparty.name,
    map.counterparty.account,
    map.runningBalance,
  ].filter((name) => name !== undefined);
}
