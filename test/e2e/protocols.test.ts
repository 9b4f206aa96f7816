import { afterEach, describe, expect, it } from 'vitest';
import { TRIAL_FEEDS, type TrialFeedName } from '../../cli/stack/trial-feeds.ts';
import { startService, type Service } from '../support/service.ts';

let service: Service | null = null;
afterEach(async () => {
  await service?.close();
  service = null;
});

interface Case {
  readonly feed: TrialFeedName;
  readonly as: string;
  /** What the bank does first, and what it changes while its account is read. */
  readonly turns: readonly object[];
  readonly settings?: Readonly<Record<string, string>>;
}

/** What a bank changes while its account is read. */
const LATER: Partial<Record<TrialFeedName, object>> = {
  investec: { expiresInAs: 'number', pendingEnvelope: 'example' },
  'berlin-group': { berlinBody: 'camt052' },
};

/** Ways of one protocol that differ from bank to bank. */
const CASES: readonly Case[] = [
  ...TRIAL_FEEDS.filter((feed) => feed !== 'json').map((feed) => ({
    feed,
    as: 'as documented',
    turns: [{}, LATER[feed] ?? { amountsAsNumbers: true }],
  })),
  {
    feed: 'berlin-group',
    as: 'without signs',
    turns: [{ berlinAmounts: 'unsigned' }],
    settings: { BANK_AMOUNTS: 'unsigned' },
  },
  { feed: 'berlin-group', as: 'as MT940', turns: [{ berlinBody: 'mt940' }] },
  { feed: 'investec', as: 'without its order', turns: [{ postedOrder: 'absent' }] },
];

describe('a bank account on another protocol than our own', () => {
  it.each(CASES)(
    'brings every deposit to its expected state, however often it is read: $feed $as',
    async ({ feed, turns, settings = {} }) => {
      service = await startService({ feed, settings });
      const wallets = [await service.openWallet(81), await service.openWallet(82)];
      const codes = wallets.map(({ code }) => code);
      for (const turn of turns) {
        await service.bank('settings', { pageSize: 7, ...turn });
        await service.bank('generate', { codes, count: 20, days: 3, mix: 'hostile' });
        await service.reconcile();
        await service.expectTruth();
      }
      await service.bank('book-pending', {});
      await service.reconcile();
      await service.expectTruth();
      await service.bank('reissue-ids', {});
      expect(await service.reconcile()).toMatchObject({ outcome: 'completed', linesNew: 0 });
      await service.expectTruth();
    },
  );

  it('credits nothing while the bank has not ordered its rows, and all of it afterwards', async () => {
    service = await startService({ feed: 'investec' });
    const wallet = await service.openWallet(83);
    await service.bank('settings', { postedOrder: 'zero' });
    await service.bank('generate', { codes: [wallet.code], count: 10, days: 3 });
    expect(await service.reconcile()).toMatchObject({ outcome: 'completed', depositsNew: 0 });
    await service.bank('settings', { postedOrder: 'final' });
    await service.reconcile();
    await service.expectTruth();
  });
});
