import { describe, expect, it } from 'vitest';
import { addDays, parseLocalDate } from '../../../domain/local-date.ts';
import {
  candidatesOf,
  kindOfDebit,
  pairReversal,
  returnReference,
  type AccountContext,
  type DebitLine,
  type Original,
} from '../../../domain/ledger/reversal.ts';

const CODE = 'CUS00001234';
const OTHER = 'CUS12345671';
const DAY = parseLocalDate('2026-11-20');
const CONTEXT: AccountContext = { standard: new Set(), firstDay: addDays(DAY, -100) };

function debit(text: string, given: Partial<DebitLine> = {}): DebitLine {
  return { amountMinor: 10_000n, bookingDate: DAY, isMarked: false, texts: [text], ...given };
}

let made = 0;
function original(given: Partial<Original> = {}): Original {
  made += 1;
  return {
    depositId: `dep_${made.toString().padStart(32, '0')}`,
    state: 'credited',
    isPossibleDuplicate: false,
    amountMinor: 10_000n,
    bookingDate: addDays(DAY, -2),
    texts: [CODE],
    payer: '',
    walletId: 'wal_1',
    bankIds: [],
    ...given,
  };
}

const pair = (line: DebitLine, ...originals: readonly Original[]) =>
  pairReversal(line, originals, CONTEXT);
const reversalOf = ({ depositId }: Original) => ({ kind: 'reversal', depositId });

describe('kindOfDebit', () => {
  it.each([
    ['EFT UNPAID 02 NOT PROVIDED FOR', 'reversal'],
    [`REVERSAL ${CODE}`, 'reversal'],
    ['SALARY PAYMENT RETURNED BY BANK X', 'reversal'],
    [`REFUND ${CODE}`, 'reversal'],
    ['X RTN0123456789AB', 'reversal'],
    [`PRIZE WINNER ${CODE}`, 'customer'],
    [`UNPAID ITEM FEE ${CODE}`, 'customer'],
    ['REFUND TO SUPPLIER', 'other'],
    ['MONTHLY ACCOUNT FEE', 'other'],
    ['FEE FOR RETURNED ITEM', 'other'],
    ['INTERNET PMT TO OFFICE RENT', 'other'],
    ['RTN0123456789A', 'other'],
  ] as const)('tells what “%s” is: %s', (text, kind) => {
    expect(kindOfDebit(debit(text))).toBe(kind);
  });

  it('believes the mark of the bank, whatever the text', () => {
    expect(kindOfDebit(debit('ANYTHING', { isMarked: true }))).toBe('reversal');
  });
});

describe('a reversal', () => {
  it.each([
    `REVERSAL ${CODE}`,
    `UNPAID ${CODE}`,
    `EFT UNPAID 02 NOT PROVIDED FOR ${CODE}`,
    `PAYSHAP PAYMENT REVERSED ${CODE}`,
    `${CODE} PAYMENT RETURNED BY FNB`,
    `RTD ${CODE} INSUFFICIENT FUNDS`,
    `${CODE} UNPAID 26 NO SUCH ACCOUNT`,
    `DEBIT ORDER UNPAID ${CODE} 04 PAYMENT STOPPED`,
    `RECALL OF R100.00 BY REMITTER ${CODE}`,
    `reversal of 2026-11-18 ${CODE}`,
  ])('takes back the one deposit of its amount and code: “%s”', (text) => {
    const deposit = original();
    expect(pair(debit(text), original({ texts: [OTHER] }), deposit)).toEqual(reversalOf(deposit));
  });

  it.each([
    [`PRIZE WINNER ${CODE}`, 60_000n],
    [`PRIZE WINNER ${CODE}`, 10_000n],
    [`GOODWILL ${CODE}`, 10_000n],
    [`REFUND ${CODE}`, 10_000n],
    [`REFUND ${CODE}`, 6_000n],
    [`RETURNED GOODS ${CODE}`, 10_000n],
    [`RETURN ${CODE}`, 10_000n],
    [`CASHBACK ${CODE}`, 10_000n],
    [`BONUS REVERSAL ${CODE}`, 10_000n],
    [`EFT TO ${CODE}`, 10_000n],
    [`UNPAID BALANCE ${CODE}`, 10_000n],
    [`PRODUCT RECALL ${CODE}`, 10_000n],
    [`UNPAID ITEM FEE ${CODE}`, 10_000n],
    [`PAYOUT ${CODE}`, 10_000n],
    [CODE, 10_000n],
  ])('asks people about “%s” of %s cents', (text, amountMinor) => {
    expect(pair(debit(text, { amountMinor }), original())).toEqual({ kind: 'ask' });
  });

  it.each([1n, -1n, 5_000n, -5_000n, 50_000n])(
    'waits for its original beside a deposit that differs by %s cents',
    (beyond) => {
      const line = debit(`REVERSAL ${CODE}`, { amountMinor: 10_000n + beyond });
      expect(pair(line, original())).toEqual({ kind: 'wait' });
      expect(pair({ ...line, isMarked: true }, original())).toEqual({ kind: 'wait' });
    },
  );

  it('finds its original by the bank’s id, and nothing else once it names one', () => {
    const [sameCode, named] = [original(), original({ bankIds: ['FT2211009'] })];
    const line = debit(`REVERSAL OF FT2211009 ${CODE}`);
    expect(pair(line, sameCode, named)).toEqual(reversalOf(named));
    expect(pair(line, sameCode)).toEqual({ kind: 'wait' });
    expect(pair(line, original({ amountMinor: 12_000n, bankIds: ['FT2211009'] }))).toEqual({
      kind: 'ask',
    });
  });

  it('asks people when two customers’ deposits answer for it', () => {
    const [one, two] = [
      original({ texts: ['J SMITH NOVEMBER'] }),
      original({ texts: ['J SMITH NOVEMBER'], walletId: 'wal_2' }),
    ];
    expect(pair(debit('UNPAID J SMITH NOVEMBER'), one, two)).toEqual({ kind: 'ask' });
    expect(pair(debit('UNPAID J SMITH NOVEMBER'), two)).toEqual(reversalOf(two));
  });

  it('asks people about a recall from a regular payer whose payment may be older than the first read', () => {
    const line = debit(`RECALL ${CODE}`);
    const young = { ...CONTEXT, firstDay: addDays(DAY, -7) };
    const regular = [original(), original({ bookingDate: addDays(DAY, -1) })];
    expect(pairReversal(line, regular, young)).toEqual({ kind: 'ask' });
    expect(pairReversal(line, regular, CONTEXT).kind).toBe('reversal');
    expect(pairReversal(line, regular.slice(1), young).kind).toBe('reversal');
  });

  it.each(['2026-10-02', '20261002', '02/10/2026', '2 OCT 2026', '02OCTOBER2026'])(
    'waits for a deposit of the day that it states, %s',
    (day) => {
      const line = debit(`REVERSAL OF PAYMENT ${day} ${CODE}`);
      const dated = original({ bookingDate: parseLocalDate('2026-10-04') });
      expect(pair(line, original())).toEqual({ kind: 'wait' });
      expect(pair(line, original(), dated)).toEqual(reversalOf(dated));
    },
  );

  it('takes a day near its own for its own', () => {
    const deposit = original({ bookingDate: addDays(DAY, -30) });
    expect(pair(debit(`UNPAID 2026-11-20 ${CODE}`), deposit)).toEqual(reversalOf(deposit));
  });

  it('takes of one customer’s equal deposits the held repeat, then the one not credited, then the newest', () => {
    const old = original({ bookingDate: addDays(DAY, -9) });
    const young = original({ bookingDate: addDays(DAY, -3) });
    const open = original({ state: 'in_review', walletId: null, bookingDate: addDays(DAY, -5) });
    const held = original({ state: 'in_review', walletId: null, isPossibleDuplicate: true });
    const line = debit(`UNPAID ${CODE}`);
    expect(pair(line, old, young)).toEqual(reversalOf(young));
    expect(pair(line, old, young, open)).toEqual(reversalOf(open));
    expect(pair(line, old, held, young, open)).toEqual(reversalOf(held));
  });
});

describe('a reversal without a code', () => {
  const deposit = original({ texts: ['FNB APP PAYMENT FROM J SMITH'] });

  it.each(['UNPAID J SMITH', 'REVERSAL FNB APP PAYMENT FROM J SMITH', 'RTD FROM J SMITH EFT'])(
    'follows the payer’s own words: “%s”',
    (text) => {
      expect(pair(debit(text), deposit)).toEqual(reversalOf(deposit));
    },
  );

  it.each(['UNPAID FNB APP PAYMENT FROM', 'PAYMENT RETURNED BY BANK X', 'EFT REVERSAL'])(
    'waits where it has only the bank’s words: “%s”',
    (text) => {
      expect(pair(debit(text), deposit, original({ texts: ['PAYMENT'] }))).toEqual({
        kind: 'wait',
      });
    },
  );

  it.each(['SALARY PAYMENT RETURNED BY BANK X', 'SALARY RETURNED', 'OUR PAYMENT RETURNED'])(
    'goes to people where it speaks of another matter: “%s”',
    (text) => {
      for (const given of ['PAYMENT', 'SALARY', 'SALARY PAYMENT'])
        expect(pair(debit(text), original({ texts: [given] }))).toEqual({ kind: 'ask' });
    },
  );

  it('ignores words that many texts of the account share', () => {
    const context = { ...CONTEXT, standard: new Set(['TOPUPS', 'WALLET']) };
    const [text, given] = ['REVERSAL TOPUPS WALLET', original({ texts: ['TOPUPS WALLET'] })];
    expect(pairReversal(debit(text), [given], context).kind).not.toBe('reversal');
    expect(pairReversal(debit(text), [given], CONTEXT).kind).toBe('reversal');
  });

  it('takes no deposit that names a customer', () => {
    const coded = original({ texts: [`J SMITH ${CODE}`] });
    expect(pair(debit('UNPAID J SMITH'), coded).kind).not.toBe('reversal');
  });
});

describe('the debit of a return', () => {
  it('pays the return whose reference it bears, and no other deposit', () => {
    const [open, returned] = [original(), original({ state: 'returned', walletId: null })];
    const line = debit(`${returnReference(returned.depositId)} ${CODE}`);
    expect(pair(line, open, returned)).toEqual({
      kind: 'return_paid',
      depositId: returned.depositId,
    });
    expect(pair({ ...line, amountMinor: 10_001n }, returned)).toEqual({ kind: 'ask' });
    expect(pair(debit(returnReference(open.depositId)), open)).toEqual({ kind: 'ask' });
  });
});

describe('candidatesOf', () => {
  it('names the deposit with its id first, then those of its amount, then its customer’s', () => {
    const named = original({ amountMinor: 1n, texts: [OTHER], bankIds: ['FT2211009'] });
    const [tied, equal, ofCustomer, other] = [
      original(),
      original({ texts: [OTHER] }),
      original({ amountMinor: 7_000n }),
      original({ amountMinor: 7_000n, texts: [OTHER] }),
    ];
    const line = debit(`REFUND ${CODE} FT2211009`);
    expect(candidatesOf(line, [other, ofCustomer, equal, tied, named, tied], CONTEXT)).toEqual(
      [named, tied, equal, ofCustomer].map(({ depositId }) => depositId),
    );
  });

  it('names ten at most, the newest of equal ones, and no return', () => {
    const many = Array.from({ length: 12 }, (_, index) =>
      original({ bookingDate: addDays(DAY, -index) }),
    );
    const found = candidatesOf(
      debit(`REFUND ${CODE}`),
      [...many, original({ state: 'returned' })],
      CONTEXT,
    );
    expect(found).toEqual(many.slice(0, 10).map(({ depositId }) => depositId));
  });
});
