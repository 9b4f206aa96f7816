import { describe, expect, it } from 'vitest';
import { actorInWords, changeInWords, journalInWords } from '../../../domain/words/story-words.ts';
import { storyHeading, storyLines } from '../../../domain/words/story.ts';
import type { StoryFacts } from '../../../domain/words/story-facts.ts';

const AT = '2026-11-20T08:00:00.000Z';
const ZONE = 'Africa/Johannesburg';
const LATER = '2026-11-20T09:30:00.000Z';
const PURSER = { kind: 'workflow', keyId: null, person: null, login: 'purser' } as const;

function facts(given: Partial<StoryFacts> = {}): StoryFacts {
  return {
    depositId: 'dep_1',
    state: 'in_review',
    lane: null,
    dispatchedAt: null,
    workflowId: 'deposit/main/T1',
    account: { key: 'main', bankName: 'Test bank', timeZone: 'Africa/Johannesburg' },
    line: {
      amountMinor: 7_500n,
      currency: 'ZAR',
      bookingDate: '2026-11-20',
      references: ['for Sam'],
      text: 'PAYSHAP CREDIT',
      counterpartyName: null,
      counterpartyAccount: '62001234567',
      occurrence: 1,
      capturedAt: AT,
    },
    sightings: [],
    hold: null,
    besideRows: [],
    bankEvents: [],
    review: null,
    comments: [],
    decisions: [],
    journals: [],
    notifications: [],
    gateWaits: [],
    audit: [],
    ...given,
  };
}

const textsOf = (given: Partial<StoryFacts>) => storyLines(facts(given)).map(({ text }) => text);

describe('a story', () => {
  it('begins with the line, and shows only the last digits of its account', () => {
    expect(textsOf({})).toEqual([
      'R75.00 booked by Test bank on 2026-11-20 was captured: “for Sam” “PAYSHAP CREDIT”, from account ending 4567.',
    ]);
    expect(storyHeading(facts())).toBe('Deposit dep_1: R75.00 on main (Test bank), in review');
  });

  it('lets no text of a bank move a terminal’s cursor or begin its own line', () => {
    const line = { ...facts().line, references: ['\u001b[2Jgone\r\nAll is well'], text: '' };
    expect(textsOf({ line })[0]).toContain('“ [2Jgone All is well”');
  });

  it('merges polls that saw the same into one sentence, with their number', () => {
    const seen = {
      feed: 'poll',
      source: 'poll',
      bankId: 'T1',
      seenAt: LATER,
      evidence: null,
      waitedUntil: null,
    } as const;
    expect(textsOf({ sightings: [seen, seen, { ...seen, bankId: 'T2' }] }).slice(1)).toEqual([
      'Seen when the account was read, as T1, and 1 more times.',
      'Seen when the account was read, as T2.',
    ]);
  });

  it('says that it waited behind a gate, who closed it and why, and who opened it', () => {
    const thandi = { kind: 'person', keyId: 'key_1', person: 'thandi', login: 'purser' } as const;
    const early = '2026-11-20T07:00:00.000Z';
    const gateWaits: StoryFacts['gateWaits'] = [
      {
        accountKey: 'main',
        cause: 'operator',
        closedAt: early,
        closedBy: thandi,
        closedWhy: 'a batch came twice',
        opening: { at: LATER, by: PURSER, why: null },
      },
      {
        accountKey: null,
        cause: 'balance_differs',
        closedAt: LATER,
        closedBy: PURSER,
        closedWhy: null,
        opening: null,
      },
    ];
    expect(storyLines(facts({ gateWaits })).slice(1)).toEqual([
      { at: AT, text: 'Waits behind the gate of main, closed by thandi: “a batch came twice”.' },
      { at: LATER, text: 'Let go: the gate of main was opened by Purser.' },
      {
        at: LATER,
        text: 'Waits behind the gate of all accounts, closed by Purser (balance differs).',
      },
    ]);
  });

  it('says who proposed, who approved and what came of it', () => {
    const decision = {
      kind: 'credit',
      state: 'executed',
      allocations: [
        { walletCode: 'CUS00000018', amountMinor: 5_000n },
        { walletCode: 'CUS00000026', amountMinor: 2_500n },
      ],
      reason: 'the payer called',
      needsApproval: true,
      proposedBy: 'thandi',
      proposedAt: AT,
      approvedBy: 'naledi',
      approvedAt: LATER,
      rejectedBy: null,
      rejectedAt: null,
      outcome: 'credited',
      refusal: null,
      appliedAt: LATER,
    };
    expect(textsOf({ decisions: [decision] }).slice(1)).toEqual([
      'thandi proposed: credit R50.00 to CUS00000018 and R25.00 to CUS00000026. “the payer called”',
      'naledi approved it.',
      'The decision was carried out: credited.',
    ]);
  });

  it('follows the order of time, and at one instant the order of cause and effect', () => {
    const journal = {
      kind: 'credit',
      decisionId: null,
      walletCode: 'CUS00000018',
      at: LATER,
      postings: [
        { account: 'suspense', unit: 'ZAR', amount: '7500' },
        { account: 'wallet_prepaid', unit: 'ZAR', amount: '-5000' },
        { account: 'wallet_remainder', unit: 'ZAR', amount: '-2500' },
        { account: 'wallet_credits', unit: 'CREDIT', amount: '-1' },
      ],
    };
    const audit = {
      at: LATER,
      action: 'deposit.changed',
      actor: PURSER,
      before: { state: 'captured' },
      after: { state: 'credited' },
      why: null,
    };
    const told = {
      kind: 'deposit_credited',
      walletCode: 'CUS00000018',
      createdAt: LATER,
      deliveredAt: null,
      readAt: null,
    };
    expect(
      textsOf({ lane: 'backlog', audit: [audit], notifications: [told], journals: [journal] }),
    ).toEqual([
      expect.stringContaining('was captured'),
      'R75.00 credited to CUS00000018: 1 credit, in a batch of the backlog lane.',
      'Deposit: state captured → credited, by Purser.',
      'CUS00000018 is told: deposit credited.',
    ]);
  });
});

describe('the wording of a story', () => {
  it('names a debt, and an unknown kind of journal', () => {
    const reversal = {
      kind: 'reversal',
      decisionId: null,
      walletCode: 'CUS00000018',
      postings: [
        { account: 'bank_other', unit: 'ZAR', amount: '-7500' },
        { account: 'wallet_receivable', unit: 'ZAR', amount: '5000' },
        { account: 'wallet_remainder', unit: 'ZAR', amount: '2500' },
      ],
    };
    expect(journalInWords(reversal)).toBe(
      'R75.00 taken back by the bank from CUS00000018: 0 credits, and R50.00 that it owes now',
    );
    expect(journalInWords({ ...reversal, kind: 'gift' })).toBe(
      'Posted as gift: bank_other -7500 ZAR, wallet_receivable 5000 ZAR, wallet_remainder 2500 ZAR',
    );
  });

  it('names everyone who can change anything', () => {
    const actor = { keyId: 'key_1', person: null, login: 'dba' };
    expect(actorInWords({ ...actor, kind: 'person', person: 'thandi' })).toBe('thandi');
    expect(actorInWords({ ...actor, kind: 'service' })).toBe('the service with key key_1');
    expect(actorInWords({ ...actor, kind: 'system' })).toBe('an operator (database login dba)');
    expect(actorInWords(PURSER)).toBe('Purser');
  });

  it('shows instants by the clock of the bank account', () => {
    const closed = { closed_at: '2026-11-20T22:30:00.5+00:00' };
    expect(changeInWords('review.changed', { closed_at: null }, closed, ZONE)).toBe(
      'Review: closed at none → 2026-11-21 00:30:00',
    );
  });

  it('names what changed and leaves out what did not', () => {
    expect(
      changeInWords(
        'review.changed',
        { assignee: null, due_at: 'x' },
        { assignee: 'thandi', due_at: 'x' },
        ZONE,
      ),
    ).toBe('Review: assignee none → thandi');
    expect(changeInWords('decision.not_found', null, { decision: 'dec_1' }, ZONE)).toBe(
      'Decision not found: decision dec_1',
    );
    expect(changeInWords('wallet.removed', { status: 'open' }, null, ZONE)).toBe(
      'Wallet removed: status open → none',
    );
  });
});
