import { describe, expect, it } from 'vitest';
import { addDays, parseLocalDate } from '../../../domain/local-date.ts';
import {
  CHARGES_MINOR_MAX,
  chargesOf,
  mayReverse,
  mayTakeBack,
  ORIGINAL_DAYS_MAX,
  pairReversal,
  returnReference,
  type DebitLine,
  type Original,
} from '../../../domain/ledger/reversal.ts';

const CODE = 'CUS00001234';
const OTHER = 'CUS12345671';
const DAY = parseLocalDate('2026-11-20');

const debit = (given: Partial<DebitLine> = {}): DebitLine => ({
  amountMinor: 25_000n,
  bookingDate: DAY,
  isMarked: true,
  texts: [CODE],
  ...given,
});

const original = (given: Partial<Original> = {}): Original => ({
  depositId: 'dep_0000000000000000000000000000abcd',
  state: 'credited',
  isPossibleDuplicate: false,
  amountMinor: 25_000n,
  bookingDate: DAY,
  texts: [CODE],
  bankIds: [],
  ...given,
});

const idOf = (line: DebitLine, originals: readonly Original[]) => {
  const pairing = pairReversal(line, originals);
  return pairing.kind === 'none' ? null : pairing.depositId;
};

describe('mayTakeBack', () => {
  it.each([
    'REVERSAL 1',
    'X REVERSED',
    'UNPAID',
    'RETURNED X',
    'RECALL',
    'RECALLED',
    'DISHONOURED',
    'DISHONORED',
    'RTD',
    'reversed',
    'RTN0123456789AB',
    'XRTN0123456789ABX',
  ])('accepts “%s” as the text of a possible reversal', (text) => {
    expect(mayTakeBack(debit({ isMarked: false, texts: ['FEE', text] }))).toBe(true);
  });

  it.each(['UNREVERSED', 'RTDS', 'RECALLS', 'RTN0123456789A', 'RTN0123456789AG', ''])(
    'leaves “%s” to the business',
    (text) => {
      expect(mayTakeBack(debit({ isMarked: false, texts: [text] }))).toBe(false);
    },
  );
});

describe('pairReversal', () => {
  it.each([
    ['a day before it was paid in', 1, true],
    ['two days before', 2, false],
    ['the longest while after', -ORIGINAL_DAYS_MAX, true],
    ['a day later than that', -ORIGINAL_DAYS_MAX - 1, false],
  ])('finds the deposit for a line that came %s: $2', (_, days, isFound) => {
    const dated = original({ bookingDate: addDays(DAY, days) });
    expect(pairReversal(debit(), [dated]).kind).toBe(isFound ? 'reversal' : 'none');
    expect(mayReverse(debit(), dated)).toBe(isFound);
  });

  it('compares the days, then the ids, whatever the order of the deposits', () => {
    const [first, second, third] = [
      original({ depositId: 'dep_z', bookingDate: addDays(DAY, -3) }),
      original({ depositId: 'dep_a', bookingDate: addDays(DAY, -2) }),
      original({ depositId: 'dep_b', bookingDate: addDays(DAY, -2) }),
    ];
    for (const given of [
      [first, second, third],
      [third, second, first],
      [second, third, first],
    ]) {
      expect(idOf(debit(), given)).toBe('dep_z');
    }
    expect(idOf(debit(), [third, second])).toBe('dep_a');
    expect(idOf(debit(), [second, third])).toBe('dep_a');
  });

  it('takes a held repeat before the others in any order', () => {
    const held = original({ depositId: 'dep_z', isPossibleDuplicate: true });
    const plain = original({ depositId: 'dep_a', bookingDate: addDays(DAY, -5) });
    expect(idOf(debit(), [held, plain])).toBe('dep_z');
    expect(idOf(debit(), [plain, held])).toBe('dep_z');
  });

  it.each([
    ['nothing', 0n, 0n],
    ['a cent', 1n, 1n],
    ['the largest charge', CHARGES_MINOR_MAX, CHARGES_MINOR_MAX],
    ['a cent more than that', CHARGES_MINOR_MAX + 1n, null],
    ['a cent less than the deposit', -1n, null],
  ])('allows %s beyond the deposit, by its code and by its id alike', (_, beyond, charges) => {
    const line = debit({ amountMinor: 25_000n + beyond });
    const named = debit({ amountMinor: 25_000n + beyond, texts: ['OF FT2211009 X'] });
    const expected =
      charges === null
        ? { kind: 'none' }
        : { kind: 'reversal', depositId: original().depositId, chargesMinor: charges };
    expect(pairReversal(line, [original()])).toEqual(expected);
    expect(pairReversal(named, [original({ texts: [], bankIds: ['FT2211009'] })])).toEqual(
      expected,
    );
  });

  it('prefers the deposit of its own amount to an older one below it', () => {
    const smaller = original({
      depositId: 'dep_a',
      amountMinor: 24_000n,
      bookingDate: addDays(DAY, -9),
    });
    expect(idOf(debit(), [smaller, original({ depositId: 'dep_b' })])).toBe('dep_b');
  });

  it('takes a return only by its reference and its whole amount', () => {
    const returned = original({ state: 'returned', bankIds: ['FT2211009'] });
    const reference = returnReference(returned.depositId);
    expect(reference).toBe('RTN00000000ABCD');
    const paid = { kind: 'return_paid', depositId: returned.depositId };
    expect(pairReversal(debit({ texts: ['EFT', `X ${reference}`] }), [returned])).toEqual(paid);
    for (const line of [
      debit({ texts: [reference], amountMinor: 25_001n }),
      debit({ texts: [CODE, 'FT2211009'] }),
    ]) {
      expect(pairReversal(line, [returned])).toEqual({ kind: 'none' });
    }
  });
});

describe('mayReverse, on a bank’s id,', () => {
  it.each([
    ['stands alone', 'OF ABC123 PAID', 'ABC123', true],
    ['is the whole text', 'ABC123', 'abc123', true],
    ['is part of a longer word', 'OF XABC123 PAID', 'ABC123', false],
    ['continues', 'OF ABC1234 PAID', 'ABC123', false],
    ['is too short to tell', 'OF ABC12 PAID', 'ABC12', false],
  ])('answers $3 where the id %s', (_, text, id, isNamed) => {
    const named = original({ texts: [OTHER], bankIds: ['NOT-THIS-ONE', id] });
    expect(mayReverse(debit({ texts: ['FEE', text] }), named)).toBe(isNamed);
  });
});

describe('mayReverse, on the texts of line and deposit,', () => {
  it.each([
    ['the deposit’s text is in the line’s', 'UNPAID J SMITH', 'J SMITH', true],
    ['the line’s text is in the deposit’s', 'J SMITH', 'FROM J SMITH', true],
    ['both have six characters', 'SMITHY', 'SMITHY', true],
    ['the deposit’s text is too short to tell', 'UNPAID SMITH', 'SMITH', false],
    ['the line’s text is too short to tell', 'SMITH', 'FROM SMITH', false],
    ['they have nothing in common', 'J JONES', 'J SMITH', false],
  ])('answers $3 where %s', (_, text, given, isSame) => {
    const found = original({ texts: ['-', given] });
    expect(mayReverse(debit({ texts: ['-', text] }), found)).toBe(isSame);
  });

  it.each([
    ['the same code', [CODE], [CODE], true],
    ['two codes', [CODE], [OTHER], false],
    ['a code in the line only', [`SMITHY ${CODE}`], ['SMITHY'], false],
    ['a code in the deposit only', ['SMITHY'], [`SMITHY ${CODE}`], false],
  ])('answers $3 where they name %s', (_, line, given, isSame) => {
    expect(mayReverse(debit({ texts: line }), original({ texts: given }))).toBe(isSame);
  });
});

describe('mayReverse, on amounts,', () => {
  it.each([
    ['a part of it', 1n, true],
    ['the largest charge beyond it', 25_000n + CHARGES_MINOR_MAX, true],
    ['a cent more than that', 25_001n + CHARGES_MINOR_MAX, false],
  ])('answers $2 for a line of %s that names the code', (_, amountMinor, holds) => {
    expect(mayReverse(debit({ amountMinor }), original())).toBe(holds);
  });

  it('accepts a line of any amount that names the deposit’s id', () => {
    const line = debit({ amountMinor: 9_000_000n, texts: ['OF FT2211009'] });
    expect(mayReverse(line, original({ bankIds: ['FT2211009'] }))).toBe(true);
  });
});

describe('chargesOf', () => {
  const line = { accountKey: 'main', currency: 'ZAR', amountMinor: 25_000n };

  it.each([
    ['nothing', 0n, 0n],
    ['a cent', 1n, 1n],
    ['the largest charge', CHARGES_MINOR_MAX, CHARGES_MINOR_MAX],
    ['a cent more than that', CHARGES_MINOR_MAX + 1n, null],
    ['a cent too little', -1n, null],
  ])('answers $2 for %s beyond the deposit', (_, beyond, charges) => {
    expect(chargesOf(line, { ...line, amountMinor: 25_000n - beyond })).toBe(charges);
  });

  it.each([{ accountKey: 'other' }, { currency: 'USD' }])(
    'answers null for a deposit of %o',
    (other) => {
      expect(chargesOf(line, { ...line, ...other })).toBeNull();
    },
  );
});
