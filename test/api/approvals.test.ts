import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verifyClean } from '../support/database.ts';
import {
  A_RETURN,
  createDecisionDesk,
  type DecisionDesk,
  type Proposed,
} from '../support/decision-desk.ts';
import {
  countPostings,
  createdWallet,
  depositInReview,
  startApi,
  type ApiUnderTest,
} from '../support/api-under-test.ts';

let service: ApiUnderTest;
let desk: DecisionDesk;
let now = new Date();
let thandi: string;
let thandiToo: string;
let sipho: string;
beforeAll(async () => {
  service = await startApi({ clock: () => now });
  desk = createDecisionDesk(service);
  [thandi, thandiToo, sipho] = [
    await desk.keyOf('Thandi'),
    await desk.keyOf('thandi '),
    await desk.keyOf('Sipho'),
  ];
});
beforeEach(() => {
  now = new Date();
});
afterAll(() => service.close());

const propose = (depositId: string, body: object, key = thandi) =>
  desk.propose(depositId, body, key);
const approve = (proposed: Pick<Proposed, 'decisionId' | 'payloadSha256'>, key = sipho) =>
  desk.approve(proposed, key);
const decision = (id: string) => desk.decision(id, thandi);

describe('the approval endpoint', () => {
  it.each([
    ['an approval by the person who proposed', () => thandi, 'decision.same_person', 403],
    ['an approval by that person with another key', () => thandiToo, 'decision.same_person', 403],
  ])('refuses %s, moves nothing and records the attempt', async (_, key, code, status) => {
    const depositId = await depositInReview(service, 900n);
    const proposed = await propose(depositId, A_RETURN);
    const before = await countPostings(service);
    const answer = await approve(proposed, key());
    expect(answer.json()).toMatchObject({ code, status });
    expect(await countPostings(service)).toBe(before);
    expect(await decision(proposed.decisionId)).toMatchObject({ state: 'proposed' });
    expect(await desk.attemptsOn(proposed.decisionId)).toEqual([
      { action: 'decision.approval_refused', actor_person: 'thandi', code },
    ]);
  });

  it('refuses an approval of another payload and records the attempt', async () => {
    const proposed = await propose(await depositInReview(service, 900n), A_RETURN);
    const other = await propose(await depositInReview(service, 900n), A_RETURN);
    const answer = await approve({ ...proposed, payloadSha256: other.payloadSha256 });
    expect(answer.json()).toMatchObject({ code: 'decision.payload_changed', status: 409 });
    expect(await desk.attemptsOn(proposed.decisionId)).toEqual([
      {
        action: 'decision.approval_refused',
        actor_person: 'sipho',
        code: 'decision.payload_changed',
      },
    ]);
  });

  it('refuses an approval after the deadline, and frees the deposit for another proposal', async () => {
    const depositId = await depositInReview(service, 900n);
    now = new Date(Date.now() - 72 * 3_600_000 - 1_000);
    const proposed = await propose(depositId, A_RETURN);
    now = new Date();
    expect((await approve(proposed)).json()).toMatchObject({
      code: 'decision.expired',
      status: 409,
    });
    expect(await desk.attemptsOn(proposed.decisionId)).toHaveLength(1);
    await propose(depositId, A_RETURN);
    expect(await decision(proposed.decisionId)).toMatchObject({ state: 'expired' });
  });

  it('refuses an approval of an unknown decision and records the attempt', async () => {
    const decisionId = `dec_${'1'.repeat(32)}`;
    const answer = await approve({ decisionId, payloadSha256: '0'.repeat(64) });
    expect(answer.json()).toMatchObject({ code: 'decision.not_found', status: 404 });
    expect(await desk.attemptsOn(decisionId)).toHaveLength(1);
  });

  it('refuses a second approval and a late rejection', async () => {
    const proposed = await propose(await depositInReview(service, 900n), A_RETURN);
    expect((await approve(proposed)).statusCode).toBe(202);
    expect((await approve(proposed)).json()).toMatchObject({ code: 'decision.not_open' });
    const url = `/v1/decisions/${proposed.decisionId}/reject`;
    const late = await desk.send('POST', url, { reason: 'no' }, thandi);
    expect(late.json()).toMatchObject({ code: 'decision.not_open', status: 409 });
  });

  it('refuses an approval of a rejected decision', async () => {
    const depositId = await depositInReview(service, 900n);
    const proposed = await propose(depositId, A_RETURN);
    const url = `/v1/decisions/${proposed.decisionId}/reject`;
    const rejected = await desk.send('POST', url, { reason: 'the payer is known' }, sipho);
    expect(rejected.json()).toMatchObject({
      state: 'rejected',
      rejected: { person: 'sipho', reason: 'the payer is known' },
    });
    expect((await approve(proposed)).json()).toMatchObject({ code: 'decision.not_open' });
    expect(await desk.apply(depositId, proposed.decisionId)).toMatchObject({
      outcome: 'not_approved',
    });
    await verifyClean(service.database.db);
  });

  it('refuses an approval about a deposit that was settled meanwhile', async () => {
    const wallet = await createdWallet(service);
    const depositId = await depositInReview(service, 900n);
    const small = { kind: 'credit', walletId: wallet.id, reason: 'found' };
    const { decisionId } = await propose(depositId, small);
    const proposed = await propose(depositId, A_RETURN);
    await desk.apply(depositId, decisionId);
    expect((await approve(proposed)).json()).toMatchObject({ code: 'deposit.already_settled' });
  });
});

describe('the daily limit of a person', () => {
  it('counts what the person proposed and approved, over all keys together', async () => {
    const [busy, busyToo, other] = [
      await desk.keyOf('Busy'),
      await desk.keyOf('BUSY'),
      await desk.keyOf('Other'),
    ];
    const big = await propose(await depositInReview(service, 6_000_000n), A_RETURN, busy);
    expect((await approve(big, other)).statusCode).toBe(202);
    // R60,000 of R100,000 are used up by both.
    const more = await depositInReview(service, 4_000_001n);
    const url = `/v1/reviews/${more}/decisions`;
    const tooMuch = await desk.send('POST', url, A_RETURN, busyToo);
    expect(tooMuch.json()).toMatchObject({ code: 'decision.limit_reached', status: 403 });
    expect(await desk.attemptsOn(more)).toHaveLength(1);
    const byThird = await propose(more, A_RETURN);
    expect((await approve(byThird, other)).json()).toMatchObject({
      code: 'decision.limit_reached',
    });
    expect((await approve(byThird)).statusCode).toBe(202);
    const rest = await propose(await depositInReview(service, 4_000_000n), A_RETURN, busyToo);
    expect(rest.state).toBe('proposed');
  });

  it('ignores decisions that move no money and proposals that were not approved', async () => {
    const key = await desk.keyOf('Patient');
    const asked = [
      await propose(await depositInReview(service, 9_000_000n), A_RETURN, key),
      await propose(await depositInReview(service, 9_000_000n), A_RETURN, key),
      await propose(
        await depositInReview(service, 90_000_000n),
        { kind: 'dismiss', reason: 'own transfer' },
        key,
      ),
    ];
    expect(asked.map(({ state }) => state)).toEqual(['proposed', 'proposed', 'proposed']);
  });
});
