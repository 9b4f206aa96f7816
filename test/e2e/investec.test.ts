import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startService, type Service } from '../support/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService({ feed: 'investec' });
});
afterAll(() => service.close());

describe('a bank account at Investec', () => {
  it('goes through the same pipeline: every deposit ends where it should, however often it is read', async () => {
    const wallets = [await service.openWallet(81), await service.openWallet(82)];
    const codes = wallets.map(({ code }) => code);
    await service.bank('generate', { codes, count: 30, days: 3, mix: 'hostile' });
    await service.reconcile();
    await service.expectTruth();
    await service.bank('book-pending', {});
    await service.bank('settings', { expiresInAs: 'number' });
    await service.reconcile();
    await service.expectTruth();
    expect(await service.reconcile()).toMatchObject({ outcome: 'completed', linesNew: 0 });
  });
});
