import { isCoded } from '../../domain/errors.ts';
import type { Currency } from '../../domain/money/money.ts';
import type { Sighting } from '../../domain/line/sighting.ts';
import type { HttpLimits } from '../http/exchange.ts';
import { readJson } from '../http/read-json.ts';
import { countField, minorField, objectField, requiredText, type Refuse } from '../json/fields.ts';
import { isJsonObject, type JsonValue } from '../json/json-text.ts';
import { createTokenSource, type AskWithToken } from './access-token.ts';
import type { DayWindow, Feed, UnknownFields } from './feed.ts';
import {
  createNotes,
  noteUnknownAround,
  noteUnknownFields,
  toldBy,
  type FeedNotes,
} from './feed-notes.ts';
import { PAGES_MAX, refuseBalance, refusePage } from './feed-page.ts';
import { INVESTEC_FIELDS, investecRowReader, investecRows } from './investec-row.ts';
import { readPageRows, type PageRows } from './page-rows.ts';
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
  readonly unknownFields: UnknownFields;
  readonly now: () => number;
}

/** Known fields around the rows; the list of rows has two names. */
const KNOWN = {
  '': new Set(['data', 'links', 'meta']),
  '/data': new Set(['transactions', 'PendingTransaction']),
  '/links': new Set(['self']),
  '/meta': new Set(['totalPages']),
};

/** One fetch: the request, and what it found beside the rows so far. */
interface Reading {
  readonly settings: InvestecFeedSettings;
  readonly askWithToken: AskWithToken;
  readonly window: DayWindow;
  readonly signal: AbortSignal;
  readonly notes: FeedNotes;
}

/**
 * Investec Programmable Banking, private and business accounts. Ids are stable: account, posting date and posted
 * order are final once the order is above 0, and rows without a final order count as pending.
 */
export function createInvestecFeed(settings: InvestecFeedSettings): Feed {
  const askWithToken = createTokenSource(tokenRequest(settings), settings);
  return {
    idStable: true,
    async fetchWindow(window, signal, onPage) {
      const notes = createNotes(settings.unknownFields);
      const reading = { settings, askWithToken, window, signal, notes };
      const read = await readUntilAgreed(
        async ({ page }) => readPage(reading, page, await fetchPage(reading, page)),
        { idStable: true, onPage },
      );
      return { window, ...read, ...toldBy(notes) };
    },
    readPending: (window, signal) =>
      fetchPending({ settings, askWithToken, window, signal, notes: createNotes('record') }),
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

/** Rows that are not booked yet, which have a separate endpoint; none where the credentials or the bank do not offer it. */
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
  const { rows } = readRows(reading, rowsOf(body, refuse), 'pending row', refuse);
  // A row that is booked by now comes with the booked ones, at the next read at the latest.
  return rows.filter(({ status }) => status === 'pending');
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
  noteUnknownAround(reading.notes, body, KNOWN, refuse);
  const meta = isJsonObject(body) ? objectField(body, 'meta', refuse) : {};
  const pages = countField(meta, 'totalPages', PAGES_MAX, refuse);
  if (values.length > 0 && pages === 0) throw refuse('it has rows but a page count of 0');
  return { ...readRows(reading, values, `page ${page}, row`, refuse), pages, next: null };
}

function readRows(
  { settings, notes, window }: Reading,
  values: readonly JsonValue[],
  place: string,
  refuse: Refuse,
): PageRows {
  const { accountId, currency } = settings;
  const onIgnored = (name: string) => notes.ignored.add(name);
  return readPageRows(
    values,
    (index) => {
      const position = `${place} ${index + 1}`;
      noteUnknownFields(notes, values[index], INVESTEC_FIELDS, { place: position, refuse });
      return investecRowReader({ accountId, currency, position, onIgnored });
    },
    { window, asked: window },
    refuse,
  );
}

/** The list is named `transactions` in the bank's examples and `PendingTransaction` in one of its schemas. */
function rowsOf(body: JsonValue, refuse: Refuse): readonly JsonValue[] {
  if (!isJsonObject(body)) throw refuse('it is not an object');
  const rows = investecRows(objectField(body, 'data', refuse));
  if (rows === null) throw refuse('it does not have exactly one list of transactions');
  return rows;
}
