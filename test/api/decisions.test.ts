import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyClean } from '../support/database.ts';
import { PAYER } from '../support/decisions.ts';
import {
  A_RETURN,
  createDecisionDesk,
  type DecisionDesk,
  type Proposed,
} from '../support/decision-desk.ts';
import {
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
let desk: DecisionDesk;
let thandi: string;
let sipho: string;
const now = new Date();
beforeAll(async () => {
  service = await startApi();
  desk = createDecisionDesk(service);
  [thandi, sipho] = [await desk.keyOf('Thandi'), await desk.keyOf('Sipho')];
});
afterAll(() => service.close());

const propose = (depositId: string, body: object, key = thandi) =>
  desk.propose(depositId, body, key);
const approve = (proposed: Pick<Proposed, 'decisionId' | 'payloadSha256'>, key = sipho) =>
  desk.approve(proposed, key);
const decision = (id: string) => desk.decision(id, thandi);

describe('a proposal', () => {
  it('needs a second person, who approves its hash, before Purser carries it out', async () => {
    const depositId = await depositInReview(service, 12_500n);
    const before = await countPostings(service);
    const proposed = await propose(depositId, A_RETURN);
    expect(proposed).toMatchObject({ outcome: 'accepted', state: 'proposed' });
    expect(await countPostings(service)).toBe(before);

    expect((await approve(proposed)).json()).toMatchObject({ state: 'approved' });
    expect(await desk.apply(depositId, proposed.decisionId)).toMatchObject({ outcome: 'returned' });
    expect(await decision(proposed.decisionId)).toMatchObject({
      kind: 'return',
      state: 'executed',
      outcome: 'returned',
      amount: { minor: '12500', currency: 'ZAR' },
      payer: PAYER,
      proposed: { person: 'thandi' },
      approved: { person: 'sipho' },
      rejected: null,
    });
    await verifyClean(service.database.db);
  });

  it('needs approval for a credit above the band, and not for one at it', async () => {
    const wallet = await createdWallet(service);
    const body = { kind: 'credit', walletId: wallet.id, reason: 'known customer' };
    const at = await propose(await depositInReview(service, 500_000n), body);
    expect(at.state).toBe('approved');
    const above = await propose(await depositInReview(service, 500_001n), body);
    expect(above.state).toBe('proposed');
  });

  it('splits a credit over several wallets, by id and by code', async () => {
    const [one, other] = [await createdWallet(service), await createdWallet(service)];
    const depositId = await depositInReview(service, 10_001n);
    const split = [
      { walletId: one.id, amount: { minor: '5000', currency: 'ZAR' } },
      { code: other.code, amount: { minor: '5001', currency: 'ZAR' } },
    ];
    const { decisionId } = await propose(depositId, { kind: 'credit', split, reason: 'shared' });
    expect(await desk.apply(depositId, decisionId)).toMatchObject({ outcome: 'credited' });
    expect((await decision(decisionId))['allocations']).toEqual([
      { walletId: one.id, amount: { minor: '5000', currency: 'ZAR' } },
      { walletId: other.id, amount: { minor: '5001', currency: 'ZAR' } },
    ]);
    await verifyClean(service.database.db);
  });

  it.each([
    ['a cent too few', '5000'],
    ['a cent too many', '5002'],
  ])('gets a refusal for a split with %s, and stores nothing', async (_, minor) => {
    const [one, other] = [await createdWallet(service), await createdWallet(service)];
    const depositId = await depositInReview(service, 10_001n);
    const split = [
      { walletId: one.id, amount: { minor: '5000', currency: 'ZAR' } },
      { walletId: other.id, amount: { minor, currency: 'ZAR' } },
    ];
    const url = `/v1/reviews/${depositId}/decisions`;
    const answer = await desk.send(
      'POST',
      url,
      { kind: 'credit', split, reason: 'shared' },
      thandi,
    );
    expect(answer.json()).toMatchObject({ code: 'decision.split_mismatch', status: 400 });
    const list = await get(service, `/v1/decisions?depositId=${depositId}`, thandi);
    expect(list.json()).toEqual({ items: [], next: null });
  });

  it('waits for the bank details of a return, and then for a second person who sees them', async () => {
    const depositId = await depositInReview(service, 900n);
    const asked = await propose(depositId, { kind: 'return', reason: 'sent by mistake' });
    expect(asked).toMatchObject({ state: 'needs_payer_details', payloadSha256: null });
    const url = `/v1/decisions/${asked.decisionId}/payer`;
    const early = await approve({ ...asked, payloadSha256: '0'.repeat(64) });
    expect(early.json()).toMatchObject({ code: 'decision.not_open' });

    const given = (await desk.send('PUT', url, PAYER, sipho)).json<Proposed>();
    expect(given).toMatchObject({ decisionId: asked.decisionId, state: 'proposed' });
    const again = await desk.send('PUT', url, { ...PAYER, account: '999999' }, sipho);
    expect(again.json()).toMatchObject({ code: 'decision.not_open' });
    // Whoever gave the details approves no more than whoever proposed.
    for (const key of [thandi, sipho]) {
      expect((await approve(given, key)).json()).toMatchObject({ code: 'decision.same_person' });
    }
    expect((await approve(given, await desk.keyOf('Lerato'))).statusCode).toBe(202);
    expect(await desk.apply(depositId, asked.decisionId)).toMatchObject({ outcome: 'returned' });
    await verifyClean(service.database.db);
  });

  it('needs one person and a future day to keep a deposit', async () => {
    const depositId = await depositInReview(service, 900n);
    const url = `/v1/reviews/${depositId}/decisions`;
    for (const until of ['2020-01-01', '2999-01-01']) {
      const answer = await desk.send('POST', url, { kind: 'keep', until, reason: 'r' }, thandi);
      expect(answer.json()).toMatchObject({ code: 'request.invalid', status: 400 });
    }
    const until = new Date(now.getTime() + 7 * 86_400_000).toISOString().slice(0, 10);
    const kept = await propose(depositId, { kind: 'keep', until, reason: 'asked the payer' });
    expect(kept.state).toBe('approved');
    expect(await desk.apply(depositId, kept.decisionId)).toMatchObject({ outcome: 'kept' });
  });

  it('corrects only credited deposits', async () => {
    const [wrong, right] = [await createdWallet(service), await createdWallet(service)];
    const depositId = await creditedDeposit(service, wrong.id, 5_000n);
    const url = (id: string) => `/v1/deposits/${id}/corrections`;
    const body = { code: right.code, reason: 'typed the wrong code' };
    const waiting = await depositInReview(service, 5_000n);
    const early = await desk.send('POST', url(waiting), body, thandi);
    expect(early.json()).toMatchObject({ code: 'deposit.not_credited', status: 409 });

    const proposed = (await desk.send('POST', url(depositId), body, thandi)).json<Proposed>();
    expect(proposed).toMatchObject({ state: 'proposed' });
    expect((await approve(proposed)).statusCode).toBe(202);
    expect(await desk.apply(depositId, proposed.decisionId)).toMatchObject({
      outcome: 'corrected',
    });
    const wallet = await get(service, `/v1/wallets/${right.id}`);
    expect(wallet.json()).toMatchObject({ balance: { credits: '1' } });
    await verifyClean(service.database.db);
  });

  it('excludes a second proposal about the same deposit', async () => {
    const depositId = await depositInReview(service, 900n);
    const url = `/v1/reviews/${depositId}/decisions`;
    const first = await propose(depositId, A_RETURN);
    const bodies = [A_RETURN, { kind: 'dismiss', reason: 'interest' }];
    for (const body of bodies) {
      const second = await desk.send('POST', url, body, sipho);
      expect(second.json()).toMatchObject({ code: 'decision.already_proposed', status: 409 });
    }
    await desk.send('POST', `/v1/decisions/${first.decisionId}/reject`, { reason: 'no' }, sipho);
    await propose(depositId, { kind: 'dismiss', reason: 'interest' });
  });

  it('gets the same answer when it is repeated, and exists once', async () => {
    const depositId = await depositInReview(service, 900n);
    const url = `/v1/reviews/${depositId}/decisions`;
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => desk.send('POST', url, A_RETURN, thandi, 'one-proposal')),
    );
    expect(new Set(answers.map((answer) => answer.body)).size).toBe(1);
    const list = (await get(service, `/v1/decisions?depositId=${depositId}`, thandi)).json<{
      items: unknown[];
    }>();
    expect(list.items).toHaveLength(1);
  });
});

describe('GET /v1/decisions', () => {
  it('lists the decisions that wait for a second person, page by page, newest first', async () => {
    const made: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      made.push((await propose(await depositInReview(service, 900n), A_RETURN)).decisionId);
    }
    const found: string[] = [];
    let cursor = '';
    for (let page = 0; page < 50; page += 1) {
      const list = (
        await get(service, `/v1/decisions?state=proposed&limit=2${cursor}`, thandi)
      ).json<{ items: { id: string; state: string }[]; next: string | null }>();
      found.push(...list.items.map((item) => item.id));
      expect(list.items.every((item) => item.state === 'proposed')).toBe(true);
      if (list.next === null) break;
      cursor = `&cursor=${list.next}`;
    }
    expect(found.filter((id) => made.includes(id))).toEqual(made.toReversed());
    expect(new Set(found).size).toBe(found.length);
  });
});

describe('the list of payment instructions', () => {
  it('contains each return once, with its reference, safe for a spreadsheet, on every reading', async () => {
    const depositId = await depositInReview(service, 123_456n);
    const payer = { ...PAYER, name: '=cmd|calc' };
    const proposed = await propose(depositId, { ...A_RETURN, payer });
    await approve(proposed);
    await post(service, '/v1/returns/exports', {}, { key: thandi });
    const nothing = await post(service, '/v1/returns/exports', {}, { key: thandi });
    expect(nothing.json()).toEqual({ exportId: null, returns: 0 });
    await desk.apply(depositId, proposed.decisionId);
    const due = await get(service, '/v1/returns?state=due', thandi);
    expect(due.json()).toMatchObject({ items: [{ depositId, state: 'due', exportId: null }] });

    const takes = await Promise.all(
      Array.from({ length: 4 }, () => post(service, '/v1/returns/exports', {}, { key: thandi })),
    );
    const files = takes.flatMap((take) => take.json<{ exportId: string | null }>().exportId ?? []);
    expect(files).toHaveLength(1);
    const url = `/v1/returns/export?export=${files[0] ?? ''}`;
    const [file, again] = [await get(service, url, thandi), await get(service, url, thandi)];
    expect(file.headers['content-type']).toBe('text/csv; charset=utf-8');
    const reference = `RTN${depositId.slice(-12).toUpperCase()}`;
    expect(file.body.split('\r\n')).toEqual([
      '"from_account","beneficiary","bank","branch","account","amount","currency","our_reference","their_reference","decision"',
      `"fnb-main","'=cmd|calc","Test Bank","250655","00062001234567",1234.56,"ZAR","${reference}","${reference}","${proposed.decisionId}"`,
      '',
    ]);
    expect(again.body).toBe(file.body);
    const left = await get(service, '/v1/returns/export', thandi);
    expect(left.body.split('\r\n')).toHaveLength(2);
    const exported = await get(service, '/v1/returns?state=exported', thandi);
    expect(exported.json<{ items: unknown[] }>().items.at(-1)).toMatchObject({
      depositId,
      exportId: files[0],
    });
  });
});
