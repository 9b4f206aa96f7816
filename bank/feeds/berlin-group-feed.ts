import { randomUUID } from 'node:crypto';
import type { Currency } from '../../domain/money/money.ts';
import { askBank, type BankAnswer, type HttpLimits } from '../http/exchange.ts';
import { readJsonBody } from '../http/read-json.ts';
import { field, objectField, optionalText, type Refuse } from '../json/fields.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../json/json-text.ts';
import { valueAt } from '../json/pointer.ts';
import { readBerlinGroupBalance } from './berlin-group-balance.ts';
import {
  BERLIN_GROUP_FIELDS,
  BERLIN_GROUP_LISTS,
  berlinGroupRowReader,
  hasMinus,
  type AmountStyle,
  type BerlinGroupList,
} from './berlin-group-row.ts';
import type { DayWindow, Feed, UnknownFields } from './feed.ts';
import {
  createNotes,
  noteUnknownAround,
  noteUnknownFields,
  toldBy,
  type FeedNotes,
} from './feed-notes.ts';
import { addressUnder, nextAddress, refusePage } from './feed-page.ts';
import { readPageRows, sortStatementRows, type PageRows } from './page-rows.ts';
import { readUntilAgreed, type FeedPage, type PageRequest } from './read-passes.ts';
import { readStatementBody, refuseOtherIban } from './statement-body.ts';

interface BerlinGroupSettings {
  /** Up to and with the version: `https://xs2a.bank.example/v1`. */
  readonly base: URL;
  readonly token: string;
  /** Null where the token alone suffices. */
  readonly consentId: string | null;
  readonly accountId: string;
  readonly currency: Currency;
  readonly timeZone: string;
  readonly amounts: AmountStyle;
  readonly limits: HttpLimits;
  readonly unknownFields: UnknownFields;
}

/** Known fields around the rows. */
const KNOWN = {
  '': new Set(['account', 'transactions', 'balances', '_links', 'links', 'next', 'last_updated']),
  '/transactions': new Set(['booked', 'pending', 'information', '_links', 'links']),
};

/** One fetch: the request, and the findings so far. */
interface Reading {
  readonly settings: BerlinGroupSettings;
  readonly window: DayWindow;
  readonly signal: AbortSignal;
  readonly notes: FeedNotes;
  readonly heldPositions: Set<string>;
}

/**
 * Berlin Group NextGenPSD2, and GoCardless Bank Account Data, which has its shape. Some banks omit, blank, share or re-issue
 * ids, so they are evidence only. A bank may return a camt.052, a camt.053 or an MT940 instead of JSON; the statement
 * readers read those.
 */
export function createBerlinGroupFeed(settings: BerlinGroupSettings): Feed {
  return {
    idStable: false,
    async fetchWindow(window, signal, onPage) {
      const notes = createNotes(settings.unknownFields);
      const heldPositions = new Set<string>();
      const reading = { settings, window, signal, notes, heldPositions };
      const read = await readUntilAgreed(
        async (request) => {
          const url = addressOf(settings, window, request);
          return readPage(
            reading,
            { page: request.page, url },
            await ask(reading, url, ['json', 'xml', 'text']),
          );
        },
        { idStable: false, onPage },
      );
      return { window, ...read, ...toldBy(notes), heldPositions };
    },
    async readBalance(signal) {
      // Without signs, a debt looks like a credit balance.
      if (settings.amounts === 'unsigned') return null;
      const url = addressUnder(
        settings.base,
        `accounts/${encodeURIComponent(settings.accountId)}/balances`,
      );
      const { bytes } = await ask({ settings, signal }, url, ['json']);
      return readBerlinGroupBalance(readJsonBody(bytes), settings.currency);
    },
  };
}

function addressOf(
  { base, accountId }: BerlinGroupSettings,
  window: DayWindow,
  { cursor }: PageRequest,
): URL {
  if (cursor !== null) return new URL(cursor);
  const url = addressUnder(base, `accounts/${encodeURIComponent(accountId)}/transactions`);
  url.searchParams.set('bookingStatus', 'both');
  url.searchParams.set('dateFrom', window.from);
  url.searchParams.set('dateTo', window.to);
  return url;
}

function ask(
  { settings, signal }: Pick<Reading, 'settings' | 'signal'>,
  url: URL,
  media: Parameters<typeof askBank>[1],
): Promise<BankAnswer> {
  const { consentId, token, limits } = settings;
  return askBank(
    {
      method: 'GET',
      url,
      headers: {
        authorization: `Bearer ${token}`,
        'x-request-id': randomUUID(),
        ...(consentId === null ? {} : { 'consent-id': consentId }),
      },
      signal,
      limits,
    },
    media,
  );
}

/** The number and URL of the current page. */
interface Place {
  readonly page: number;
  readonly url: URL;
}

async function readPage(reading: Reading, place: Place, answer: BankAnswer): Promise<FeedPage> {
  const refuse = refusePage(place.page);
  if (answer.media === 'json') return readJsonPage(reading, place, readJsonBody(answer.bytes));
  const { accountId, currency } = reading.settings;
  const read = await readStatementBody(answer, accountId, refuse);
  for (const position of read.heldPositions) reading.heldPositions.add(position);
  return {
    ...sortStatementRows(read.sightings, { window: reading.window, currency }, refuse),
    pages: null,
    next: null,
  };
}

function readJsonPage(reading: Reading, { page, url }: Place, body: JsonValue): FeedPage {
  const refuse = refusePage(page);
  if (!isJsonObject(body)) throw refuse('it is not an object');
  const lists = objectField(body, 'transactions', refuse);
  noteUnknownAround(reading.notes, body, KNOWN, refuse);
  const ownAccounts = new Set(
    [reading.settings.accountId, valueAt(body, '/account/iban'), valueAt(body, '/account/bban')]
      .filter((account) => typeof account === 'string')
      .map((account) => account.replaceAll(' ', '')),
  );
  for (const account of ownAccounts) {
    refuseOtherIban(reading.settings.accountId, account, refuse);
  }
  if (BERLIN_GROUP_LISTS.every((list) => field(lists, list) === undefined)) {
    throw refuse('transactions has neither a booked nor a pending list');
  }
  const read = BERLIN_GROUP_LISTS.map((list) =>
    readList(reading, lists, { list, page, ownAccounts, refuse }),
  );
  return {
    rows: read.flatMap(({ rows }) => rows),
    unreadable: read.flatMap(({ unreadable }) => unreadable),
    pages: null,
    next: nextAddress(url, nextOf(body, refuse), refuse),
  };
}

function readList(
  { settings, notes, window }: Reading,
  lists: JsonObject,
  at: {
    readonly list: BerlinGroupList;
    readonly page: number;
    readonly ownAccounts: ReadonlySet<string>;
    readonly refuse: Refuse;
  },
): PageRows {
  const { list, ownAccounts, page, refuse } = at;
  const { amounts, currency, timeZone } = settings;
  const values = field(lists, list) ?? [];
  if (!isJsonArray(values)) throw refuse(`transactions.${list} is not a list`);
  const onIgnored = (name: string) => notes.ignored.add(name);
  const isSigned = values.some(hasMinus);
  return readPageRows(
    values,
    (index) => {
      const position = `page ${page}, ${list} row ${index + 1}`;
      noteUnknownFields(notes, values[index], BERLIN_GROUP_FIELDS, { place: position, refuse });
      const context = { currency, timeZone, amounts, ownAccounts, list, isSigned, position };
      return berlinGroupRowReader({ ...context, refusePage: refuse, onIgnored });
    },
    { window, asked: window },
    refuse,
  );
}

/** Places of the link to the next page: beside the lists as in the standard, at the root, or without its frame. */
const NEXT_LINKS = [
  '/transactions/_links/next',
  '/transactions/links/next',
  '/_links/next',
  '/links/next',
  '/next',
];

function nextOf(body: JsonObject, refuse: Refuse): string | null {
  const links = NEXT_LINKS.flatMap((pointer) => {
    const next = valueAt(body, pointer) ?? null;
    if (next === null) return [];
    return optionalText(isJsonObject(next) ? next : { href: next }, 'href', refuse) ?? [];
  });
  if (new Set(links).size > 1) throw refuse('it links to two different next pages');
  return links[0] ?? null;
}
