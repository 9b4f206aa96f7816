import type { Currency } from '../../../domain/money/money.ts';
import type { LineStatus, Sighting } from '../../../domain/line/sighting.ts';
import type { StatementFormat } from '../../../domain/line/statement.ts';
import { readBerlinGroupRow } from '../../feeds/berlin-group-row.ts';
import { investecRows, readInvestecRow } from '../../feeds/investec-row.ts';
import { readOpenBankingUkRow } from '../../feeds/open-banking-uk-row.ts';
import { readStitchRow } from '../../feeds/stitch-row.ts';
import { AS_WRITTEN } from '../../json/day.ts';
import { DEFAULT_FIELD_MAP } from '../../json/field-map.ts';
import type { Refuse } from '../../json/fields.ts';
import { readJsonRow } from '../../json/json-row.ts';
import { isJsonArray, isJsonNumber, isJsonObject, type JsonValue } from '../../json/json-text.ts';
import { valueAt } from '../../json/pointer.ts';

interface AnswerRow {
  readonly value: JsonValue;
  /** Status of the list that holds the row. */
  readonly status: LineStatus;
}

interface RowContext {
  readonly currency: Currency;
  readonly position: string;
  readonly status: LineStatus;
  readonly body: JsonValue;
  readonly refuse: Refuse;
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
  /** Null for a pending row that has no date yet. */
  readonly read: (row: JsonValue, context: RowContext) => Sighting | null;
}

/** A file does not state its bank's time zone, but most banks write local days. */
const TIME_ZONE = AS_WRITTEN;

const booked = (list: JsonValue | undefined): readonly AnswerRow[] | null =>
  isJsonArray(list) ? list.map((value) => ({ value, status: 'booked' })) : null;

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
  read: (row, context) => readInvestecRow(row, { ...context, accountId: null }),
};

const openBankingUk: AnswerShape = {
  format: 'json.open-banking-uk',
  rowsOf: (body) => booked(valueAt(body, '/Data/Transaction')),
  accountOf: (row) => textAt(row, '/AccountId'),
  currencyOf: (row) => valueAt(row, '/Amount/Currency') ?? null,
  read: (row, context) =>
    readOpenBankingUkRow(row, { ...context, accountId: null, timeZone: TIME_ZONE }),
};

const berlinGroup: AnswerShape = {
  format: 'json.berlin-group',
  rowsOf(body) {
    const lists = (['booked', 'pending'] as const).flatMap((status) => {
      const list = valueAt(body, `/transactions/${status}`);
      return isJsonArray(list) ? [list.map((value) => ({ value, status }))] : [];
    });
    return lists.length === 0 ? null : lists.flat();
  },
  accountOf: (_row, body) => textAt(body, '/account/iban') || textAt(body, '/account/bban'),
  currencyOf: (row) => valueAt(row, '/transactionAmount/currency') ?? null,
  read(row, { body, ...context }) {
    const own = [textAt(body, '/account/iban'), textAt(body, '/account/bban')];
    const ownAccounts = new Set(own.filter((account) => account !== ''));
    return readBerlinGroupRow(row, {
      ...context,
      ownAccounts,
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
      ? edges.map((edge) => ({ value: valueAt(edge, '/node') ?? null, status: 'booked' as const }))
      : null;
  },
  accountOf: (_row, body) => textAt(body, '/data/node/id'),
  currencyOf: (row) => valueAt(row, '/amount/currency') ?? null,
  read: (row, context) => readStitchRow(row, { ...context, timeZone: TIME_ZONE }),
};

const plain: AnswerShape = {
  format: 'json.default',
  // Its page count distinguishes it from any other object that lists transactions.
  rowsOf: (body) =>
    isJsonNumber(valueAt(body, '/pages')) ? booked(valueAt(body, '/transactions')) : null,
  accountOf: (row) => textAt(row, '/accountId'),
  currencyOf: (row) => valueAt(row, '/currency') ?? null,
  read: (row, context) =>
    readJsonRow(row, DEFAULT_FIELD_MAP, {
      ...context,
      accountId: textAt(row, '/accountId'),
      timeZone: TIME_ZONE,
    }),
};

/** Tried in this order; no two envelopes overlap, so the order does not matter. */
export const ANSWER_SHAPES: readonly AnswerShape[] = [
  investec,
  openBankingUk,
  berlinGroup,
  stitch,
  plain,
];
