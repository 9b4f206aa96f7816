import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyDecision } from '../../../activities/apply-decision.ts';
import { creditWallet } from '../../../activities/credit-wallet.ts';
import { openReview } from '../../../activities/open-review.ts';
import { deliverDecisions } from '../../../activities/sweep-deposits.ts';
import {
  activityContext,
  anAccount,
  aWallet,
  countMoves,
  createTestDependencies,
  deposits,
  stateOf,
  type TestDependencies,
} from '../../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../../support/database.ts';
import { aDecision, type WantedDecision } from '../../support/decisions.ts';

let test: TestDatabase;
let dependencies: TestDependencies;
beforeAll(async () => {
  test = await createTestDatabase({ poolSize: 8 });
  dependencies = createTestDependencies(test.db);
});
afterAll(() => test.close());

/** A deposit in review. */
async function aReview(amountMinor = 7_500n): Promise<string> {
  const accountKey = await anAccount(test.db);
  const [depositId = ''] = await deposits(test.db, accountKey, [
    { reference: 'no code', amountMinor },
  ]);
  await openReview(dependencies, { depositId, reason: 'no_reference' });
  return depositId;
}

async function aCreditedDeposit(amountMinor: bigint) {
  const accountKey = await anAccount(test.db);
  const wallet = await aWallet(test.db);
  const [depositId = ''] = await deposits(test.db, accountKey, [
    { reference: wallet.code, amountMinor },
  ]);
  await creditWallet(dependencies, { depositId });
  return { depositId, ...wallet };
}

const decision = (wanted: WantedDecision) => aDecision(test.owner, wanted);
const apply = (depositId: string, decisionId: string) =>
  applyDecision(dependencies, { depositId, decisionId });

async function decisionRow(decisionId: string) {
  const [row] = await test.db.execute(sql`
    select state, outcome, refusal from decisions where id = ${decisionId}`);
  return row;
}

/** The trail names what this file forges; no other rule is broken. */
const expectForgedOnly = () => verifyClean(test.db, ['I19 complete']);

/** Nothing moved, and the deposit still waits. */
async function expectNothingMoved<T>(depositId: string, work: () => Promise<T>): Promise<T> {
  const before = await countMoves(test.db);
  const answer = await work();
  expect(await countMoves(test.db)).toEqual(before);
  expect(await stateOf(test.db, depositId)).toBe('in_review');
  await expectForgedOnly();
  return answer;
}

/** Changes rows past every rule of the database, as a superuser can. */
async function tamper(statement: string): Promise<void> {
  await test.owner.begin(async (tx) => {
    await tx.unsafe('set local session_replication_role = replica');
    await tx.unsafe(statement);
  });
}

describe('applyDecision, on a tampered decision,', () => {
  it.each([
    [
      'to pay someone else',
      `update decisions set payer = payer || '{"account": "999999999"}'`,
      'payload_changed',
    ],
    ['to give another reason', `update decisions set reason = 'because'`, 'payload_changed'],
  ])('refuses one that was changed %s, and moves nothing', async (_, change, refusal) => {
    const depositId = await aReview();
    const decisionId = await decision({ depositId, kind: 'return' });
    await tamper(`${change} where id = '${decisionId}'`);
    const before = await countMoves(test.db);
    expect(await apply(depositId, decisionId)).toEqual({ outcome: 'refused', refusal });
    expect(await countMoves(test.db)).toEqual(before);
    // The forged row would break more of `verify` in every later test of this file, as it should.
    await tamper(`delete from decisions where id = '${decisionId}'`);
    await expectForgedOnly();
  });

  it('refuses one that skips the approval above the amount that one person may decide', async () => {
    const depositId = await aReview(600_000n);
    const { walletId } = await aWallet(test.db);
    const decisionId = await decision({ depositId, kind: 'credit', walletId, approved: false });
    await tamper(
      `update decisions set state = 'approved', needs_approval = false where id = '${decisionId}'`,
    );
    const before = await countMoves(test.db);
    expect(await apply(depositId, decisionId)).toEqual({
      outcome: 'refused',
      refusal: 'approval_missing',
    });
    expect(await countMoves(test.db)).toEqual(before);
  });

  it.each(['proposed', 'approved'])('ignores one that a service %s', async (step) => {
    const depositId = await aReview();
    const decisionId = await decision({ depositId, kind: 'return' });
    await tamper(`
      update api_keys set owner_kind = 'service', person = null, scopes = '{}'
       where id = (select ${step}_by from decisions where id = '${decisionId}')`);
    const answer = await expectNothingMoved(depositId, () => apply(depositId, decisionId));
    expect(answer).toEqual({ outcome: 'unknown_decision', refusal: null });
  });
});

describe('the sweep', () => {
  const sweep = () => activityContext().run(deliverDecisions, dependencies, { olderThanMs: 0 });

  it('ends proposals that were not approved in time, and frees their deposits for another', async () => {
    const depositId = await aReview();
    const lapsed = await decision({
      depositId,
      kind: 'dismiss',
      approved: false,
      expiresAt: new Date('2026-11-20T09:59:59Z'),
    });
    await sweep();
    expect(await decisionRow(lapsed)).toMatchObject({ state: 'expired' });
    await decision({ depositId, kind: 'dismiss', approved: false });
    await sweep();
    expect(await stateOf(test.db, depositId)).toBe('in_review');
    await expectForgedOnly();
  });

  it('ends proposals whose deposit was settled otherwise', async () => {
    const depositId = await aReview();
    const { walletId } = await aWallet(test.db);
    const overtaken = await decision({ depositId, kind: 'return', approved: false });
    await apply(depositId, await decision({ depositId, kind: 'credit', walletId }));
    await sweep();
    expect(await decisionRow(overtaken)).toEqual({
      state: 'refused',
      outcome: 'refused',
      refusal: 'already_settled',
    });
    await expectForgedOnly();
  });

  it('hands approved decisions to the workflow that carries them out', async () => {
    const delivered: string[] = [];
    const started: string[] = [];
    const watching = createTestDependencies(test.db, {
      deliverDecision: (_, decisionId) => {
        delivered.push(decisionId);
        return Promise.resolve();
      },
      startDecision: ({ decisionId }) => {
        started.push(decisionId);
        return Promise.resolve();
      },
    });
    const { walletId } = await aWallet(test.db);
    const inReview = await decision({ depositId: await aReview(), kind: 'credit', walletId });
    const wrong = await aCreditedDeposit(5_000n);
    const correction = await decision({ depositId: wrong.depositId, kind: 'correct', walletId });
    await activityContext().run(deliverDecisions, watching, { olderThanMs: 0 });
    expect(delivered).toContain(inReview);
    expect(delivered).not.toContain(correction);
    expect(started).toContain(correction);
    expect(started).not.toContain(inReview);
  });
});
