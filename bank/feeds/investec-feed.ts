import { isCoded } from '../../domain/errors.ts';
import type { Currency } from '../../domain/money.ts';
import { readJson, type HttpLimits } from '../http/read-json.ts';
import { countField, field, objectField, unknownFields } from '../json/fields.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../json/json-text.ts';
import type { DayWindow, Feed } from './feed.ts';
import { PAGES_MAX, refuseOutsideWindow, refusePage } from './feed-page.ts';
import { INVESTEC_FIELDS, readInvestecRow } from './investec-row.ts';
import { createTokenSource, type InvestecCredentials, type TokenSource } from './investec-token.ts';
import { readUntilAgreed, type FeedPage } from './read-passes.ts';

interface InvestecFeedSettings {
  readonly host: URL;
  readonly credentials: InvestecCredentials;
  readonly accountId: string;
  readonly currency: Currency;
  readonly limits: HttpLimits;
  readonly now: () => number;
}

/**
 * Investec Programmable Banking, private and business accounts. Ids are stable: account, posting date and posted
 * order are final once the order is above 0, and rows from before are left out. Fields that the bank adds are
 * reported in the snapshot and do not refuse the page, since the bank extends its rows without notice.
 */
export function createInvestecFeed(settings: InvestecFeedSettings): Feed {
  const tokens = createTokenSource(
    settings.host,
    settings.credentials,
    settings.limits,
    settings.now,
  );
  return {
    idStable: true,
    async fetchWindow(window, signal, onPage) {
      const unknown = new Set<string>();
      const read = await readUntilAgreed(
        async (page) => {
          const body = await fetchPage(settings, tokens, window, page, signal);
          return readPage(settings, window, page, body, unknown);
        },
        { idStable: true, onPage },
      );
      return { window, ...read, unknownFields: [...unknown].sort() };
    },
  };
}

/** A token may be revoked before its time, so a 401 is answered by one new token and one more try. */
async function fetchPage(
  settings: InvestecFeedSettings,
  tokens: TokenSource,
  window: DayWindow,
  page: number,
  signal: AbortSignal,
): Promise<JsonValue> {
  const path = `/za/pb/v1/accounts/${encodeURIComponent(settings.accountId)}/transactions`;
  const url = new URL(path, settings.host);
  url.searchParams.set('fromDate', window.from);
  url.searchParams.set('toDate', window.to);
  // The API's description knows no `page`, an older one does: the first page is asked for without it.
  if (page > 1) url.searchParams.set('page', page.toString());
  const ask = (token: string) =>
    readJson({
      method: 'GET',
      url,
      headers: { authorization: `Bearer ${token}` },
      signal,
      limits: settings.limits,
    });
  const token = await tokens.get(signal);
  try {
    return await ask(token);
  } catch (error) {
    if (!isCoded(error, 'bank.unauthorized') || error.details['status'] !== 401) throw error;
    tokens.forget();
    return ask(await tokens.get(signal));
  }
}

function readPage(
  settings: InvestecFeedSettings,
  window: DayWindow,
  page: number,
  body: JsonValue,
  unknown: Set<string>,
): FeedPage {
  const refuse = refusePage(page);
  if (!isJsonObject(body)) throw refuse('it is not an object');
  const pages = countField(objectField(body, 'meta', refuse), 'totalPages', PAGES_MAX, refuse);
  const values = findRows(objectField(body, 'data', refuse));
  if (values === null) throw refuse('it has no single list of transactions');
  if (values.length > 0 && pages === 0) throw refuse('it has rows although it counts no pages');
  const rows = values.flatMap((value, index) => {
    const row = readInvestecRow(value, {
      accountId: settings.accountId,
      currency: settings.currency,
      position: `page ${page}, row ${index + 1}`,
      refuse,
    });
    if (isJsonObject(value)) {
      for (const name of unknownFields(value, INVESTEC_FIELDS)) unknown.add(name);
    }
    return row === null ? [] : [row];
  });
  refuseOutsideWindow(rows, window, refuse);
  return { rows, pages };
}

/** The list is named `transactions` in the bank's examples and `PendingTransaction` in one of its schemas. */
function findRows(data: JsonObject): readonly JsonValue[] | null {
  const lists = [field(data, 'transactions'), field(data, 'PendingTransaction')].filter(
    isJsonArray,
  );
  const [only] = lists;
  return lists.length === 1 && only !== undefined ? only : null;
}
