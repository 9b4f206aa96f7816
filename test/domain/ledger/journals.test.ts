import { describe, expect, it } from 'vitest';
import { parseLocalDate } from '../../../domain/local-date.ts';
import { settle } from '../../../domain/ledger/settle.ts';
import { spend } from '../../../domain/ledger/spend.ts';
import {
  settleDismissal,
  settleRestored,
  settleReturnPaid,
} from '../../../domain/ledger/suspense.ts';
import { unwind, unwindUncredited, type StandingCredit } from '../../../domain/ledger/unwind.ts';
import { aDeposit, aWallet, DAY, printed, R50 } from '../support/settlements.ts';

const LATER = parseLocalDate('2026-11-25');
const HELD = { depositId: 'dep-1', bankAccountKey: 'main', amountMinor: 7_500n, currency: 'USD' };
const REVERSAL = { kind: 'reversal', lineId: '99', eventOn: LATER, decisionId: 'dec-1' } as const;
const VOID = { kind: 'void', decisionId: 'dec-2', eventOn: LATER } as const;
const CORRECTION = { kind: 'correction', decisionId: 'dec-3', eventOn: LATER } as const;

/** R75.00 that gave one credit and left R25.00; what it carries is unlike every default. */
const CREDIT: StandingCredit = {
  journalId: '41',
  depositId: 'dep-1',
  bankAccountKey: 'main',
  walletId: 'anna',
  part: 2,
  generation: 3,
  amountMinor: 7_500n,
  credits: 1n,
  prepaidMinor: 5_000n,
  remainderChangeMinor: 2_500n,
  settledMinor: 0n,
  rateVersion: 7,
  minorPerCredit: 5_000n,
};
const CREDITED = aWallet({
  credits: 1n,
  prepaidMinor: 5_000n,
  remainderMinor: 2_500n,
  lastSeq: 4n,
});

describe('the journal of a credit', () => {
  it('states the part, the generation, the day and the decision that it was made for', () => {
    const [journal] = settle(
      [aDeposit(1n, { part: 2, generation: 3, eventOn: LATER, decisionId: 'dec-1' })],
      [aWallet()],
      R50,
    );
    expect(journal).toMatchObject({
      kind: 'credit',
      depositId: 'dep-1',
      part: 2,
      generation: 3,
      eventOn: LATER,
      decisionId: 'dec-1',
      rateVersion: 1,
      toldMinor: 1n,
      reversesId: null,
      lineId: null,
      spendId: null,
    });
  });

  it('defaults to the first part of the first generation on the line’s own day', () => {
    const [journal] = settle([aDeposit(1n)], [aWallet()], R50);
    expect(journal).toMatchObject({ part: 0, generation: 0, eventOn: null, decisionId: null });
  });

  it('leaves the remainder unchanged while a debt is larger than the deposit', () => {
    const owing = aWallet({ receivableMinor: 9_000n, remainderMinor: 100n });
    const [journal] = settle([aDeposit(4_000n)], [owing], R50);
    expect(printed(journal)).toEqual(['suspense ZAR 4000', 'wallet_receivable ZAR -4000']);
    expect(journal?.wallet).toEqual({ ...owing, receivableMinor: 5_000n, lastSeq: 1n });
  });
});

describe('the journal that reverses a credit', () => {
  it.each([
    ['a reversal', REVERSAL, 'bank_other', '99'],
    ['a void', VOID, 'bank', null],
    ['a correction', CORRECTION, 'suspense', null],
  ] as const)('states what %s belongs to, and books against $2', (_, undoing, account, lineId) => {
    const journal = unwind(CREDIT, CREDITED, undoing);
    expect(journal).toMatchObject({
      kind: undoing.kind,
      depositId: 'dep-1',
      part: 2,
      generation: 3,
      reversesId: '41',
      lineId,
      eventOn: LATER,
      decisionId: undoing.decisionId,
      rateVersion: 7,
      toldMinor: 7_500n,
      credits: 1n,
    });
    expect(printed(journal)).toEqual([
      `${account} ZAR -7500`,
      'wallet_prepaid ZAR 5000',
      'wallet_remainder ZAR 2500',
      'wallet_credits CREDIT 1',
      'credits_issued CREDIT -1',
    ]);
    expect(journal.wallet).toEqual(aWallet({ lastSeq: 5n }));
  });

  it('takes prepaid value at the rate of the credit while other credits stay', () => {
    const rich = aWallet({ credits: 3n, prepaidMinor: 15_000n, remainderMinor: 2_500n });
    expect(unwind(CREDIT, rich, CORRECTION).wallet).toMatchObject({
      credits: 2n,
      prepaidMinor: 10_000n,
      remainderMinor: 0n,
      receivableMinor: 0n,
    });
  });

  it('takes no more prepaid value than there is, and books what is short as a debt', () => {
    const poor = aWallet({ credits: 2n, prepaidMinor: 4_000n, remainderMinor: 2_500n });
    expect(unwind(CREDIT, poor, CORRECTION).wallet).toMatchObject({
      credits: 1n,
      prepaidMinor: 0n,
      remainderMinor: 0n,
      receivableMinor: 1_000n,
    });
  });

  it('takes all prepaid value with the last credits, and leaves the rest of it as remainder', () => {
    const odd = aWallet({ credits: 1n, prepaidMinor: 5_003n, remainderMinor: 2_500n });
    expect(unwind(CREDIT, odd, CORRECTION).wallet).toMatchObject({
      credits: 0n,
      prepaidMinor: 0n,
      remainderMinor: 3n,
      receivableMinor: 0n,
    });
  });

  it('takes no credit where the remainder alone covers it', () => {
    const saved = aWallet({ credits: 2n, prepaidMinor: 10_000n, remainderMinor: 19_000n });
    expect(unwind(CREDIT, saved, CORRECTION)).toMatchObject({
      credits: 0n,
      wallet: { credits: 2n, prepaidMinor: 10_000n, remainderMinor: 11_500n, receivableMinor: 0n },
    });
  });

  it('fails for a credit whose parts do not add up to its amount', () => {
    expect(() => unwind({ ...CREDIT, amountMinor: 7_501n }, CREDITED, CORRECTION)).toThrow(
      'The amount of a credit differs from the sum of its parts.',
    );
  });
});

describe('the journal of uncredited money', () => {
  it.each([
    ['of a reversal', REVERSAL, 'bank_other', '99'],
    ['of a removed line', VOID, 'bank', null],
  ] as const)(
    'moves the money %s out of suspense, in its own currency',
    (_, undoing, account, lineId) => {
      const journal = unwindUncredited({ ...HELD, generation: 3 }, '17', undoing);
      expect(journal).toMatchObject({
        kind: undoing.kind,
        depositId: 'dep-1',
        generation: 3,
        reversesId: '17',
        lineId,
        eventOn: LATER,
        decisionId: undoing.decisionId,
        wallet: null,
      });
      expect(printed(journal)).toEqual(['suspense USD 7500', `${account} USD -7500`]);
    },
  );

  it('puts a restored line into suspense again, one generation on', () => {
    const journal = settleRestored(HELD, 4);
    expect(journal).toMatchObject({ kind: 'restore', depositId: 'dep-1', generation: 4 });
    expect(printed(journal)).toEqual(['bank USD 7500', 'suspense USD -7500']);
  });

  it('pays the payable with the line that paid it, on that line’s day', () => {
    const journal = settleReturnPaid(HELD, { lineId: '98', eventOn: LATER });
    expect(journal).toMatchObject({
      kind: 'return_paid',
      depositId: 'dep-1',
      lineId: '98',
      eventOn: LATER,
    });
    expect(printed(journal)).toEqual(['return_payable USD 7500', 'bank_other USD -7500']);
  });

  it('books a line that is no deposit to the other movements of its bank account', () => {
    const journal = settleDismissal({ ...HELD, decisionId: 'dec-1', generation: 3 });
    expect(journal).toMatchObject({
      kind: 'dismiss',
      depositId: 'dep-1',
      generation: 3,
      decisionId: 'dec-1',
      wallet: null,
    });
    expect(printed(journal)).toEqual(['suspense USD 7500', 'bank_other USD -7500']);
    expect(journal.postings.map((each) => each.bankAccountKey)).toEqual(['main', 'main']);
  });
});

describe('the journal of a spend', () => {
  const wallet = aWallet({ credits: 3n, prepaidMinor: 10_001n, remainderMinor: 7n, lastSeq: 4n });
  const given = { spendId: 'spend-1', eventOn: DAY };

  it('earns the average cost, rounded down, and leaves the remainder alone', () => {
    const { journal, revenueMinor } = spend(wallet, { ...given, credits: 2n });
    expect(revenueMinor).toBe(6_667n);
    expect(journal).toMatchObject({
      kind: 'spend',
      depositId: null,
      spendId: 'spend-1',
      eventOn: DAY,
      credits: 2n,
    });
    expect(printed(journal)).toEqual([
      'wallet_prepaid ZAR 6667',
      'revenue ZAR -6667',
      'wallet_credits CREDIT 2',
      'credits_spent CREDIT -2',
    ]);
    expect(journal.wallet).toEqual({ ...wallet, credits: 1n, prepaidMinor: 3_334n, lastSeq: 5n });
  });

  it('earns every cent that is left with the last credit', () => {
    const { journal, revenueMinor } = spend(wallet, { ...given, credits: 3n });
    expect(revenueMinor).toBe(10_001n);
    expect(journal.wallet).toMatchObject({ credits: 0n, prepaidMinor: 0n, remainderMinor: 7n });
  });

  it('writes no posting of zero for credits that cost nothing', () => {
    const { journal } = spend(aWallet({ credits: 2n }), { ...given, credits: 1n });
    expect(printed(journal)).toEqual(['wallet_credits CREDIT 1', 'credits_spent CREDIT -1']);
  });

  it.each([0n, -1n, 4n])('fails for %s of three credits', (credits) => {
    expect(() => spend(wallet, { ...given, credits })).toThrow('More credits were spent');
  });

  it('fails while the wallet owes a cent', () => {
    const owing = { ...wallet, receivableMinor: 1n };
    expect(() => spend(owing, { ...given, credits: 1n })).toThrow('A wallet that owes money');
  });
});
