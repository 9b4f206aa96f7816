import { describe, expect, it } from 'vitest';
import { FEED_PROTOCOLS } from '../../../domain/line/feed-protocols.ts';
import { lineTexts } from '../../../domain/line/line-texts.ts';
import { signedMinor } from '../../../domain/line/sighting.ts';

describe('the texts of a line', () => {
  it('begin with what the payer typed, end with the bank’s wording, and have no empty one', () => {
    expect(lineTexts({ references: ['one', ' \t', 'two', ''], text: 'bank' })).toEqual([
      'one',
      'two',
      'bank',
    ]);
    expect(lineTexts({ references: [' one '], text: '  ' })).toEqual([' one ']);
    expect(lineTexts({ references: [], text: '' })).toEqual([]);
  });
});

describe('the movement of a line', () => {
  it('lies above zero for a credit and below for a debit', () => {
    expect(signedMinor({ direction: 'credit', amountMinor: 5_000n })).toBe(5_000n);
    expect(signedMinor({ direction: 'debit', amountMinor: 5_000n })).toBe(-5_000n);
  });
});

describe('the protocols of bank APIs', () => {
  it('bear the names that settings use', () => {
    expect(FEED_PROTOCOLS).toEqual([
      'json',
      'investec',
      'open-banking-uk',
      'berlin-group',
      'stitch',
    ]);
  });
});
