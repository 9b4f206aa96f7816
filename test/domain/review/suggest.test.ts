import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { customerCodeFromNumber } from '../../../domain/reference/customer-code.ts';
import { addDays, parseLocalDate } from '../../../domain/local-date.ts';
import { CONFIDENT_SCORE, suggest, type SuggestionFacts } from '../../../domain/review/suggest.ts';

const DAY = parseLocalDate('2026-11-20');
const codeOf = (number: number) => customerCodeFromNumber(number);

function wallet(number: number, given: Partial<SuggestionFacts> = {}): SuggestionFacts {
  return {
    walletId: `w${number}`,
    code: codeOf(number),
    status: 'open',
    byPayerAccount: 0,
    byPayerName: 0,
    sameAmountDays: [],
    claims: [],
    ...given,
  };
}

const deposit = (given: object = {}) => ({
  amountMinor: 25_000n,
  bookingDate: DAY,
  candidates: [],
  ...given,
});

describe('the list of suggestions', () => {
  it('ranks the wallet of a first repair before the wallet of a second repair', () => {
    const found = suggest(deposit({ candidates: [codeOf(2), codeOf(1)] }), [wallet(1), wallet(2)]);
    expect(found.map(({ walletId, score }) => [walletId, score])).toEqual([
      ['w2', 60],
      ['w1', 40],
    ]);
  });

  it('finds the code that differs in one digit from the typed one', () => {
    const typed = `CUS${codeOf(1234).slice(3).replace('1', '7')}` as ReturnType<typeof codeOf>;
    const [found] = suggest(deposit({ candidates: [typed] }), [wallet(1234)]);
    expect(found?.evidence.map(({ fact }) => fact.kind)).toEqual(['code_mistyped']);
  });

  it('remembers a payer who was confirmed for one customer, more surely each time', () => {
    const once = suggest(deposit(), [wallet(1, { byPayerAccount: 1 })])[0]?.score ?? 0;
    const often = suggest(deposit(), [wallet(1, { byPayerAccount: 9 })])[0]?.score ?? 0;
    expect(once).toBeLessThan(CONFIDENT_SCORE);
    expect(often).toBeGreaterThanOrEqual(CONFIDENT_SCORE);
  });

  it('keeps a payer who was confirmed for two customers below the confident score for both, whatever else fits one', () => {
    const found = suggest(deposit({ candidates: [codeOf(1)] }), [
      wallet(1, { byPayerAccount: 9, claims: [{ amountMinor: 25_000n, paidOn: DAY }] }),
      wallet(2, { byPayerAccount: 1 }),
    ]);
    expect(found.map(({ walletId }) => walletId)).toEqual(['w1', 'w2']);
    for (const { score } of found) expect(score).toBeLessThan(CONFIDENT_SCORE);
  });

  it('notices that an amount comes as regularly as before', () => {
    const days = [addDays(DAY, -91), addDays(DAY, -61), addDays(DAY, -30)];
    const [found] = suggest(deposit(), [wallet(1, { sameAmountDays: days })]);
    expect(found?.evidence.map(({ fact }) => fact.kind).sort()).toEqual(['rhythm', 'same_amount']);
    const [late] = suggest(deposit({ bookingDate: addDays(DAY, 12) }), [
      wallet(1, { sameAmountDays: days }),
    ]);
    expect(late?.evidence.map(({ fact }) => fact.kind)).toEqual(['same_amount']);
  });

  it.each([
    ['the same amount and day', { amountMinor: 25_000n, paidOn: DAY }, 30],
    ['another amount', { amountMinor: 25_001n, paidOn: DAY }, undefined],
    ['another week', { amountMinor: 25_000n, paidOn: addDays(DAY, -6) }, undefined],
  ])('scores a customer’s claim of %s: $2', (_, claim, score) => {
    expect(suggest(deposit(), [wallet(1, { claims: [claim] })])[0]?.score).toBe(score);
  });

  it('leaves out wallets that are closed or without evidence', () => {
    expect(suggest(deposit(), [wallet(1)])).toEqual([]);
    expect(suggest(deposit(), [wallet(1, { byPayerAccount: 3, status: 'closed' })])).toEqual([]);
  });

  it('explains each suggestion to the point, ranked, and between 0 and 100, whatever is known', () => {
    const facts = fc.record({
      byPayerAccount: fc.nat({ max: 30 }),
      byPayerName: fc.nat({ max: 30 }),
      sameAmountDays: fc.array(fc.integer({ min: -300, max: -1 }), { maxLength: 8 }),
      claims: fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(facts, { maxLength: 20 }), (all) => {
        const found = suggest(
          deposit({ candidates: [codeOf(1)] }),
          all.map((each, index) =>
            wallet(index + 1, {
              ...each,
              sameAmountDays: each.sameAmountDays
                .toSorted((a, b) => a - b)
                .map((days) => addDays(DAY, days)),
              claims: each.claims.map((days) => ({
                amountMinor: 25_000n,
                paidOn: addDays(DAY, days),
              })),
            }),
          ),
        );
        expect(found.length).toBeLessThanOrEqual(10);
        for (const { score, evidence } of found) {
          expect(score).toBeGreaterThan(0);
          expect(score).toBeLessThanOrEqual(100);
          expect(score).toBeLessThanOrEqual(evidence.reduce((sum, { points }) => sum + points, 0));
        }
        expect(found.map(({ score }) => score)).toEqual(
          found.map(({ score }) => score).toSorted((a, b) => b - a),
        );
      }),
    );
  });
});
