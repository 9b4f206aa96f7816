import { isCoded } from '../../domain/errors.ts';
import type { Currency } from '../../domain/money/money.ts';
import type { Sighting } from '../../domain/line/sighting.ts';
import type { HttpLimits } from '../http/exchange.ts';
import { readJson } from '../http/read-json.ts';
import { countField, minorField, objectField, requiredText, type Refuse } from '../json/fields.ts';
import { isJsonObject, type JsonValue } from '../json/json-text.ts';
import { createTokenSource, type AskWithToken } from './access-token.ts';
import type { DayWindow, Feed } from './feed.ts';
import {
  PAGES_MAX,
  noteUnknownAround,
  noteUnknownFields,
  onlyInWindow,
  refuseBalance,
  refuseOutsideWindow,
  refusePage,
} from './feed-page.ts';
import { INVESTEC_FIELDS, investecRows, readInvestecRow } from './investec-row.ts';
import { readUntilAgreed, type FeedPage } from './read-passes.ts';

export interface InvestecCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly apiKey: string;
}

interface InvestecFeedSettings {
  readonly host: URL;
  readonly credentials: InvestecCredentials;
  readonly accountId: string;
  readonly currency: Currency;
  readonly limits: HttpLimits;
  readonly now: () => number;
}

/** Known fields around the rows; the list of rows has two names. */
const KNOWN = {
  '': new Set(['data', 'links', 'meta']),
  '/data': new Set(['transactions', 'PendingTransaction']),
  '/links': new Set(['self']),
  '/meta': new Set(['totalPages']),
};

/** One fetch: the request, and the unknown field names seen so far. */
interface Reading {
  readonly settings: InvestecFeedSettings;
  readonly askWithToken: AskWithToken;
  readonly window: DayWindow;
  readonly signal: AbortSignal;
  readonly unknown: Set<string>;
}

/**
 * Investec Programmable Banking, private and business accounts. Ids are stable: account, posting date and posted
 * order are final once the order is above 0, and rows without a final order count as pending. Fields that the bank adds are
 * reported in the snapshot and do not refuse the page, since the bank extends its rows without notice.
 */
export function createInvestecFeed(settings: InvestecFeedSettings): Feed {
  const askWithToken = createTokenSource(tokenRequest(settings), settings);
  return {
    idStable: true,
    async fetchWindow(window, signal, onPage) {
      const reading = { settings, askWithToken, window, signal, unknown: new Set<string>() };
      const read = await readUntilAgreed(
        async ({ page }) => readPage(reading, page, await fetchPage(reading, page)),
        { idStable: true, onPage },
      );
      const sightings = [...read.sightings, ...(await fetchPending(reading))];
      return { window, sightings, pages: read.pages, unknownFields: [...reading.unknown].sort() };
    },
    async readBalance(signal) {
      const body = await ask(
        { settings, askWithToken, signal },
        addressOf({ settings }, 'balance'),
      );
      return { minor: readCurrentBalance(body, settings), day: null };
    },
  };
}

function tokenRequest({ host, credentials }: InvestecFeedSettings) {
  const { clientId, clientSecret, apiKey } = credentials;
  return {
    url: new URL('/identity/v2/oauth2/token', host),
    headers: {
      authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
      'x-api-key': apiKey,
    },
    form: { grant_type: 'client_credentials' },
  };
}

async function fetchPage(reading: Reading, page: number): Promise<JsonValue> {
  const url = addressOf(reading, 'transactions');
  url.searchParams.set('fromDate', reading.window.from);
  url.searchParams.set('toDate', reading.window.to);
  // The current API description has no `page`, an older one has: the first request omits it.
  if (page > 1) url.searchParams.set('page', page.toString());
  return ask(reading, url);
}

/**
 * Rows that are not booked yet, which have a separate endpoint. They are only shown, so the read continues where the
 * credentials or the bank do not offer that endpoint.
 */
async function fetchPending(reading: Reading): Promise<readonly Sighting[]> {
  let body: JsonValue;
  try {
    body = await ask(reading, addressOf(reading, 'pending-transactions'));
  } catch (error) {
    const status = isCoded(error) ? error.details['status'] : null;
    if (status === 403 || status === 404) return [];
    throw error;
  }
  const refuse: Refuse = (why) => refusePage(1)(`pending transactions: ${why}`);
  const rows = readRows(reading, rowsOf(body, refuse), 'pending row', refuse);
  if (rows.some(({ status }) => status !== 'pending')) throw refuse('it holds a booked row');
  return onlyInWindow(rows, reading.window);
}

function addressOf(
  { settings }: Pick<Reading, 'settings'>,
  list: 'transactions' | 'pending-transactions' | 'balance',
): URL {
  const { accountId, host } = settings;
  return new URL(`/za/pb/v1/accounts/${encodeURIComponent(accountId)}/${list}`, host);
}

function ask(
  { settings, askWithToken, signal }: Pick<Reading, 'settings' | 'askWithToken' | 'signal'>,
  url: URL,
): Promise<JsonValue> {
  return askWithToken(
    (token) =>
      readJson({
        method: 'GET',
        url,
        headers: { authorization: `Bearer ${token}` },
        signal,
        limits: settings.limits,
      }),
    signal,
  );
}

/** The available balance includes credit lines and excludes reservations, so it is not read. */
function readCurrentBalance(body: JsonValue, settings: InvestecFeedSettings): bigint {
  if (!isJsonObject(body)) throw refuseBalance('it is not an object');
  const data = objectField(body, 'data', refuseBalance);
  if (requiredText(data, 'accountId', refuseBalance) !== settings.accountId)
    throw refuseBalance('it belongs to another account');
  if (requiredText(data, 'currency', refuseBalance) !== settings.currency)
    throw refuseBalance(`it is not in the account's ${settings.currency}`);
  return minorField(data, 'currentBalance', settings.currency, refuseBalance);
}

function readPage(reading: Reading, page: number, body: JsonValue): FeedPage {
  const refuse = refusePage(page);
  const values = rowsOf(body, refuse);
  noteUnknownAround(reading.unknown, body, KNOWN);
  const meta = isJsonObject(body) ? objectField(body, 'meta', refuse) : {};
  const pages = countField(meta, 'totalPages', PAGES_MAX, refuse);
  if (values.length > 0 && pages === 0) throw refuse('it has rows but a page count of 0');
  const rows = readRows(reading, values, `page ${page}, row`, refuse);
  refuseOutsideWindow(rows, reading.window, refuse);
  return { rows, pages, next: null };
}

function readRows(
  { settings, unknown }: Reading,
  values: readonly JsonValue[],
  place: string,
  refuse: Refuse,
): readonly Sighting[] {
  return values.map((value, index) => {
    noteUnknownFields(unknown, value, INVESTEC_FIELDS);
    return readInvestecRow(value, {
      accountId: settings.accountId,
      currency: settings.currency,
      position: `${place} ${index + 1}`,
      refuse,
    });
  });
}

/** The list is named `transactions` in the bank's examples and `PendingTransaction` in one of its schemas. */
function rowsOf(body: JsonValue, refuse: Refuse): readonly JsonValue[] {
  if (!isJsonObject(body)) throw refuse('it is not an object');
  const rows = investecRows(objectField(body, 'data', refuse));
  if (rows === null) throw refuse('it does not have exactly one list of transactions');
  return rows;
}
