import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiKey } from '../../api/auth/api-keys.ts';
import { markApiKeyRevoked } from '../../db/queries/api-keys.ts';
import { actAs, recordAudit, SYSTEM_ACTOR, type Actor } from '../../db/queries/audit.ts';
import { openReviews } from '../../db/queries/reviews.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import {
  aLine,
  capture,
  credit,
  returnDeposit,
  seedBankAccount,
  seedWallet,
} from '../support/ledger.ts';
import { sqlStateOf } from '../support/sql-state.ts';

const THANDI: Actor = { kind: 'person', keyId: 'key_1', person: 'thandi' };
const NO_REMINDERS = { remindAt: [], escalateAt: null, dueAt: new Date('2026-12-20') };

let test: TestDatabase;
let walletId: string;

beforeAll(async () => {
  test = await createTestDatabase();
  await seedBankAccount(test.db, 'main');
  walletId = await seedWallet(test.db, 1);
});
afterAll(async () => {
  await test.close();
});

/** The trail of one subject, oldest first. */
async function trailOf(subjectKind: string, subjectId: string) {
  return test.owner<
    {
      readonly action: string;
      readonly who: string;
      readonly before: unknown;
      readonly after: unknown;
      readonly why: string | null;
    }[]
  >`
    select action, concat_ws(' ', actor_kind, actor_key, actor_person) as who, before, after, why from audit_events
     where subject_kind = ${subjectKind} and subject_id = ${subjectId} order by id`;
}

async function captured(name: string, amountMinor = 5_000n): Promise<string> {
  const [depositId = ''] = await capture(test.db, 'main', [aLine(name, amountMinor)]);
  return depositId;
}

describe('the audit trail', () => {
  it('gains a row for each move of a deposit, and none without a change of state', async () => {
    const [first, second] = [await captured('first'), await captured('second')];
    await test.owner`update deposits set dispatched_at = now() where id in (${first}, ${second})`;
    await credit(test.db, [
      { depositId: first, walletId },
      { depositId: second, walletId },
    ]);
    for (const depositId of [first, second]) {
      expect(await trailOf('deposit', depositId)).toEqual([
        {
          action: 'deposit.changed',
          who: 'workflow',
          before: { state: 'captured', wallet_id: null },
          after: { state: 'credited', wallet_id: walletId },
          why: null,
        },
      ]);
    }
  });

  it('names the person and the reason of every change in their transaction', async () => {
    const depositId = await captured('reviewed');
    await test.db.transaction(async (tx) => {
      await actAs(tx, THANDI, 'the payer called');
      await openReviews(tx, [{ depositId, reason: 'no_reference', candidates: [] }], NO_REMINDERS);
    });
    const trail = [
      ...(await trailOf('deposit', depositId)),
      ...(await trailOf('review', depositId)),
    ];
    expect(trail.map(({ action, who, why }) => ({ action, who, why }))).toEqual([
      { action: 'deposit.changed', who: 'person key_1 thandi', why: 'the payer called' },
      { action: 'review.added', who: 'person key_1 thandi', why: 'the payer called' },
    ]);
  });

  it('forgets the person when the transaction ends, on the same connection too', async () => {
    const depositId = await captured('later');
    await test.db.transaction((tx) => actAs(tx, THANDI, 'before'));
    await credit(test.db, [{ depositId, walletId }]);
    expect(await trailOf('deposit', depositId)).toMatchObject([{ who: 'workflow', why: null }]);
  });

  it('attributes a change by hand to an operator', async () => {
    await test.owner`update wallets set status = 'frozen' where id = ${walletId}`;
    await test.owner`update wallets set status = 'open' where id = ${walletId}`;
    expect(await trailOf('wallet', walletId)).toMatchObject([
      { action: 'wallet.added', who: 'workflow' },
      { who: 'system', before: { status: 'open' }, after: { status: 'frozen' } },
      { who: 'system', before: { status: 'frozen' }, after: { status: 'open' } },
    ]);
  });

  it('follows a decision, and a key from its creation to its revocation', async () => {
    const decisionId = await returnDeposit(test.db, test.owner, await captured('sent-back'));
    expect(await trailOf('decision', decisionId)).toMatchObject([
      { action: 'decision.added', after: { state: 'proposed' } },
      { action: 'decision.changed', after: { state: 'approved' } },
      { action: 'decision.changed', after: { state: 'executed' } },
    ]);

    const { id } = await createApiKey(test.db, {
      name: 'desk',
      person: 'Naledi.Dlamini',
      ownerKind: 'person',
      scopes: ['wallet:read'],
      pepper: 'a pepper of this test, long enough',
      deployment: 'trial',
    });
    await test.db.transaction(async (tx) => {
      await actAs(tx, SYSTEM_ACTOR, 'she left');
      await markApiKeyRevoked(tx, id);
    });
    expect(await trailOf('api_key', id)).toMatchObject([
      { action: 'api_key.added', after: { person: 'naledi.dlamini', revoked_at: null } },
      { action: 'api_key.changed', who: 'system', why: 'she left' },
    ]);
  });

  it('keeps what changed no row, such as a refused attempt', async () => {
    await test.db.transaction(async (tx) => {
      await actAs(tx, THANDI, null);
      await recordAudit(tx, {
        action: 'decision.unknown',
        subjectKind: 'deposit',
        subjectId: 'dep_x',
        before: null,
        after: { decision: 'dec_x' },
        why: 'no such decision',
      });
    });
    expect(await trailOf('deposit', 'dep_x')).toEqual([
      {
        action: 'decision.unknown',
        who: 'person key_1 thandi',
        before: null,
        after: { decision: 'dec_x' },
        why: 'no such decision',
      },
    ]);
  });

  it('rolls back with the change that it records', async () => {
    const depositId = await captured('undone');
    const failed = test.db.transaction(async (tx) => {
      await openReviews(tx, [{ depositId, reason: 'no_reference', candidates: [] }], NO_REMINDERS);
      throw new Error('on purpose');
    });
    await expect(failed).rejects.toThrow('on purpose');
    expect(await trailOf('review', depositId)).toEqual([]);
  });

  it.each([
    'update audit_events set why = null',
    'delete from audit_events',
    'truncate audit_events cascade',
    'update audit_seals set seq = seq',
    'delete from audit_seals',
    'truncate audit_seals',
  ])('refuses the owner and the application: %s', async (statement) => {
    await test.db.execute('select * from seal_audit(1)');
    expect(await sqlStateOf(test.owner.unsafe(statement))).toBe('PU017');
    expect(await sqlStateOf(test.db.execute(statement))).toBe('42501');
  });

  it('takes rows from the application only through its function', async () => {
    const forged = `insert into audit_events (action, subject_kind, subject_id) values ('deposit.changed', 'deposit', 'x')`;
    expect(await sqlStateOf(test.db.execute(forged))).toBe('42501');
  });
});
