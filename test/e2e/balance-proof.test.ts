import { afterEach, describe, expect, it } from 'vitest';
import type { TrialFeedName } from '../../cli/stack/trial-feeds.ts';
import { isGateClosed, listGates } from '../../db/queries/gates.ts';
import { listDayProofs } from '../../db/queries/day-proofs.ts';
import { ACCOUNT, startService, type Service } from '../support/service.ts';

let service: Service | null = null;
afterEach(async () => {
  await service?.close();
  service = null;
});

const FEEDS: readonly TrialFeedName[] = ['investec', 'open-banking-uk', 'berlin-group', 'stitch'];

async function differences(running: Service): Promise<readonly string[]> {
  const query = { accountKey: ACCOUNT, beforeId: null, limit: 10 };
  const looks = await listDayProofs(running.database.db, query);
  return looks.map(({ source, differenceMinor }) => `${source} ${differenceMinor}`).reverse();
}

describe('a bank account whose API states its balance', () => {
  it.each(FEEDS)(
    'proves itself in each run, and closes its gate when the bank loses a line: %s',
    async (feed) => {
      service = await startService({ feed, settings: { BANK_BALANCE_POLICY: 'close_gate' } });
      const wallet = await service.openWallet(91);
      await service.bank('lines', [{ reference: wallet.code, amountMinor: '25000' }]);
      await service.reconcile();
      await service.bank('lines', [
        { reference: wallet.code, amountMinor: '1250' },
        { reference: 'BANK CHARGES', amountMinor: '705', direction: 'debit' },
      ]);
      await service.reconcile();
      await service.reconcile();
      expect(await differences(service)).toEqual(['api 0']);
      await service.expectTruth();

      await service.bank('withdraw', {});
      await service.reconcile();
      expect(await isGateClosed(service.database.db, ACCOUNT)).toBe(false);
      await service.reconcile();
      expect(await differences(service)).toEqual(['api 0', 'api 25545', 'api 25545']);
      expect(await listGates(service.database.db)).toMatchObject([
        { scope: ACCOUNT, state: 'closed', cause: 'balance_differs' },
      ]);
    },
  );
});
