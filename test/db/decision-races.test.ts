import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { applyDecision } from '../../activities/apply-decision.ts';
import { approveDecision, rejectDecision } from '../../app/decide/approve.ts';
import type { Principal } from '../../api/deps.ts';
import type { Transaction } from '../../db/client.ts';
import { findDecision } from '../../db/queries/decisions.ts';
import { openReviews } from '../../db/queries/reviews.ts';
import { isCoded } from '../../domain/errors.ts';
import { anAccount, aWallet, createTestDependencies } from '../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../support/database.ts';
import { actAsKey, aDecision, aPersonsKey } from '../support/decisions.ts';
import { aLine, capture } from '../support/ledger.ts';
import { rounds } from '../support/rounds.ts';

const ROUNDS = rounds({ short: 100, long: 1_000 });
const DEPS = {
  approvals: { fourEyesAboveMinor: 500_000n, dailyLimitMinor: 10n ** 13n, approvalHours: 72 },
  clock: () => new Date(),
};

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase({ poolSize: 10 });
});
afterAll(() => test.close());

async function aPrincipal(person: string): Promise<Principal> {
  const keyId = await aPersonsKey(test.owner, person);
  const caller = `person ${person}`;
  return {
    keyId,
    ownerKind: 'person',
    person,
    caller,
    scopes: new Set(),
    reach: null,
    token: null,
  };
}

/** Lets nobody through before all have come. */
function createBarrier(parties: number): () => Promise<void> {
  let arrived = 0;
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    arrived += 1;
    if (arrived === parties) open();
    return opened;
  };
}

/** What came of each transaction that was open before any of them acted. */
function race(works: readonly ((tx: Transaction) => Promise<unknown>)[]): Promise<string[]> {
  const arrive = createBarrier(works.length);
  return Promise.all(
    works.map(async (work) => {
      try {
        await test.db.transaction(async (tx) => {
          await tx.execute(sql`select 1`);
          await arrive();
          await work(tx);
        });
        return 'done';
      } catch (error) {
        if (!isCoded(error)) throw error;
        return error.code;
      }
    }),
  );
}

async function reviewsOf(count: number): Promise<readonly string[]> {
  const accountKey = await anAccount(test.db);
  const lines = Array.from({ length: count }, (_, index) => aLine(`race-${index}`, 600_000n));
  await capture(test.db, accountKey, lines);
  const depositIds = lines.map((line) => line.depositId);
  const rows = depositIds.map(
    (depositId) => ({ depositId, reason: 'no_reference', candidates: [] }) as const,
  );
  const schedule = { remindAt: [], escalateAt: null, dueAt: new Date('2026-12-20T15:00:00Z') };
  await test.db.transaction((tx) => openReviews(tx, rows, schedule));
  return depositIds;
}

it(`lets exactly one of several racing approvals, double clicks, rejections and deliveries win, and moves the money at most once, ${ROUNDS} times`, async () => {
  const [first, second, third] = [
    await aPrincipal('lerato'),
    await aPrincipal('thandi'),
    await aPrincipal('sipho'),
  ];
  const otherKeyOfFirst = await aPrincipal('lerato');
  const { walletId } = await aWallet(test.db);
  const dependencies = createTestDependencies(test.db);
  let executed = 0;
  for (const depositId of await reviewsOf(ROUNDS)) {
    const decisionId = await aDecision(test.owner, {
      depositId,
      kind: 'credit',
      walletId,
      approved: false,
      proposedBy: first.keyId,
    });
    const proposal = await findDecision(test.db, decisionId);
    const approval = { decisionId, payloadSha256: proposal?.payloadSha256 ?? '' };
    const approve = (principal: Principal) => async (tx: Transaction) => {
      await actAsKey(tx, principal.keyId);
      await approveDecision(tx, DEPS, approval, principal);
    };
    const reject = async (tx: Transaction) => {
      await actAsKey(tx, third.keyId);
      await rejectDecision(tx, { decisionId, reason: 'not ours' }, third);
    };
    const apply = () => applyDecision(dependencies, { depositId, decisionId });

    const [won, early] = await Promise.all([
      race([approve(second), approve(second), approve(third), reject, approve(otherKeyOfFirst)]),
      apply(),
    ]);
    // Whoever came too late for the proposer's key to be looked at is told that nothing is open.
    expect(['decision.same_person', 'decision.not_open']).toContain(won[4]);
    expect(won.slice(0, 4).filter((outcome) => outcome === 'done')).toHaveLength(1);
    expect(['credited', 'not_approved']).toContain(early.outcome);

    const [one, other] = await Promise.all([apply(), apply()]);
    expect(one).toEqual(other);
    const after = await findDecision(test.db, decisionId);
    const isRejected = won[3] === 'done';
    expect(after?.state).toBe(isRejected ? 'rejected' : 'executed');
    expect(one.outcome).toBe(isRejected ? 'not_approved' : 'credited');
    if (!isRejected) executed += 1;
  }
  const [row] = await test.db.execute<{ credits: number; wallet: string }>(sql`
      select (select count(*) from journals where kind = 'credit')::int as credits,
             (select (prepaid_minor + remainder_minor)::text from wallets where id = ${walletId}) as wallet`);
  expect(row).toEqual({ credits: executed, wallet: (600_000n * BigInt(executed)).toString() });
  expect(executed).toBeGreaterThan(0);
  expect(executed).toBeLessThan(ROUNDS);
  await verifyClean(test.db);
});
