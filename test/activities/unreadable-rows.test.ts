import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, verifyClean, type TestDatabase } from '../support/database.ts';
import { berlin, investec, plain, uk, type CODED } from './support/bank-rows.ts';
import { beside, lineCount } from './support/beside-good.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(async () => {
  await verifyClean(test.db);
  await test.close();
});

describe('a row that cannot be read, beside a good one,', () => {
  it.each<[keyof typeof CODED, string, object, string | null]>([
    ['json', 'in pounds', plain({ currency: 'GBP' }), 'currency'],
    ['json', 'without a currency', plain({ currency: null }), 'currency'],
    ['json', 'with a sign', plain({ amount: '-5.00' }), 'amount'],
    ['json', 'with a tenth of a cent', plain({ amount: '5.001' }), 'amount'],
    ['json', 'with thousands marks', plain({ amount: '1,000.00' }), 'amount'],
    ['json', 'of a status that nobody declared', plain({ status: 'rejected' }), 'status'],
    ['json', 'without a day', plain({ date: null }), 'date'],
    ['json', 'of a day that does not exist', plain({ date: '2026-11-31' }), 'date'],
    ['json', 'with an id that is an object', plain({ id: { n: 1 } }), 'id'],
    ['json', 'of a day outside the window', plain({ date: '2026-11-01' }), null],
    ['json', 'of a day to come', plain({ date: '2026-12-24' }), null],
    ['json', 'of another account', plain({ accountId: 'ACC2' }), 'accountId'],
    ['json', 'neither credit nor debit', plain({ type: 'transfer' }), 'type'],
    [
      'open-banking-uk',
      'in pounds',
      uk({ Amount: { Amount: '5.00', Currency: 'GBP' } }),
      'Currency',
    ],
    ['open-banking-uk', 'of an unknown status', uk({ Status: 'Scheduled' }), 'Status'],
    ['open-banking-uk', 'without a day', uk({ BookingDateTime: undefined }), 'BookingDateTime'],
    ['investec', 'with an amount in words', investec({ amount: 'fifty' }), 'amount'],
    ['investec', 'with half an order', investec({ postedOrder: '1.5' }), 'postedOrder'],
    ['berlin-group', 'of an unknown status', berlin({ status: 'parked' }), 'status'],
    ['berlin-group', 'without an amount', berlin({ transactionAmount: null }), 'transactionAmount'],
  ])('becomes one case: %s, %s', async (kind, _name, bad, field) => {
    const { accountKey, cases, run } = await beside(test, kind, bad);
    expect(cases).toMatchObject([{ field, position: expect.stringMatching(/row 2$/) as string }]);
    expect(run['rows_quarantined']).toBe(1);
    expect(await lineCount(test, accountKey)).toBe(1);
  });

  it.each<[keyof typeof CODED, string, object]>([
    ['json', 'pending without a day', plain({ status: 'pending', date: null })],
    ['json', 'pending without an amount', plain({ status: 'pending', amount: null })],
    ['json', 'pending in pounds', plain({ status: 'pending', currency: 'GBP' })],
    ['json', 'pending outside the window', plain({ status: 'pending', date: '2026-12-24' })],
    [
      'open-banking-uk',
      'pending without a day',
      uk({ Status: 'Pending', BookingDateTime: undefined }),
    ],
    ['open-banking-uk', 'of version 4, for the future', uk({ Status: 'FUTR' })],
    ['open-banking-uk', 'of version 4, for information', uk({ Status: 'INFO' })],
    ['open-banking-uk', 'rejected', uk({ Status: 'RJCT', Amount: null })],
    ['investec', 'pending without an amount', investec({ status: 'PENDING', amount: null })],
    ['berlin-group', 'for information', berlin({ bookingStatus: 'information' })],
  ])('never matters while it is not booked: %s, %s', async (kind, _name, bad) => {
    const { cases, run } = await beside(test, kind, bad);
    expect(cases).toEqual([]);
    expect(run['rows_quarantined']).toBe(0);
  });

  it.each<[keyof typeof CODED, string, object]>([
    ['json', 'an id that is a number', plain({ id: 123 })],
    ['json', 'a reference that is a number', plain({ reference: 12345 })],
    ['json', 'no reference', plain({ reference: null })],
    ['json', 'a balance that is none', plain({ balance: 'n/a' })],
    ['json', 'a value date that is none', plain({ valueDate: '0000-00-00' })],
    ['investec', 'an order as a text', investec({ postedOrder: '900001', amount: '50.00' })],
    ['open-banking-uk', 'the code for booked', uk({ Status: 'BOOK' })],
  ])(
    'becomes a line like any other if it has only another form: %s, %s',
    async (kind, _name, odd) => {
      const { accountKey, cases } = await beside(test, kind, odd);
      expect(cases).toEqual([]);
      expect(await lineCount(test, accountKey)).toBe(2);
    },
  );
});
