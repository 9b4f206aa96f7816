import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyClean } from '../support/database.ts';
import { aLine, capture } from '../support/ledger.ts';
import { createDecisionDesk, type DecisionDesk, type Proposed } from '../support/decision-desk.ts';
import {
  ACCOUNT,
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
beforeAll(async () => {
  service = await startApi();
  desk = createDecisionDesk(service);
  [thandi, sipho] = [await desk.keyOf('Thandi'), await desk.keyOf('Sipho')];
});
afterAll(() => service.close());

/** An open case about a deposit's line. */
async function aVanishedCase(depositId: string): Promise<string> {
  const [row] = await service.database.owner<{ id: string }[]>`
    insert into line_cases (kind, line_id) select 'line_vanished', line_id from deposits where id = ${depositId}
    returning id::text`;
  return row?.id ?? '';
}

let debits = 0;

/** An open case about a reversal of this many cents that was paired with nothing. */
async function anUnpairedCase(minor: bigint): Promise<string> {
  debits += 1;
  await capture(service.database.db, ACCOUNT, [aLine(`debit-${debits}`, -minor)]);
  const [row] = await service.database.owner<{ id: string }[]>`
    with line as (select max(id) as id from lines where amount_minor = ${(-minor).toString()}::bigint), reversal as (
      insert into reversals (line_id, bank_account_key, state, settled_at) select id, ${ACCOUNT}, 'unpaired', now() from line)
    insert into line_cases (kind, line_id) select 'reversal_unpaired', id from line returning id::text`;
  return row?.id ?? '';
}

const proposeOn = (caseId: string, step: 'take-back' | 'pair', body: object, key = thandi) =>
  post(service, `/v1/cases/${caseId}/${step}`, body, { key });

async function stateOf(caseId: string): Promise<unknown> {
  const { items } = (await get(service, '/v1/cases?state=all')).json<{
    items: { id: string; outcome: string | null; note: string | null }[];
  }>();
  return items.find(({ id }) => id === caseId);
}

describe('the reversal of a removed line’s deposit', () => {
  it('needs a proposal and an approval by two people, runs once and closes the case', async () => {
    const wallet = await createdWallet(service);
    const depositId = await creditedDeposit(service, wallet.id, 5_000n);
    const caseId = await aVanishedCase(depositId);
    const before = await countPostings(service);

    const answer = await proposeOn(caseId, 'take-back', {
      reason: 'the bank says it was an error',
    });
    expect(answer.statusCode).toBe(202);
    const proposed = answer.json<Proposed>();
    expect(proposed).toMatchObject({ outcome: 'accepted', state: 'proposed' });
    expect(await countPostings(service)).toBe(before);
    expect((await desk.approve(proposed, thandi)).json()).toMatchObject({
      code: 'decision.same_person',
    });
    expect((await desk.approve(proposed, sipho)).json()).toMatchObject({ state: 'approved' });

    expect(await desk.apply(depositId, proposed.decisionId)).toMatchObject({
      outcome: 'taken_back',
    });
    expect(await desk.apply(depositId, proposed.decisionId)).toMatchObject({
      outcome: 'taken_back',
    });

    expect((await get(service, `/v1/wallets/${wallet.id}`)).json()).toMatchObject({
      balance: { credits: '0' },
    });
    expect(await desk.decision(proposed.decisionId, thandi)).toMatchObject({
      kind: 'take_back',
      state: 'executed',
      outcome: 'taken_back',
    });
    expect(await stateOf(caseId)).toMatchObject({
      outcome: 'decided',
      note: 'the bank says it was an error',
    });
    expect(await told(depositId)).toContain('since the bank shows the line no more');
    await verifyClean(service.database.db);
  });

  it('does nothing when the line came back before the approval', async () => {
    const wallet = await createdWallet(service);
    const depositId = await creditedDeposit(service, wallet.id, 5_000n);
    const caseId = await aVanishedCase(depositId);
    const proposed = (await proposeOn(caseId, 'take-back', { reason: 'gone' })).json<Proposed>();
    await service.database
      .owner`update line_cases set closed_at = now(), outcome = 'restored' where id = ${caseId}`;
    await desk.approve(proposed, sipho);
    expect(await desk.apply(depositId, proposed.decisionId)).toEqual({
      outcome: 'refused',
      refusal: 'case_not_open',
    });
    expect((await proposeOn(caseId, 'take-back', { reason: 'again' })).json()).toMatchObject({
      code: 'case.not_open',
      status: 404,
    });
  });

  it('refuses a case about something else, and a second proposal', async () => {
    const unpaired = await anUnpairedCase(4_100n);
    expect((await proposeOn(unpaired, 'take-back', { reason: 'gone' })).json()).toMatchObject({
      code: 'case.wrong_kind',
      status: 409,
    });
    const depositId = await depositInReview(service, 4_200n);
    const caseId = await aVanishedCase(depositId);
    await desk.propose(depositId, { kind: 'dismiss', reason: 'no deposit' }, thandi);
    expect((await proposeOn(caseId, 'take-back', { reason: 'gone' })).json()).toMatchObject({
      code: 'decision.already_proposed',
    });
  });
});

describe('the pairing of a reversal by hand', () => {
  it('needs a proposal and an approval that name line and deposit, runs once and closes the case', async () => {
    const wallet = await createdWallet(service);
    const depositId = await creditedDeposit(service, wallet.id, 5_100n);
    const caseId = await anUnpairedCase(5_100n);
    const answer = await proposeOn(caseId, 'pair', { depositId, reason: 'the bank wrote so' });
    expect(answer.statusCode).toBe(202);
    const proposed = answer.json<Proposed>();
    await desk.approve(proposed, sipho);
    expect(await desk.apply(depositId, proposed.decisionId)).toMatchObject({ outcome: 'paired' });
    const decision = await desk.decision(proposed.decisionId, thandi);
    expect(decision).toMatchObject({ kind: 'pair', outcome: 'paired' });
    expect(decision['lineId']).toMatch(/^[0-9]+$/);
    expect(await stateOf(caseId)).toMatchObject({ outcome: 'decided', note: 'the bank wrote so' });
    await verifyClean(service.database.db);
  });

  it('refuses another amount and a missing, unknown or settled deposit, and stores nothing', async () => {
    const wallet = await createdWallet(service);
    const other = await creditedDeposit(service, wallet.id, 7_000n);
    const caseId = await anUnpairedCase(5_200n);
    const pair = async (depositId: string) =>
      (await proposeOn(caseId, 'pair', { depositId, reason: 'because' })).json<object>();
    expect(await pair(other)).toMatchObject({ code: 'case.pair_mismatch', status: 409 });
    expect(await pair(`dep_${'0'.repeat(32)}`)).toMatchObject({ code: 'deposit.not_found' });
    const vanished = await aVanishedCase(other);
    expect(
      (await proposeOn(vanished, 'pair', { depositId: other, reason: 'x' })).json(),
    ).toMatchObject({
      code: 'case.wrong_kind',
    });
    const returned = await depositInReview(service, 5_200n);
    const proposed = await desk.propose(returned, { kind: 'dismiss', reason: 'none' }, thandi);
    await desk.approve(proposed, sipho);
    await desk.apply(returned, proposed.decisionId);
    expect(await pair(returned)).toMatchObject({ code: 'deposit.already_settled' });
    const [row] = await service.database
      .owner`select count(*)::int as pairs from decisions where deposit_id = ${other}`;
    expect(row).toEqual({ pairs: 0 });
  });
});

async function told(depositId: string): Promise<string> {
  return (await get(service, `/v1/deposits/${depositId}`)).body;
}
