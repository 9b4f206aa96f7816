import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { customerCodeFromNumber } from '../../domain/reference/customer-code.ts';
import { findCustomerCodes, readReferences } from '../../domain/reference/reference.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { aLine, capture, seedBankAccount } from '../support/ledger.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase({ poolSize: 6 });
  await seedBankAccount(test.db, 'main');
  await seedBankAccount(test.db, 'second');
});
afterAll(() => test.close());

/** What the database finds named in each text. */
async function namedIn(texts: readonly string[]): Promise<readonly (readonly string[])[]> {
  const rows = await test.owner<{ codes: string[] }[]>`
    select array(select codes_named(t.text)) as codes
      from unnest(${[...texts]}::text[]) with ordinality as t(text, at) order by t.at`;
  return rows.map(({ codes }) => codes);
}

const CODE = customerCodeFromNumber(1_234);
/** A code, whole or torn apart, in upper or lower case, in wide letters, between other words. */
const aPiece = fc.oneof(
  fc.constantFrom(
    CODE,
    CODE.toLowerCase(),
    'CUS 0001 2340',
    'cus-00012340',
    'CU\nS00012340',
    'CUS000\r\n 12340',
    'CUS0001\u200b2340',
    'ＣＵＳ０００１２３４３',
    '166?00X?20CUS000?2112340',
    'CUSOOOI2340',
    'CUS',
    '0001',
    '2340',
    '00012340',
    'MARCUS 00012340',
    'CU S00012340',
    'é',
    '?21',
  ),
  fc.stringMatching(/^[CUS0-9 ?/.\n-]{0,14}$/),
);
const aText = fc
  .array(aPiece, { maxLength: 5 })
  .chain((pieces) => fc.constantFrom('', ' ', '\n', '/').map((by) => pieces.join(by)));

describe('the codes that the database finds in a text', () => {
  it('contain each code that a reading of the text finds, in any form', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(aText, { minLength: 1, maxLength: 40 }), async (texts) => {
        const named = await namedIn(texts);
        texts.forEach((text, at) => {
          const reading = readReferences([text]);
          const read = [
            ...findCustomerCodes(text).map(({ code }) => code),
            ...(reading.kind === 'exact' ? [reading.code] : []),
          ];
          for (const code of read) expect(named[at], JSON.stringify(text)).toContain(code);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('leave out ordinary words and numbers', async () => {
    const texts = ['CASHFOCUS 62001234', 'CUSTOMER 4711', 'PAYMENT 00012340', '', 'CUS 123'];
    expect((await namedIn(texts)).slice(1)).toEqual([[], [], [], []]);
  });

  it('include one that an escape of JSON tears apart', async () => {
    expect(
      await namedIn(['{"a":"CU\\nS00012340"}', 'CUS0001\\u20282340', 'CUS\\\\r\\\\n00012340']),
    ).toEqual(Array.from({ length: 3 }, () => [CODE]));
  });

  it('include one that letters like digits spell', async () => {
    expect(await namedIn(['CUSOOOI2340'])).toEqual([[CODE]]);
  });
});

describe('the database', () => {
  it('remembers a code once, however many lines name it', async () => {
    const code = customerCodeFromNumber(5_001);
    for (const at of [1, 2])
      await capture(test.db, 'main', [
        aLine(`twice-${at}`, 5_000n, { references: [code, `AGAIN ${code}`] }),
        aLine(`other-${at}`, 6_000n, { references: [`X ${code}`] }),
      ]);
    const rows = await test.owner`select named_by from named_codes where code = ${code}`;
    expect([...rows]).toEqual([{ named_by: 'lines' }]);
  });

  it('lets two accounts capture lines that name the same codes at once', async () => {
    const codes = [6_001, 6_002].map(customerCodeFromNumber);
    const [first = '', second = ''] = codes;
    const line = (name: string, code: string) => aLine(name, 5_000n, { references: [code] });
    await test.db.transaction(async (tx) => {
      await tx.execute(sql`insert into pending_lines
        (bank_account_key, facts_key, occurrence, booking_date, amount_minor, currency, reference)
        values ('main', 'p', 1, '2026-11-20', 1, 'ZAR', ${first})`);
      await capture(test.db, 'second', [line('crossed-1', second), line('crossed-2', first)]);
      await tx.execute(sql`insert into pending_lines
        (bank_account_key, facts_key, occurrence, booking_date, amount_minor, currency, reference)
        values ('main', 'q', 1, '2026-11-20', 1, 'ZAR', ${second})`);
    });
    const rows = await test.owner`
      select distinct code from named_codes where code in ${test.owner(codes)} order by code`;
    expect(rows.map(({ code }) => code as string)).toEqual([...codes].sort());
  });

  it('stores a webhook whose body is no text at all', async () => {
    const body = Buffer.from([0, 255, 254, 67, 85, 83, 92, 200, 10]);
    await test.owner`
      insert into bank_events (bank_account_key, event_id, body, body_sha256) values ('main', 'odd', ${body}, 'x')`;
    expect(await test.owner`select 1 from bank_events where event_id = 'odd'`).toHaveLength(1);
  });
});
