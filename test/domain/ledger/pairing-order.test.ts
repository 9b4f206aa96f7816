import { describe, expect, it } from 'vitest';
import { addDays, parseLocalDate } from '../../../domain/local-date.ts';
import {
  CHARGES_MINOR_MAX,
  mayReverse,
  ORIGINAL_DAYS_MAX,
  pairReversal,
  returnReference,
  type DebitLine,
  type Original,
} from '../../../domain/ledger/reversal.ts';

const DAY = parseLocalDate('2026-11-20');
const debit = (given: Partial<DebitLine>): DebitLine => ({
  amountMinor: 25_000n,
  bookingDate: DAY,
  isMarked: true,
  texts: [],
  ...given,
});
const original = (given: Partial<Original>): Original => ({
  depositId: 'dep_0000000000000000000000000000abcd',
  state: 'credited',
  isPossibleDuplicate: false,
  amountMinor: 25_000n,
  bookingDate: DAY,
  texts: [],
  bankIds: [],
  ...given,
});

describe('pairReversal', () => {
  it('allows a bank R500.00 of charges and four hundred days', () => {
    expect([CHARGES_MINOR_MAX, ORIGINAL_DAYS_MAX]).toEqual([50_000n, 400]);
  });

  it('pays no return for a deposit that was not returned', () => {
    const open = original({});
    const line = debit({ texts: [returnReference(open.depositId)] });
    expect(pairReversal(line, [open])).toEqual({ kind: 'none' });
  });

  it.each([0n, 1n])('takes the older of two that fit equally, %s cents beyond them', (beyond) => {
    const dated = [-3, -2].map((days, index) =>
      original({
        depositId: `dep_${index}`,
        bookingDate: addDays(DAY, days),
        texts: ['J SMITH'],
        bankIds: ['FT2211009'],
      }),
    );
    for (const texts of [['OF FT2211009'], ['UNPAID J SMITH']]) {
      const line = debit({ amountMinor: 25_000n + beyond, texts });
      expect(pairReversal(line, dated)).toMatchObject({ depositId: 'dep_0' });
    }
  });

  it('reverses nothing for its amount and charges alone', () => {
    const line = debit({ amountMinor: 25_001n, texts: ['J JONES'] });
    expect(pairReversal(line, [original({ texts: ['J SMITH'] })])).toEqual({ kind: 'none' });
  });

  it('finds a deposit by six characters of the line in its text', () => {
    const found = original({ texts: ['FROM SMITHY'] });
    expect(mayReverse(debit({ texts: ['SMITHY'] }), found)).toBe(true);
  });
});
