import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyDecision } from '../../activities/apply-decision.ts';
import { openReview } from '../../activities/open-review.ts';
import { takeBack } from '../../app/undo/take-back.ts';
import { releaseHolds } from '../../db/queries/capture.ts';
import { lockDeposits } from '../../db/queries/settlement.ts';
import type { HoldReason } from '../../domain/line/identity.ts';
import { anAccount, createTestDependencies, stateOf } from '../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../support/database.ts';
import { aDecision } from '../support/decisions.ts';
import { aLine, capture, credit, seedWallet } from '../support/ledger.ts';
import { sqlStateOf } from '../support/sql-state.ts';

let test: TestDatabase;
let accountKey: string;
let walletId: string;
beforeAll(async () => {
  test = await createTestDatabase();
  accountKey = await anAccount(test.db);
  walletId = await seedWallet(test.db, 1);
});
afterAll(async () => {
  await verifyClean(test.db);
  await test.close();
});

let lines = 0;
/** A deposit whose line is held for a reason. */
async function aHeldDeposit(reason: HoldReason): Promise<{ depositId: string; lineId: string }> {
  lines += 1;
  const hold = { reason, besideLineId: null };
  const line = aLine(`held-${lines}`, 5_000n, { hold });
  await capture(test.db, accountKey, [line]);
  const [row] = await test.owner<{ id: string }[]>`
    select line_id::text as id from deposits where id = ${line.depositId}`;
  return { depositId: line.depositId, lineId: row?.id ?? '' };
}

describe('the database, about lines that are held,', () => {
  it('refuses a credit that no person decided, until the hold has ended', async () => {
    const { depositId, lineId } = await aHeldDeposit('possible_duplicate');
    expect(await sqlStateOf(credit(test.db, [{ depositId, walletId }]))).toBe('PU020');
    await test.db.transaction((tx) => releaseHolds(tx, accountKey, [lineId]));
    await credit(test.db, [{ depositId, walletId }]);
  });

  it('takes the credit of a decision, and one whose proof alone was missing', async () => {
    const { depositId } = await aHeldDeposit('edited_look_alike');
    const dependencies = createTestDependencies(test.db);
    await openReview(dependencies, { depositId, reason: 'edited_look_alike' });
    const decisionId = await aDecision(test.owner, { depositId, kind: 'credit', walletId });
    await applyDecision(dependencies, { depositId, decisionId });
    expect(await stateOf(test.db, depositId)).toBe('credited');
    const proved = await aHeldDeposit('proof_absent');
    await credit(test.db, [{ depositId: proved.depositId, walletId }]);
    expect(await stateOf(test.db, proved.depositId)).toBe('credited');
  });

  it('lets go of a deposit that has its outcome, too, since it may begin again', async () => {
    const { depositId, lineId } = await aHeldDeposit('id_reused');
    const dependencies = createTestDependencies(test.db);
    await openReview(dependencies, { depositId, reason: 'id_reused' });
    const decisionId = await aDecision(test.owner, { depositId, kind: 'credit', walletId });
    await applyDecision(dependencies, { depositId, decisionId });
    const open = await test.db.transaction((tx) => releaseHolds(tx, accountKey, [lineId]));
    expect(open).toEqual([]);
    const [row] = await test.owner`select hold_reason from deposits where id = ${depositId}`;
    expect(row).toEqual({ hold_reason: null });
  });

  it('keeps why a line was held, and since when', async () => {
    const { lineId } = await aHeldDeposit('id_reused');
    const { owner } = test;
    for (const change of [
      owner`update line_holds set reason = 'unreadable' where line_id = ${lineId}`,
      owner`update line_holds set held_at = now() where line_id = ${lineId}`,
      owner`delete from line_holds where line_id = ${lineId}`,
      owner`truncate line_holds`,
    ])
      expect(await sqlStateOf(change)).toBe('PU017');
  });

  it('takes no line off the books without a decision, unless a balance says that it is another one', async () => {
    const { depositId, lineId } = await aHeldDeposit('possible_duplicate');
    const voided = test.db.transaction(async (tx) => {
      const [deposit] = await lockDeposits(tx, [depositId]);
      if (deposit === undefined) throw new Error('There is no such deposit.');
      await takeBack(tx, deposit, { kind: 'void', decisionId: null, eventOn: deposit.bookingDate });
    });
    expect(await sqlStateOf(voided)).toBe('PU020');
    // It names no line that it could be.
    const same = test.owner`
      update line_holds set ended_at = now(), ended_as = 'same' where line_id = ${lineId}`;
    expect(await sqlStateOf(same)).toBe('23514 line_holds_same_as_a_line');
  });

  it('lets the application end no hold but by its function', async () => {
    const { lineId } = await aHeldDeposit('id_reused');
    const ended = sql`update line_holds set ended_at = now() where line_id = ${lineId}::bigint`;
    expect(await sqlStateOf(test.db.execute(ended))).toBe('42501');
  });
});
