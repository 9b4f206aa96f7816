import { describe, expect, it } from 'vitest';
import { parseLocalDate } from '../../../domain/local-date.ts';
import {
  pairReversal,
  type AccountContext,
  type Original,
} from '../../../domain/ledger/reversal.ts';

const CODE = 'CUS00001234';
const OTHER = 'CUS12345671';
const CONTEXT: AccountContext = { standard: new Set(), firstDay: null };
const DAY = parseLocalDate('2026-11-20');

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

const kindOf = (texts: readonly string[], originals: readonly Original[]) =>
  pairReversal(
    { amountMinor: 25_000n, bookingDate: DAY, isMarked: false, texts },
    originals,
    CONTEXT,
  ).kind;

describe('a debit of exactly a deposit’s amount', () => {
  it.each(['NO REVERSAL', 'NOT REVERSED', 'NOT RETURNED', 'NIE TERUGSKRYWING'])(
    'takes nothing back by itself where it says %s',
    (words) => {
      expect(kindOf([`${words} ${CODE}`], [original()])).not.toBe('reversal');
    },
  );

  it('takes back what is unpaid for lack of funds', () => {
    expect(kindOf([`UNPAID NOT PROVIDED FOR ${CODE}`], [original()])).toBe('reversal');
  });

  it.each(['TRANSFER 2026-11-20', 'TRANSFER R250.00', 'PAYMENT 20/11/2026'])(
    'ties nothing by a day or an amount: %s',
    (text) => {
      expect(kindOf([`REVERSAL ${text}`], [original({ texts: [text] })])).not.toBe('reversal');
    },
  );

  it('asks people where it names one customer’s code and the id of another one’s deposit', () => {
    const anna = original({ bankIds: ['FT11223344'] });
    const ben = original({
      depositId: 'dep_b',
      texts: [OTHER],
      walletId: 'wal_2',
      bankIds: ['FT55667788'],
    });
    expect(kindOf([`REVERSAL OF FT11223344 ${OTHER}`], [anna, ben])).not.toBe('reversal');
  });
});
