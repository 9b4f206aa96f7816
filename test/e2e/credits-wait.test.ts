import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localDateIn } from '../../domain/local-date.ts';
import { verifyClean } from '../support/database.ts';
import { ACCOUNT, startService, type Service } from '../support/service.ts';
import { waitFor } from '../support/wait-for.ts';

let service: Service;
let api: { readonly url: string; readonly key: string };
beforeAll(async () => {
  service = await startService();
  api = await service.startApi();
});
afterAll(() => service.close());

/** Calls the API with the key of a person. */
async function call(path: string, body?: object): Promise<Record<string, unknown>> {
  const answer = await fetch(`${api.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${api.key}`,
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return (await answer.json()) as Record<string, unknown>;
}

async function balance(walletId: string): Promise<Record<string, unknown>> {
  const { balance: of } = (await call(`/v1/wallets/${walletId}`)) as {
    balance: { credits: string; spendable: string; pending: { minor: string } };
  };
  return { credits: of.credits, spendable: of.spendable, pending: of.pending.minor };
}

const spend = (walletId: string, credits: string) =>
  call(`/v1/wallets/${walletId}/spends`, { credits });

/** An event that whoever has the secret can sign, about a line that the bank never shows. */
async function forge(code: string, amount: string): Promise<number> {
  const body = JSON.stringify({
    type: 'transaction.booked',
    accountId: service.env['BANK_ACCOUNT_ID'],
    transaction: {
      id: randomUUID(),
      date: localDateIn(new Date(), 'Africa/Johannesburg'),
      amount,
      currency: 'ZAR',
      type: 'credit',
      status: 'booked',
      reference: code,
      description: 'PAYSHAP CREDIT',
    },
  });
  const [id, seconds] = [`evt_${randomUUID()}`, Math.floor(Date.now() / 1000).toString()];
  const secret = Buffer.from((service.env['BANK_WEBHOOK_SECRET'] ?? '').slice(6), 'base64');
  const signature = createHmac('sha256', secret).update(`${id}.${seconds}.${body}`);
  const answer = await fetch(`${api.url}/webhooks/bank/${ACCOUNT}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': seconds,
      'webhook-signature': `v1,${signature.digest('base64')}`,
    },
    body,
  });
  return answer.status;
}

describe('credits that wait for the bank', () => {
  it('stay unspent while their line is gone, and are told as pending', async () => {
    const { walletId, code } = await service.openWallet(81);
    const line = { reference: code, amountMinor: '15000', expect: { outcome: 'credited', code } };
    await service.bank('lines', [line]);
    await service.reconcile();
    expect(await balance(walletId)).toEqual({ credits: '3', spendable: '3', pending: '0' });

    await service.bank('withdraw', {});
    await service.reconcile();
    await service.reconcile();
    expect(await balance(walletId)).toEqual({ credits: '3', spendable: '0', pending: '15000' });
    expect(await spend(walletId, '1')).toMatchObject({ code: 'wallet.credits_pending' });
    expect(await call(`/v1/wallets/${walletId}/notifications`)).toMatchObject({
      items: [{ kind: 'deposit_credited', pending: { minor: '15000' } }],
    });

    await service.bank('lines', [line]);
    await service.reconcile();
    expect(await balance(walletId)).toEqual({ credits: '3', spendable: '3', pending: '0' });
    expect(await spend(walletId, '3')).toMatchObject({ credits: '3' });
    await verifyClean(service.database.db);
  });

  it('let a forged event spend its amount at most, and nothing after two reads', async () => {
    const { walletId, code } = await service.openWallet(82);
    expect(await forge(code, '1500.00')).toBe(202);
    await waitFor(
      'the event is credited',
      async () => (await balance(walletId))['credits'] === '30',
    );
    expect(await balance(walletId)).toEqual({ credits: '30', spendable: '20', pending: '50000' });
    expect(await spend(walletId, '21')).toMatchObject({ code: 'wallet.credits_pending' });
    expect(await spend(walletId, '5')).toMatchObject({ credits: '5' });

    await service.reconcile();
    await service.reconcile();
    expect(await balance(walletId)).toEqual({ credits: '25', spendable: '0', pending: '125000' });

    const other = await service.openWallet(83);
    expect(await forge(other.code, '100.00')).toBe(202);
    await waitFor('it is credited', async () => (await balance(other.walletId))['credits'] === '2');
    expect(await balance(other.walletId)).toMatchObject({ spendable: '0' });
    await verifyClean(service.database.db);
  });

  it('become spendable when the read shows what the event said', async () => {
    const { walletId, code } = await service.openWallet(84);
    const { ids } = (await service.bank('lines', [
      { reference: code, amountMinor: '200000', expect: { outcome: 'credited', code } },
    ])) as { readonly ids: readonly string[] };
    await service.bank('webhooks/send', { ids });
    await waitFor('it is credited', async () => (await balance(walletId))['credits'] === '40');
    await service.reconcile();
    expect(await balance(walletId)).toEqual({ credits: '40', spendable: '40', pending: '0' });
    await verifyClean(service.database.db);
  });
});
