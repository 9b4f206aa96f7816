import { CodedError } from '../../domain/errors.ts';
import { parseCurrency } from '../../domain/money.ts';
import { HTTP_LIMITS, type HttpLimits } from '../http/read-json.ts';
import { DEFAULT_FIELD_MAP } from '../json/json-row.ts';
import type { Feed, FeedSettings } from './feed.ts';
import { createInvestecFeed } from './investec-feed.ts';
import type { InvestecCredentials } from './investec-token.ts';
import { createJsonFeed } from './json-feed.ts';

export interface FeedOptions {
  readonly limits?: Partial<HttpLimits>;
  /** Milliseconds since 1970, for the age of access tokens. */
  readonly now?: () => number;
}

/**
 * Makes the feed for one bank account. Nothing is sent yet.
 * @throws CodedError `config.invalid` when the address or the key cannot be used; the value is not repeated.
 */
export function createFeed(settings: FeedSettings, options: FeedOptions = {}): Feed {
  const url = parseAddress(settings.url);
  const currency = parseCurrency(settings.currency);
  const limits = { ...HTTP_LIMITS, ...options.limits };
  const { accountId } = settings;
  if (accountId === '') throw invalid('the account id at the bank is empty');
  if (!/^[\x21-\x7e]+$/.test(settings.key)) {
    throw invalid('the key is empty or holds characters that cannot go into a header');
  }
  switch (settings.kind) {
    case 'json':
      return createJsonFeed({
        url,
        key: settings.key,
        accountId,
        currency,
        map: DEFAULT_FIELD_MAP,
        limits,
      });
    case 'investec':
      return createInvestecFeed({
        host: url,
        credentials: splitKey(settings.key),
        accountId,
        currency,
        limits,
        now: options.now ?? Date.now,
      });
  }
}

function parseAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw invalid("the bank's address is not an http or https URL");
  }
  if (url.username !== '' || url.password !== '') {
    throw invalid("the bank's address holds credentials: they belong into the key");
  }
  return url;
}

function splitKey(key: string): InvestecCredentials {
  const [clientId = '', clientSecret = '', apiKey = '', ...more] = key.split(':');
  if (clientId === '' || clientSecret === '' || apiKey === '' || more.length > 0) {
    throw invalid('the key of an investec feed is clientId:clientSecret:apiKey');
  }
  return { clientId, clientSecret, apiKey };
}

function invalid(why: string): CodedError {
  return new CodedError('config.invalid', `This bank feed cannot be used: ${why}.`);
}
