import { describe, expect, it } from 'vitest';
import { actorInWords, changeInWords } from '../../../domain/words/story-words.ts';

const ZONE = 'Africa/Johannesburg';
const toNote = (value: unknown) =>
  changeInWords('claim.changed', { note: null }, { note: value }, ZONE);

describe('whoever made a change', () => {
  it.each([
    [{ kind: 'person', person: 'thandi', keyId: 'key_1' }, 'thandi'],
    [{ kind: 'person', person: null, keyId: 'key_1' }, 'key_1'],
    [{ kind: 'person', person: null, keyId: null }, 'a person'],
    [{ kind: 'service', person: null, keyId: 'key_1' }, 'the service with key key_1'],
    [{ kind: 'service', person: null, keyId: null }, 'the service with key ?'],
  ] as const)('appears under the best name that is known: %j', (actor, text) => {
    expect(actorInWords({ ...actor, login: 'purser' })).toBe(text);
  });
});

describe('a change in words', () => {
  it('names each field that changed, whichever side it stands on, in words', () => {
    const before = { bank_name: 'Old bank', poll_state: 'ok', limit: 5 };
    const after = { bank_name: 'New bank', poll_state: 'ok', limit: 7, payer_conflict: 'review' };
    expect(changeInWords('bank_account.changed', before, after, ZONE)).toBe(
      'Bank account: bank name Old bank → New bank, limit 5 → 7, payer conflict none → review',
    );
  });

  it('says only what happened where no field changed', () => {
    expect(changeInWords('wallet.opened_again', { status: 'open' }, { status: 'open' }, ZONE)).toBe(
      'Wallet opened again',
    );
  });

  it('takes a field that is missing for one that is null', () => {
    expect(changeInWords('review.changed', { assignee: null }, {}, ZONE)).toBe('Review');
    expect(changeInWords('review.changed', {}, { assignee: null }, ZONE)).toBe('Review');
  });

  it('leaves out what other lines of the story say, and only there', () => {
    expect(changeInWords('deposit.changed', null, { wallet_id: 'w' }, ZONE)).toBe('Deposit');
    expect(changeInWords('review.changed', null, { remind_at: 'x' }, ZONE)).toBe('Review');
    expect(changeInWords('claim.changed', null, { wallet_id: 'w' }, ZONE)).toBe(
      'Claim: wallet id w',
    );
    expect(changeInWords('claim.changed', null, { remind_at: 'x' }, ZONE)).toBe(
      'Claim: remind at x',
    );
  });

  it.each([
    ['wallet_frozen', 'wallet frozen'],
    ['in_review_again', 'in review again'],
    ['Wallet_Frozen', 'Wallet_Frozen'],
    ['a_file.csv', 'a_file.csv'],
    ['x_1', 'x_1'],
    ['9_to_five', '9_to_five'],
    [true, 'true'],
    [['a_b'], '["a_b"]'],
    ['2026-11-20T22:30:00Z', '2026-11-21 00:30:00'],
    ['2026-11-20T22:30:00.123456Z', '2026-11-21 00:30:00'],
    ['2026-11-20T22:30:00+02:00', '2026-11-20 22:30:00'],
    ['from 2026-11-20T22:30:00Z', 'from 2026-11-20T22:30:00Z'],
    ['2026-11-20T22:30:00Z on', '2026-11-20T22:30:00Z on'],
    ['2026-11-20', '2026-11-20'],
  ])('shows %j as %s', (value, text) => {
    expect(toNote(value)).toBe(`Claim: note none → ${text}`);
  });
});
