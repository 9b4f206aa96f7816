import { afterEach, describe, expect, it } from 'vitest';
import { createFeed } from '../../bank/feeds/create-feed.ts';
import type { FeedSettings } from '../../bank/feeds/feed.ts';
import { FIELD_MAP_PRESETS } from '../../bank/feeds/presets/presets.ts';
import { TRIAL_FEEDS, trialFeed, type TrialFeedName } from '../../cli/stack/trial-feeds.ts';
import { parseLocalDate } from '../../domain/local-date.ts';
import { signedMinor } from '../../domain/line/sighting.ts';
import { OPENING_MINOR } from '../../simulator/statement-book.ts';
import { ACCOUNT_ID, CODES, startBank, type BankClient } from './support/bank-client.ts';

const WINDOW = { from: parseLocalDate('2026-11-15'), to: parseLocalDate('2026-11-21') };

let bank: BankClient | null = null;
afterEach(async () => {
  await bank?.simulator.close();
});

/** What a feed says of a week in which the same things happened, read over pages of three rows. */
async function weekAs(name: TrialFeedName, options: Readonly<Record<string, string>> = {}) {
  await bank?.simulator.close();
  const { apiKey, bankOptions, env } = trialFeed(name, 'simulator-key');
  const started = await startBank({ apiKey });
  bank = started;
  await started.admin('settings', { ...bankOptions, pageSize: 3 });
  await started.admin('generate', { codes: CODES, count: 12, days: 5, mix: 'hostile' });
  await started.admin('lines', [
    { reference: 'BANK CHARGES', amountMinor: '705', direction: 'debit' },
    { reference: CODES[0], amountMinor: '25000' },
    { reference: CODES[0], amountMinor: '25000' },
    { reference: CODES[1], amountMinor: '500', status: 'pending' },
  ]);
  await started.admin('settings', options);
  const { BANK_FEED: kind, BANK_API_URL: url = '', BANK_FIELD_MAP: map } = env(started.url);
  const fieldMap = FIELD_MAP_PRESETS.get(map ?? '');
  const feed = createFeed({
    kind: kind as FeedSettings['kind'],
    url,
    key: apiKey,
    accountId: ACCOUNT_ID,
    timeZone: 'Africa/Johannesburg',
    currency: 'ZAR',
    amounts: options['berlinAmounts'] === 'unsigned' ? 'unsigned' : 'signed',
    ...(fieldMap === undefined ? {} : { fieldMap }),
  });
  const { signal } = new AbortController();
  const read = await feed.fetchWindow(WINDOW, signal, () => undefined);
  const booked = read.sightings.filter(({ status }) => status === 'booked');
  return {
    lines: booked.map((line) => `${line.bookingDate} ${signedMinor(line)}`).sort(),
    /** What the bank says to hold, and what its lines add up to. */
    balance: await feed.readBalance?.(signal),
    sumMinor: booked.reduce((sum, line) => sum + signedMinor(line), OPENING_MINOR),
  };
}

describe('the simulator bank', () => {
  it.each([
    ...TRIAL_FEEDS.map((feed) => [feed, {}] as const),
    ['investec', { postedOrder: 'absent' }] as const,
    ['berlin-group', { berlinAmounts: 'unsigned' }] as const,
    ['berlin-group', { berlinBody: 'camt052' }] as const,
    ['berlin-group', { berlinBody: 'mt940' }] as const,
  ])('reports the same as %s (%o) as in its own protocol', async (feed, options) => {
    const { lines } = await weekAs('json');
    expect(lines.length).toBeGreaterThan(12);
    expect((await weekAs(feed, options)).lines).toEqual(lines);
  });

  it.each(['investec', 'open-banking-uk', 'berlin-group', 'stitch'] as const)(
    'states, as %s, the balance that its booked lines add up to',
    async (feed) => {
      const { balance, sumMinor } = await weekAs(feed);
      expect(balance).toEqual({ minor: sumMinor, day: null });
    },
  );
});
