import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  findOwner,
  PAYER_TIMES_MIN,
  type DepositToOwn,
  type Objections,
} from '../../../domain/review/owner.ts';
import { readReferences } from '../../../domain/reference/reference.ts';

const CODE = 'CUS00001234';
const DEPOSIT: DepositToOwn = {
  hold: null,
  currency: 'ZAR',
  amountMinor: 5_000n,
  amountLimitMinor: null,
  mode: 'live',
};
const ownerOf = (objections: Objections) =>
  findOwner(
    DEPOSIT,
    readReferences([CODE]),
    { walletId: 'anna', codeKind: 'checked', status: 'open' },
    objections,
  );

describe('an objection', () => {
  it('leaves to a person what the bank may have taken back, whoever paid', () => {
    fc.assert(
      fc.property(fc.constantFrom(null, 'anna', 'ben'), (payerWalletId) => {
        expect(ownerOf({ isTakenBack: true, payerWalletId })).toEqual({
          kind: 'review',
          reason: 'reversed',
          candidates: [CODE],
        });
      }),
    );
  });

  it('leaves to a person what a payer known for another wallet sent, and nothing else', () => {
    const reasonOf = (payerWalletId: string | null) => {
      const owner = ownerOf({ isTakenBack: false, payerWalletId });
      return owner.kind === 'review' ? owner.reason : `credited ${owner.walletId}`;
    };
    expect(reasonOf('ben')).toBe('payer_conflict');
    expect(reasonOf('anna')).toBe('credited anna');
    expect(reasonOf(null)).toBe('credited anna');
  });

  it('comes from a payer whom people confirmed three times', () => {
    expect(PAYER_TIMES_MIN).toBe(3);
  });
});
