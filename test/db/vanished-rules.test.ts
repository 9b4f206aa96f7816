import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { applyDecision } from '../../activities/apply-decision.ts';
import { creditWallet } from '../../activities/credit-wallet.ts';
import { findOriginJournal, listStandingCredits } from '../../db/queries/standing-credits.ts';
import { recordReversals } from '../../db/queries/reversals.ts';
import {
  lockDeposits,
  lockWallets,
  postJournals,
  type DepositFacts,
} from '../../db/queries/settlement.ts';
import type { Transaction } from '../../db/client.ts';
import type { JournalDraft } from '../../domain/ledger/journal.ts';
import { settleRestored } from '../../domain/ledger/suspense.ts';
import { unwind, unwindUncredited, type Undoing } from '../../domain/ledger/unwind.ts';
import { newDeposit, read } from '../support/reads.ts';
import {
  anAccount,
  aSighting,
  aWallet,
  createTestDependencies,
  poll,
  TODAY,
} from '../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../support/database.ts';
import { aDecision } from '../support/decisions.ts';
import { sqlStateOf } from '../support/sql-state.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterEach(() => verifyClean(test.db));
afterAll(() => test.close());

/** A deposit of R50.00 whose line two complete reads have missed, and a decision to take it back. */
async function aVanished(given: { readonly isCredited?: boolean } = {}) {
  const accountKey = await anAccount(test.db);
  const { code } = await aWallet(test.db);
  const line = aSighting({ references: [code] });
  const { captured } = await read(test, accountKey, [line]);
  const depositId = newDeposit(captured);
  if (given.isCredited === true) await creditWallet(createTestDependencies(test.db), { depositId });
  await read(test, accountKey, []);
  await read(test, accountKey, []);
  const decisionId = await aDecision(test.owner, { depositId, kind: 'take_back' });
  return { accountKey, depositId, decisionId, line };
}

/** How the database answers journals that somebody has forged. */
function post(
  depositId: string,
  forge: (tx: Transaction, deposit: DepositFacts) => Promise<readonly JournalDraft[]>,
): Promise<string> {
  return sqlStateOf(
    test.db.transaction(async (tx) => {
      const [deposit] = await lockDeposits(tx, [depositId]);
      if (deposit === undefined) throw new Error('There is no such deposit.');
      await postJournals(tx, await forge(tx, deposit), 'workflow');
    }),
  );
}

const aVoid = (decisionId: string) => ({ kind: 'void', decisionId, eventOn: TODAY }) as const;

describe('the database, about a deposit whose line the bank removed,', () => {
  it.each(['less', 'more'])(
    'refuses a void of %s than the deposit has in suspense',
    async (wrong) => {
      const amountMinor = wrong === 'less' ? 4_999n : 5_001n;
      const { decisionId, depositId } = await aVanished();
      const answer = await post(depositId, async (tx, deposit) => [
        unwindUncredited(
          { ...deposit, amountMinor },
          await findOriginJournal(tx, depositId),
          aVoid(decisionId),
        ),
      ]);
      expect(answer).toBe('PU005');
    },
  );

  it('refuses a void that gives back less than the credit brought', async () => {
    const { decisionId, depositId } = await aVanished({ isCredited: true });
    const answer = await post(depositId, async (tx) => {
      const [credit] = await listStandingCredits(tx, depositId);
      if (credit === undefined) throw new Error('It was not credited.');
      const [wallet] = await lockWallets(tx, [credit.walletId]);
      if (wallet === undefined) throw new Error('There is no such wallet.');
      const less = { credits: 0n, prepaidMinor: 0n, remainderChangeMinor: 1n, amountMinor: 1n };
      return [unwind({ ...credit, ...less }, wallet, aVoid(decisionId))];
    });
    expect(answer).toBe('PU009');
  });

  it('refuses a void by the decision about another deposit', async () => {
    const [one, other] = [await aVanished(), await aVanished()];
    expect(await post(one.depositId, undo(aVoid(other.decisionId)))).toBe('PU020');
  });

  it('refuses a second void by the same decision', async () => {
    const { decisionId, depositId } = await aVanished();
    const answer = await post(depositId, async (tx, deposit) => {
      const [once] = await undo(aVoid(decisionId))(tx, deposit);
      return once === undefined ? [] : [once, once];
    });
    expect(answer).toMatch(/^23505 /);
  });

  it('refuses a restore of another amount than the line has, and two restores at once', async () => {
    const { accountKey: bankAccountKey, decisionId, depositId } = await aVanished();
    await applyDecision(createTestDependencies(test.db), { depositId, decisionId });
    const restored = (amountMinor: bigint, generation: number) =>
      settleRestored({ depositId, bankAccountKey, amountMinor, currency: 'ZAR' }, generation);
    const postAll = (...journals: readonly JournalDraft[]) =>
      post(depositId, () => Promise.resolve(journals));
    expect(await postAll(restored(5_001n, 1))).toBe('PU005');
    expect(await postAll(restored(5_000n, 1), restored(5_000n, 2))).toBe('PU005');
  });

  it('refuses a second restore of a deposit that began again', async () => {
    const { accountKey, decisionId, depositId, line } = await aVanished();
    await applyDecision(createTestDependencies(test.db), { depositId, decisionId });
    expect((await read(test, accountKey, [line])).followed.restored).toBe(1);
    const answer = await post(depositId, (_, { amountMinor, currency }) =>
      Promise.resolve([
        settleRestored({ depositId, bankAccountKey: accountKey, amountMinor, currency }, 2),
      ]),
    );
    expect(answer).toBe('PU004');
  });
});

/** Takes out of suspense what nobody was credited with. */
function undo(undoing: Extract<Undoing, { kind: 'void' | 'reversal' }>) {
  return async (tx: Transaction, deposit: DepositFacts) => [
    unwindUncredited(deposit, await findOriginJournal(tx, deposit.depositId), undoing),
  ];
}

describe('the database, about a pairing by hand,', () => {
  it('refuses a reversal by another line than the decision names, and a pairing without a line', async () => {
    const accountKey = await anAccount(test.db);
    const debit = { direction: 'debit', reversal: true } as const;
    const rows = [
      aSighting({ references: ['no code at all'] }),
      aSighting({ ...debit, text: 'RECALL ONE' }),
      aSighting({ ...debit, text: 'RECALL TWO' }),
    ];
    const captured = await poll(test.db, accountKey, rows, { scope: { kind: 'partial' } });
    const depositId = newDeposit(captured);
    const [, one = '', two = ''] = captured.placements.map((each) =>
      each.kind === 'new' ? each.lineId : '',
    );
    await test.db.transaction((tx) =>
      recordReversals(tx, { accountKey, lineIds: [one, two], readTo: two }),
    );
    const decisionId = await aDecision(test.owner, {
      depositId,
      kind: 'pair',
      lineId: BigInt(one),
    });
    const byTwo = { kind: 'reversal', lineId: two, eventOn: TODAY, decisionId } as const;
    expect(await post(depositId, undo(byTwo))).toBe('PU020');
    expect(await sqlStateOf(aDecision(test.owner, { depositId, kind: 'pair' }))).toBe(
      '23514 decisions_pair_has_line',
    );
  });
});
