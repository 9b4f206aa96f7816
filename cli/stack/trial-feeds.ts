import { FEED_PROTOCOLS, type FeedProtocol } from '../../domain/line/feed-protocols.ts';

/** Protocols of the simulator bank, with the names of `purser demo --feed`; two of them are field maps of `json`. */
export const TRIAL_FEEDS = [...FEED_PROTOCOLS, 'standard-bank', 'fnb'] as const;
export type TrialFeedName = (typeof TRIAL_FEEDS)[number];

/** The settings of one protocol on both sides. */
export interface TrialFeed {
  /** The key in the shape that the protocol requires. */
  readonly apiKey: string;
  /** The simulator's options; empty if it needs none. */
  readonly bankOptions: Readonly<Record<string, string>>;
  /** Variables of our own processes, for a simulator at `bankUrl`. */
  readonly env: (bankUrl: string) => Readonly<Record<string, string>>;
}

/** @param secret begins with `simulator-`, by which production recognises a simulated bank. */
export function trialFeed(name: TrialFeedName, secret: string): TrialFeed {
  const feed = (
    protocol: FeedProtocol,
    path: string,
    parts: { readonly keyTail?: string; readonly fieldMap?: 'standard-bank' | 'fnb' } = {},
  ): TrialFeed => {
    const { keyTail = '', fieldMap } = parts;
    const apiKey = `${secret}${keyTail}`;
    return {
      apiKey,
      bankOptions: fieldMap === undefined ? {} : { jsonDialect: fieldMap },
      env: (bankUrl) => ({
        BANK_FEED: protocol,
        BANK_API_URL: `${bankUrl}${path}`,
        BANK_API_KEY: apiKey,
        ...(fieldMap === undefined ? {} : { BANK_FIELD_MAP: fieldMap }),
      }),
    };
  };
  switch (name) {
    case 'json':
      return feed('json', '/transactions');
    case 'standard-bank':
    case 'fnb':
      return feed('json', '/transactions', { fieldMap: name });
    case 'investec':
      return feed('investec', '', { keyTail: ':secret:key' });
    case 'open-banking-uk':
      return feed('open-banking-uk', '/open-banking/v3.1/aisp');
    case 'berlin-group':
      return feed('berlin-group', '/berlin-group/v1', { keyTail: ':token' });
    case 'stitch':
      return feed('stitch', '', { keyTail: ':secret' });
  }
}
