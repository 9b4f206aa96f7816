import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startService, type Service } from '../support/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

describe('the main job', () => {
  it('credits what names a customer, keeps the rest for a person, and adds nothing when it reads again', async () => {
    const wallets = [
      await service.openWallet(1),
      await service.openWallet(2),
      await service.openWallet(3),
    ];
    await service.bank('generate', {
      codes: wallets.map(({ code }) => code),
      count: 14,
      days: 3,
      mix: 'demo',
    });
    const first = await service.reconcile();
    expect(first).toMatchObject({ outcome: 'completed', errorCode: null });
    expect(first.depositsNew).toBe(first.creditedCount + first.reviewCount);
    await service.expectTruth();
    const second = await service.reconcile();
    expect(second).toMatchObject({ outcome: 'completed', linesNew: 0, depositsNew: 0 });
    await service.expectTruth();
  });

  it('reads mangled references without one wrong credit', async () => {
    const wallets = [await service.openWallet(4), await service.openWallet(5)];
    const codes = wallets.map(({ code }) => code);
    await service.bank('generate', { codes, count: 120, days: 5, mix: 'hostile' });
    await service.reconcile();
    await service.expectTruth();
  });
});
