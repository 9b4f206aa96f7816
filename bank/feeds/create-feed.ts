import { CodedError } from '../../domain/errors.ts';
import { parseCurrency, type Currency } from '../../domain/money/money.ts';
import { HTTP_LIMITS, type HttpLimits } from '../http/exchange.ts';
import { requireBankUrl } from '../http/guarded-agent.ts';
import { DEFAULT_FIELD_MAP } from '../json/field-map.ts';
import { createBerlinGroupFeed } from './berlin-group-feed.ts';
import type { Feed, FeedSettings, UnknownFields } from './feed.ts';
import { createInvestecFeed } from './investec-feed.ts';
import { createJsonFeed } from './json-feed.ts';
import { createOpenBankingUkFeed } from './open-banking-uk-feed.ts';
import { createStitchFeed } from './stitch-feed.ts';

export interface FeedOptions {
  readonly limits?: Partial<HttpLimits>;
  /** Milliseconds since 1970, for the age of access tokens. */
  readonly now?: () => number;
}

/**
 * Makes the feed for one bank account. Sends nothing yet.
 * @throws CodedError `config.invalid` for an unusable address or
 * key; the message does not repeat the value
 */
export function createFeed(settings: FeedSettings, options: FeedOptions = {}): Feed {
  const url = parseAddress(settings.url);
  const { accountId, key, timeZone } = settings;
  if (accountId === '') throw invalid("the bank's id of the account (BANK_ACCOUNT_ID) is empty");
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw invalid('the key is empty or holds characters that cannot go into a header');
  }
  const limits = { ...HTTP_LIMITS, ...options.limits };
  requireBankUrl(url, limits.addresses);
  const common = {
    accountId,
    timeZone,
    currency: parseCurrency(settings.currency),
    limits,
    unknownFields: settings.unknownFields ?? 'record',
    now: options.now ?? Date.now,
  };
  const feed = feedOf(settings, { url, key, common });
  return withoutSecrets(withTotalDeadline(feed, limits.totalMs), key);
}

interface Common {
  readonly accountId: string;
  readonly timeZone: string;
  readonly currency: Currency;
  readonly limits: HttpLimits;
  readonly unknownFields: UnknownFields;
  readonly now: () => number;
}

function feedOf(
  settings: FeedSettings,
  { url, key, common }: { readonly url: URL; readonly key: string; readonly common: Common },
): Feed {
  switch (settings.kind) {
    case 'json':
      return createJsonFeed({ ...common, url, key, map: settings.fieldMap ?? DEFAULT_FIELD_MAP });
    case 'investec': {
      const [clientId, clientSecret, apiKey] = splitKey(key, 'clientId:clientSecret:apiKey');
      return createInvestecFeed({
        ...common,
        host: url,
        credentials: { clientId, clientSecret, apiKey },
      });
    }
    case 'open-banking-uk':
      return createOpenBankingUkFeed({ ...common, base: url, key });
    case 'berlin-group':
      return createBerlinGroupFeed({
        ...common,
        base: url,
        ...splitConsent(key),
        amounts: settings.amounts ?? 'signed',
      });
    case 'stitch': {
      const [clientId, clientSecret] = splitKey(key, 'clientId:clientSecret');
      return createStitchFeed({ ...common, host: url, clientId, clientSecret });
    }
  }
}

/** What is only shown is worth only a short wait: the account's lines come first. */
const SHOWN_MS_MAX = 5_000;

/** A bank may answer each page in time and still never reach its last one. */
function withTotalDeadline(feed: Feed, totalMs: number): Feed {
  const readBalance = feed.readBalance?.bind(feed);
  const readPending = feed.readPending?.bind(feed);
  return {
    ...feed,
    fetchWindow: (window, signal, onPage) =>
      within({ ms: totalMs, what: 'all pages of the window' }, signal, (both) =>
        feed.fetchWindow(window, both, onPage),
      ),
    ...(readBalance === undefined
      ? {}
      : {
          readBalance: (signal) =>
            within({ ms: SHOWN_MS_MAX, what: 'its balance' }, signal, readBalance),
        }),
    ...(readPending === undefined
      ? {}
      : {
          readPending: (window, signal) =>
            within({ ms: SHOWN_MS_MAX, what: 'its pending rows' }, signal, (both) =>
              readPending(window, both),
            ),
        }),
  };
}

/** Parts of a key that are shorter than this are words, not secrets. */
const SECRET_CHARS_MIN = 6;

/** Unreadable rows are kept as they came, and a gateway may echo our own request into one. */
function withoutSecrets(feed: Feed, key: string): Feed {
  const secrets = key.split(':').filter((part) => part.length >= SECRET_CHARS_MIN);
  const hide = (raw: string) =>
    secrets.reduce((text, each) => text.replaceAll(JSON.stringify(each).slice(1, -1), '***'), raw);
  return {
    ...feed,
    async fetchWindow(window, signal, onPage) {
      const { unreadable = [], ...read } = await feed.fetchWindow(window, signal, onPage);
      return { ...read, unreadable: unreadable.map((row) => ({ ...row, raw: hide(row.raw) })) };
    },
  };
}

async function within<T>(
  { ms, what }: { readonly ms: number; readonly what: string },
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort(
      new CodedError('bank.unavailable', `The bank did not return ${what} within ${ms} ms.`, {
        details: { reason: 'total_deadline' },
      }),
    );
  }, ms);
  try {
    return await work(AbortSignal.any([signal, late.signal]));
  } finally {
    clearTimeout(timer);
  }
}

function parseAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw invalid("the bank's address is not an http or https URL");
  }
  if (url.username !== '' || url.password !== '') {
    throw invalid("the bank's address holds credentials: move them to the key");
  }
  return url;
}

/** Splits a key at its colons into as many parts as `shape` has. */
function splitKey(key: string, shape: string): readonly [string, string, string] {
  const parts = key.split(':');
  if (parts.length !== shape.split(':').length || parts.includes('')) {
    throw invalid(`its key must have the form ${shape}`);
  }
  const [first = '', second = '', third = ''] = parts;
  return [first, second, third];
}

function splitConsent(key: string): { readonly consentId: string | null; readonly token: string } {
  const colon = key.indexOf(':');
  const consentId = colon === -1 ? null : key.slice(0, colon);
  const token = key.slice(colon + 1);
  if (consentId === '' || token === '') throw invalid('its key must be a token or consentId:token');
  return { consentId, token };
}

function invalid(why: string): CodedError {
  return new CodedError('config.invalid', `The bank feed is misconfigured: ${why}.`);
}
