import type { Currency } from '../../domain/money.ts';
import { readJson, type HttpLimits } from '../http/read-json.ts';
import { countField, field, refuseUnknownFields } from '../json/fields.ts';
import { isJsonArray, isJsonObject } from '../json/json-text.ts';
import { readJsonRow, type JsonFieldMap } from '../json/json-row.ts';
import type { DayWindow, Feed } from './feed.ts';
import { PAGES_MAX, refuseOutsideWindow, refusePage } from './feed-page.ts';
import { readUntilAgreed, type FeedPage } from './read-passes.ts';

interface JsonFeedSettings {
  readonly url: URL;
  readonly key: string;
  readonly accountId: string;
  readonly currency: Currency;
  readonly map: JsonFieldMap;
  readonly limits: HttpLimits;
}

const ENVELOPE = new Set(['transactions', 'page', 'pages']);

/**
 * Any gateway that speaks the default wire format: `GET url?accountId&from&to&page` with a bearer key, answered by
 * `{ transactions, page, pages }`. Fields outside that format refuse the page.
 */
export function createJsonFeed(settings: JsonFeedSettings): Feed {
  return {
    idStable: settings.map.idStable,
    async fetchWindow(window, signal, onPage) {
      const read = await readUntilAgreed((page) => fetchPage(settings, window, page, signal), {
        idStable: settings.map.idStable,
        onPage,
      });
      return { window, ...read, unknownFields: [] };
    },
  };
}

async function fetchPage(
  settings: JsonFeedSettings,
  window: DayWindow,
  page: number,
  signal: AbortSignal,
): Promise<FeedPage> {
  const url = new URL(settings.url);
  url.searchParams.set('accountId', settings.accountId);
  url.searchParams.set('from', window.from);
  url.searchParams.set('to', window.to);
  url.searchParams.set('page', page.toString());
  const body = await readJson({
    method: 'GET',
    url,
    headers: { authorization: `Bearer ${settings.key}` },
    signal,
    limits: settings.limits,
  });

  const refuse = refusePage(page);
  if (!isJsonObject(body)) throw refuse('it is not an object');
  refuseUnknownFields(body, ENVELOPE, 'it', refuse);
  if (countField(body, 'page', PAGES_MAX, refuse) !== page) {
    throw refuse('it says that it is another page');
  }
  const pages = countField(body, 'pages', PAGES_MAX, refuse);
  const values = field(body, 'transactions');
  if (!isJsonArray(values)) throw refuse('transactions is not a list');
  if (values.length > 0 && pages === 0) throw refuse('it has rows although it counts no pages');
  const rows = values.map((value, index) =>
    readJsonRow(value, settings.map, {
      accountId: settings.accountId,
      currency: settings.currency,
      position: `page ${page}, row ${index + 1}`,
      refuse,
    }),
  );
  refuseOutsideWindow(rows, window, refuse);
  return { rows, pages };
}
