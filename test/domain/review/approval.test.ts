import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DECISION_KINDS,
  DECISION_STATES,
  needsApproval,
  payloadText,
  refusalToApprove,
  splitFault,
  type DecisionPayload,
  type Proposal,
} from '../../../domain/review/approval.ts';
import { parseLocalDate } from '../../../domain/local-date.ts';

const POLICY = { fourEyesAboveMinor: 500_000n };
const NOW = new Date('2026-11-20T10:00:00Z');

/** Text without control characters, as the API lets in. */
const typed = fc.string({ unit: fc.constantFrom('a', 'B', '0', ' ', '-', '|', 'é') });

const payloads: fc.Arbitrary<DecisionPayload> = fc.record({
  decisionId: fc.constantFrom('dec_1', 'dec_2'),
  depositId: fc.constantFrom('dep_1', 'dep_2'),
  kind: fc.constantFrom(...DECISION_KINDS),
  amountMinor: fc.bigInt({ min: 1n, max: 10n ** 13n }),
  currency: fc.constantFrom('ZAR', 'USD'),
  keepUntil: fc.constantFrom(null, parseLocalDate('2026-12-01'), parseLocalDate('2026-12-02')),
  lineId: fc.constantFrom(null, 7n, 8n),
  payer: fc.option(fc.record({ name: typed, bank: typed, branch: typed, account: typed })),
  reason: typed,
  allocations: fc.array(
    fc.record({
      walletId: fc.constantFrom('wal_1', 'wal_2'),
      amountMinor: fc.bigInt({ min: 1n, max: 9_999n }),
    }),
    { maxLength: 3 },
  ),
});

/** A payer without any text says no more than none does. */
const said = (payload: DecisionPayload) =>
  JSON.stringify(
    {
      ...payload,
      payer: Object.values(payload.payer ?? {}).every((text) => text === '') ? null : payload.payer,
    },
    (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value),
  );

describe('the text of a payload', () => {
  it('differs whenever any part of the proposal differs', () => {
    fc.assert(
      fc.property(payloads, payloads, (one, other) => {
        expect(payloadText(one) === payloadText(other)).toBe(said(one) === said(other));
      }),
      { numRuns: 2_000 },
    );
  });

  it('states each field in turn, so that the database can check its hash', () => {
    expect(
      payloadText({
        decisionId: 'dec_1',
        depositId: 'dep_1',
        kind: 'return',
        amountMinor: 7_500n,
        currency: 'ZAR',
        keepUntil: null,
        lineId: null,
        payer: { name: 'A Payer', bank: 'Test Bank', branch: null, account: '00123' },
        reason: 'sent by mistake',
        allocations: [],
      }),
    ).toBe(
      'purser decision 1\ndec_1\ndep_1\nreturn\n7500 ZAR\n\nA Payer\nTest Bank\n\n00123\nsent by mistake\n',
    );
  });
});

describe('the rule of the second person', () => {
  it.each([
    ['credit', 500_000n, false],
    ['credit', 500_001n, true],
    ['return', 1n, true],
    ['dismiss', 1n, true],
    ['correct', 1n, true],
    ['keep', 10n ** 13n, false],
  ] as const)(
    'answers for a %s of %s cents whether a second person is needed: %s',
    (kind, amountMinor, expected) => {
      expect(needsApproval({ kind, amountMinor }, POLICY)).toBe(expected);
    },
  );
});

describe('a split', () => {
  it.each([
    ['no wallet', [], 'has 0'],
    ['a wallet twice', [part('a', 40n), part('a', 60n)], 'twice'],
    ['a cent too few', [part('a', 40n), part('b', 59n)], 'add up to 99'],
    ['a cent too many', [part('a', 40n), part('b', 61n)], 'add up to 101'],
    ['a part of nothing', [part('a', 100n), part('b', 0n)], 'not above zero'],
    ['a part below zero', [part('a', 101n), part('b', -1n)], 'not above zero'],
  ])('fails when it names %s', (_, parts, fault) => {
    expect(splitFault(100n, parts)).toContain(fault);
  });

  it('passes when its parts add up to the deposit', () => {
    expect(splitFault(100n, [part('a', 33n), part('b', 33n), part('c', 34n)])).toBeNull();
  });
});

describe('an approval', () => {
  const proposal: Proposal = {
    state: 'proposed',
    payloadSha256: 'a',
    proposedPerson: 'one',
    payerPerson: null,
    expiresAt: new Date('2026-11-20T10:00:01Z'),
  };
  const approval = { person: 'two', payloadSha256: 'a', now: NOW };

  it('passes when another person approves the proposal in time', () => {
    expect(refusalToApprove(proposal, approval)).toBeNull();
  });

  it.each([
    ['by the person who proposed', proposal, { person: 'one' }, 'decision.same_person'],
    [
      'by the person who gave the bank details',
      { ...proposal, payerPerson: 'two' },
      {},
      'decision.same_person',
    ],
    ['for something else', proposal, { payloadSha256: 'b' }, 'decision.payload_changed'],
    [
      'for a proposal without a hash',
      { ...proposal, payloadSha256: null },
      {},
      'decision.payload_changed',
    ],
    ['at the moment of its expiry', { ...proposal, expiresAt: NOW }, {}, 'decision.expired'],
    ['after it was marked as expired', { ...proposal, state: 'expired' }, {}, 'decision.expired'],
  ] as const)('fails %s', (_, given, change, code) => {
    expect(refusalToApprove(given, { ...approval, ...change })).toBe(code);
  });

  it.each(DECISION_STATES.filter((state) => state !== 'proposed' && state !== 'expired'))(
    'fails for a decision that is %s',
    (state) => {
      expect(refusalToApprove({ ...proposal, state }, approval)).toBe('decision.not_open');
    },
  );
});

function part(name: string, amountMinor: bigint) {
  return { walletId: `wal_${name}`, amountMinor };
}
