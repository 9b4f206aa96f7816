import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rate } from '../../../domain/money/credits.ts';
import { addDays, parseLocalDate } from '../../../domain/local-date.ts';
import { AMOUNT_MINOR_MAX } from '../../../domain/money/money.ts';
import type { WalletBalances } from '../../../domain/ledger/journal.ts';
import { settle } from '../../../domain/ledger/settle.ts';
import { aDeposit, after, aWallet, DAY, totals } from '../support/settlements.ts';

const anAmount = fc.oneof(
  fc.bigInt({ min: 1n, max: 20_000n }),
  fc.bigInt({ min: 1n, max: AMOUNT_MINOR_MAX }),
);
const walletIds = ['anna', 'ben', 'cleo'] as const;
const anyWallets = fc.tuple(
  ...walletIds.map((walletId) =>
    fc
      .record({
        credits: fc.bigInt({ min: 0n, max: 1_000n }),
        remainderMinor: fc.bigInt({ min: 0n, max: 12_000n }),
        receivableMinor: fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 20_000n })),
        lastSeq: fc.bigInt({ min: 0n, max: 50n }),
      })
      .map((balances) =>
        aWallet({ walletId, prepaidMinor: balances.credits * 5_000n, ...balances }),
      ),
  ),
);
const anyDeposits = fc
  .array(fc.tuple(anAmount, fc.constantFrom(...walletIds), fc.nat({ max: 5 })), { maxLength: 20 })
  .map((all) =>
    all.map(([amount, walletId, days], index) =>
      aDeposit(amount, {
        depositId: `dep-${index + 1}`,
        walletId,
        bookingDate: addDays(DAY, days),
      }),
    ),
  );
const anyRate = fc
  .bigInt({ min: 1n, max: 30_000n })
  .map((minorPerCredit): readonly Rate[] => [
    { version: 1, minorPerCredit, effectiveFrom: parseLocalDate('1970-01-01') },
  ]);
/** A rate that changes in the midst of the deposits. */
const changingRate = fc
  .tuple(fc.bigInt({ min: 1n, max: 30_000n }), fc.bigInt({ min: 1n, max: 30_000n }))
  .map(([before, then]): readonly Rate[] => [
    { version: 1, minorPerCredit: before, effectiveFrom: parseLocalDate('1970-01-01') },
    { version: 2, minorPerCredit: then, effectiveFrom: addDays(DAY, 3) },
  ]);

describe('settle', () => {
  it('writes journals that sum to zero in each unit and take each amount out of suspense', () => {
    fc.assert(
      fc.property(anyDeposits, anyWallets, changingRate, (deposits, wallets, rates) => {
        settle(deposits, wallets, rates).forEach((journal, index) => {
          const sums: Record<string, bigint> = {};
          for (const { unit, amount } of journal.postings) {
            expect(amount).not.toBe(0n);
            sums[unit] = (sums[unit] ?? 0n) + amount;
          }
          expect(Object.values(sums).every((sum) => sum === 0n)).toBe(true);
          expect(journal.depositId).toBe(deposits[index]?.depositId);
          expect(totals([journal])['suspense  ZAR']).toBe(deposits[index]?.amountMinor);
        });
      }),
    );
  });

  it('explains every cent: amount = debt settled + credits × rate + change of the remainder, none below zero', () => {
    fc.assert(
      fc.property(anyDeposits, anyWallets, changingRate, (deposits, wallets, rates) => {
        const carried = new Map(wallets.map((wallet) => [wallet.walletId, wallet.remainderMinor]));
        settle(deposits, wallets, rates).forEach((journal, index) => {
          const deposit = deposits[index];
          const rate = rates.find(({ version }) => version === journal.rateVersion);
          const remainder = journal.wallet?.remainderMinor ?? -1n;
          const walletId = deposit?.walletId ?? '';
          const settled = -(totals([journal])[`wallet_receivable ${walletId} ZAR`] ?? 0n);
          expect(
            settled +
              journal.credits * (rate?.minorPerCredit ?? 0n) +
              remainder -
              (carried.get(walletId) ?? 0n),
          ).toBe(deposit?.amountMinor);
          const isWholeDebt = settled === deposit?.amountMinor;
          expect(isWholeDebt || remainder < (rate?.minorPerCredit ?? 0n)).toBe(true);
          expect(settled >= 0n && remainder >= 0n).toBe(true);
          carried.set(walletId, remainder);
        });
      }),
    );
  });

  it('states the balances before plus its own postings, numbered without a gap', () => {
    fc.assert(
      fc.property(anyDeposits, anyWallets, changingRate, (deposits, wallets, rates) => {
        const journals = settle(deposits, wallets, rates);
        const sums = totals(journals);
        after(wallets, journals).forEach((wallet, index) => {
          const before = wallets[index] ?? aWallet();
          const change = (account: string, unit: string) =>
            -(sums[`${account} ${wallet.walletId} ${unit}`] ?? 0n);
          expect(wallet).toEqual({
            walletId: before.walletId,
            credits: before.credits + change('wallet_credits', 'CREDIT'),
            prepaidMinor: before.prepaidMinor + change('wallet_prepaid', 'ZAR'),
            remainderMinor: before.remainderMinor + change('wallet_remainder', 'ZAR'),
            receivableMinor: before.receivableMinor - change('wallet_receivable', 'ZAR'),
            lastSeq:
              before.lastSeq +
              BigInt(deposits.filter(({ walletId }) => walletId === before.walletId).length),
          });
          const steps = journals
            .filter((journal) => journal.wallet?.walletId === wallet.walletId)
            .map((journal) => journal.wallet?.lastSeq);
          expect(steps).toEqual(steps.map((_, step) => before.lastSeq + BigInt(step) + 1n));
        });
      }),
    );
  });

  it('ends at the same balances in whatever order deposits of one rate are settled', () => {
    const twoOrders = anyDeposits.chain((deposits) =>
      fc.tuple(
        fc.constant(deposits),
        fc.shuffledSubarray([...deposits], { minLength: deposits.length }),
      ),
    );
    fc.assert(
      fc.property(twoOrders, anyWallets, anyRate, ([deposits, others], wallets, rates) => {
        expect(after(wallets, settle(others, wallets, rates))).toEqual(
          after(wallets, settle(deposits, wallets, rates)),
        );
      }),
    );
  });

  it('decides a batch exactly like one deposit after the other', () => {
    fc.assert(
      fc.property(anyDeposits, anyWallets, changingRate, (deposits, wallets, rates) => {
        let balances: readonly WalletBalances[] = wallets;
        const oneByOne = deposits.flatMap((deposit) => {
          const journals = settle([deposit], balances, rates);
          balances = after(balances, journals);
          return journals;
        });
        expect(settle(deposits, wallets, rates)).toEqual(oneByOne);
      }),
    );
  });

  it('splits a sum into deposits without a cent or a credit of difference', () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: 1n, max: 20_000n }), { minLength: 1, maxLength: 10 }),
        anyRate,
        (amounts, rates) => {
          const whole = amounts.reduce((sum, amount) => sum + amount, 0n);
          const parts = amounts.map((amount, index) =>
            aDeposit(amount, { depositId: `dep-${index + 1}` }),
          );
          const [split] = after([aWallet()], settle(parts, [aWallet()], rates));
          const [once] = after([aWallet()], settle([aDeposit(whole)], [aWallet()], rates));
          expect(split).toEqual({ ...once, lastSeq: BigInt(amounts.length) });
        },
      ),
    );
  });
});
