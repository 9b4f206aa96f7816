import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JournalDraft, WalletBalances } from '../../../domain/ledger/journal.ts';
import { settle } from '../../../domain/ledger/settle.ts';
import { spend } from '../../../domain/ledger/spend.ts';
import { unwind, type StandingCredit } from '../../../domain/ledger/unwind.ts';
import { aDeposit, aWallet, DAY, R50 } from '../support/settlements.ts';

const REVERSAL = { kind: 'reversal', decisionId: null, lineId: '99', eventOn: DAY } as const;

function credit(before: WalletBalances, amountMinor: bigint) {
  const [journal] = settle([aDeposit(amountMinor)], [before], R50);
  if (journal?.wallet === null || journal === undefined)
    throw new Error('A credit moves its wallet.');
  return { journal, after: journal.wallet };
}

/** What a journal of a credit says, as the ledger would be read. */
function standing(journal: JournalDraft): StandingCredit {
  const given = (account: string) =>
    -(journal.postings.find((each) => each.account === account)?.amount ?? 0n);
  return {
    journalId: '1',
    depositId: journal.depositId ?? '',
    bankAccountKey: 'main',
    walletId: 'anna',
    part: 0,
    generation: 0,
    amountMinor: journal.toldMinor,
    credits: journal.credits,
    prepaidMinor: given('wallet_prepaid'),
    remainderChangeMinor: given('wallet_remainder'),
    settledMinor: given('wallet_receivable'),
    rateVersion: 1,
    minorPerCredit: 5_000n,
  };
}

function undo(journal: JournalDraft, before: WalletBalances) {
  const undone = unwind(standing(journal), before, REVERSAL);
  if (undone.wallet === null) throw new Error('An undoing moves its wallet.');
  return { undone, after: undone.wallet };
}

function spendCredits(before: WalletBalances, credits: bigint): WalletBalances {
  const { journal } = spend(before, { spendId: 's', credits, eventOn: DAY });
  if (journal.wallet === null) throw new Error('A spend moves its wallet.');
  return journal.wallet;
}

const valueOf = (wallet: WalletBalances) =>
  wallet.prepaidMinor + wallet.remainderMinor - wallet.receivableMinor;

describe('the reversal of a credit', () => {
  it('leaves exactly what the other deposit alone would have left', () => {
    const first = credit(aWallet(), 4_999n);
    const second = credit(first.after, 1n);

    const { undone, after } = undo(first.journal, second.after);

    expect(second.after).toMatchObject({ credits: 1n, remainderMinor: 0n });
    expect(after).toMatchObject({ credits: 0n, prepaidMinor: 0n, remainderMinor: 1n });
    expect(undone.credits).toBe(1n);
  });

  it('books what was already spent as a debt in cents, and takes no balance below zero', () => {
    const { journal, after } = credit(aWallet(), 7_500n);
    const spent = spendCredits(after, 1n);

    const undone = undo(journal, spent);

    expect(undone.after).toMatchObject({
      credits: 0n,
      prepaidMinor: 0n,
      remainderMinor: 0n,
      receivableMinor: 5_000n,
    });
    expect(undone.undone.credits).toBe(0n);
  });

  it('gives back a debt that the deposit had covered', () => {
    const before = aWallet({ receivableMinor: 2_000n });
    const { journal, after } = credit(before, 7_000n);
    expect(after).toMatchObject({ receivableMinor: 0n, credits: 1n });

    expect(undo(journal, after).after).toMatchObject({ receivableMinor: 2_000n, credits: 0n });
  });

  it('loses its debt with the next deposit, which covers the debt first', () => {
    const { journal, after } = credit(aWallet(), 5_000n);
    const owing = undo(journal, spendCredits(after, 1n)).after;

    expect(credit(owing, 12_345n).after).toMatchObject({
      receivableMinor: 0n,
      credits: 1n,
      remainderMinor: 2_345n,
    });
  });
});

const amount = fc.bigInt({ min: 1n, max: 60_000n });
const act = fc.oneof(
  fc.record({ kind: fc.constant('credit' as const), amount }),
  fc.record({ kind: fc.constant('spend' as const), amount: fc.bigInt({ min: 1n, max: 5n }) }),
  fc.record({ kind: fc.constant('undo' as const), amount: fc.bigInt({ min: 0n, max: 9n }) }),
);

describe('any run of credits, spends and reversals', () => {
  it('balances each journal, never goes below zero and loses no cent of the customer’s', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
        let wallet = aWallet();
        let [inMinor, outMinor, revenue] = [0n, 0n, 0n];
        const standingCredits: JournalDraft[] = [];
        for (const each of acts) {
          let journal: JournalDraft | null = null;
          if (each.kind === 'credit') {
            journal = credit(wallet, each.amount).journal;
            standingCredits.push(journal);
            inMinor += each.amount;
          } else if (each.kind === 'undo') {
            const [origin] = standingCredits.splice(
              Number(each.amount) % Math.max(standingCredits.length, 1),
              1,
            );
            if (origin === undefined) continue;
            journal = undo(origin, wallet).undone;
            outMinor += origin.toldMinor;
          } else if (wallet.receivableMinor === 0n && wallet.credits >= each.amount) {
            const spent = spend(wallet, { spendId: 's', credits: each.amount, eventOn: DAY });
            journal = spent.journal;
            revenue += spent.revenueMinor;
          }
          if (journal?.wallet === null || journal === null) continue;
          for (const unit of ['ZAR', 'CREDIT']) {
            const legs = journal.postings.filter((posting) => posting.unit === unit);
            expect(legs.reduce((sum, posting) => sum + posting.amount, 0n)).toBe(0n);
          }
          wallet = journal.wallet;
          const { credits, prepaidMinor, remainderMinor, receivableMinor } = wallet;
          for (const balance of [credits, prepaidMinor, remainderMinor, receivableMinor])
            expect(balance).toBeGreaterThanOrEqual(0n);
          expect(credits === 0n ? prepaidMinor : 0n).toBe(0n);
          expect(valueOf(wallet)).toBe(inMinor - outMinor - revenue);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('leaves nothing once every deposit is reversed and nothing was spent, in any order', () => {
    fc.assert(
      fc.property(
        fc.array(amount, { minLength: 1, maxLength: 8 }),
        fc.infiniteStream(fc.nat()),
        (amounts, order) => {
          let wallet = aWallet();
          const left: JournalDraft[] = [];
          for (const each of amounts) {
            const { journal, after } = credit(wallet, each);
            left.push(journal);
            wallet = after;
          }
          while (left.length > 0) {
            const index = (order.next().value ?? 0) % left.length;
            const [origin] = left.splice(index, 1);
            if (origin !== undefined) wallet = undo(origin, wallet).after;
          }
          expect(wallet).toMatchObject({
            credits: 0n,
            prepaidMinor: 0n,
            remainderMinor: 0n,
            receivableMinor: 0n,
          });
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
