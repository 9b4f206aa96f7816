import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyClean } from '../support/database.ts';
import {
  createdWallet,
  creditedDeposit,
  post,
  startApi,
  type ApiUnderTest,
} from '../support/api-under-test.ts';

let service: ApiUnderTest;
beforeAll(async () => {
  service = await startApi();
});
afterAll(async () => {
  await verifyClean(service.database.db);
  await service.close();
});

async function walletWith(amountMinor: bigint) {
  const wallet = await createdWallet(service);
  await creditedDeposit(service, wallet.id, amountMinor);
  return wallet;
}

const spend = (walletId: string, credits: string, key?: string) =>
  post(
    service,
    `/v1/wallets/${walletId}/spends`,
    { credits },
    key === undefined ? undefined : { idempotencyKey: key },
  );

describe('the spending of credits', () => {
  it('takes credits at their cost and answers what is left', async () => {
    const wallet = await walletWith(17_500n);
    const answer = await spend(wallet.id, '2');
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({
      credits: '2',
      revenue: { minor: '10000', currency: 'ZAR' },
      balance: { credits: '1', rand: { minor: '7500' }, remainder: { minor: '2500' } },
    });
  });

  it('takes effect once for one key, also when twenty requests race', async () => {
    const wallet = await walletWith(25_000n);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => spend(wallet.id, '1', 'one-key')),
    );
    expect(new Set(answers.map((answer) => answer.body)).size).toBe(1);
    const [row] = await service.database
      .owner`select credits::int from wallets where id = ${wallet.id}`;
    expect(row).toEqual({ credits: 4 });
  });

  it('never takes more than there is when many requests race', async () => {
    const wallet = await walletWith(25_000n);
    const answers = await Promise.all(Array.from({ length: 12 }, () => spend(wallet.id, '1')));
    const spent = answers.filter((answer) => answer.statusCode === 201);
    expect(spent).toHaveLength(5);
    expect(
      answers
        .filter((answer) => answer.statusCode !== 201)
        .map((answer) => answer.json<{ code: string }>().code),
    ).toEqual(Array.from({ length: 7 }, () => 'wallet.insufficient_credits'));
  });
});

describe('a spend that a wallet cannot bear', () => {
  it('gets a refusal above the balance, and moves nothing', async () => {
    const wallet = await walletWith(5_000n);
    const answer = await spend(wallet.id, '2');
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({ code: 'wallet.insufficient_credits' });
  });

  it('gets a refusal from a frozen wallet', async () => {
    const wallet = await walletWith(5_000n);
    await service.database.owner`update wallets set status = 'frozen' where id = ${wallet.id}`;
    expect((await spend(wallet.id, '1')).json()).toMatchObject({ code: 'wallet.not_open' });
  });
});

describe('an invalid spend', () => {
  it.each(['0', '-1', '1.5', '1e3', '01', ''])('gets a refusal for %j credits', async (credits) => {
    const wallet = await walletWith(5_000n);
    expect((await spend(wallet.id, credits)).statusCode).toBe(400);
  });

  it('gets 404 for an unknown wallet', async () => {
    expect((await spend(`wal_${'0'.repeat(32)}`, '1')).statusCode).toBe(404);
  });
});
