import { CodedError } from '../../domain/errors.ts';
import { parseLocalDate, type LocalDate } from '../../domain/local-date.ts';
import type { Currency } from '../../domain/money/money.ts';
import type { Sighting } from '../../domain/line/sighting.ts';
import type { HttpLimits } from '../http/exchange.ts';
import { readJson } from '../http/read-json.ts';
import { field, minorField, objectField, requiredText, type Refuse } from '../json/fields.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../json/json-text.ts';
import { valueAt } from '../json/pointer.ts';
import { createTokenSource } from './access-token.ts';
import type { DayWindow, Feed, UnknownFields } from './feed.ts';
import { createNotes, noteUnknownFields, toldBy, type FeedNotes } from './feed-notes.ts';
import { onlyInWindow, refuseBalance, refusePage } from './feed-page.ts';
import { readPageRows } from './page-rows.ts';
import { readUntilAgreed, type FeedPage } from './read-passes.ts';
import { STITCH_FIELDS, stitchRowReader } from './stitch-row.ts';

interface StitchSettings {
  /** `https://api.stitch.money` */
  readonly host: URL;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly accountId: string;
  readonly currency: Currency;
  readonly timeZone: string;
  readonly limits: HttpLimits;
  readonly unknownFields: UnknownFields;
  readonly now: () => number;
}

const ROWS_PER_PAGE = 200;

/** Every day that a row can have. */
const EVER = { from: parseLocalDate('1900-01-01'), to: parseLocalDate('2999-12-31') };

const GRAPHQL_FIELDS: ReadonlySet<string> = new Set(['data', 'errors', 'extensions']);

const QUERY = `query BankAccountTransactions($accountId: ID!, $first: UInt!, $after: Cursor) {
  node(id: $accountId) {
    id
    ... on BankAccount {
      transactions(first: $first, after: $after) {
        pageInfo { hasNextPage endCursor }
        edges { cursor node { id amount date reference description runningBalance } }
      }
    }
  }
}`;

const BALANCE_QUERY = `query BankAccountBalance($accountId: ID!) {
  node(id: $accountId) {
    id
    ... on BankAccount { currentBalance }
  }
}`;

/**
 * Stitch: GraphQL with Relay paging, newest first. Its query takes no days, so pages are read until one is wholly before the
 * window. Stitch promises nothing about its ids, so they are evidence only.
 */
export function createStitchFeed(settings: StitchSettings): Feed {
  const askWithToken = createTokenSource(tokenRequest(settings), settings);
  const { accountId, host, limits } = settings;
  const ask = (
    question: { readonly query: string; readonly variables: object },
    signal: AbortSignal,
  ) =>
    askWithToken(
      (token) =>
        readJson({
          method: 'POST',
          url: new URL('/graphql', host),
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify(question),
          signal,
          limits,
        }),
      signal,
    );
  return {
    idStable: false,
    async fetchWindow(window, signal, onPage) {
      const notes = createNotes(settings.unknownFields);
      let newest: LocalDate | null = null;
      const read = await readUntilAgreed(
        async ({ page, cursor }) => {
          const variables = { accountId, first: ROWS_PER_PAGE, after: cursor };
          const body = await ask({ query: QUERY, variables }, signal);
          const shown = readPage(settings, { page, body, window }, notes);
          if (page === 1) newest = shown.rows[0]?.bookingDate ?? null;
          const rows = onlyInWindow(shown.rows, window);
          const next = isPast(shown.rows, window, newest) ? null : shown.next;
          return { rows, unreadable: shown.unreadable, pages: null, next };
        },
        { idStable: false, onPage },
      );
      return { window, ...read, ...toldBy(notes) };
    },
    async readBalance(signal) {
      const body = await ask({ query: BALANCE_QUERY, variables: { accountId } }, signal);
      const node = nodeOf(settings, body, refuseBalance);
      const money = objectField(node, 'currentBalance', refuseBalance);
      if (requiredText(money, 'currency', refuseBalance) !== settings.currency)
        throw refuseBalance(`it is not in the account's ${settings.currency}`);
      return { minor: minorField(money, 'quantity', settings.currency, refuseBalance), day: null };
    },
  };
}

/** Tokens come from `secure.` where the API is at `api.`, else from the same host. */
function tokenRequest({ host, clientId, clientSecret }: StitchSettings) {
  const url = new URL('/connect/token', host);
  url.hostname = url.hostname.replace(/^api\./, 'secure.');
  return {
    url,
    headers: {},
    form: {
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      audience: 'https://secure.stitch.money/connect/token',
      scope: 'transactions accounts',
    },
  };
}

function readPage(
  { accountId, currency, timeZone }: StitchSettings,
  answer: { readonly page: number; readonly body: JsonValue; readonly window: DayWindow },
  notes: FeedNotes,
): Omit<FeedPage, 'pages'> {
  const { page, body, window } = answer;
  const refuse = refusePage(page);
  const node = nodeOf({ accountId }, body, refuse);
  noteUnknownFields(notes, body, GRAPHQL_FIELDS, { place: 'it', refuse });
  const list = objectField(node, 'transactions', refuse);
  const edges = field(list, 'edges');
  if (!isJsonArray(edges)) throw refuse('edges is not a list');
  const values = edges.map((edge) => (isJsonObject(edge) ? (field(edge, 'node') ?? null) : null));
  const onIgnored = (name: string) => notes.ignored.add(name);
  const readerOf = (index: number) => {
    const position = `page ${page}, row ${index + 1}`;
    noteUnknownFields(notes, values[index], STITCH_FIELDS, { place: position, refuse });
    return stitchRowReader({ currency, timeZone, position, onIgnored });
  };
  // The query names no days. Rows before the window are kept for now: they tell where its pages end.
  const read = readPageRows(values, readerOf, { window: EVER, asked: null }, refuse);
  const unreadable = read.unreadable.filter(
    ({ day }) => day === null || (day >= window.from && day <= window.to),
  );
  const next = nextOf(objectField(list, 'pageInfo', refuse), refuse);
  if (next !== null && values.length === 0) throw refuse('it is empty but links to a next page');
  return { rows: read.rows, unreadable, next };
}

/** The account node of a response, checked to be ours and free of faults. */
function nodeOf(
  { accountId }: Pick<StitchSettings, 'accountId'>,
  body: JsonValue,
  refuse: Refuse,
): JsonObject {
  if (!isJsonObject(body)) throw refuse('it is not an object');
  refuseGraphqlErrors(body, refuse);
  const node = objectField(objectField(body, 'data', refuse), 'node', refuse);
  if (requiredText(node, 'id', refuse) !== accountId) throw refuse('it belongs to another account');
  return node;
}

/**
 * True when all later pages are before the window: this page is, and it ends earlier than the very first row. Rows of one
 * day do not show the order, and where the order is oldest first nothing is skipped.
 */
function isPast(rows: readonly Sighting[], { from }: DayWindow, newest: LocalDate | null): boolean {
  const last = rows.at(-1)?.bookingDate ?? null;
  if (last === null || newest === null || last >= newest) return false;
  return rows.every(({ bookingDate }) => bookingDate < from);
}

function nextOf(pageInfo: JsonObject, refuse: Refuse): string | null {
  const hasNext = field(pageInfo, 'hasNextPage');
  if (typeof hasNext !== 'boolean') throw refuse('hasNextPage is neither true nor false');
  return hasNext ? requiredText(pageInfo, 'endCursor', refuse) : null;
}

/** GraphQL reports faults in the body, with status 200; their texts may hold anything and are not passed on. */
function refuseGraphqlErrors(body: JsonObject, refuse: Refuse): void {
  const errors = field(body, 'errors') ?? null;
  if (errors === null || (isJsonArray(errors) && errors.length === 0)) return;
  const [first] = isJsonArray(errors) ? errors : [];
  const code = first === undefined ? undefined : valueAt(first, '/extensions/code');
  if (code === 'UNAUTHENTICATED' || code === 'UNAUTHORIZED') {
    throw new CodedError('bank.unauthorized', 'The bank rejected the credentials (GraphQL).', {
      // HTTP's status for this fault, so that the token is renewed once.
      details: { status: 401 },
    });
  }
  if (code === 'FORBIDDEN') {
    throw new CodedError('bank.unauthorized', 'The bank rejected the credentials (GraphQL).', {
      details: { status: 403 },
    });
  }
  if (code === 'INTERNAL_SERVER_ERROR' || code === 'SERVICE_UNAVAILABLE') {
    throw new CodedError('bank.unavailable', "The bank's server failed (GraphQL).", {
      details: { reason: 'graphql' },
    });
  }
  throw refuse('it holds GraphQL errors');
}
