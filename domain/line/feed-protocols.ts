/** The protocols of bank APIs, as `BANK_FEED` names them; `bank/feeds/` has a feed for each. */
export const FEED_PROTOCOLS = [
  'json',
  'investec',
  'open-banking-uk',
  'berlin-group',
  'stitch',
] as const;
export type FeedProtocol = (typeof FEED_PROTOCOLS)[number];
