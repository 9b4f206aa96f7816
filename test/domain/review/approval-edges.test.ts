import { describe, expect, it } from 'vitest';
import {
  DECISION_STATES,
  needsApproval,
  PARTS_MAX,
  refusalToApprove,
  splitFault,
} from '../../../domain/review/approval.ts';

const parts = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ walletId: `wal_${index}`, amountMinor: 1n }));

describe('a decision', () => {
  it('takes one of seven states', () => {
    expect(DECISION_STATES).toEqual([
      'needs_payer_details',
      'proposed',
      'approved',
      'rejected',
      'expired',
      'executed',
      'refused',
    ]);
  });

  it.each(['dismiss', 'correct', 'take_back', 'pair', 'return'] as const)(
    'to %s needs a second person even for nothing, and to keep or credit as little does not',
    (kind) => {
      const policy = { fourEyesAboveMinor: 0n };
      expect(needsApproval({ kind, amountMinor: 0n }, policy)).toBe(true);
      expect(needsApproval({ kind: 'keep', amountMinor: 0n }, policy)).toBe(false);
      expect(needsApproval({ kind: 'credit', amountMinor: 0n }, policy)).toBe(false);
    },
  );
});

describe('a split', () => {
  it('accepts a hundred parts and refuses more', () => {
    expect(PARTS_MAX).toBe(100);
    expect(splitFault(1n, parts(1))).toBeNull();
    expect(splitFault(100n, parts(100))).toBeNull();
    expect(splitFault(101n, parts(101))).toContain('has 101');
  });
});

describe('an approval', () => {
  it('comes in time whenever the proposal does not expire', () => {
    const proposal = {
      state: 'proposed',
      payloadSha256: 'a',
      proposedPerson: 'one',
      payerPerson: null,
      expiresAt: null,
    } as const;
    const now = new Date('2999-01-01T00:00:00Z');
    expect(refusalToApprove(proposal, { person: 'two', payloadSha256: 'a', now })).toBeNull();
  });
});
