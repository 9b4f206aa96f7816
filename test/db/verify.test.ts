import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHECKS, runChecks, verify } from '../../db/queries/verify/verify.ts';
import { openDatabase, type DatabaseHandle } from '../../db/client.ts';
import { insertLines } from '../../db/queries/capture.ts';
import { createWallet } from '../../app/wallet/create-wallet.ts';
import { takeBack } from '../../app/undo/take-back.ts';
import { newId } from '../../db/new-id.ts';
import { recordReversals, markReversal } from '../../db/queries/reversals.ts';
import { openReviews } from '../../db/queries/reviews.ts';
import { lockDeposits } from '../../db/queries/settlement.ts';
import { spendCredits } from '../../app/wallet/spend-credits.ts';
import { sealAll } from '../support/audit.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import {
  aLine,
  aPollOf,
  capture,
  credit,
  DAY,
  returnDeposit,
  seedBankAccount,
  seedWallet,
} from '../support/ledger.ts';
import { seedVanished } from './support/vanished-seed.ts';
import { seedHeld } from './support/held-seed.ts';
import { HOLD_PLANTS } from './support/hold-plants.ts';
import { LINE_HOLD_PLANTS } from './support/line-hold-plants.ts';
import { PLANTS } from './support/verify-plants.ts';

let test: TestDatabase;
let superuser: DatabaseHandle;

/** Two wallets, credits, a return, a review, an open deposit, a debit, a notice and lines that vanished: each rule has rows to hold. */
beforeAll(async () => {
  test = await createTestDatabase();
  superuser = openDatabase({
    url: test.ownerUrl,
    poolSize: 1,
    applicationName: 'purser-test-planter',
    as: 'owner',
  });
  const { db, owner } = test;
  await seedBankAccount(db, 'main');
  const [first, second] = [await seedWallet(db, 1), await seedWallet(db, 2)];
  await db.transaction((tx) =>
    createWallet(
      tx,
      { externalRef: null, name: null, legacyCode: null, createdBy: null },
      () => 4_711,
    ),
  );
  const [a = '', b = '', c = '', back = '', review = ''] = await capture(db, 'main', [
    aLine('a', 4_999n),
    aLine('b', 1n),
    aLine('c', 7_500n),
    aLine('back', 30_000n),
    aLine('review', 6_000n),
    aLine('open', 5_000n),
    aLine('fee', -250n, {
      seen: { bankId: 'T1', reference: 'fee', balanceMinor: null, batch: null },
    }),
    aLine('notice', 0n),
  ]);
  await credit(db, [
    { depositId: a, walletId: first },
    { depositId: b, walletId: first },
    { depositId: c, walletId: second },
  ]);
  await db.transaction((tx) =>
    openReviews(tx, [{ depositId: review, reason: 'no_reference', candidates: [] }], {
      remindAt: [],
      escalateAt: null,
      dueAt: new Date('2026-12-20'),
    }),
  );
  await returnDeposit(db, owner, back);
  await takeBackOne(second);
  await spendOne(second);
  await seedVanished(test, 'CUS00000001');
  await seedHeld(test);
  await owner`
    insert into statement_files (id, bank_account_key, sha256, state) values ('stf_1', 'main', 'x', 'captured')`;
  await owner`
    insert into statements (file_id, position, format, opening_minor, closing_minor, proof, difference_minor, proved_by, line_count, state)
    values ('stf_1', 1, 'camt.053', 0, 100, 'ok', 0, 'itself', 1, 'captured')`;
  await owner`
    insert into idempotency_keys (principal, route, key, request_sha256) values ('k', 'POST /v1/wallets', '1', 'x')`;
  await sealAll(test);
});
afterAll(async () => {
  await superuser.close();
  await test.close();
});

/** A credit that the bank took back, with a fee. */
async function takeBackOne(walletId: string): Promise<void> {
  const { db, owner } = test;
  const [depositId = ''] = await capture(db, 'main', [
    aLine('lost', 5_000n),
    aLine('taken', -5_500n),
  ]);
  await credit(db, [{ depositId, walletId }]);
  const [line] = await owner<
    { id: string }[]
  >`select id::text from lines where amount_minor = -5500`;
  const lineId = line?.id ?? '';
  await db.transaction(async (tx) => {
    const [deposit] = await lockDeposits(tx, [depositId]);
    if (deposit === undefined) throw new Error('There is no such deposit.');
    await recordReversals(tx, { accountKey: 'main', lineIds: [lineId], readTo: lineId });
    await takeBack(tx, deposit, { kind: 'reversal', lineId, eventOn: DAY, decisionId: null });
    await markReversal(tx, {
      lineId,
      state: 'paired',
      depositId,
      chargesMinor: 500n,
      candidates: [],
    });
  });
}

async function spendOne(walletId: string): Promise<void> {
  const keyId = newId('apiKey');
  await test.owner`
    insert into api_keys (id, secret_hash, name, caller, owner_kind, scopes) values (${keyId}, '', 'shop', 'shop', 'service', '{}')`;
  await test.db.transaction((tx) =>
    spendCredits(tx, { walletId, credits: 1n, note: null, spentBy: keyId, spentOn: DAY }),
  );
}

class Undo extends Error {}

/** Plants rows past every trigger, as a superuser, a restore or a replica can; answers the broken rules and undoes it. */
async function brokenBy(statements: readonly string[]): Promise<readonly string[]> {
  const broken: string[] = [];
  const planting = superuser.db.transaction(async (tx) => {
    await tx.execute(sql`SET LOCAL session_replication_role = replica`);
    for (const statement of statements) await tx.execute(sql.raw(statement));
    for (const check of (await runChecks(tx)).checks) {
      if (!check.ok && Object.keys(check.firstBroken ?? {}).length > 1) broken.push(check.id);
    }
    throw new Undo();
  });
  await planting.catch((error: unknown) => {
    if (!(error instanceof Undo)) throw error;
  });
  return broken;
}

describe('verify', () => {
  it('finds a clean ledger clean, and checks each rule against rows', async () => {
    const report = await verify(test.db);

    expect(report.checks.filter((check) => !check.ok)).toEqual([]);
    expect(report.ok).toBe(true);
    expect(report.checks.filter((check) => check.checked === 0).map((check) => check.id)).toEqual(
      [],
    );
  });

  it.each([...PLANTS, ...HOLD_PLANTS, ...LINE_HOLD_PLANTS])(
    'fails check %s on %s',
    async (id, _what, ...statements) => {
      expect(await brokenBy(statements)).toContain(id);
    },
  );

  it('accepts a logical restore, which is no tampering', async () => {
    const restored = [
      'UPDATE journals SET kind = kind',
      'SAVEPOINT next',
      'UPDATE postings SET leg = leg',
    ];
    expect(await brokenBy(restored)).toEqual([]);
  });

  it('accepts a write within a savepoint, which is no tampering', async () => {
    const line = aLine('nested', 5_000n);
    await test.db.transaction((tx) =>
      tx.transaction((nested) =>
        insertLines(nested, { ...aPollOf('main'), keyScheme: 1, lines: [line] }),
      ),
    );
    expect((await verify(test.db)).ok).toBe(true);
  });

  it('catches a planted fault for each rule', () => {
    expect(new Set([...PLANTS, ...HOLD_PLANTS, ...LINE_HOLD_PLANTS].map(([id]) => id))).toEqual(
      new Set(CHECKS.map((check) => check.id)),
    );
  });
});
