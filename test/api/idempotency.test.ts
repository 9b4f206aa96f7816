import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../../api/build-app.ts';
import { answerOnce } from '../../api/idempotency.ts';
import { CodedError } from '../../domain/errors.ts';
import {
  createdWallet,
  depositInReview,
  keyOf,
  post,
  startApi,
  type ApiUnderTest,
} from '../support/api-under-test.ts';

let service: ApiUnderTest;
beforeAll(async () => {
  service = await startApi();
});
afterAll(() => service.close());

async function countWallets(): Promise<number> {
  const [row] = await service.database.owner<{ count: number }[]>`
    select count(*)::int as count from wallets`;
  return row?.count ?? -1;
}

describe('a repeated request', () => {
  it('gets the same answer and creates one wallet', async () => {
    const before = await countWallets();
    const first = await post(service, '/v1/wallets', { name: 'a' }, { idempotencyKey: 'same' });
    const again = await post(service, '/v1/wallets', { name: 'a' }, { idempotencyKey: 'same' });
    expect(again.statusCode).toBe(201);
    expect(again.json()).toEqual(first.json());
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(await countWallets()).toBe(before + 1);
  });

  it('counts as the same when its fields come in another order', async () => {
    const payload = ['{"name":"b","externalRef":"o"}', '{"externalRef":"o","name":"b"}'];
    const answers = await Promise.all(
      payload.map((body) => post(service, '/v1/wallets', body, { idempotencyKey: 'order' })),
    );
    expect(answers.map((answer) => answer.statusCode)).toEqual([201, 201]);
    expect(answers[0]?.json()).toEqual(answers[1]?.json());
  });

  it('takes effect once when 10 copies race, 20 times', async () => {
    const before = await countWallets();
    for (let round = 0; round < 20; round += 1) {
      const answers = await Promise.all(
        Array.from({ length: 10 }, () =>
          post(service, '/v1/wallets', { name: 'race' }, { idempotencyKey: `race-${round}` }),
        ),
      );
      expect(new Set(answers.map((answer) => answer.body)).size).toBe(1);
      expect(answers[0]?.statusCode).toBe(201);
    }
    expect(await countWallets()).toBe(before + 20);
  });

  it('gets the same refusal, even after the reason for it has gone', async () => {
    await post(service, '/v1/wallets', { externalRef: 'r' });
    const ask = () => post(service, '/v1/wallets', { externalRef: 'r' }, { idempotencyKey: 'no' });
    expect((await ask()).statusCode).toBe(409);
    await service.database.owner`update wallets set external_ref = null where external_ref = 'r'`;
    expect((await ask()).json()).toMatchObject({ code: 'wallet.external_ref_taken', status: 409 });
  });

  it('counts as another when caller or route differs', async () => {
    const other = await keyOf(service.database, 'service', ['wallet:create'], { name: 'other' });
    const mine = await post(service, '/v1/wallets', {}, { idempotencyKey: 'shared' });
    const theirs = await post(service, '/v1/wallets', {}, { idempotencyKey: 'shared', key: other });
    expect(theirs.statusCode).toBe(201);
    expect(theirs.json<{ id: string }>().id).not.toBe(mine.json<{ id: string }>().id);
  });
});

describe('a used idempotency key', () => {
  it('refuses another body, also in a race', async () => {
    const before = await countWallets();
    const answers = await Promise.all(
      ['c', 'd'].map((name) => post(service, '/v1/wallets', { name }, { idempotencyKey: 'other' })),
    );
    expect(answers.map((answer) => answer.statusCode).toSorted()).toEqual([201, 409]);
    const refused = answers.find((answer) => answer.statusCode === 409);
    expect(refused?.json()).toMatchObject({ code: 'request.key_reused' });
    expect(await countWallets()).toBe(before + 1);
  });

  it('refuses another deposit', async () => {
    const [one, two] = [await depositInReview(service, 100n), await depositInReview(service, 200n)];
    const decide = (depositId: string) =>
      post(
        service,
        `/v1/reviews/${depositId}/decisions`,
        { kind: 'return', reason: 'not ours' },
        { key: service.personKey, idempotencyKey: 'deposit' },
      );
    expect((await decide(one)).statusCode).toBe(202);
    expect((await decide(two)).json()).toMatchObject({ code: 'request.key_reused' });
  });
});

describe('a request that was rolled back', () => {
  it('leaves no key behind, so the same request can be made again', async () => {
    const request = await requestNamed('undone');
    const attempt = answerOnce(service.deps, request, async (tx) => {
      await tx.execute(sql`select 1 / 0`);
      return { status: 200, body: {} };
    });
    await expect(attempt).rejects.toThrow();
    const given = await answerOnce(service.deps, request, () =>
      Promise.resolve({ status: 200, body: { done: true } }),
    );
    expect(given).toMatchObject({ status: 200, body: { done: true }, isReplay: false });
  });

  it('leaves nothing of a refusal but the refusal', async () => {
    const { id } = await createdWallet(service);
    const request = await requestNamed('refused');
    const refuse = () =>
      answerOnce(service.deps, request, async (tx) => {
        await tx.execute(sql`update wallets set name = 'left over' where id = ${id}`);
        throw new CodedError('review.not_open', 'not open');
      });
    await expect(refuse()).rejects.toMatchObject({ code: 'review.not_open' });
    const names = await service.database.owner`select name from wallets where id = ${id}`;
    expect(names).toEqual([{ name: null }]);
    await expect(refuse()).rejects.toMatchObject({ code: 'review.not_open' });
  });
});

/** A request as a handler gets it, taken from a server of our own. */
async function requestNamed(key: string): Promise<Parameters<typeof answerOnce>[1]> {
  const app = buildApp(service.deps);
  const caught: Parameters<typeof answerOnce>[1][] = [];
  app.addHook('preHandler', (request, _reply, next) => {
    caught.push(request);
    next();
  });
  await app.inject({
    method: 'POST',
    url: '/v1/bank-accounts/nobody/reconcile',
    headers: { authorization: `Bearer ${service.serviceKey}`, 'idempotency-key': key },
  });
  await app.close();
  const [request] = caught;
  if (request === undefined) throw new Error('No request reached its handler.');
  return request;
}
