import type { LocalDate } from '../../domain/local-date.ts';
import type { Currency } from '../../domain/money/money.ts';
import { field, minorField, objectField, optionalDayField, requiredText } from '../json/fields.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../json/json-text.ts';
import type { BookedBalance } from './feed.ts';
import { onlyBalance, refuseBalance } from './feed-page.ts';

/** The standard's names, and the ISO 20022 codes that some banks write instead. */
const NOW = new Set(['interimBooked', 'ITBD']);
const CLOSING = new Set(['closingBooked', 'CLBD']);

interface Shown {
  readonly type: string;
  readonly minor: bigint;
  readonly day: LocalDate | null;
}

/**
 * The current booked balance, else the latest dated end-of-day balance. Expected and available balances include unbooked
 * money, and a balance that includes a credit limit is not a sum of lines.
 */
export function readBerlinGroupBalance(body: JsonValue, currency: Currency): BookedBalance | null {
  if (!isJsonObject(body)) throw refuseBalance('it is not an object');
  const balances = field(body, 'balances');
  if (!isJsonArray(balances)) throw refuseBalance('balances is not a list');
  const shown = balances.flatMap((balance): readonly Shown[] => {
    if (!isJsonObject(balance)) throw refuseBalance('a balance is not an object');
    const one = readOne(balance, currency);
    return one === null ? [] : [one];
  });
  const now = onlyBalance(shown.filter(({ type }) => NOW.has(type)).map(({ minor }) => minor));
  if (now !== null) return { minor: now, day: null };
  const closing = shown.filter(({ type, day }) => CLOSING.has(type) && day !== null);
  const day =
    closing
      .map((each) => each.day)
      .sort()
      .at(-1) ?? null;
  const minor = onlyBalance(closing.filter((each) => each.day === day).map((each) => each.minor));
  return day === null || minor === null ? null : { minor, day };
}

function readOne(balance: JsonObject, currency: Currency): Shown | null {
  const type = requiredText(balance, 'balanceType', refuseBalance);
  if (!NOW.has(type) && !CLOSING.has(type)) return null;
  const limit = field(balance, 'creditLimitIncluded') ?? false;
  if (limit !== false) return null;
  const money = objectField(balance, 'balanceAmount', refuseBalance);
  if (requiredText(money, 'currency', refuseBalance) !== currency) return null;
  return {
    type,
    minor: minorField(money, 'amount', currency, refuseBalance),
    day: optionalDayField(balance, 'referenceDate', refuseBalance),
  };
}
