import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createWallet,
  drawCustomerNumber,
  type WantedWallet,
} from '../../../app/wallet/create-wallet.ts';
import {
  asCustomerCode,
  CODE_SERIES_MAX,
  codesNear,
  customerCodeFromNumber,
  CUSTOMER_NUMBER_MAX,
  mayBeTakenFor,
  seriesOf,
  type CustomerCode,
} from '../../../domain/reference/customer-code.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../../support/database.ts';
import { aLine, capture, seedBankAccount } from '../../support/ledger.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
  await seedBankAccount(test.db, 'main');
});
afterAll(async () => {
  await verifyClean(test.db);
  await test.close();
});

const ANY: WantedWallet = { externalRef: null, name: null, legacyCode: null, createdBy: null };
const codeOf = (text: string) => {
  const code = asCustomerCode(text);
  if (code === null) throw new Error(`The test wrote a code that is none: ${text}`);
  return code;
};
/** Opens a wallet whose draws give these numbers, one after the other. */
const openWith = (...numbers: readonly number[]) => {
  const left = [...numbers];
  return test.db.transaction((tx) => createWallet(tx, ANY, () => left.shift() ?? 0));
};
const register = (legacyCode: CustomerCode) =>
  test.db.transaction((tx) => createWallet(tx, { ...ANY, legacyCode }, () => 0));

let lines = 0;
const captureLine = async (references: readonly string[], text = 'PAYSHAP') => {
  lines += 1;
  await capture(test.db, 'main', [aLine(`named-${lines}`, 5_000n, { references, text })]);
};
/** The same code with another last digit, which is wrong. */
const withWrongDigit = (code: CustomerCode) =>
  codeOf(`${code.slice(0, -1)}${(Number(code.at(-1)) + 1) % 10}`);

describe('the numbers of new codes', () => {
  it('fill the whole range evenly, in no order', () => {
    const drawn = Array.from({ length: 20_000 }, () => drawCustomerNumber(0));
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(CUSTOMER_NUMBER_MAX);
    for (let at = 0; at < 7; at += 1) {
      const counts = new Map<string, number>();
      for (const number of drawn) {
        const digit = String(number).padStart(7, '0').charAt(at);
        counts.set(digit, (counts.get(digit) ?? 0) + 1);
      }
      // 2,000 each, give or take ten standard deviations.
      for (const digit of '0123456789')
        expect(Math.abs((counts.get(digit) ?? 0) - 2_000)).toBeLessThan(425);
    }
    const steps = drawn.slice(1).map((number, index) => number - (drawn[index] ?? 0));
    expect(new Set(steps).size).toBeGreaterThan(19_000);
  });

  it('belong to the series that was asked for, which shares none with another', () => {
    for (let series = 0; series <= CODE_SERIES_MAX; series += 1)
      for (let at = 0; at < 20; at += 1) expect(seriesOf(drawCustomerNumber(series))).toBe(series);
  });
});

describe('a new wallet', () => {
  it('takes the first code drawn that no wallet has', async () => {
    const first = await openWith(4_711);
    expect(first).toMatchObject({ code: customerCodeFromNumber(4_711), codeKind: 'checked' });
    expect((await openWith(4_711, 4_712)).code).toBe(customerCodeFromNumber(4_712));
  });

  it('never gets a code that a line, a held row, a pending row or a webhook has named', async () => {
    const [inLine, inText, held, pending, event] = [11, 12, 13, 14, 15].map(customerCodeFromNumber);
    await captureLine([`EFT ${inLine}`]);
    await captureLine(['EFT'], `PAYMENT ${inText?.toLowerCase()}`);
    await test.db.execute(sql`
      insert into sightings (bank_account_key, feed, source, facts_key, booking_date, amount_minor, reference, held_reason)
      values ('main', 'poll', 'poll', 'held', '2026-11-20', 5000, ${`FROM ${held}`}, 'possible_duplicate')`);
    await test.db.execute(sql`
      insert into pending_lines (bank_account_key, facts_key, occurrence, booking_date, amount_minor, currency, reference)
      values ('main', 'pending', 1, '2026-11-20', 5000, 'ZAR', ${pending})`);
    await test.db.execute(sql`
      insert into bank_events (bank_account_key, event_id, body, body_sha256)
      values ('main', 'evt-1', convert_to(${`{"reference":"${event?.slice(0, 5)}\\n${event?.slice(5)}"}`}, 'UTF8'), 'x')`);
    await test.db.execute(sql`delete from pending_lines`);
    expect((await openWith(11, 12, 13, 14, 15, 16)).code).toBe(customerCodeFromNumber(16));
  });

  it('never gets a code that a mistyped one, named by a payment or registered, could be taken for', async () => {
    const [paid, registered] = [
      withWrongDigit(customerCodeFromNumber(21)),
      withWrongDigit(customerCodeFromNumber(22)),
    ];
    await captureLine([paid]);
    await register(registered);
    const { code } = await openWith(21, 22, 23);
    expect(code).toBe(customerCodeFromNumber(23));
    for (const other of [paid, registered]) expect(mayBeTakenFor(codeOf(code), other)).toBe(false);
  });

  it('fails with an error of its own where nearly every code is taken', async () => {
    await openWith(31);
    await expect(
      test.db.transaction((tx) => createWallet(tx, ANY, () => 31)),
    ).rejects.toMatchObject({ code: 'wallet.codes_exhausted' });
  });

  it('never gets a named code past the database either, unless it registers it', async () => {
    const code = customerCodeFromNumber(41);
    await captureLine([code]);
    await expect(
      test.db.execute(sql`insert into wallets (id, code) values ('wal_late', ${code})`),
    ).rejects.toMatchObject({ cause: { code: 'PU022' } });
    expect(await register(code)).toMatchObject({ code, codeKind: 'legacy' });
  });
});

describe('the codes that may be taken for a generated one', () => {
  it('fail the check digit, each of them, so that none was generated', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: CUSTOMER_NUMBER_MAX }), (number) => {
        const [code, ...near] = codesNear(customerCodeFromNumber(number));
        expect(near).not.toContain(customerCodeFromNumber(number));
        for (const each of near)
          expect(customerCodeFromNumber(Math.max(1, Number(each.slice(3, 10))))).not.toBe(each);
        expect(code).toBe(customerCodeFromNumber(number));
      }),
      { numRuns: 50 },
    );
  });
});
