import type { LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyDecision } from '../../activities/apply-decision.ts';
import { TEST_SETTINGS } from '../support/activities.ts';
import { verifyClean } from '../support/database.ts';
import {
  capturedDeposit,
  countPostings,
  createdWallet,
  creditedDeposit,
  depositInReview,
  get,
  post,
  startApi,
  type ApiUnderTest,
} from '../support/api-under-test.ts';

let service: ApiUnderTest;
beforeAll(async () => {
  service = await startApi();
});
afterAll(() => service.close());

interface Decided {
  readonly decisionId: string;
  readonly outcome: string;
}

function decide(
  depositId: string,
  body: object,
  idempotencyKey?: string,
): Promise<LightMyRequestResponse> {
  return post(service, `/v1/reviews/${depositId}/decisions`, body, {
    key: service.personKey,
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  });
}

/** What the deposit's workflow does with a decision, without the workflow. */
function apply(depositId: string, decisionId: string) {
  const nowhere = () => Promise.reject(new Error('A decision needs no bank and no workflow.'));
  return applyDecision(
    {
      database: service.database.db,
      clock: () => new Date(),
      polledAccount: nowhere,
      startDeposit: nowhere,
      deliverDecision: nowhere,
      startDecision: nowhere,
      wakeDeposit: nowhere,
      startImport: nowhere,
      auditAnchor: null,
      settings: TEST_SETTINGS,
    },
    { depositId, decisionId },
  );
}

describe('the API, about reviews and their decisions,', () => {
  it('lists open reviews with reason, sentence, next step, candidates and deadline, oldest first', async () => {
    const [first, second] = [
      await depositInReview(service, 30_000n),
      await depositInReview(service, 100n),
    ];
    const list = (await get(service, '/v1/reviews?account=fnb-main')).json<{
      items: { depositId: string }[];
    }>();
    const ours = list.items.filter((item) => [first, second].includes(item.depositId));
    expect(ours.map((item) => item.depositId)).toEqual([first, second]);
    expect(ours[0]).toMatchObject({
      account: 'fnb-main',
      amount: { minor: '30000', currency: 'ZAR' },
      reason: 'unknown_code',
      sentence: 'The reference names a customer code that no wallet has.',
      nextStep: 'Ask the payer for the right code, then credit that wallet or return the money.',
      candidates: [],
      shadowCode: null,
      references: ['CUS00000001'],
      dueAt: '2026-12-20T08:00:00.000Z',
      overdueAt: null,
    });
  });

  it('answers the outcome when a request is repeated after the decision was carried out', async () => {
    const wallet = await createdWallet(service);
    const depositId = await depositInReview(service, 12_500n);
    const body = { kind: 'credit', code: wallet.code, reason: 'asked the payer' };
    const accepted = await decide(depositId, body, 'credit-it');
    const { decisionId } = accepted.json<Decided>();
    expect(await apply(depositId, decisionId)).toMatchObject({ outcome: 'credited' });

    const told = await decide(depositId, body, 'credit-it');
    expect([told.statusCode, told.json()]).toEqual([
      200,
      { decisionId, outcome: 'credited', refusal: null },
    ]);
    const balance = await get(service, `/v1/wallets/${wallet.id}`);
    expect(balance.json()).toMatchObject({
      balance: { credits: '2', remainder: { minor: '2500' } },
    });
    const story = (await get(service, `/v1/deposits/${depositId}`)).json<Record<string, unknown>>();
    expect(story).toMatchObject({
      state: 'credited',
      review: { reason: 'unknown_code' },
      decisions: [
        { id: decisionId, kind: 'credit', outcome: 'credited', reason: 'asked the payer' },
      ],
      journals: [{ kind: 'capture' }, { kind: 'credit', decisionId }],
      notifications: [{ walletId: wallet.id }],
      workflow: { round: 1 },
    });
    await verifyClean(service.database.db);
  });

  it('says why a decision was refused', async () => {
    const wallet = await createdWallet(service);
    const depositId = await depositInReview(service, 5_000n);
    const body = { kind: 'credit', walletId: wallet.id, reason: 'r' };
    const { decisionId } = (await decide(depositId, body, 'closed')).json<Decided>();
    await service.database.owner`update wallets set status = 'closed' where id = ${wallet.id}`;
    await apply(depositId, decisionId);
    expect((await decide(depositId, body, 'closed')).json()).toEqual({
      decisionId,
      outcome: 'refused',
      refusal: 'wallet_closed',
    });
  });
});

describe('the API, on a new decision,', () => {
  it('stores the decision and its person while Temporal is away, and moves no money', async () => {
    const wallet = await createdWallet(service);
    const depositId = await depositInReview(service, 700n);
    const before = await countPostings(service);
    const body = { kind: 'credit', walletId: wallet.id, reason: 'asked the payer' };
    const answer = await decide(depositId, body);
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toMatchObject({ outcome: 'accepted', state: 'approved' });
    const rows = await service.database.owner`
      select c.kind, c.reason, c.outcome, c.state, k.owner_kind, c.proposed_person = k.person as is_persons
        from decisions c join api_keys k on k.id = c.proposed_by where c.deposit_id = ${depositId}`;
    expect(rows).toEqual([
      {
        kind: 'credit',
        reason: 'asked the payer',
        outcome: null,
        state: 'approved',
        owner_kind: 'person',
        is_persons: true,
      },
    ]);
    expect(await countPostings(service)).toBe(before);
  });

  it('stores one decision however often the request is repeated', async () => {
    const depositId = await depositInReview(service, 800n);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => decide(depositId, { kind: 'return', reason: 'r' }, 'repeat')),
    );
    expect(answers.map((answer) => answer.statusCode)).toEqual([202, 202, 202, 202, 202]);
    expect(new Set(answers.map((answer) => answer.json<Decided>().decisionId)).size).toBe(1);
    const rows = await service.database.owner`
      select 1 from decisions where deposit_id = ${depositId}`;
    expect(rows).toHaveLength(1);
  });
});

describe('the API, on an unknown subject,', () => {
  it('refuses a decision on an unknown deposit, or for an unknown wallet', async () => {
    const nowhere = await decide(`dep_${'0'.repeat(32)}`, { kind: 'return', reason: 'r' });
    expect(nowhere.json()).toMatchObject({ code: 'deposit.not_found', status: 404 });
    const depositId = await depositInReview(service, 900n);
    for (const to of [{ walletId: `wal_${'0'.repeat(32)}` }, { code: 'CUS99999999' }]) {
      const nobody = await decide(depositId, { kind: 'credit', reason: 'r', ...to });
      expect(nobody.json()).toMatchObject({ code: 'wallet.not_found', status: 404 });
    }
    const rows = await service.database.owner`
      select 1 from decisions where deposit_id = ${depositId}`;
    expect(rows).toHaveLength(0);
  });
});

describe('the API, on a settled deposit,', () => {
  it('refuses a decision on a deposit that is settled or not in review', async () => {
    const captured = await capturedDeposit(service, 5_000n);
    const early = await decide(captured, { kind: 'return', reason: 'r' });
    expect(early.json()).toMatchObject({ code: 'review.not_open', status: 409 });
    const credited = await creditedDeposit(service, (await createdWallet(service)).id, 5_000n);
    const late = await decide(credited, { kind: 'return', reason: 'r' });
    expect(late.json()).toMatchObject({ code: 'deposit.already_settled', status: 409 });
  });

  it('answers the second of two people that the deposit is settled, and moves the money once', async () => {
    const wallet = await createdWallet(service);
    const depositId = await depositInReview(service, 5_000n);
    const credit = { kind: 'credit', walletId: wallet.id, reason: 'mine' };
    const other = { kind: 'credit', code: (await createdWallet(service)).code, reason: 'not mine' };
    const one = (await decide(depositId, credit, 'one')).json<Decided>();
    const two = (await decide(depositId, other, 'two')).json<Decided>();
    await apply(depositId, one.decisionId);
    await apply(depositId, two.decisionId);
    expect((await decide(depositId, credit, 'one')).json()).toMatchObject({ outcome: 'credited' });
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const late = await decide(depositId, other, 'two');
      expect(late.json()).toMatchObject({ code: 'deposit.already_settled', status: 409 });
    }
    await verifyClean(service.database.db);
  });

  it('answers that a deposit was settled while the decision was on its way', async () => {
    const wallet = await createdWallet(service);
    const depositId = await depositInReview(service, 5_000n);
    const late = { kind: 'credit', walletId: wallet.id, reason: 'too late' };
    expect((await decide(depositId, late, 'late')).statusCode).toBe(202);
    const { decisionId } = (
      await decide(depositId, { kind: 'credit', walletId: wallet.id, reason: 'first' })
    ).json<Decided>();
    await apply(depositId, decisionId);
    const answer = await decide(depositId, late, 'late');
    expect(answer.json()).toMatchObject({ code: 'deposit.already_settled', status: 409 });
  });
});
