import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyClean } from '../support/database.ts';
import { PAYER } from '../support/decisions.ts';
import { A_RETURN, createDecisionDesk, type DecisionDesk } from '../support/decision-desk.ts';
import {
  createdWallet,
  creditedDeposit,
  depositInReview,
  post,
  startApi,
  type ApiUnderTest,
} from '../support/api-under-test.ts';

let service: ApiUnderTest;
let desk: DecisionDesk;
let thandi: string;
let sipho: string;
beforeAll(async () => {
  service = await startApi();
  desk = createDecisionDesk(service);
  [thandi, sipho] = [await desk.keyOf('Thandi'), await desk.keyOf('Sipho')];
});
afterAll(async () => {
  await verifyClean(service.database.db);
  await service.close();
});

const decide = (depositId: string, body: object, key: string) =>
  desk.send('POST', `/v1/reviews/${depositId}/decisions`, body, key);
const correct = (depositId: string, walletId: string) =>
  desk.send(
    'POST',
    `/v1/deposits/${depositId}/corrections`,
    { walletId, reason: 'typed the wrong code' },
    thandi,
  );
const setWallet = (walletId: string, status: string) =>
  service.database.owner`update wallets set status = ${status} where id = ${walletId}`;

describe('small credits for one wallet', () => {
  it('become proposals once they add up, in one request or in many', async () => {
    const key = await desk.keyOf('Small');
    const { id: walletId } = await createdWallet(service);
    const body = { kind: 'credit', walletId, reason: 'the payer called' };
    const one = await decide(await depositInReview(service, 499_900n), body, key);
    expect(one.json()).toMatchObject({ outcome: 'accepted', state: 'approved' });
    const depositIds = await Promise.all([1, 2, 3].map(() => depositInReview(service, 499_900n)));
    const many = await post(
      service,
      '/v1/reviews/bulk-decisions',
      { decisions: depositIds.map((depositId) => ({ depositId, decision: body })) },
      { key },
    );
    const { results } = many.json<{ results: readonly object[] }>();
    expect(results).toHaveLength(3);
    for (const each of results)
      expect(each).toMatchObject({ outcome: 'accepted', state: 'proposed' });
  });

  it('pass the limit at most once when several come in one request', async () => {
    const key = await desk.keyOf('Bulk');
    const { id: walletId } = await createdWallet(service);
    const decision = { kind: 'credit', walletId, reason: 'the payer called' };
    const depositIds = await Promise.all(
      [1, 2, 3, 4].map(() => depositInReview(service, 300_000n)),
    );
    const many = await post(
      service,
      '/v1/reviews/bulk-decisions',
      { decisions: depositIds.map((depositId) => ({ depositId, decision })) },
      { key },
    );
    const { results } = many.json<{ results: readonly { readonly state: string }[] }>();
    expect(results.map(({ state }) => state).sort()).toEqual([
      'approved',
      'proposed',
      'proposed',
      'proposed',
    ]);
  });
});

describe('a deposit above the daily limit of one person', () => {
  it.each([
    ['credited', 'credit'],
    ['returned', 'return'],
  ] as const)('takes two people, and is then %s', async (outcome, kind) => {
    const { id: walletId } = await createdWallet(service);
    const depositId = await depositInReview(service, 60_000_000n);
    const body = kind === 'return' ? A_RETURN : { kind, walletId, reason: 'the payer called' };
    const proposed = await desk.propose(depositId, body, thandi);
    expect((await desk.approve(proposed, thandi)).json()).toMatchObject({
      code: 'decision.same_person',
    });
    expect((await desk.approve(proposed, sipho)).json()).toMatchObject({ state: 'approved' });
    expect(await desk.apply(depositId, proposed.decisionId)).toMatchObject({ outcome });
  });

  it('counts against the total of neither, so that both may go on deciding', async () => {
    const proposed = await desk.propose(
      await depositInReview(service, 10_000_001n),
      A_RETURN,
      thandi,
    );
    expect((await desk.approve(proposed, sipho)).statusCode).toBe(202);
    const whole = await desk.propose(await depositInReview(service, 10_000_000n), A_RETURN, thandi);
    expect((await desk.approve(whole, sipho)).statusCode).toBe(202);
  });

  it('raises no limit: what is above it in the sum is refused, in the currency’s own form', async () => {
    const key = await desk.keyOf('Sums');
    const half = await desk.propose(await depositInReview(service, 6_000_000n), A_RETURN, key);
    expect((await desk.approve(half, await desk.keyOf('Second'))).statusCode).toBe(202);
    const answer = await decide(await depositInReview(service, 4_000_001n), A_RETURN, key);
    expect(answer.json()).toMatchObject({
      code: 'decision.limit_reached',
      detail: 'This would raise the total of sums today to R100,000.01; the limit is R100,000.00.',
    });
  });
});

describe('the desk, about what could only be refused later,', () => {
  it('refuses at once a correction to the wallet that has the deposit', async () => {
    const { id: walletId } = await createdWallet(service);
    const depositId = await creditedDeposit(service, walletId, 5_000n);
    const answer = await correct(depositId, walletId);
    expect(answer.json()).toMatchObject({ code: 'decision.same_wallet', status: 409 });
  });

  it.each(['closed', 'frozen'])('refuses at once a correction to a %s wallet', async (status) => {
    const [{ id: wrong }, { id: walletId }] = [
      await createdWallet(service),
      await createdWallet(service),
    ];
    const depositId = await creditedDeposit(service, wrong, 5_000n);
    await setWallet(walletId, status);
    const answer = await correct(depositId, walletId);
    expect(answer.json()).toMatchObject({ code: 'wallet.not_open', status: 409 });
  });

  it('refuses at once a credit to a closed wallet, whole or in a part', async () => {
    const [open, closed] = [await createdWallet(service), await createdWallet(service)];
    await setWallet(closed.id, 'closed');
    const depositId = await depositInReview(service, 5_000n);
    const part = (walletId: string) => ({ walletId, amount: { minor: '2500', currency: 'ZAR' } });
    for (const to of [{ walletId: closed.id }, { split: [part(open.id), part(closed.id)] }]) {
      const answer = await decide(depositId, { kind: 'credit', ...to, reason: 'found' }, thandi);
      expect(answer.json()).toMatchObject({ code: 'wallet.not_open', status: 409 });
    }
  });

  it.each([
    ['is in another currency', `update deposits set currency = 'USD'`],
    ['has no rate on its day', `update deposits set booking_date = '1969-12-31'`],
  ])('refuses at once to credit a deposit that %s', async (_, change) => {
    const { id: walletId } = await createdWallet(service);
    const depositId = await depositInReview(service, 5_000n);
    const set = (statement: string) =>
      service.database.owner.begin(async (tx) => {
        await tx.unsafe('set local session_replication_role = replica');
        await tx.unsafe(`${statement} where id = '${depositId}'`);
      });
    const [before] = await service.database.owner`
      select currency, booking_date::text as day from deposits where id = ${depositId}`;
    await set(change);
    const answer = await decide(depositId, { kind: 'credit', walletId, reason: 'r' }, thandi);
    expect(answer.json()).toMatchObject({ code: 'decision.not_creditable', status: 409 });
    await set(
      `update deposits set currency = '${String(before?.['currency'])}', booking_date = '${String(before?.['day'])}'`,
    );
  });

  it('refuses at once bank details for a return that another outcome has overtaken', async () => {
    const { id: walletId } = await createdWallet(service);
    const depositId = await depositInReview(service, 5_000n);
    const key = await desk.keyOf('Late');
    const small = { kind: 'credit', walletId, reason: 'found' };
    const credited = (await decide(depositId, small, key)).json<{ decisionId: string }>();
    const bare = { kind: 'return', reason: 'sent by mistake' };
    const proposed = await desk.propose(depositId, bare, key);
    await desk.apply(depositId, credited.decisionId);
    const url = `/v1/decisions/${proposed.decisionId}/payer`;
    const answer = await desk.send('PUT', url, PAYER, key);
    expect(answer.json()).toMatchObject({ code: 'deposit.already_settled', status: 409 });
  });
});
