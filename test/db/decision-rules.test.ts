import { sql, type SQL } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../db/new-id.ts';
import { insertDecision, payloadSha256 } from '../../db/queries/decisions.ts';
import { lockDeposits, postJournals } from '../../db/queries/settlement.ts';
import type { DecisionPayload } from '../../domain/review/approval.ts';
import { settleReturn } from '../../domain/ledger/suspense.ts';
import { anAccount, aWallet } from '../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../support/database.ts';
import { actAsKey, aDecision, aPersonsKey, approve, aServicesKey } from '../support/decisions.ts';
import { aLine, capture } from '../support/ledger.ts';
import { sqlStateOf } from '../support/sql-state.ts';

let test: TestDatabase;
let accountKey: string;
let lines = 0;
beforeAll(async () => {
  test = await createTestDatabase();
  accountKey = await anAccount(test.db);
});
afterAll(() => test.close());

async function aDeposit(): Promise<string> {
  lines += 1;
  const [depositId = ''] = await capture(test.db, accountKey, [aLine(`rule-${lines}`, 7_500n)]);
  return depositId;
}

/** One statement of the application, in the name of this key. */
function asPerson(keyId: string, statement: SQL): Promise<unknown> {
  return test.db.transaction(async (tx) => {
    await actAsKey(tx, keyId);
    return tx.execute(statement);
  });
}

describe('the database, about decisions,', () => {
  it('refuses an approval by the person who proposed, with any of their keys', async () => {
    const proposedBy = await aPersonsKey(test.owner, 'naledi');
    const decisionId = await aDecision(test.owner, {
      depositId: await aDeposit(),
      kind: 'return',
      approved: false,
      proposedBy,
    });
    const otherKey = await aPersonsKey(test.owner, 'naledi');
    for (const keyId of [proposedBy, otherKey]) {
      expect(await sqlStateOf(approve(test.owner, decisionId, keyId))).toBe(
        '23514 decisions_two_people',
      );
    }
    await approve(test.owner, decisionId);
    await verifyClean(test.db);
  });

  it('takes the names of people from their keys, whatever a caller says', async () => {
    const decisionId = await aDecision(test.owner, { depositId: await aDeposit(), kind: 'return' });
    const [row] = await test.db.execute(sql`
      select c.proposed_person = p.person as proposer, c.approved_person = a.person as approver,
             c.payer_person = p.person as payer
        from decisions c join api_keys p on p.id = c.proposed_by join api_keys a on a.id = c.approved_by
       where c.id = ${decisionId}`);
    expect(row).toEqual({ proposer: true, approver: true, payer: true });
    const invented = sql`update decisions set approved_person = 'somebody' where id = ${decisionId}`;
    expect(await sqlStateOf(test.db.execute(invented))).toBe('42501');
  });

  it('refuses an approval of another payload than was proposed', async () => {
    const depositId = await aDeposit();
    const decisionId = await aDecision(test.owner, { depositId, kind: 'return', approved: false });
    const by = await aPersonsKey(test.owner);
    const approval = sql`select approve_decision(${decisionId}, ${by}, ${'0'.repeat(64)})`;
    expect(await sqlStateOf(asPerson(by, approval))).toBe('23514 decisions_approved_as_proposed');
  });

  it('refuses an approval without an approver', async () => {
    const depositId = await aDeposit();
    const decisionId = await aDecision(test.owner, { depositId, kind: 'return', approved: false });
    const approval = test.owner`update decisions set state = 'approved' where id = ${decisionId}`;
    expect(await sqlStateOf(approval)).toBe('23514 decisions_approval_given');
  });

  it.each(['return', 'dismiss', 'correct'] as const)(
    'refuses a %s that one person decides alone',
    async (kind) => {
      const depositId = await aDeposit();
      const keyId = await aPersonsKey(test.owner);
      const alone = sql`
        select propose_decision(${newId('decision')}, ${depositId}, ${kind}, 'mine', null, null, null, ${'0'.repeat(64)},
                                false, ${keyId}, null, '{}', '{}')`;
      expect(await sqlStateOf(asPerson(keyId, alone))).toMatch(/^23514 decisions_/);
    },
  );

  it('refuses a proposal by a service', async () => {
    const keyId = await aServicesKey(test.owner);
    const proposed = aDecision(test.owner, {
      depositId: await aDeposit(),
      kind: 'return',
      proposedBy: keyId,
    });
    expect(await sqlStateOf(proposed)).toBe('PU023');
  });

  it('refuses parts that do not add up to the deposit', async () => {
    const depositId = await aDeposit();
    const [one, other] = [await aWallet(test.db), await aWallet(test.db)];
    for (const second of [2_499n, 2_501n]) {
      const split = [
        { walletId: one.walletId, amountMinor: 5_000n },
        { walletId: other.walletId, amountMinor: second },
      ];
      expect(await sqlStateOf(aDecision(test.owner, { depositId, kind: 'credit', split }))).toBe(
        'PU020',
      );
    }
  });

  it('refuses a hash that does not match the rows', async () => {
    const depositId = await aDeposit();
    const keyId = await aPersonsKey(test.owner);
    const lying = sql`
      select propose_decision(${newId('decision')}, ${depositId}, 'dismiss', 'interest', null, null, null, ${'0'.repeat(64)},
                              true, ${keyId}, now(), '{}', '{}')`;
    expect(await sqlStateOf(asPerson(keyId, lying))).toBe('PU020');
  });

  it('accepts the hash that the domain makes, for texts of any language', async () => {
    const payload: DecisionPayload = {
      decisionId: newId('decision'),
      depositId: await aDeposit(),
      kind: 'return',
      amountMinor: 7_500n,
      currency: 'ZAR',
      keepUntil: null,
      lineId: null,
      payer: {
        name: 'Žofie "O\'Neil" \\ 陈',
        bank: 'Bank für Tests',
        branch: null,
        account: '007',
      },
      reason: 'sent twice – see “ticket” 12',
      allocations: [],
    };
    const proposedBy = await aPersonsKey(test.owner);
    const expiresAt = new Date('2099-01-01T00:00:00Z');
    await test.db.transaction(async (tx) => {
      await actAsKey(tx, proposedBy);
      await insertDecision(tx, payload, { proposedBy, needsApproval: true, expiresAt });
    });
    const [row] = await test.db.execute(
      sql`select payload_sha256 from decisions where id = ${payload.decisionId}`,
    );
    expect(row).toEqual({ payload_sha256: payloadSha256(payload) });
    await verifyClean(test.db);
  });

  it('refuses to change a proposal or to move a decision back', async () => {
    const depositId = await aDeposit();
    const decisionId = await aDecision(test.owner, { depositId, kind: 'return' });
    const asApp = test.db.execute(sql`update decisions set payer = '{}' where id = ${decisionId}`);
    asApp.catch(() => undefined);
    const changes = [
      [test.owner`update decisions set reason = 'other' where id = ${decisionId}`, 'PU017'],
      [
        test.owner`update decisions set payer = null, payer_by = null, payer_at = null where id = ${decisionId}`,
        'PU017',
      ],
      [test.owner`update decisions set state = 'proposed' where id = ${decisionId}`, 'PU020'],
      [test.owner`update decisions set state = 'rejected' where id = ${decisionId}`, 'PU020'],
      [test.owner`delete from decisions where id = ${decisionId}`, 'PU017'],
      [asApp, '42501'],
    ] as const;
    for (const [change, state] of changes) expect(await sqlStateOf(change)).toBe(state);
  });

  it('allows one open question about a deposit at a time', async () => {
    const depositId = await aDeposit();
    await aDecision(test.owner, { depositId, kind: 'return', payer: null, approved: false });
    const second = aDecision(test.owner, { depositId, kind: 'dismiss', approved: false });
    expect(await sqlStateOf(second)).toBe('23505 decisions_one_open');
  });

  it.each([
    ['before it is approved', { kind: 'return', approved: false }],
    ['of another kind', { kind: 'dismiss' }],
  ] as const)('refuses money that moves on a decision %s', async (_, wanted) => {
    const depositId = await aDeposit();
    const decisionId = await aDecision(test.owner, { depositId, ...wanted });
    const moving = test.db.transaction(async (tx) => {
      for (const deposit of await lockDeposits(tx, [depositId]))
        await postJournals(tx, [settleReturn({ ...deposit, decisionId })], 'workflow');
    });
    expect(await sqlStateOf(moving)).toBe('PU020');
  });

  it('refuses money that moves on a decision about another deposit', async () => {
    const [one, other] = [await aDeposit(), await aDeposit()];
    const decisionId = await aDecision(test.owner, { depositId: one, kind: 'return' });
    const moving = test.db.transaction(async (tx) => {
      for (const deposit of await lockDeposits(tx, [other]))
        await postJournals(tx, [settleReturn({ ...deposit, decisionId })], 'workflow');
    });
    expect(await sqlStateOf(moving)).toBe('PU020');
    await verifyClean(test.db);
  });
});
