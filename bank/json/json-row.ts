import { AMOUNT_MINOR_MAX, type Currency } from '../../domain/money/money.ts';
import type { Direction, Sighting } from '../../domain/line/sighting.ts';
import { optionalStyledDay, styledDay } from './day.ts';
import type { JsonFieldMap } from './field-map.ts';
import {
  choiceField,
  decimalField,
  decimalText,
  field,
  optionalId,
  optionalText,
  refuseUnknownFields,
  requiredText,
  unknownFields,
  type Refuse,
} from './fields.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json-text.ts';
import { firstNameOf, flatten } from './pointer.ts';

interface RowContext {
  readonly accountId: string;
  readonly currency: Currency;
  /** Time zone of the account; a field map may override it. */
  readonly timeZone: string;
  /** `page 2, row 17` */
  readonly position: string;
  readonly refuse: Refuse;
  /** Receives the names of fields outside the map, where the map reports them. */
  readonly onUnknown?: (names: readonly string[]) => void;
}

/**
 * Reads one row as a sighting; the `json` feed and webhooks share it.
 * @throws the error that `context.refuse` makes
 */
export function readJsonRow(value: JsonValue, map: JsonFieldMap, context: RowContext): Sighting {
  const refuse: Refuse = (why) => context.refuse(`${context.position}: ${why}`);
  if (!isJsonObject(value)) throw refuse('the row is not an object');
  const known = knownNames(map);
  if (map.unknownFields === 'refuse') refuseUnknownFields(value, known, 'the row', refuse);
  else context.onUnknown?.(unknownFields(value, known));
  const row = flatten(value, pointersOf(map));

  const account = map.account === undefined ? null : optionalId(row, map.account, refuse);
  if (account !== null && account !== context.accountId) {
    throw refuse(`${map.account ?? ''} names another account`);
  }
  refuseOtherCurrency(row, map, context.currency, refuse);
  const style = { dateFormat: map.dateFormat, timeZone: map.timeZone ?? context.timeZone };
  const texts = (names: readonly string[]) =>
    names.flatMap((name) => optionalText(row, name, refuse) ?? []);
  const { counterparty: party } = map;
  return {
    bankId: map.id === undefined ? null : optionalId(row, map.id, refuse),
    bookingDate: styledDay(row, map.bookingDate, style, refuse),
    valueDate:
      map.valueDate === undefined ? null : optionalStyledDay(row, map.valueDate, style, refuse),
    ...readMovement(row, map, context.currency, refuse),
    currency: context.currency,
    status:
      map.status === undefined
        ? 'booked'
        : choiceField(row, map.status.field, map.status, ['booked', 'pending'], refuse),
    reversal: false,
    references: texts(map.references),
    text: texts(map.text).join(' '),
    counterparty: {
      name: party.name === undefined ? null : optionalText(row, party.name, refuse),
      account: party.account === undefined ? null : optionalText(row, party.account, refuse),
    },
    runningBalanceMinor: readBalance(row, map, map.runningBalance, context.currency, refuse),
    position: context.position,
  };
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
        throw refuse(`not exactly one of ${credit} and ${debit} holds an amount`);
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
    throw refuse(`${name} has a sign although another field gives the direction`);
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
    throw refuse(`${name} is not a whole number of minor units`);
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
    throw refuse(`${map.currency} is not the account's ${currency}`);
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

function knownNames(map: JsonFieldMap): ReadonlySet<string> {
  return new Set([...pointersOf(map).map(firstNameOf), ...map.ignored]);
}
