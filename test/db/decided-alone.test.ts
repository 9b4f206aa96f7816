import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordDecision } from '../../app/decide/propose.ts';
import type { ProposedPart, WalletName } from '../../app/decide/read-proposal.ts';
import { writeAs } from '../../app/write-as.ts';
import { storeFourEyesAbove } from '../../db/store-four-eyes.ts';
import { openReviews } from '../../db/queries/reviews.ts';
import { isCoded } from '../../domain/errors.ts';
import { anAccount, aWallet } from '../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../support/database.ts';
import { aDecision, aPersonsKey, approve } from '../support/decisions.ts';
import { aLine, capture } from '../support/ledger.ts';
import { sqlStateOf } from '../support/sql-state.ts';

const CONTEXT = {
  approvals: { fourEyesAboveMinor: 500_000n, dailyLimitMinor: 10_000_000n, approvalHours: 72 },
  clock: () => new Date(),
};
const SCHEDULE = { remindAt: [], escalateAt: null, dueAt: new Date('2099-12-20T15:00:00Z') };

let test: TestDatabase;
let accountKey: string;
let lines = 0;
beforeAll(async () => {
  test = await createTestDatabase({ poolSize: 10 });
  accountKey = await anAccount(test.db);
});
afterAll(async () => {
  await verifyClean(test.db);
  await test.close();
});

async function aReview(amountMinor: bigint): Promise<string> {
  lines += 1;
  const [depositId = ''] = await capture(test.db, accountKey, [
    aLine(`alone-${lines}`, amountMinor),
  ]);
  await test.db.transaction((tx) =>
    openReviews(tx, [{ depositId, reason: 'no_reference', candidates: [] }], SCHEDULE),
  );
  return depositId;
}

interface Given {
  readonly keyId: string;
  readonly person: string;
}

async function aPerson(person: string): Promise<Given> {
  return { keyId: await aPersonsKey(test.owner, person), person };
}

/** What comes of a credit that a person decides: `approved` alone, `proposed` for a second person, or a refusal's code. */
async function decide(
  by: Given,
  amountMinor: bigint,
  to: WalletName | readonly ProposedPart[],
  context = CONTEXT,
): Promise<string> {
  const depositId = await aReview(amountMinor);
  const actor = { kind: 'person', ...by } as const;
  const proposed = { depositId, kind: 'credit', to, reason: 'the payer called' } as const;
  try {
    const { kind } = await writeAs(test.db, { actor, why: null }, (tx) =>
      recordDecision(tx, context, proposed, by),
    );
    return kind;
  } catch (error) {
    if (!isCoded(error)) throw error;
    return error.code;
  }
}

const part = (walletId: string, amountMinor: bigint) => ({
  walletId,
  amountMinor,
  currency: 'ZAR',
});

describe('small credits that one person decides alone', () => {
  it('stop at the first of twenty that takes one wallet above the limit', async () => {
    const by = await aPerson('twenty');
    const { walletId } = await aWallet(test.db);
    const outcomes: string[] = [];
    for (let index = 0; index < 20; index += 1)
      outcomes.push(await decide(by, 499_900n, { walletId }));
    expect(outcomes).toEqual(['approved', ...Array.from({ length: 19 }, () => 'proposed')]);
  });

  it('count for the person, whichever key is used', async () => {
    const { walletId } = await aWallet(test.db);
    expect(await decide(await aPerson('keys'), 300_000n, { walletId })).toBe('approved');
    expect(await decide(await aPerson('keys'), 200_001n, { walletId })).toBe('proposed');
    expect(await decide(await aPerson('keys'), 200_000n, { walletId })).toBe('approved');
    expect(await decide(await aPerson('else'), 200_000n, { walletId })).toBe('approved');
  });

  it('count for each wallet of a split', async () => {
    const by = await aPerson('splits');
    const [one, other] = [await aWallet(test.db), await aWallet(test.db)];
    const split = [part(one.walletId, 250_000n), part(other.walletId, 200_000n)];
    expect(await decide(by, 450_000n, split)).toBe('approved');
    expect(await decide(by, 250_001n, { walletId: one.walletId })).toBe('proposed');
    expect(await decide(by, 300_000n, { walletId: other.walletId })).toBe('approved');
    expect(await decide(by, 2n, [part(one.walletId, 1n), part(other.walletId, 1n)])).toBe(
      'proposed',
    );
  });

  it('count for all wallets of one name', async () => {
    const by = await aPerson('names');
    const [one, other] = [await aWallet(test.db), await aWallet(test.db)];
    await test.owner`update wallets set name = 'Test Customer' where id = ${one.walletId}`;
    await test.owner`update wallets set name = ' test customer ' where id = ${other.walletId}`;
    expect(await decide(by, 400_000n, { walletId: one.walletId })).toBe('approved');
    expect(await decide(by, 400_000n, { walletId: other.walletId })).toBe('proposed');
    const both = [part(one.walletId, 60_000n), part(other.walletId, 60_000n)];
    expect(await decide(by, 120_000n, both)).toBe('proposed');
  });

  it('count for seven days, and no longer', async () => {
    const by = await aPerson('weeks');
    const { walletId } = await aWallet(test.db);
    expect(await decide(by, 499_900n, { walletId })).toBe('approved');
    const age = (days: number) => async () =>
      test.owner.begin(async (tx) => {
        await tx`set local session_replication_role = replica`;
        await tx`
          update decisions set proposed_at = now() - make_interval(days => ${days}) + interval '1 minute'
           where proposed_person = 'weeks' and not needs_approval`;
      });
    await age(7)();
    expect(await decide(by, 499_900n, { walletId })).toBe('proposed');
    await age(8)();
    expect(await decide(by, 499_900n, { walletId })).toBe('approved');
  });

  it('leave out what two people decided, and what was refused', async () => {
    const key = await aPersonsKey(test.owner, 'pair');
    const { walletId } = await aWallet(test.db);
    const shared = await aDecision(test.owner, {
      depositId: await aReview(600_000n),
      kind: 'credit',
      walletId,
      proposedBy: key,
      approved: false,
    });
    await approve(test.owner, shared);
    const by = { keyId: key, person: 'pair' };
    expect(await decide(by, 499_900n, { walletId })).toBe('approved');
    await test.owner`
      update decisions set state = 'refused', outcome = 'refused', refusal = 'gate_closed', applied_at = now()
       where proposed_person = 'pair' and not needs_approval`;
    expect(await decide(by, 499_900n, { walletId })).toBe('approved');
  });

  it('pass the limit at most once when ten of them come at the same moment', async () => {
    const { walletId } = await aWallet(test.db);
    const people = await Promise.all(Array.from({ length: 10 }, () => aPerson('racer')));
    const outcomes = await Promise.all(people.map((by) => decide(by, 300_000n, { walletId })));
    expect(outcomes.filter((outcome) => outcome === 'approved')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'proposed')).toHaveLength(9);
  });

  it('fail in the database too, without the service’s own rule', async () => {
    const proposedBy = await aPersonsKey(test.owner, 'past-the-rule');
    const { walletId } = await aWallet(test.db);
    const alone = async () =>
      aDecision(test.owner, {
        depositId: await aReview(300_000n),
        kind: 'credit',
        walletId,
        proposedBy,
      });
    await alone();
    expect(await sqlStateOf(alone())).toBe('PU020');
    const both = await Promise.all([1, 2, 3, 4].map(() => sqlStateOf(alone())));
    expect(both).toEqual(['PU020', 'PU020', 'PU020', 'PU020']);
  });

  it('follow the lower limit of the settings and the database, which only its owner raises', async () => {
    const by = await aPerson('limits');
    const { walletId } = await aWallet(test.db);
    const of = (fourEyesAboveMinor: bigint) => ({
      ...CONTEXT,
      approvals: { ...CONTEXT.approvals, fourEyesAboveMinor },
    });
    expect(await decide(by, 200_001n, { walletId }, of(200_000n))).toBe('proposed');
    expect(await decide(by, 500_001n, { walletId }, of(900_000n))).toBe('proposed');
    expect(await storeFourEyesAbove(test.ownerUrl, 600_000n)).toBe(true);
    expect(await storeFourEyesAbove(test.ownerUrl, 600_000n)).toBe(false);
    expect(await decide(by, 500_001n, { walletId }, of(900_000n))).toBe('approved');
    const refused = storeFourEyesAbove(test.url, 900_000n);
    await expect(refused).rejects.toMatchObject({ code: 'invariant.violated' });
    await storeFourEyesAbove(test.ownerUrl, 500_000n);
    const [event] = await test.db.execute(sql`
      select before ->> 'above_minor' as before, after ->> 'above_minor' as after from audit_events
       where action = 'approval_limit.changed' order by id limit 1`);
    expect(event).toEqual({ before: '500000', after: '600000' });
  });
});
