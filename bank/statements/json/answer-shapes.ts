import type { Currency } from '../../../domain/money/money.ts';
import type { StatementFormat } from '../../../domain/line/statement.ts';
import {
  BERLIN_GROUP_LISTS,
  berlinGroupRowReader,
  hasMinus,
  type BerlinGroupList,
} from '../../feeds/berlin-group-row.ts';
import { investecRowReader, investecRows } from '../../feeds/investec-row.ts';
import { openBankingUkRowReader } from '../../feeds/open-banking-uk-row.ts';
import { stitchRowReader } from '../../feeds/stitch-row.ts';
import { AS_WRITTEN } from '../../json/day.ts';
import { DEFAULT_FIELD_MAP } from '../../json/field-map.ts';
import type { Refuse } from '../../json/fields.ts';
import { jsonRowReader } from '../../json/json-row.ts';
import { isJsonArray, isJsonNumber, isJsonObject, type JsonValue } from '../../json/json-text.ts';
import { valueAt } from '../../json/pointer.ts';
import type { RowReader } from '../../json/read-row.ts';

interface AnswerRow {
  readonly value: JsonValue;
  /** The list that holds the row. */
  readonly list: BerlinGroupList;
}

interface RowContext {
  readonly currency: Currency;
  readonly position: string;
  readonly list: BerlinGroupList;
  readonly body: JsonValue;
  /** Refuses the whole file. */
  readonly refuse: Refuse;
  /** Receives fields whose values cannot be read and are not needed. */
  readonly onIgnored: (field: string) => void;
}

/** Recognises one protocol's response by its envelope and reads it. */
interface AnswerShape {
  readonly format: StatementFormat;
  /** Null for another protocol's response. */
  readonly rowsOf: (body: JsonValue) => readonly AnswerRow[] | null;
  /** Empty where the response names no account. */
  readonly accountOf: (row: JsonValue, body: JsonValue) => string;
  /** Undefined means rand: the protocol states no currency. */
  readonly currencyOf: (row: JsonValue) => JsonValue | undefined;
  readonly readerOf: (context: RowContext) => RowReader;
}

/** A file does not state its bank's time zone, but most banks write local days. */
const TIME_ZONE = AS_WRITTEN;

const booked = (rows: JsonValue | undefined): readonly AnswerRow[] | null =>
  isJsonArray(rows) ? rows.map((value) => ({ value, list: 'booked' })) : null;

const textAt = (root: JsonValue, pointer: string): string => {
  const value = valueAt(root, pointer);
  return typeof value === 'string' ? value : '';
};

const investec: AnswerShape = {
  format: 'json.investec',
  rowsOf(body) {
    const data = valueAt(body, '/data');
    if (!isJsonObject(data)) return null;
    // A list of accounts is a response of the same API, without rows.
    if (isJsonArray(valueAt(data, '/accounts'))) return [];
    return booked(investecRows(data) ?? undefined);
  },
  accountOf: (row) => textAt(row, '/accountId'),
  currencyOf: () => undefined,
  readerOf: (context) => investecRowReader({ ...context, accountId: null }),
};

const openBankingUk: AnswerShape = {
  format: 'json.open-banking-uk',
  rowsOf: (body) => booked(valueAt(body, '/Data/Transaction')),
  accountOf: (row) => textAt(row, '/AccountId'),
  currencyOf: (row) => valueAt(row, '/Amount/Currency') ?? null,
  readerOf: (context) =>
    openBankingUkRowReader({ ...context, accountId: null, timeZone: TIME_ZONE }),
};

const berlinGroup: AnswerShape = {
  format: 'json.berlin-group',
  rowsOf(body) {
    const lists = BERLIN_GROUP_LISTS.flatMap((list) => {
      const rows = valueAt(body, `/transactions/${list}`);
      return isJsonArray(rows) ? [rows.map((value) => ({ value, list }))] : [];
    });
    return lists.length === 0 ? null : lists.flat();
  },
  accountOf: (_row, body) => textAt(body, '/account/iban') || textAt(body, '/account/bban'),
  currencyOf: (row) => valueAt(row, '/transactionAmount/currency') ?? null,
  readerOf({ body, refuse, ...context }) {
    const own = [textAt(body, '/account/iban'), textAt(body, '/account/bban')];
    const ownAccounts = new Set(own.filter((account) => account !== ''));
    const rows = valueAt(body, `/transactions/${context.list}`);
    return berlinGroupRowReader({
      ...context,
      ownAccounts,
      isSigned: isJsonArray(rows) && rows.some(hasMinus),
      refusePage: refuse,
      amounts: 'signed',
      timeZone: TIME_ZONE,
    });
  },
};

const stitch: AnswerShape = {
  format: 'json.stitch',
  rowsOf(body) {
    const edges = valueAt(body, '/data/node/transactions/edges');
    return isJsonArray(edges)
      ? edges.map((edge) => ({ value: valueAt(edge, '/node') ?? null, list: 'booked' as const }))
      : null;
  },
  accountOf: (_row, body) => textAt(body, '/data/node/id'),
  currencyOf: (row) => valueAt(row, '/amount/currency') ?? null,
  readerOf: (context) => stitchRowReader({ ...context, timeZone: TIME_ZONE }),
};

const plain: AnswerShape = {
  format: 'json.default',
  // Its page count distinguishes it from any other object that lists transactions.
  rowsOf: (body) =>
    isJsonNumber(valueAt(body, '/pages')) ? booked(valueAt(body, '/transactions')) : null,
  accountOf: (row) => textAt(row, '/accountId'),
  currencyOf: (row) => valueAt(row, '/currency') ?? null,
  // Each row says which account it is of.
  readerOf: (context) =>
    jsonRowReader(
      { ...DEFAULT_FIELD_MAP, account: undefined },
      { ...context, accountId: '', timeZone: TIME_ZONE },
    ),
};

/** Tried in this order; no two envelopes overlap, so the order does not matter. */
export const ANSWER_SHAPES: readonly AnswerShape[] = [
  investec,
  openBankingUk,
  berlinGroup,
  stitch,
  plain,
];
