import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCoded } from '../../../domain/errors.ts';
import { InvariantViolation } from '../../../domain/invariant.ts';
import { addDays, parseLocalDate } from '../../../domain/local-date.ts';
import { AMOUNT_MINOR_MAX } from '../../../domain/money/money.ts';
import { settle } from '../../../domain/ledger/settle.ts';
import { settleReturn } from '../../../domain/ledger/suspense.ts';
import { aDeposit, after, aWallet, DAY, printed, R50 } from '../support/settlements.ts';

describe('a worked example of the money model', () => {
  it('credits R75.00 into a wallet that carries R10.00, then R30.00', () => {
    const wallet = aWallet({ remainderMinor: 1_000n });
    const [first, second] = settle(
      [aDeposit(7_500n), aDeposit(3_000n, { depositId: 'dep-2' })],
      [wallet],
      R50,
    );
    expect(printed(first)).toEqual([
      'suspense ZAR 7500',
      'wallet_prepaid ZAR -5000',
      'wallet_remainder ZAR -2500',
      'wallet_credits CREDIT -1',
      'credits_issued CREDIT 1',
    ]);
    expect(printed(second)).toEqual([
      'suspense ZAR 3000',
      'wallet_prepaid ZAR -5000',
      'wallet_remainder ZAR 2000',
      'wallet_credits CREDIT -1',
      'credits_issued CREDIT 1',
    ]);
    expect(second?.wallet).toEqual(
      aWallet({ credits: 2n, prepaidMinor: 10_000n, remainderMinor: 1_500n, lastSeq: 2n }),
    );
  });

  it.each([
    ['R49.99', [4_999n], 0n, 4_999n],
    ['R49.99 and one cent', [4_999n, 1n], 1n, 0n],
    ['R50', [5_000n], 1n, 0n],
    ['R75', [7_500n], 1n, 2_500n],
    ['R1,250', [125_000n], 25n, 0n],
  ])('makes of %s what the rate says', (_, amounts, credits, remainderMinor) => {
    const deposits = amounts.map((amount, index) =>
      aDeposit(amount, { depositId: `dep-${index + 1}` }),
    );
    const [wallet] = after([aWallet()], settle(deposits, [aWallet()], R50));
    expect(wallet).toEqual(
      aWallet({
        credits,
        prepaidMinor: credits * 5_000n,
        remainderMinor,
        lastSeq: BigInt(amounts.length),
      }),
    );
  });

  it('writes no posting of zero: R49.99 gives no credit, R50 leaves the remainder alone', () => {
    expect(printed(settle([aDeposit(4_999n)], [aWallet()], R50)[0])).toEqual([
      'suspense ZAR 4999',
      'wallet_remainder ZAR -4999',
    ]);
    expect(printed(settle([aDeposit(5_000n)], [aWallet()], R50)[0])).toEqual([
      'suspense ZAR 5000',
      'wallet_prepaid ZAR -5000',
      'wallet_credits CREDIT -1',
      'credits_issued CREDIT 1',
    ]);
  });

  it('uses the rate of the booking day, keeps its version, and never values old credits again', () => {
    const rates = [
      ...R50,
      { version: 2, minorPerCredit: 8_000n, effectiveFrom: parseLocalDate('2026-11-20') },
    ];
    const [old, fresh] = settle(
      [
        aDeposit(9_000n, { bookingDate: addDays(DAY, -1) }),
        aDeposit(4_500n, { depositId: 'dep-2' }),
      ],
      [aWallet()],
      rates,
    );
    expect([old?.rateVersion, old?.credits, fresh?.rateVersion, fresh?.credits]).toEqual([
      1,
      1n,
      2,
      1n,
    ]);
    expect(fresh?.wallet).toEqual(
      aWallet({ credits: 2n, prepaidMinor: 13_000n, remainderMinor: 500n, lastSeq: 2n }),
    );
  });
});

describe('settle', () => {
  it('changes none of its inputs', () => {
    const wallet = Object.freeze(aWallet());
    const deposits = Object.freeze([Object.freeze(aDeposit(7_500n))]);
    settle(deposits, Object.freeze([wallet]), R50);
    expect(wallet).toEqual(aWallet());
  });

  it.each([0n, -1n, AMOUNT_MINOR_MAX + 1n])('refuses an amount of %s', (amount) => {
    expect(() => settle([aDeposit(amount)], [aWallet()], R50)).toThrow(InvariantViolation);
  });

  it('accepts the largest amount', () => {
    const [journal] = settle([aDeposit(AMOUNT_MINOR_MAX)], [aWallet()], R50);
    expect(journal?.credits).toBe(2_000_000_000n);
  });

  it('refuses a deposit whose wallet was not read', () => {
    expect(() => settle([aDeposit(1n, { walletId: 'ben' })], [aWallet()], R50)).toThrow(
      InvariantViolation,
    );
  });

  it('refuses a booking day without a rate', () => {
    const late = [{ version: 1, minorPerCredit: 1n, effectiveFrom: addDays(DAY, 1) }];
    let caught: unknown;
    try {
      settle([aDeposit(1n)], [aWallet()], late);
    } catch (error) {
      caught = error;
    }
    expect(isCoded(caught, 'rate.missing')).toBe(true);
  });
});

describe('settleReturn', () => {
  it('moves the whole amount from suspense to what is payable, in its own currency, and no wallet', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: AMOUNT_MINOR_MAX }),
        fc.constantFrom('ZAR', 'USD'),
        (amountMinor, currency) => {
          const journal = settleReturn({
            ...aDeposit(amountMinor),
            currency,
            decisionId: 'dec-1',
            generation: 0,
          });
          expect(printed(journal)).toEqual([
            `suspense ${currency} ${amountMinor.toString()}`,
            `return_payable ${currency} -${amountMinor.toString()}`,
          ]);
          expect(journal).toMatchObject({
            kind: 'return',
            decisionId: 'dec-1',
            wallet: null,
            credits: 0n,
          });
        },
      ),
    );
  });
});
