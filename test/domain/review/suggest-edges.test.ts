import { describe, expect, it } from 'vitest';
import { addDays, parseLocalDate } from '../../../domain/local-date.ts';
import { customerCodeFromNumber } from '../../../domain/reference/customer-code.ts';
import {
  suggest as suggestByFacts,
  type DepositToPlace,
  type SuggestionFacts,
} from '../../../domain/review/suggest.ts';
import { evidenceInWords } from '../../../domain/words/evidence.ts';

const DAY = parseLocalDate('2026-11-20');

const deposit = (given: Partial<DepositToPlace> = {}): DepositToPlace => ({
  amountMinor: 50_000n,
  bookingDate: DAY,
  candidates: [],
  ...given,
});

const wallet = (number: number, given: Partial<SuggestionFacts> = {}): SuggestionFacts => ({
  walletId: `w-${number}`,
  code: customerCodeFromNumber(number),
  status: 'open',
  byPayerAccount: 0,
  byPayerName: 0,
  sameAmountDays: [],
  claims: [],
  ...given,
});

/** The suggestions as a reviewer reads them. */
const suggest = (...given: Parameters<typeof suggestByFacts>) =>
  suggestByFacts(...given).map((each) => ({
    ...each,
    evidence: each.evidence.map(({ fact, points }) => ({
      kind: fact.kind,
      points,
      sentence: evidenceInWords(fact),
    })),
  }));

const daysAgo = (...days: readonly number[]) => days.map((each) => addDays(DAY, -each));
const only = (facts: Partial<SuggestionFacts>) => suggest(deposit(), [wallet(1, facts)])[0];

describe('suggest', () => {
  it.each([
    [1, 55, '1 payment from this payer’s account was confirmed for this customer.'],
    [2, 60, '2 payments from this payer’s account were confirmed for this customer.'],
    [5, 75, '5 payments from this payer’s account were confirmed for this customer.'],
    [6, 75, '6 payments from this payer’s account were confirmed for this customer.'],
  ])('gives %i payments from one account %i points, and says so', (times, points, sentence) => {
    expect(only({ byPayerAccount: times })?.evidence).toEqual([
      { kind: 'payer_account', points, sentence },
    ]);
  });

  it.each([
    [1, 23, '1 payment under this payer’s name was confirmed for this customer.'],
    [2, 26, '2 payments under this payer’s name were confirmed for this customer.'],
    [5, 35, '5 payments under this payer’s name were confirmed for this customer.'],
    [6, 35, '6 payments under this payer’s name were confirmed for this customer.'],
  ])('gives %i payments under one name %i points, and says so', (times, points, sentence) => {
    expect(only({ byPayerName: times })?.evidence).toEqual([
      { kind: 'payer_name', points, sentence },
    ]);
  });

  it('counts a payer’s account and not the name where both were confirmed', () => {
    expect(only({ byPayerAccount: 1, byPayerName: 9 })?.score).toBe(55);
  });

  it('gives each of two customers 30 points for an account that was confirmed for both', () => {
    const found = suggest(deposit(), [
      wallet(1, { byPayerAccount: 1 }),
      wallet(2, { byPayerAccount: 2 }),
    ]);
    expect(found.map(({ score }) => score)).toEqual([30, 30]);
    expect(found.map(({ evidence }) => evidence[0]?.sentence)).toEqual([
      '1 payment from this payer’s account was confirmed for this customer, others for another one.',
      '2 payments from this payer’s account were confirmed for this customer, others for another one.',
    ]);
  });

  it('keeps a contested customer at 69, and lets only an uncontested one rise above', () => {
    const all = {
      sameAmountDays: daysAgo(60, 30),
      claims: [{ amountMinor: 50_000n, paidOn: DAY }],
    };
    const candidates = [customerCodeFromNumber(1), customerCodeFromNumber(3)];
    const found = suggest(deposit({ candidates }), [
      wallet(1, { ...all, byPayerAccount: 1 }),
      wallet(2, { byPayerAccount: 1 }),
      wallet(3, all),
    ]);
    expect(found.map(({ walletId, score }) => [walletId, score])).toEqual([
      ['w-3', 89],
      ['w-1', 69],
      ['w-2', 30],
    ]);
  });

  it('never goes above 100', () => {
    const facts = { byPayerAccount: 5, claims: [{ amountMinor: 50_000n, paidOn: DAY }] };
    const candidates = [customerCodeFromNumber(1)];
    expect(suggest(deposit({ candidates }), [wallet(1, facts)])[0]?.score).toBe(100);
  });

  it.each([
    [daysAgo(30), 7, '1 time'],
    [daysAgo(30, 29), 9, '2 times'],
    [daysAgo(99, 50, 49, 48, 47, 4), 15, '6 times'],
  ])('gives the amounts of %j %i points', (sameAmountDays, points, times) => {
    expect(only({ sameAmountDays })?.evidence).toEqual([
      {
        kind: 'same_amount',
        points,
        sentence: `This customer has paid exactly this amount ${times} before.`,
      },
    ]);
  });

  it.each([
    ['as far apart as before', daysAgo(60, 30), true],
    ['three days sooner', daysAgo(63, 30), true],
    ['four days sooner', daysAgo(64, 30), false],
    ['three days later', daysAgo(57, 30), true],
    ['four days later', daysAgo(56, 30), false],
    ['after five days', daysAgo(10, 5), true],
    ['after four days', daysAgo(8, 4), false],
    ['after one odd gap of two', daysAgo(100, 60, 30), false],
  ])('finds a rhythm in payments that come %s: $2', (_, sameAmountDays, isRegular) => {
    const kinds = only({ sameAmountDays })?.evidence.map(({ kind }) => kind);
    expect(kinds).toEqual(isRegular ? ['rhythm', 'same_amount'] : ['same_amount']);
  });

  it('says after how many days a regular payment comes', () => {
    const rhythm = only({ sameAmountDays: daysAgo(60, 30) })?.evidence[0];
    expect(rhythm).toEqual({
      kind: 'rhythm',
      points: 10,
      sentence: 'It comes as regularly as this customer’s earlier ones, after 30 days.',
    });
  });

  it.each([
    ['five days before', 50_000n, -5, true],
    ['five days after', 50_000n, 5, true],
    ['six days before', 50_000n, -6, false],
    ['six days after', 50_000n, 6, false],
    ['on the day, but of a cent more', 50_001n, 0, false],
  ])('trusts a claim of a payment %s: $3', (_, amountMinor, days, isBelieved) => {
    const claims = [{ amountMinor, paidOn: addDays(DAY, days) }];
    expect(only({ claims })?.evidence).toEqual(
      isBelieved
        ? [
            {
              kind: 'claim',
              points: 30,
              sentence: 'This customer says to have paid this amount around this day.',
            },
          ]
        : undefined,
    );
  });

  it('ranks customers by points, then by code, and shows ten of them', () => {
    const many = Array.from({ length: 12 }, (_, index) => wallet(12 - index, { byPayerName: 1 }));
    const found = suggest(deposit(), [...many, wallet(40, { byPayerName: 2 })]);
    expect(found.map(({ walletId }) => walletId)).toEqual(
      [40, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => `w-${number}`),
    );
  });

  it('suggests a frozen wallet as a possible one', () => {
    expect(only({ status: 'frozen', byPayerName: 1 })?.score).toBe(23);
  });
});
