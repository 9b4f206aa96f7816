import { describe, expect, it } from 'vitest';
import { parseLocalDate } from '../../../domain/local-date.ts';
import {
  mayTakeBack,
  pairReversal,
  returnReference,
  type DebitLine,
  type Original,
} from '../../../domain/ledger/reversal.ts';

const CODE = 'CUS00001234';
const OTHER = 'CUS12345671';

function debit(given: Partial<DebitLine> = {}): DebitLine {
  return {
    amountMinor: 25_000n,
    bookingDate: parseLocalDate('2026-11-20'),
    isMarked: true,
    texts: [CODE],
    ...given,
  };
}

let made = 0;
function original(given: Partial<Original> = {}): Original {
  made += 1;
  return {
    depositId: `dep_${made.toString().padStart(32, '0')}`,
    state: 'credited',
    isPossibleDuplicate: false,
    amountMinor: 25_000n,
    bookingDate: parseLocalDate('2026-11-18'),
    texts: [CODE],
    bankIds: [],
    ...given,
  };
}

const paired = (to: Original, chargesMinor = 0n) => ({
  kind: 'reversal',
  depositId: to.depositId,
  chargesMinor,
});

describe('mayTakeBack', () => {
  it.each([
    ['the bank marks it', { isMarked: true, texts: ['ANYTHING'] }, true],
    ['it says so', { isMarked: false, texts: ['UNPAID 02 NOT PROVIDED FOR'] }, true],
    ['it names a customer', { isMarked: false, texts: [`EFT ${CODE}`] }, true],
    ['it is a fee', { isMarked: false, texts: ['MONTHLY ACCOUNT FEE'] }, false],
    ['it pays a supplier', { isMarked: false, texts: ['INTERNET PMT TO OFFICE RENT'] }, false],
  ])('answers $2 for a debit line where %s', (_, given, expected) => {
    expect(mayTakeBack(debit(given))).toBe(expected);
  });
});

describe('a reversal', () => {
  it('pairs with the oldest deposit of its amount and code', () => {
    const [old, young] = [
      original({ bookingDate: parseLocalDate('2026-11-10') }),
      original({ bookingDate: parseLocalDate('2026-11-15') }),
    ];
    expect(pairReversal(debit(), [young, old])).toEqual(paired(old));
  });

  it('pairs with a held repeat before the deposit that was credited', () => {
    const [real, repeat] = [
      original({ bookingDate: parseLocalDate('2026-11-10') }),
      original({ isPossibleDuplicate: true, state: 'in_review' }),
    ];
    expect(pairReversal(debit(), [real, repeat])).toEqual(paired(repeat));
  });

  it('prefers the id of the bank to the reference', () => {
    const [sameReference, named] = [
      original(),
      original({ texts: [OTHER], bankIds: ['FT2211009'] }),
    ];
    const line = debit({ texts: ['REVERSAL OF FT2211009', CODE] });
    expect(pairReversal(line, [sameReference, named])).toEqual(paired(named));
  });

  it('books the bank’s charges separately', () => {
    const charged = original();
    expect(pairReversal(debit({ amountMinor: 33_500n }), [charged])).toEqual(
      paired(charged, 8_500n),
    );
  });

  it.each([
    ['another customer', { texts: [OTHER] }],
    ['another amount below it', { amountMinor: 25_001n }],
    ['a day after it', { bookingDate: parseLocalDate('2026-11-22') }],
    ['years before it', { bookingDate: parseLocalDate('2024-11-22') }],
  ])('waits where the only deposit is of %s', (_, given) => {
    expect(pairReversal(debit({ amountMinor: 75_002n }), [original()]).kind).toBe('none');
    expect(pairReversal(debit(), [original(given)]).kind).toBe('none');
  });

  it('finds a deposit without a code by its text', () => {
    const texts = ['J SMITH NOVEMBER'];
    const unclear = original({ state: 'in_review', texts });
    expect(pairReversal(debit({ texts: ['UNPAID J SMITH NOVEMBER'] }), [unclear])).toEqual(
      paired(unclear),
    );
  });

  it('pays the return whose reference it bears, and no other deposit', () => {
    const [open, returned] = [original(), original({ state: 'returned' })];
    const line = debit({
      isMarked: false,
      texts: [`${returnReference(returned.depositId)} ${CODE}`],
    });
    expect(pairReversal(line, [open, returned])).toEqual({
      kind: 'return_paid',
      depositId: returned.depositId,
    });
  });
});
