import { describe, expect, it } from 'vitest';
import { addDays, parseLocalDate } from '../../../domain/local-date.ts';
import {
  CHARGES_MINOR_MAX,
  chargesOf,
  mayReverse,
  ORIGINAL_DAYS_MAX,
  pairReversal,
  possibleIds,
  type AccountContext,
  type DebitLine,
  type Original,
} from '../../../domain/ledger/reversal.ts';
import { ownWords, standardWords, wordingOf } from '../../../domain/ledger/reversal-words.ts';

const CODE = 'CUS00001234';
const OTHER = 'CUS12345671';
const DAY = parseLocalDate('2026-11-20');
const CONTEXT: AccountContext = { standard: new Set(), firstDay: null };

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
  payer: '',
  walletId: 'wal_1',
  bankIds: [],
  ...given,
});

const may = (line: DebitLine, found: Original) => mayReverse(line, found, CONTEXT);

describe('pairReversal', () => {
  it.each([
    ['a day before it was paid in', 1, true],
    ['two days before', 2, false],
    ['the longest while after', -ORIGINAL_DAYS_MAX, true],
    ['a day later than that', -ORIGINAL_DAYS_MAX - 1, false],
  ])('finds the deposit for a line that came %s: $2', (_, days, isFound) => {
    const dated = original({ bookingDate: addDays(DAY, days) });
    expect(pairReversal(debit(), [dated], CONTEXT).kind).toBe(isFound ? 'reversal' : 'wait');
    expect(may(debit(), dated)).toBe(isFound);
  });

  it('finds the same deposit in whatever order they come', () => {
    const [first, second, third] = [
      original({ depositId: 'dep_z', bookingDate: addDays(DAY, -3) }),
      original({ depositId: 'dep_a', bookingDate: addDays(DAY, -2) }),
      original({ depositId: 'dep_b', bookingDate: addDays(DAY, -2) }),
    ];
    for (const given of [
      [first, second, third],
      [third, second, first],
      [second, third, first],
    ])
      expect(pairReversal(debit(), given, CONTEXT)).toMatchObject({ depositId: 'dep_b' });
  });
});

describe('mayReverse, on a bank’s id,', () => {
  it.each([
    ['stands alone', 'OF ABC123 PAID', 'ABC123', true],
    ['is the whole text', 'ABC123', 'abc123', true],
    ['is part of a longer word', 'OF XABC123 PAID', 'ABC123', false],
    ['continues', 'OF ABC1234 PAID', 'ABC123', false],
    ['is too short to tell', 'OF ABC12 PAID', 'ABC12', false],
    ['has no digit', 'REVERSAL PAYMENT', 'PAYMENT', false],
  ])('answers $3 where the id %s', (_, text, id, isNamed) => {
    const named = original({ texts: [OTHER], bankIds: ['NOT-THIS-ONE', id] });
    expect(may(debit({ texts: ['FEE', text] }), named)).toBe(isNamed);
  });

  it('accepts a line of any amount that names it', () => {
    const line = debit({ amountMinor: 9_000_000n, texts: ['OF FT2211009'] });
    expect(may(line, original({ bankIds: ['FT2211009'] }))).toBe(true);
  });
});

describe('mayReverse, on the texts of line and deposit,', () => {
  it.each([
    ['the deposit’s words are in the line’s', 'UNPAID J SMITH', 'J SMITH', true],
    ['the line’s words are in the deposit’s', 'J SMITH', 'FROM J SMITH', true],
    ['both have six characters in two words', 'J SMIT', 'J SMIT', true],
    ['they write a number apart', 'INV 4711', 'INV4711', false],
    ['both have one word with a digit', 'INV4711', 'INV4711', true],
    ['both have a single word', 'INVESTECPB PAYM', 'PAYM SMITHY', false],
    ['they share one name', 'PETERSEN', 'PETERSEN', false],
    ['they share a part of a word', 'J SMITH', 'J SMITHSON', false],
    ['the deposit’s words are too short to tell', 'UNPAID SMITH', 'SMITH', false],
    ['the line’s words are too short to tell', 'SMITH', 'FROM SMITH', false],
    ['they share a day', 'UNPAID 20261118', '20261118', false],
    ['they have nothing in common', 'J JONES', 'J SMITH', false],
  ])('answers $3 where %s', (_, text, given, isSame) => {
    const found = original({ texts: ['-', given] });
    expect(may(debit({ texts: ['-', text] }), found)).toBe(isSame);
  });

  it.each([
    ['the same code', [CODE], [CODE], true],
    ['two codes', [CODE], [OTHER], false],
    ['a code in the line only', [`SMITHY ${CODE}`], ['SMITHY'], false],
    ['a code in the deposit only', ['SMITHY'], [`SMITHY ${CODE}`], false],
  ])('answers $3 where they name %s', (_, line, given, isSame) => {
    expect(may(debit({ texts: line }), original({ texts: given }))).toBe(isSame);
  });

  it('holds no deposit for a payment of the business, or for another amount', () => {
    expect(may(debit({ isMarked: false, texts: [`GOODWILL ${CODE}`] }), original())).toBe(false);
    expect(may(debit({ isMarked: false, texts: [`UNPAID ${CODE}`] }), original())).toBe(true);
    expect(may(debit({ amountMinor: 25_001n }), original())).toBe(false);
  });
});

describe('wordingOf', () => {
  it.each([
    ['UNPAID J SMITH', [], 'unclear'],
    ['UNPAID J SMITH', ['SMITH'], 'reversal'],
    ['UNPAID SALARY', ['SALARY'], 'unclear'],
    ['UNREVERSED', [], 'none'],
    ['RTDS', [], 'none'],
    ['RETURNED REFUND', [], 'refund'],
    ['REVERSAL FEE', [], 'none'],
    ['', [], 'none'],
  ] as const)('reads “%s” beside a deposit of %o', (text, words, expected) => {
    expect(wordingOf([text], new Set(words))).toBe(expected);
  });
});

describe('standardWords', () => {
  it('hold the words of five different texts, however often each is written', () => {
    const texts = [1, 2, 3, 4, 5].flatMap((n) => [`TOPUPS ${n} JONES`, `TOPUPS ${n} JONES`]);
    expect([...standardWords([...texts, 'MONDAY', 'monday'])]).toEqual(['TOPUPS', 'JONES']);
    expect(standardWords(texts.slice(2)).size).toBe(0);
  });
});

describe('ownWords', () => {
  it('leave out codes, the bank’s words, payments of a business and days', () => {
    expect(
      ownWords(`FNB OB PMT 20261118 J SMITH SALARY ${CODE} TOPUPS 4711`, new Set(['TOPUPS'])),
    ).toEqual(['J', 'SMITH', '4711']);
  });
});

describe('possibleIds', () => {
  it('take the longer words with digits, without the customer’s code', () => {
    expect(possibleIds(debit({ texts: [`REVERSAL OF ft2211009 ${CODE}`] }))).toEqual(
      expect.arrayContaining(['ft2211009', 'FT2211009']),
    );
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
