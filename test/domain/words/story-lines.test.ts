import { describe, expect, it } from 'vitest';
import { adviceFor } from '../../../domain/words/review-advice.ts';
import { storyHeading, storyLines } from '../../../domain/words/story.ts';
import type { StoryFacts } from '../../../domain/words/story-facts.ts';

const AT = '2026-11-20T08:00:00.000Z';
const LATER = '2026-11-20T09:30:00.000Z';
const PURSER = { kind: 'workflow', keyId: null, person: null, login: 'purser' } as const;
const LINE: StoryFacts['line'] = {
  amountMinor: 7_500n,
  currency: 'ZAR',
  bookingDate: '2026-11-20',
  references: ['for Sam'],
  text: '',
  counterpartyName: null,
  counterpartyAccount: null,
  occurrence: 1,
  capturedAt: AT,
};
const FACTS: StoryFacts = {
  depositId: 'dep_1',
  state: 'in_review',
  lane: null,
  dispatchedAt: null,
  workflowId: 'deposit/main/T1',
  account: { key: 'main', bankName: 'Test bank', timeZone: 'Africa/Johannesburg' },
  line: LINE,
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
};
const DECISION: StoryFacts['decisions'][number] = {
  kind: 'take_back',
  state: 'executed',
  allocations: [],
  reason: 'no',
  needsApproval: false,
  proposedBy: 'thandi',
  proposedAt: LATER,
  approvedBy: null,
  approvedAt: null,
  rejectedBy: null,
  rejectedAt: null,
  outcome: null,
  refusal: null,
  appliedAt: null,
};

/** The lines after the first, which tells of the deposit itself. */
const after = (given: Partial<StoryFacts>) =>
  storyLines({ ...FACTS, ...given })
    .slice(1)
    .map(({ text }) => text);

describe('the first line of a story', () => {
  const first = (line: Partial<StoryFacts['line']>) =>
    storyLines({ ...FACTS, line: { ...LINE, ...line } })[0]?.text;
  const START = 'R75.00 booked by Test bank on 2026-11-20 was captured: ';

  it.each([
    ['its text and nobody', {}, '“for Sam”.'],
    ['that it has no text', { references: [' ', ''], text: ' ' }, 'without a text.'],
    ['a text once that stands twice', { text: 'for Sam' }, '“for Sam”.'],
    ['who paid', { counterpartyName: 'Sam' }, '“for Sam”, from Sam.'],
    [
      'the end of the payer’s account',
      { counterpartyName: 'Sam', counterpartyAccount: '62001234567' },
      '“for Sam”, from Sam, account ending 4567.',
    ],
    [
      'which of equal lines it is',
      { occurrence: 2 },
      '“for Sam”. It is number 2 of equal lines on that day.',
    ],
  ] as const)('says %s', (_, line, text) => {
    expect(first(line)).toBe(START + text);
  });

  it('keeps its ends free of blanks, whatever the bank’s name is', () => {
    const account = { ...FACTS.account, key: ' ', bankName: 'Bank\u2028of\u200b\u0007us' };
    expect(storyHeading({ ...FACTS, account, depositId: 'dep_1' })).toBe(
      'Deposit dep_1: R75.00 on   (Bank of us), in review',
    );
    expect(storyHeading({ ...FACTS, state: 'in_review\n' })).toMatch(/, in review$/);
  });
});

describe('a story', () => {
  it('tells what became of each webhook', () => {
    const event = { receivedAt: LATER, outcome: 'captured', errorCode: null };
    expect(
      after({
        bankEvents: [
          { ...event, eventId: 'e1' },
          { ...event, eventId: 'e2', outcome: null },
          { ...event, eventId: 'e3', outcome: 'refused', errorCode: 'webhook.unreadable' },
        ],
      }),
    ).toEqual([
      'Webhook e1 came: captured.',
      'Webhook e2 came: not handled yet.',
      'Webhook e3 came: refused (webhook.unreadable).',
    ]);
  });

  it('tells that the deposit was given to its workflow', () => {
    expect(after({ dispatchedAt: LATER })).toEqual(['Given to its workflow deposit/main/T1.']);
  });

  it('tells why a review was opened, and which codes may be meant', () => {
    const review = {
      reason: 'guess_only',
      candidates: ['CUS00000018', 'CUS00000026'],
      openedAt: LATER,
      dueAt: LATER,
      closedAt: null,
    };
    expect(after({ review })).toEqual([
      `A review was opened. ${adviceFor('guess_only').sentence} Codes to look at: CUS00000018, CUS00000026.`,
    ]);
    expect(after({ review: { ...review, reason: 'of_old', candidates: [] } })).toEqual([
      'A review was opened. Reason: of_old.',
    ]);
  });

  it('quotes what people wrote', () => {
    expect(after({ comments: [{ by: 'thandi', text: 'called', at: LATER }] })).toEqual([
      'thandi wrote: “called”',
    ]);
  });

  it.each([
    ['decided alone', {}, ['thandi decided: take back. “no”']],
    [
      'refused by a second person',
      { needsApproval: true, rejectedBy: 'naledi', rejectedAt: LATER },
      ['thandi proposed: take back. “no”', 'naledi rejected it.'],
    ],
    [
      'handled by people whom nobody knows any more',
      { approvedAt: LATER, rejectedAt: LATER },
      ['thandi decided: take back. “no”', '? approved it.', '? rejected it.'],
    ],
    [
      'carried out',
      { appliedAt: LATER, outcome: 'taken_back' },
      ['thandi decided: take back. “no”', 'The decision was carried out: taken back.'],
    ],
    [
      'carried out, its outcome told by its state',
      { appliedAt: LATER },
      ['thandi decided: take back. “no”', 'The decision was carried out: executed.'],
    ],
    [
      'refused in the end',
      { appliedAt: LATER, refusal: 'wallet_closed' },
      ['thandi decided: take back. “no”', 'The decision was refused: wallet closed.'],
    ],
  ])('tells of a decision that was %s', (_, given, texts) => {
    expect(after({ decisions: [{ ...DECISION, ...given }] })).toEqual(texts);
  });

  it.each([
    ['credit', 'backlog', ', in a batch of the backlog lane.'],
    ['credit', 'workflow', ', by its own workflow.'],
    ['credit', null, '1 credit.'],
    ['dismiss', 'workflow', 'no deposit.'],
    ['dismiss', 'backlog', 'no deposit.'],
  ])('tells of a %s in the lane %s by which of them it came', (kind, lane, ending) => {
    const postings = [{ account: 'wallet_credits', unit: 'CREDIT', amount: '-1' }];
    const journal = { kind, decisionId: null, walletCode: 'C', at: LATER, postings };
    const [text] = after({ lane, journals: [journal] });
    expect(text?.endsWith(ending)).toBe(true);
    expect(text?.match(/lane|workflow/g) ?? []).toHaveLength(ending.startsWith(',') ? 1 : 0);
  });

  it('tells why a gate was opened, and when a wait began at the very moment of the capture', () => {
    const wait = {
      accountKey: 'main',
      cause: 'operator',
      closedAt: AT,
      closedBy: PURSER,
      closedWhy: null,
      opening: { at: LATER, by: PURSER, why: 'all is well' },
    };
    expect(storyLines({ ...FACTS, gateWaits: [wait] }).slice(1)).toEqual([
      { at: AT, text: 'Waits behind the gate of main, closed by Purser (operator).' },
      { at: LATER, text: 'Let go: the gate of main was opened by Purser: “all is well”.' },
    ]);
  });

  it('tells each change once, with its why', () => {
    const change = { at: LATER, actor: PURSER, before: null, after: null, why: null };
    const actions = ['review.added', 'decision.added', 'decision.changed', 'wallet.frozen'];
    const audit = actions.map((action) => ({ ...change, action }));
    expect(after({ audit })).toEqual(['Wallet frozen, by Purser.']);
    expect(after({ audit: [{ ...change, action: 'wallet.frozen', why: 'theft' }] })).toEqual([
      'Wallet frozen, by Purser: “theft”.',
    ]);
  });

  it('tells when a customer received and read the message', () => {
    const told = { kind: 'deposit_credited', walletCode: 'C', createdAt: LATER };
    const notifications = [{ ...told, deliveredAt: LATER, readAt: LATER }];
    expect(after({ notifications })).toEqual([
      'C is told: deposit credited.',
      'C received the message.',
      'C read the message.',
    ]);
  });

  it('follows the order of time, whatever the order of its parts', () => {
    const minutes = ['09', '03', '07', '01', '05', '03'];
    const comments = minutes.map((minute, index) => ({
      by: `${index}`,
      text: '',
      at: `2026-11-20T09:${minute}:00.000Z`,
    }));
    const early = { by: 'early', text: '', at: '2026-11-20T07:00:00.000Z' };
    const told = storyLines({ ...FACTS, comments: [...comments, early] });
    expect(told.map(({ text }) => text.split(' ')[0])).toEqual([
      'early',
      'R75.00',
      ...['3', '1', '5', '4', '2', '0'],
    ]);
  });
});
