import type { Currency } from '../../domain/money.ts';
import type { Sighting } from '../../domain/sighting.ts';
import {
  choiceField,
  dayField,
  minorField,
  optionalDayField,
  optionalId,
  optionalText,
  field,
  refuseUnknownFields,
  requiredText,
  unsignedMinorField,
  type Refuse,
} from './fields.ts';
import { isJsonObject, type JsonValue } from './json-text.ts';

/**
 * Where a bank's JSON rows keep what we need. Values are field names; lists stand in order of trust.
 * Amounts are unsigned decimals in major units, and the indicator tells the direction.
 */
export interface JsonFieldMap {
  /** True only where the bank's contract says that ids never change and never come twice. */
  readonly idStable: boolean;
  readonly id: string;
  /** Where a row names its account, it must be ours. */
  readonly account: string;
  readonly bookingDate: string;
  readonly valueDate: string;
  readonly amount: string;
  readonly currency: string;
  readonly indicator: {
    readonly field: string;
    readonly values: { readonly credit: readonly string[]; readonly debit: readonly string[] };
  };
  readonly status: {
    readonly field: string;
    readonly values: { readonly booked: readonly string[]; readonly pending: readonly string[] };
  };
  readonly references: readonly string[];
  readonly text: readonly string[];
  readonly runningBalance: string;
}

/**
 * The default wire format. `idStable` is false: the format promises an `id` and nothing about it, and a
 * gateway in front of a bank re-issues ids when it re-reads (bank ids are evidence, the facts are identity).
 * Calling them stable wrongly would name two workflows for one line; calling them unstable costs nothing.
 */
export const DEFAULT_FIELD_MAP: JsonFieldMap = {
  idStable: false,
  id: 'id',
  account: 'accountId',
  bookingDate: 'date',
  valueDate: 'valueDate',
  amount: 'amount',
  currency: 'currency',
  indicator: { field: 'type', values: { credit: ['credit'], debit: ['debit'] } },
  status: { field: 'status', values: { booked: ['booked'], pending: ['pending'] } },
  references: ['reference'],
  text: ['description'],
  runningBalance: 'balance',
};

interface RowContext {
  readonly accountId: string;
  readonly currency: Currency;
  /** `page 2, row 17` */
  readonly position: string;
  readonly refuse: Refuse;
}

/**
 * Reads one row as a sighting; the `json` feed and webhooks share it. Fields outside the map refuse the row:
 * this format is ours, so a field that we do not know means that the sender says something we would ignore.
 * @throws what `context.refuse` makes.
 */
export function readJsonRow(value: JsonValue, map: JsonFieldMap, context: RowContext): Sighting {
  const refuse: Refuse = (why) => context.refuse(`${context.position}: ${why}`);
  if (!isJsonObject(value)) throw refuse('the row is not an object');
  refuseUnknownFields(value, knownFields(map), 'the row', refuse);

  const account = optionalId(value, map.account, refuse);
  if (account !== null && account !== context.accountId) {
    throw refuse(`${map.account} names another account`);
  }
  if (requiredText(value, map.currency, refuse) !== context.currency) {
    throw refuse(`${map.currency} is not the account's ${context.currency}`);
  }
  const balance = field(value, map.runningBalance) ?? null;
  return {
    bankId: optionalId(value, map.id, refuse),
    bookingDate: dayField(value, map.bookingDate, refuse),
    valueDate: optionalDayField(value, map.valueDate, refuse),
    amountMinor: unsignedMinorField(value, map.amount, context.currency, refuse),
    direction: choiceField(value, map.indicator.field, map.indicator.values, refuse),
    currency: context.currency,
    status: choiceField(value, map.status.field, map.status.values, refuse),
    reversal: false,
    references: map.references
      .map((name) => optionalText(value, name, refuse))
      .filter((text) => text !== null),
    text: map.text
      .map((name) => optionalText(value, name, refuse))
      .filter((text) => text !== null)
      .join(' '),
    counterparty: { name: null, account: null },
    runningBalanceMinor:
      balance === null ? null : minorField(value, map.runningBalance, context.currency, refuse),
    position: context.position,
  };
}

function knownFields(map: JsonFieldMap): ReadonlySet<string> {
  return new Set([
    map.id,
    map.account,
    map.bookingDate,
    map.valueDate,
    map.amount,
    map.currency,
    map.indicator.field,
    map.status.field,
    ...map.references,
    ...map.text,
    map.runningBalance,
  ]);
}
