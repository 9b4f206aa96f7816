import { addDays } from '../../domain/local-date.ts';
import type { Currency } from '../../domain/money/money.ts';
import type { HttpLimits } from '../http/exchange.ts';
import { readJson } from '../http/read-json.ts';
import { countField, field, objectField, optionalText, requiredText } from '../json/fields.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../json/json-text.ts';
import type { DayWindow, Feed, UnknownFields } from './feed.ts';
import {
  createNotes,
  noteUnknownAround,
  noteUnknownFields,
  toldBy,
  type FeedNotes,
} from './feed-notes.ts';
import {
  PAGES_MAX,
  addressUnder,
  nextAddress,
  onlyBalance,
  refuseBalance,
  refusePage,
} from './feed-page.ts';
import {
  OPEN_BANKING_UK_FIELDS,
  openBankingUkRowReader,
  readSignedBalance,
} from './open-banking-uk-row.ts';
import { readPageRows } from './page-rows.ts';
import { readUntilAgreed, type FeedPage, type PageRequest } from './read-passes.ts';

/** Known fields around the rows in versions 3.1 and 4.0. */
const KNOWN = {
  '': new Set(['Data', 'Links', 'Meta', 'Risk']),
  '/Data': new Set(['Transaction']),
  '/Links': new Set(['Self', 'First', 'Prev', 'Next', 'Last']),
  '/Meta': new Set(['TotalPages', 'FirstAvailableDateTime', 'LastAvailableDateTime']),
};

interface OpenBankingUkSettings {
  /** Up to and including `/open-banking/v3.1/aisp` or `…/v4.0/aisp`. */
  readonly base: URL;
  /** A bearer token; each bank turns a consent into one in its own way. */
  readonly key: string;
  readonly accountId: string;
  readonly currency: Currency;
  readonly timeZone: string;
  readonly limits: HttpLimits;
  readonly unknownFields: UnknownFields;
}

/**
 * Open Banking UK, versions 3.1 and 4.0: account transactions, paged by `Links.Next`. Its ids are optional, and mutable rows may
 * change or disappear, so ids are evidence only.
 */
export function createOpenBankingUkFeed(settings: OpenBankingUkSettings): Feed {
  return {
    idStable: false,
    async fetchWindow(window, signal, onPage) {
      const notes = createNotes(settings.unknownFields);
      // The standard does not name the time zone of the requested days: ask for one more on each side and pick ours.
      const asked = { from: addDays(window.from, -1), to: addDays(window.to, 1) };
      const read = await readUntilAgreed(
        async (request) => {
          const url = addressOf(settings, asked, request);
          const body = await readJson({
            method: 'GET',
            url,
            headers: { authorization: `Bearer ${settings.key}` },
            signal,
            limits: settings.limits,
          });
          return readPage(settings, { asked, window, page: request.page, url, body }, notes);
        },
        { idStable: false, onPage },
      );
      return { window, ...read, ...toldBy(notes) };
    },
    async readBalance(signal) {
      const { accountId, base, currency, key, limits } = settings;
      const url = addressUnder(base, `accounts/${encodeURIComponent(accountId)}/balances`);
      const headers = { authorization: `Bearer ${key}` };
      const body = await readJson({ method: 'GET', url, headers, signal, limits });
      const minor = readBookedBalance(body, { accountId, currency });
      return minor === null ? null : { minor, day: null };
    },
  };
}

/** Version 4 writes codes where version 3 writes words. */
const INTERIM_BOOKED = new Set(['InterimBooked', 'ITBD']);

/**
 * The current booked balance. Closing balances carry an instant that banks use in different ways, and a balance that
 * includes a credit line is not a sum of lines.
 */
function readBookedBalance(
  body: JsonValue,
  { accountId, currency }: Pick<OpenBankingUkSettings, 'accountId' | 'currency'>,
): bigint | null {
  if (!isJsonObject(body)) throw refuseBalance('it is not an object');
  const balances = field(objectField(body, 'Data', refuseBalance), 'Balance') ?? [];
  if (!isJsonArray(balances)) throw refuseBalance('Data.Balance is not a list');
  const minors = balances.flatMap((balance) => {
    if (!isJsonObject(balance)) throw refuseBalance('a balance is not an object');
    if (!INTERIM_BOOKED.has(requiredText(balance, 'Type', refuseBalance))) return [];
    if (requiredText(balance, 'AccountId', refuseBalance) !== accountId) return [];
    return hasCreditLine(balance)
      ? []
      : (readSignedBalance(balance, currency, refuseBalance) ?? []);
  });
  return onlyBalance(minors);
}

function hasCreditLine(balance: JsonObject): boolean {
  const lines = field(balance, 'CreditLine') ?? [];
  if (!isJsonArray(lines)) throw refuseBalance('CreditLine is not a list');
  return lines.some((line) => !isJsonObject(line) || field(line, 'Included') !== false);
}

function addressOf(
  { base, accountId }: OpenBankingUkSettings,
  asked: DayWindow,
  { cursor }: PageRequest,
): URL {
  if (cursor !== null) return new URL(cursor);
  const url = addressUnder(base, `accounts/${encodeURIComponent(accountId)}/transactions`);
  // The standard says to omit the offset.
  url.searchParams.set('fromBookingDateTime', `${asked.from}T00:00:00`);
  url.searchParams.set('toBookingDateTime', `${asked.to}T23:59:59`);
  return url;
}

function readPage(
  { accountId, currency, timeZone }: OpenBankingUkSettings,
  answer: {
    readonly asked: DayWindow;
    readonly window: DayWindow;
    readonly page: number;
    readonly url: URL;
    readonly body: JsonValue;
  },
  notes: FeedNotes,
): FeedPage {
  const { page } = answer;
  const refuse = refusePage(page);
  if (!isJsonObject(answer.body)) throw refuse('it is not an object');
  noteUnknownAround(notes, answer.body, KNOWN, refuse);
  // An account without transactions may have no list at all.
  const values = field(objectField(answer.body, 'Data', refuse), 'Transaction') ?? [];
  if (!isJsonArray(values)) throw refuse('Data.Transaction is not a list');
  const link = optionalText(partOf(answer.body, 'Links'), 'Next', refuse);
  const next = nextAddress(answer.url, link, refuse);
  const meta = partOf(answer.body, 'Meta');
  if (field(meta, 'TotalPages') !== undefined && next === null) {
    const pages = countField(meta, 'TotalPages', PAGES_MAX, refuse);
    if (pages > page) throw refuse(`it counts ${pages} pages but links to no next page`);
  }
  const onIgnored = (name: string) => notes.ignored.add(name);
  const read = readPageRows(
    values,
    (index) => {
      const position = `page ${page}, row ${index + 1}`;
      const at = { place: position, refuse };
      noteUnknownFields(notes, values[index], OPEN_BANKING_UK_FIELDS, at);
      return openBankingUkRowReader({ accountId, currency, timeZone, position, onIgnored });
    },
    {
      window: answer.window,
      // A row inside the requested days in the bank's zone may be a day outside them in ours.
      asked: { from: addDays(answer.asked.from, -1), to: addDays(answer.asked.to, 1) },
    },
    refuse,
  );
  return { ...read, pages: null, next };
}

function partOf(body: JsonObject, name: 'Links' | 'Meta'): JsonObject {
  const value = field(body, name);
  return isJsonObject(value) ? value : {};
}
