import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { proveDay } from '../../../activities/prove-day.ts';
import { parseCsvProfile } from '../../../bank/statements/csv/csv-profile.ts';
import { readStatementEvents } from '../../../bank/statements/parse-statement-file.ts';
import { newId } from '../../../db/new-id.ts';
import { parseCurrency, ZAR } from '../../../domain/money/money.ts';
import { activityContext, anAccount, createTestDependencies } from '../../support/activities.ts';
import { camt053 } from '../../support/camt.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../../support/database.ts';
import { importStatement } from '../../support/statements.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterEach(() => verifyClean(test.db));
afterAll(() => test.close());

const importFile = (accountKey: string, body: string | Uint8Array) =>
  importStatement(createTestDependencies(test.db), {
    accountKey,
    body: Buffer.from(body),
    runId: newId('run'),
  });

const statementOf = async (accountKey: string) =>
  (
    await test.owner`
      select s.state, s.proof, s.difference_minor from statements s join statement_files f on f.id = s.file_id
       where f.bank_account_key = ${accountKey}`
  )[0];

async function depositsOf(accountKey: string) {
  const rows = await test.owner`
    select amount_minor::int as minor, currency, hold_reason from deposits
     where bank_account_key = ${accountKey} order by line_id`;
  return rows.map((row): unknown[] => [row['minor'], row['currency'], row['hold_reason']]);
}

/** R50.00, then 20 of another currency, from R100.00 to `closing`. */
const camt = (closing: string, debit = false) =>
  camt053(
    [
      { amount: '50.00', reference: 'CUS00000013' },
      { amount: '20.00', reference: 'CUS00000026', debit },
    ],
    closing,
  )
    .toString()
    .replace('<Amt Ccy="ZAR">20.00', '<Amt Ccy="GBP">20.00');

describe('one entry of a statement in another currency', () => {
  it('waits as currency_mismatch, and leaves the other entry, the proof and the money of the account alone', async () => {
    const accountKey = await anAccount(test.db);
    expect(await importFile(accountKey, camt('150.00'))).toMatchObject({
      linesNew: 2,
      proofsFailed: 0,
    });
    expect(await depositsOf(accountKey)).toEqual([
      [5_000, 'ZAR', null],
      [2_000, 'GBP', 'currency_mismatch'],
    ]);
    expect(await statementOf(accountKey)).toMatchObject({ state: 'captured', proof: 'ok' });
    const postings = await test.owner`
      select unit, sum(amount)::int as bank from postings
       where bank_account_key = ${accountKey} and account = 'bank' group by unit order by unit`;
    expect(postings).toMatchObject([
      { unit: 'GBP', bank: 2_000 },
      { unit: 'ZAR', bank: 5_000 },
    ]);
    const dependencies = createTestDependencies(test.db);
    expect(await activityContext().run(() => proveDay(dependencies, { accountKey }))).toMatchObject(
      { outcome: 'ok' },
    );
    expect(await importFile(accountKey, `${camt('150.00')} `)).toMatchObject({ linesNew: 0 });
  });

  it.each([
    ['150.00 + what the bank made of 20 pounds', camt('612.34'), 'ok', 'captured'],
    ['less, for a debit', camt('12.34', true), 'ok', 'captured'],
    ['less, though money came', camt('120.00'), 'failed', 'held'],
    ['more, though money went', camt('180.00', true), 'failed', 'held'],
  ])('stays out of the proof: a balance of %s', async (_, body, proof, state) => {
    const accountKey = await anAccount(test.db);
    await importFile(accountKey, body);
    expect(await statementOf(accountKey)).toMatchObject({ proof, state });
  });

  it('waits even where it comes before the account’s own in a CSV', async () => {
    const profile = parseCsvProfile({
      name: 'mixed',
      header: ['Day', 'Text', 'Amount', 'Ccy', 'Balance'],
      columns: {
        bookingDate: 'Day',
        amount: { kind: 'signed', column: 'Amount' },
        currency: 'Ccy',
        balance: 'Balance',
        references: ['Text'],
      },
      dateFormats: ['YYYY-MM-DD'],
    });
    const text = [
      'Day,Text,Amount,Ccy,Balance',
      '2026-11-20,POUNDS,7.00,GBP,7.00',
      '2026-11-20,RAND,10.00,ZAR,110.00',
      '2026-11-20,RAND,5.00,ZAR,115.00',
      '',
    ].join('\n');
    const read = async (currency?: string) => {
      const statements = [];
      const chunks = (async function* () {
        await Promise.resolve();
        yield Buffer.from(text);
      })();
      const options = currency === undefined ? {} : { currency: parseCurrency(currency) };
      for await (const events of readStatementEvents(chunks, { profile, ...options }))
        for (const event of events)
          if (event.kind === 'statement') statements.push(event.statement);
      return statements[0];
    };
    expect(await read(ZAR)).toMatchObject({ currency: 'ZAR', proof: 'ok', openingMinor: 10_000n });
    expect(await read('USD')).toMatchObject({ currency: 'GBP' });
  });
});
