import { sql, type SQL } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../db/new-id.ts';
import { actAs } from '../../db/queries/audit.ts';
import { findDecision, markApproved } from '../../db/queries/decisions.ts';
import { setGate } from '../../db/queries/gates.ts';
import { anAccount, aWallet } from '../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../support/database.ts';
import { actAsKey, aDecision, aPersonsKey, aServicesKey } from '../support/decisions.ts';
import { aLine, capture } from '../support/ledger.ts';
import { sqlStateOf } from '../support/sql-state.ts';

let test: TestDatabase;
let accountKey: string;
let lines = 0;
beforeAll(async () => {
  test = await createTestDatabase();
  accountKey = await anAccount(test.db);
});
afterAll(async () => {
  await verifyClean(test.db);
  await test.close();
});

async function aProposal(kind: 'return' | 'dismiss' = 'return'): Promise<string> {
  lines += 1;
  const [depositId = ''] = await capture(test.db, accountKey, [aLine(`write-${lines}`, 7_500n)]);
  return aDecision(test.owner, { depositId, kind, approved: false });
}

/** Approves a proposal as the service does, with a key, in the name of whoever `actor` makes the actor. */
async function approveAs(
  decisionId: string,
  by: string,
  actor: (tx: Parameters<typeof actAsKey>[0]) => Promise<void> = (tx) => actAsKey(tx, by),
): Promise<boolean> {
  const proposal = await findDecision(test.db, decisionId);
  return test.db.transaction(async (tx) => {
    await actor(tx);
    return markApproved(tx, { decisionId, by, sha256: proposal?.payloadSha256 ?? '' });
  });
}

const stateOf = async (decisionId: string) => (await findDecision(test.db, decisionId))?.state;

describe('the database, to the login of the services,', () => {
  const forged: readonly (readonly [string, (decisionId: string) => SQL])[] = [
    [
      'mark a proposal approved',
      (id) => sql`update decisions set state = 'approved' where id = ${id}`,
    ],
    [
      'name an approver',
      (id) => sql`update decisions set approved_by = proposed_by where id = ${id}`,
    ],
    ['reject a proposal', (id) => sql`update decisions set state = 'rejected' where id = ${id}`],
    ['change a reason', (id) => sql`update decisions set reason = 'other' where id = ${id}`],
    ['change bank details', (id) => sql`update decisions set payer = '{}' where id = ${id}`],
    ['change a hash', (id) => sql`update decisions set payload_sha256 = 'x' where id = ${id}`],
    [
      'waive the second person',
      (id) => sql`update decisions set needs_approval = false where id = ${id}`,
    ],
    [
      'extend a proposal',
      (id) => sql`update decisions set expires_at = 'infinity' where id = ${id}`,
    ],
    ['remove a decision', (id) => sql`delete from decisions where id = ${id}`],
    [
      'write a decision',
      (id) => sql`
        insert into decisions (id, deposit_id, kind, reason, payload_sha256, needs_approval, proposed_by)
        select 'dec_forged', deposit_id, 'keep', 'mine', payload_sha256, false, proposed_by from decisions where id = ${id}`,
    ],
    [
      'write a wallet into a decision',
      (id) =>
        sql`insert into decision_allocations (decision_id, part, wallet_id, amount_minor) values (${id}, 0, 'wal_1', 1)`,
    ],
    ['raise the limit', () => sql`update approval_limits set above_minor = 1000000000000`],
    ['remove the limit', () => sql`delete from approval_limits`],
    [
      'close a gate',
      () =>
        sql`insert into gates (scope, state, cause, reason) values ('*', 'closed', 'operator', 'x')`,
    ],
    ['open a gate', () => sql`update gates set state = 'open'`],
    [
      'write a file of returns',
      () => sql`insert into return_exports (id, taken_by) values ('rex_1', 'key_1')`,
    ],
    [
      'take a return out of the due ones',
      (id) => sql`insert into return_export_items (export_id, decision_id) values ('rex_1', ${id})`,
    ],
  ];

  it.each(forged)('refuses to %s by a plain statement', async (_, statement) => {
    const decisionId = await aProposal();
    expect(await sqlStateOf(test.db.execute(statement(decisionId)))).toBe('42501');
    expect(await stateOf(decisionId)).toBe('proposed');
  });

  it('lets it approve with a key that is in force, of a person, with the scope, and the actor of the transaction', async () => {
    const decisionId = await aProposal();
    expect(await approveAs(decisionId, await aPersonsKey(test.owner, 'approver'))).toBe(true);
    expect(await findDecision(test.db, decisionId)).toMatchObject({
      state: 'approved',
      approvedPerson: 'approver',
    });
    const [event] = await test.db.execute(sql`
      select actor_kind, actor_person, after ->> 'approved_person' as approved from audit_events
       where subject_id = ${decisionId} and action = 'decision.changed' order by id desc limit 1`);
    expect(event).toEqual({
      actor_kind: 'person',
      actor_person: 'approver',
      approved: 'approver',
    });
  });

  it.each([
    ['was revoked', `revoked_at = now()`],
    ['has expired', `expires_at = now()`],
  ])('refuses an approval with a key that %s', async (_, change) => {
    const decisionId = await aProposal();
    const keyId = await aPersonsKey(test.owner);
    await test.owner.unsafe(`update api_keys set ${change} where id = '${keyId}'`);
    expect(await sqlStateOf(approveAs(decisionId, keyId))).toBe('PU023');
    expect(await stateOf(decisionId)).toBe('proposed');
  });

  it('refuses an approval with a key that lacks the scope, and with one of a service', async () => {
    const decisionId = await aProposal();
    const weak = await aPersonsKey(test.owner, undefined, ['review:decide']);
    expect(await sqlStateOf(approveAs(decisionId, weak))).toBe('PU023');
    expect(await sqlStateOf(approveAs(decisionId, await aServicesKey(test.owner)))).toBe('PU023');
    expect(await stateOf(decisionId)).toBe('proposed');
  });

  it('refuses an approval with a key that nobody has', async () => {
    const decisionId = await aProposal();
    expect(await sqlStateOf(approveAs(decisionId, 'key_invented'))).toBe('PU023');
  });

  it('refuses another person in a decision than the audit trail will name', async () => {
    const decisionId = await aProposal();
    const [keyId, otherKey] = [await aPersonsKey(test.owner), await aPersonsKey(test.owner)];
    const asOther = approveAs(decisionId, keyId, (tx) => actAsKey(tx, otherKey));
    expect(await sqlStateOf(asOther)).toBe('PU023');
    const asNobody = approveAs(decisionId, keyId, () => Promise.resolve());
    expect(await sqlStateOf(asNobody)).toBe('PU023');
    const renamed = approveAs(decisionId, keyId, (tx) =>
      actAs(tx, { kind: 'person', keyId, person: 'somebody' }, null),
    );
    expect(await sqlStateOf(renamed)).toBe('PU023');
    expect(await stateOf(decisionId)).toBe('proposed');
  });

  it('refuses an approval of what has lapsed, whatever the clock of the service says', async () => {
    lines += 1;
    const [depositId = ''] = await capture(test.db, accountKey, [aLine(`write-${lines}`, 7_500n)]);
    const lapsed = { depositId, kind: 'return', approved: false } as const;
    const decisionId = await aDecision(test.owner, { ...lapsed, expiresAt: new Date(0) });
    expect(await approveAs(decisionId, await aPersonsKey(test.owner))).toBe(false);
  });

  it('refuses a proposal in the name of Purser while the review has not run out', async () => {
    lines += 1;
    const [depositId = ''] = await capture(test.db, accountKey, [aLine(`write-${lines}`, 7_500n)]);
    const proposal = sql`
      select propose_decision(${newId('decision')}, ${depositId}, 'return', 'mine', null, null, null, null, true, null, null, '{}', '{}')`;
    expect(await sqlStateOf(test.db.execute(proposal))).toBe('PU023');
  });

  it('refuses to call a decision carried out that moved nothing', async () => {
    const decisionId = await aProposal('dismiss');
    expect(await approveAs(decisionId, await aPersonsKey(test.owner))).toBe(true);
    for (const outcome of ['dismissed', 'kept', 'credited'])
      expect(
        await sqlStateOf(
          test.db.execute(sql`select conclude_decision(${decisionId}, ${outcome}, null)`),
        ),
      ).toMatch(/^PU020|^23514 decisions_outcome_fits/);
    const ended = sql`select conclude_decision(${await aProposal()}, 'refused', 'mine')`;
    expect(await sqlStateOf(test.db.execute(ended))).toBe('PU020');
    expect(await stateOf(decisionId)).toBe('approved');
  });
});

describe('a gate', () => {
  const change = (given: Omit<Parameters<typeof setGate>[1], 'reason'>, actor?: string) =>
    test.db.transaction(async (tx) => {
      if (actor !== undefined) await actAsKey(tx, actor);
      return setGate(tx, { ...given, reason: 'a test' });
    });

  it('opens and closes for a person with a key for it, and for nobody else', async () => {
    const scope = await anAccount(test.db);
    const changedBy = await aPersonsKey(test.owner);
    const weak = await aPersonsKey(test.owner, undefined, ['gate:read']);
    const closing = { scope, state: 'closed', cause: 'operator' } as const;
    expect(await sqlStateOf(change({ ...closing, changedBy: null }))).toBe('PU023');
    expect(await sqlStateOf(change({ ...closing, changedBy }))).toBe('PU023');
    expect(await sqlStateOf(change({ ...closing, changedBy: weak }, weak))).toBe('PU023');
    expect(await change({ ...closing, changedBy }, changedBy)).toBe(true);
    expect(await change({ ...closing, changedBy }, changedBy)).toBe(false);
    const opening = { scope, state: 'open', cause: 'operator', changedBy } as const;
    expect(await change(opening, changedBy)).toBe(true);
    const events = await test.db.execute(sql`
      select action, actor_key, after ->> 'state' as state, after ->> 'changed_by' as by from audit_events
       where subject_kind = 'gate' and subject_id = ${scope} order by id`);
    expect([...events]).toEqual([
      { action: 'gate.added', actor_key: changedBy, state: 'closed', by: changedBy },
      { action: 'gate.changed', actor_key: changedBy, state: 'open', by: changedBy },
    ]);
  });

  it('closes for a rule, and does not open for one', async () => {
    const scope = await anAccount(test.db);
    const byRule = { scope, cause: 'balance_differs', changedBy: null } as const;
    expect(await change({ ...byRule, state: 'closed' })).toBe(true);
    expect(await sqlStateOf(change({ ...byRule, state: 'open' }))).toBe('PU023');
    expect(await sqlStateOf(change({ ...byRule, scope: '*', state: 'closed' }))).toBe('PU023');
  });
});

it('credits no wallet that a proposal does not name', async () => {
  const { walletId } = await aWallet(test.db);
  const decisionId = await aProposal();
  const added = test.owner`
    insert into decision_allocations (decision_id, part, wallet_id, amount_minor) values (${decisionId}, 0, ${walletId}, 7500)`;
  expect(await sqlStateOf(added)).toBe('PU020');
});
