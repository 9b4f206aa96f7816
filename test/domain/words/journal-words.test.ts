import { describe, expect, it } from 'vitest';
import { journalInWords, printAmount } from '../../../domain/words/story-words.ts';

const CODE = 'CUS00000018';
const money = (account: string, amount: string, unit = 'ZAR') => ({ account, unit, amount });
const credits = (amount: string) => ({ account: 'wallet_credits', unit: 'CREDIT', amount });

describe('a journal in words', () => {
  it.each([
    [
      'capture',
      null,
      [money('bank', '7500'), money('suspense', '-7500')],
      'R75.00 put in suspense until its owner is known',
    ],
    [
      'credit',
      CODE,
      [credits('-1'), money('suspense', '7500'), money('wallet_prepaid', '-7500')],
      'R75.00 credited to CUS00000018: 1 credit',
    ],
    [
      'credit',
      CODE,
      [credits('0'), money('suspense', '7500'), money('wallet_receivable', '-7500')],
      'R75.00 credited to CUS00000018: 0 credits, after R75.00 that it owed',
    ],
    [
      'credit',
      CODE,
      [credits('-2'), money('suspense', '10001'), money('wallet_receivable', '-1')],
      'R100.01 credited to CUS00000018: 2 credits, after R0.01 that it owed',
    ],
    [
      'return',
      null,
      [money('suspense', '7500'), money('return_payable', '-7500')],
      'R75.00 set aside to be paid back to its payer',
    ],
    [
      'return_paid',
      null,
      [money('return_payable', '7500'), money('bank', '-7500')],
      'R75.00 paid back: the payment stands on the statement',
    ],
    [
      'dismiss',
      null,
      [money('suspense', '7500'), money('not_deposits', '-7500')],
      'R75.00 booked as no deposit',
    ],
    [
      'reversal',
      null,
      [money('suspense', '7500'), money('bank_other', '-7400')],
      'R75.00 taken back by the bank before anybody had it',
    ],
    [
      'reversal',
      CODE,
      [credits('1'), money('suspense', '7400'), money('bank_other', '-7500')],
      'R75.00 taken back by the bank from CUS00000018: 1 credit',
    ],
    [
      'reversal',
      CODE,
      [money('bank_other', '-7500'), money('wallet_receivable', '1')],
      'R75.00 taken back by the bank from CUS00000018: 0 credits, and R0.01 that it owes now',
    ],
    [
      'void',
      null,
      [money('suspense', '7400'), money('bank', '-7500')],
      'R75.00 taken off the books before anybody had it, since the bank shows the line no more',
    ],
    [
      'void',
      CODE,
      [credits('3'), money('bank', '-7500'), money('wallet_receivable', '2500')],
      'R75.00 taken back from CUS00000018, since the bank shows the line no more: 3 credits, and R25.00 that it owes now',
    ],
    [
      'restore',
      null,
      [money('suspense', '-7400'), money('bank', '7500')],
      'R75.00 put in suspense again: the bank shows the line again',
    ],
    [
      'correction',
      CODE,
      [credits('2'), money('suspense', '-7500'), money('wallet_receivable', '500')],
      'R75.00 taken back from CUS00000018: 2 credits, and R5.00 that it owes now',
    ],
    ['credit', null, [money('suspense', '7500')], 'R75.00 credited to nobody: 0 credits'],
  ] as const)('says of a %s of %s what became of the money', (kind, walletCode, postings, text) => {
    expect(journalInWords({ kind, decisionId: 'dec_1', walletCode, postings })).toBe(text);
  });

  it('adds up the postings of one account, a journal of no money being one of nothing', () => {
    const postings = [money('bank', '7500'), money('bank', '-500'), money('suspense', '-7000')];
    const journal = { kind: 'capture', decisionId: null, walletCode: null };
    expect(journalInWords({ ...journal, postings })).toMatch(/^R70\.00 put/);
    expect(journalInWords({ ...journal, postings: [credits('-5')] })).toMatch(/^R0\.00 put/);
  });

  it('says of money that nobody took off the books that another line stands for it', () => {
    const postings = [money('suspense', '7500'), money('bank', '-7500')];
    expect(journalInWords({ kind: 'void', decisionId: null, walletCode: null, postings })).toBe(
      'R75.00 taken off the books: another line stands for this money',
    );
  });

  it('names the currency of the money, wherever the credits stand', () => {
    const postings = [credits('-1'), money('suspense', '7500', 'USD')];
    expect(journalInWords({ kind: 'credit', decisionId: null, walletCode: CODE, postings })).toBe(
      'USD 75.00 credited to CUS00000018: 1 credit',
    );
  });
});

describe('an amount in words', () => {
  it('shows a sign for rand and the code of any other currency', () => {
    expect(printAmount(123_456n, 'ZAR')).toBe('R1,234.56');
    expect(printAmount(123_456n, 'USD')).toBe('USD 1234.56');
    expect(printAmount(123_456n, 'JPY')).toBe('JPY 123456');
  });
});
