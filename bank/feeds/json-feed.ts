import { signedMinor } from '../../domain/line/sighting.ts';
import type { Currency } from '../../domain/money/money.ts';
import type { HttpLimits } from '../http/exchange.ts';
import { readJson } from '../http/read-json.ts';
import { writeDay } from '../json/day.ts';
import type { JsonFieldMap } from '../json/field-map.ts';
import { countField, optionalText, type Refuse } from '../json/fields.ts';
import { jsonRowReader, knownRowFields, readBalance } from '../json/json-row.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../json/json-text.ts';
import { firstNameOf, flatten, valueAt } from '../json/pointer.ts';
import type { DayWindow, Feed, UnknownFields } from './feed.ts';
import { createNotes, noteUnknownFields, toldBy, type FeedNotes } from './feed-notes.ts';
import { PAGES_MAX, nextAddress, refusePage, refuseUnproved } from './feed-page.ts';
import { readPageRows, type PageRows } from './page-rows.ts';
import { readUntilAgreed, type FeedPage, type PageRequest } from './read-passes.ts';

interface JsonFeedSettings {
  readonly url: URL;
  readonly key: string;
  readonly accountId: string;
  readonly currency: Currency;
  readonly timeZone: string;
  readonly map: JsonFieldMap;
  readonly limits: HttpLimits;
  readonly unknownFields: UnknownFields;
}

/** Balances before and after the window, where the field map names them. */
interface Balances {
  opening: bigint | null;
  closing: bigint | null;
}

/**
 * Any gateway that returns rows as JSON for a bearer key. A field map says where each value is; the default map is our own
 * wire format: `GET url?accountId&from&to&page` returns `{ transactions, page, pages }`.
 */
export function createJsonFeed(settings: JsonFeedSettings): Feed {
  const { map } = settings;
  return {
    idStable: map.idStable,
    async fetchWindow(window, signal, onPage) {
      const notes = createNotes(settings.unknownFields);
      const balances: Balances = { opening: null, closing: null };
      const read = await readUntilAgreed(
        async (request) => {
          const url = addressOf(settings, window, request);
          const body = await readJson({
            method: 'GET',
            url,
            headers: { authorization: `Bearer ${settings.key}` },
            signal,
            limits: settings.limits,
          });
          return readPage(settings, { window, request, url, body, balances }, notes);
        },
        { idStable: map.idStable, onPage },
      );
      const booked = read.sightings.filter(({ status }) => status === 'booked');
      // The amount of an unreadable row is missing from the sum.
      if (read.unreadable.length === 0) refuseUnproved(balances, booked.map(signedMinor));
      return { window, ...read, ...toldBy(notes) };
    },
  };
}

function addressOf(
  { url: base, accountId, map }: JsonFeedSettings,
  window: DayWindow,
  { page, cursor }: PageRequest,
): URL {
  if (map.paging.kind === 'link' && cursor !== null) return new URL(cursor);
  const url = new URL(base);
  const { request, paging } = map;
  url.searchParams.set(request.account, accountId);
  url.searchParams.set(request.from, writeDay(window.from, request.dateFormat));
  url.searchParams.set(request.to, writeDay(window.to, request.dateFormat));
  if (paging.kind === 'pages') url.searchParams.set(paging.parameter, page.toString());
  if (paging.kind === 'cursor' && cursor !== null) url.searchParams.set(paging.parameter, cursor);
  return url;
}

function readPage(
  settings: JsonFeedSettings,
  answer: {
    readonly window: DayWindow;
    readonly request: PageRequest;
    readonly url: URL;
    readonly body: JsonValue;
    readonly balances: Balances;
  },
  notes: FeedNotes,
): FeedPage {
  const { map } = settings;
  const { page } = answer.request;
  const refuse = refusePage(page);
  const values = valueAt(answer.body, map.rows);
  const envelope = isJsonObject(answer.body) ? answer.body : {};
  if (map.rows !== '') {
    if (!isJsonObject(answer.body)) throw refuse('it is not an object');
    noteUnknownFields(notes, envelope, knownNames(map), { place: 'it', refuse });
  }
  const place = readPlace(envelope, map, { page, url: answer.url, refuse });
  if (!isJsonArray(values)) throw refuse(`${map.rows || 'it'} is not a list`);
  if (values.length > 0 && place.pages === 0) {
    throw refuse('it has rows but a page count of 0');
  }
  const read = readRows(settings, { window: answer.window, values, page }, notes);
  noteBalances(envelope, settings, page, answer.balances);
  return { ...read, ...place };
}

function readRows(
  { map, accountId, currency, timeZone }: JsonFeedSettings,
  shown: {
    readonly window: DayWindow;
    readonly values: readonly JsonValue[];
    readonly page: number;
  },
  notes: FeedNotes,
): PageRows {
  const { window, values, page } = shown;
  const refuse = refusePage(page);
  const known = knownRowFields(map);
  const onIgnored = (name: string) => notes.ignored.add(name);
  return readPageRows(
    values,
    (index) => {
      const position = `page ${page}, row ${index + 1}`;
      noteUnknownFields(notes, values[index], known, { place: position, refuse });
      return jsonRowReader(map, { accountId, currency, timeZone, position, onIgnored });
    },
    { window, asked: window },
    refuse,
  );
}

/** The number of this page and the cursor or link to the next. */
function readPlace(
  envelope: JsonObject,
  { paging }: JsonFieldMap,
  { page, url, refuse }: { readonly page: number; readonly url: URL; readonly refuse: Refuse },
): Pick<FeedPage, 'pages' | 'next'> {
  switch (paging.kind) {
    case 'none':
      return { pages: null, next: null };
    case 'pages': {
      const flat = flatten(envelope, [paging.page ?? paging.pages, paging.pages]);
      if (paging.page !== undefined && countField(flat, paging.page, PAGES_MAX, refuse) !== page) {
        throw refuse('its page number is not the requested one');
      }
      return { pages: countField(flat, paging.pages, PAGES_MAX, refuse), next: null };
    }
    case 'cursor':
    case 'link': {
      const next = optionalText(flatten(envelope, [paging.next]), paging.next, refuse);
      return {
        pages: null,
        next: paging.kind === 'link' ? nextAddress(url, next, refuse) : next,
      };
    }
  }
}

/** The opening balance of the first page and the closing one of the last, whichever pages state them. */
function noteBalances(
  envelope: JsonObject,
  { map, currency }: JsonFeedSettings,
  page: number,
  balances: Balances,
): void {
  const { opening, closing } = map;
  if (opening === undefined || closing === undefined) return;
  const refuse = refusePage(page);
  const flat = flatten(envelope, [opening, closing]);
  if (page === 1) balances.opening = readBalance(flat, map, opening, currency, refuse);
  balances.closing = readBalance(flat, map, closing, currency, refuse) ?? balances.closing;
}

function knownNames(map: JsonFieldMap): ReadonlySet<string> {
  const { paging } = map;
  const pointers = [
    map.rows,
    'page' in paging ? paging.page : undefined,
    'pages' in paging ? paging.pages : undefined,
    'next' in paging ? paging.next : undefined,
    map.opening,
    map.closing,
  ].filter((pointer) => pointer !== undefined);
  return new Set([...pointers.map(firstNameOf), ...map.ignored]);
}
