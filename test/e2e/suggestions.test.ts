import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { customerCodeFromNumber } from '../../domain/reference/customer-code.ts';
import { localDateIn } from '../../domain/local-date.ts';
import { verifyClean } from '../support/database.ts';
import { mt940 } from '../support/mt940.ts';
import { ACCOUNT, startService, type Service } from '../support/service.ts';
import { waitFor } from '../support/wait-for.ts';

let service: Service;
let api: { readonly url: string; readonly key: string };
beforeAll(async () => {
  service = await startService();
  api = await service.startApi();
});
afterAll(async () => {
  await verifyClean(service.database.db);
  await service.close();
});

const today = localDateIn(new Date(), 'Africa/Johannesburg');

async function call(path: string, body?: object): Promise<unknown> {
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
  const json: unknown = await answer.json();
  expect(answer.status, JSON.stringify(json)).toBeLessThan(300);
  return json;
}

let files = 0;
/** A statement of one payment that names no customer; answers the deposit that then waits. */
async function payment(
  minor: number,
  given: { readonly payer?: string; readonly text?: string } = {},
) {
  files += 1;
  const text = `166?00CREDIT?20${given.text ?? 'THANK YOU'}${given.payer === undefined ? '' : `?31${given.payer}?32J SMITH`}`;
  const form = new FormData();
  const body = mt940([{ minor, text }], { day: today, id: `S${files}` });
  form.append('accountNumber', '62000000001');
  form.append('file', new Blob([Buffer.from(body)]), 'statement');
  await fetch(`${api.url}/v1/bank-accounts/${ACCOUNT}/statements`, {
    method: 'POST',
    headers: { authorization: `Bearer ${api.key}` },
    body: form,
  });
  return waitFor('the payment waits for a person', async () => {
    const [row] = await service.database.db.execute<{ id: string }>(sql`
      select id from deposits where amount_minor = ${minor} and state = 'in_review' order by captured_at desc limit 1`);
    return row?.id ?? null;
  });
}

async function suggestions(depositId: string) {
  const { items } = (await call(`/v1/reviews/${depositId}/suggestions`)) as {
    items: { walletId: string; score: number; evidence: { kind: string; sentence: string }[] }[];
  };
  return items.map(({ walletId, evidence }) => [walletId, evidence.map(({ kind }) => kind)]);
}

const stateOf = async (depositId: string) => {
  const [row] = await service.database.db.execute<{ state: string }>(
    sql`select state from deposits where id = ${depositId}`,
  );
  return row?.state;
};

const creditsOf = async (walletId: string) => {
  const [row] = await service.database.db.execute<{ credits: string }>(
    sql`select credits::text from wallets where id = ${walletId}`,
  );
  return row?.credits;
};

describe('the suggestion list of a waiting deposit', () => {
  it('remembers the payer from a decision, forgets the payer on request, and never credits', async () => {
    const { walletId } = await service.openWallet(81);
    const first = await payment(11_100, { payer: 'ACC-81' });
    expect(await suggestions(first)).toEqual([]);
    await call(`/v1/reviews/${first}/decisions`, { kind: 'credit', walletId, reason: 'he called' });
    await waitFor('the decision is carried out', async () => (await stateOf(first)) === 'credited');

    const second = await payment(11_200, { payer: 'ACC-81' });
    expect(await suggestions(second)).toEqual([[walletId, ['payer_account']]]);
    expect(await stateOf(second)).toBe('in_review');

    await call(`/v1/wallets/${walletId}/payer-memory/revocations`, {
      depositId: second,
      reason: 'he pays for his sister now',
    });
    expect(await suggestions(second)).toEqual([]);
  });

  it('suggests the claimed wallet, whether claim or deposit comes first, and marks the claim as met', async () => {
    const { walletId } = await service.openWallet(82);
    const paidFirst = await payment(12_100);
    const { id } = (await call('/v1/claims', {
      walletId,
      amountMinor: '12100',
      paidOn: today,
      proofRef: 'mail 7',
    })) as { id: string };
    expect(await suggestions(paidFirst)).toEqual([[walletId, ['claim']]]);
    expect(await stateOf(paidFirst)).toBe('in_review');

    await call('/v1/claims', { walletId, amountMinor: '12200', paidOn: today });
    const claimedFirst = await payment(12_200);
    expect(await suggestions(claimedFirst)).toEqual([[walletId, ['claim']]]);

    await call(`/v1/reviews/${paidFirst}/decisions`, {
      kind: 'credit',
      walletId,
      reason: 'the proof of payment fits',
    });
    await waitFor(
      'the decision is carried out',
      async () => (await stateOf(paidFirst)) === 'credited',
    );
    await service.temporal.client.workflow.getHandle(`claim/${id}`).terminate();
    await service.database.owner`update claims set expires_at = now() where id = ${id}`;
    await service.temporal.client.schedule.getHandle('sweep').trigger();
    const met = await waitFor('the claim has met a deposit', async () => {
      const claim = (await call(`/v1/claims/${id}`)) as { state: string; depositId: string | null };
      return claim.state === 'met' && claim;
    });
    expect(met.depositId).toBe(paidFirst);
  });
});

describe('a customer who registers after the payment', () => {
  it.each([
    ['a code that passes the check digit', customerCodeFromNumber(9_000_083), 13_100],
    ['an old code that fails it', 'CUS77777777', 13_150],
  ])(
    'gets the waiting credit as soon as the wallet is registered with %s',
    async (_what, code, minor) => {
      const depositId = await payment(minor, { text: code });
      const wallet = (await call('/v1/wallets', { legacyCode: code })) as { id: string };
      await waitFor(
        'the late owner is credited',
        async () => (await stateOf(depositId)) === 'credited',
      );
      expect(await creditsOf(wallet.id)).toBe('2');
    },
  );

  it('gets nothing under a code that nobody registered, however many wallets are opened', async () => {
    const code = customerCodeFromNumber(9_000_085);
    const depositId = await payment(13_300, { text: code });
    for (let at = 0; at < 5; at += 1)
      expect(((await call('/v1/wallets', {})) as { code: string }).code).not.toBe(code);
    expect(await stateOf(depositId)).toBe('in_review');
  });

  it('gets the waiting credit when a closed wallet opens again', async () => {
    const { walletId, code } = await service.openWallet(84);
    await call(`/v1/wallets/${walletId}/status`, { status: 'closed', reason: 'left' });
    const depositId = await payment(13_200, { text: code });
    await call(`/v1/wallets/${walletId}/status`, { status: 'open', reason: 'came back' });
    await waitFor(
      'the late owner is credited',
      async () => (await stateOf(depositId)) === 'credited',
    );
    expect(await creditsOf(walletId)).toBe('2');
  });
});
