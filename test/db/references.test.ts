import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  holdRows,
  insertLines,
  insertSightings,
  type Appearance,
  type LineInsert,
  type SightingInsert,
} from '../../db/queries/capture.ts';
import { KEY_SCHEME } from '../../domain/line/identity.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../support/database.ts';
import { aLine, aPollOf, capture, DAY, seedBankAccount } from '../support/ledger.ts';
import { sqlStateOf } from '../support/sql-state.ts';

let test: TestDatabase;
let depositId: string;
let lineId: string;

beforeAll(async () => {
  test = await createTestDatabase();
  await seedBankAccount(test.db, 'main');
  await seedBankAccount(test.db, 'other');
  await seedBankAccount(test.db, 'empty');
  await test.owner`insert into runs (id, bank_account_key, kind) values ('run-1', 'main', 'poll')`;
  [depositId = ''] = await capture(test.db, 'main', [aLine('a', 7_500n)]);
  await capture(test.db, 'other', [aLine('b', 5_000n)]);
  const [line] = await test.owner<
    { id: bigint }[]
  >`select line_id as id from deposits where id = ${depositId}`;
  lineId = String(line?.id);
});
afterAll(async () => {
  await verifyClean(test.db);
  await test.close();
});

/** Runs a statement as the ledger's owner, where triggers hold but grants do not. */
function asOwner(statement: string): Promise<string> {
  return sqlStateOf(test.owner.begin((tx) => tx.unsafe(statement)));
}

type Columns = Readonly<Record<string, string>>;

const insert = (table: string, row: Columns) =>
  `INSERT INTO ${table} (${Object.keys(row).join(', ')}) SELECT ${Object.values(row).join(', ')}`;

/** A line of R1.00 with all that belongs to it, in one statement; what is given takes the place of what would be right. */
function credit(given: { journal?: Columns; deposit?: Columns; moreLegs?: string }): string {
  const ofLine = {
    bank_account_key: `'main'`,
    transaction_key: `'new'`,
    booking_date: `'${DAY}'`,
    amount_minor: '100',
    currency: `'ZAR'`,
  };
  const line = {
    ...ofLine,
    key_scheme: '1',
    facts_key: `'new'`,
    occurrence: '1',
    '"references"': `'{}'`,
    source: `'poll'`,
    text: `''`,
  };
  const deposit = { ...ofLine, id: `'new'`, line_id: '(SELECT id FROM l)', ...given.deposit };
  const journal = {
    kind: `'capture'`,
    bank_account_key: `'main'`,
    line_id: '(SELECT id FROM l)',
    deposit_id: `'new'`,
    event_on: `'${DAY}'`,
    ...given.journal,
  };
  return `
    WITH l AS (${insert('lines', line)} RETURNING id),
      d AS (${insert('deposits', deposit)}),
      j AS (${insert('journals', journal)} RETURNING id)
    INSERT INTO postings (journal_id, leg, account, bank_account_key, unit, amount)
    SELECT j.id, 1, 'bank', 'main', 'ZAR', 100 FROM j UNION ALL SELECT j.id, 2, 'suspense', 'main', 'ZAR', -100 FROM j ${given.moreLegs ?? ''}`;
}

const leg = (journal: string, number: number, account: string, amount: number) =>
  `UNION ALL SELECT ${journal}, ${String(number)}, 'suspense', '${account}', 'ZAR', ${String(amount)} FROM j`;

let captures = 0;

/** One more credit of the account `main`. */
function captured(shown: Partial<Appearance>, given: Partial<LineInsert> = {}): Promise<string> {
  const line = aLine(`c${(captures += 1)}`, 5_000n, given);
  return sqlStateOf(
    test.db.transaction((tx) =>
      insertLines(tx, { ...aPollOf('main'), ...shown, keyScheme: KEY_SCHEME, lines: [line] }),
    ),
  );
}

const SHOWN = {
  bankId: 'T1',
  factsKey: 'facts-a',
  bookingDate: DAY,
  amountMinor: 7_500n,
  reference: null,
  balanceMinor: null,
  batch: null,
};

/** Where no line is given, a held row. */
function sighting(
  { lineId: ofLine, ...given }: Partial<SightingInsert>,
  from: Partial<Appearance> = {},
): Promise<string> {
  const by = { ...aPollOf('main'), ...from };
  const row = { ...SHOWN, ...given };
  return sqlStateOf(
    test.db.transaction(async (tx) => {
      if (ofLine === undefined)
        await holdRows(tx, by, [
          { ...row, reason: 'possible_duplicate', besideLineId: null, reads: 0 },
        ]);
      else await insertSightings(tx, by, [{ ...row, lineId: ofLine, evidence: 'facts' }]);
    }),
  );
}

describe('the database, about a deposit,', () => {
  it.each([
    ['line_id', '999'],
    ['bank_account_key', `'other'`],
    ['amount_minor', '7501'],
    ['currency', `'USD'`],
    ['booking_date', `'2026-11-21'`],
    ['transaction_key', `'another'`],
  ])('refuses a deposit whose %s is not its line’s', async (column, value) => {
    await expect(asOwner(credit({ deposit: { [column]: value } }))).resolves.toBe('PU003');
  });

  it('refuses a deposit with an unknown run', async () => {
    await expect(captured({ runId: 'none' })).resolves.toBe('23503');
    await expect(captured({ runId: 'run-1' })).resolves.toBe('accepted');
  });

  it('refuses to delete a deposit or to change its line, account, day or run', async () => {
    await expect(asOwner(`DELETE FROM deposits WHERE id = '${depositId}'`)).resolves.toBe('PU017');
    await expect(asOwner('TRUNCATE deposits CASCADE')).resolves.toBe('PU017');
    for (const column of ['line_id', 'bank_account_key', 'booking_date', 'run_id'])
      await expect(asOwner(`UPDATE deposits SET ${column} = ${column}`)).resolves.toBe('PU017');
  });
});

describe('the database, about a journal,', () => {
  it.each([
    ['an unknown line', { line_id: '999' }],
    ['the line of another bank account', { bank_account_key: `'other'` }],
    ['an unknown deposit', { deposit_id: `'none'` }],
  ])('refuses a journal with %s', async (_, journal) => {
    await expect(asOwner(credit({ journal }))).resolves.toBe('PU005');
  });
});

describe('the database, about a posting,', () => {
  it('refuses a posting without its journal', async () => {
    const moreLegs = `${leg('999', 1, 'main', 5)} ${leg('999', 2, 'main', -5)}`;
    await expect(asOwner(credit({ moreLegs }))).resolves.toBe('23503');
  });

  it('refuses a posting on a bank account that its journal does not name', async () => {
    const moreLegs = `${leg('j.id', 3, 'other', 5)} ${leg('j.id', 4, 'other', -5)}`;
    await expect(asOwner(credit({ moreLegs }))).resolves.toBe('PU005');
  });

  it('accepts a posting with its line, deposit and journal', async () => {
    await expect(asOwner(credit({}))).resolves.toBe('accepted');
  });
});

describe('the database, about a sighting,', () => {
  it('accepts a sighting with a line of its bank account, and a held sighting without a line', async () => {
    await expect(sighting({ lineId, bankId: 'T1' }, { runId: 'run-1' })).resolves.toBe('accepted');
    await expect(sighting({ bankId: 'held' })).resolves.toBe('accepted');
  });

  it('refuses a sighting with an unknown line, the line of another bank account, or an unknown run', async () => {
    await expect(sighting({ lineId: '999' })).resolves.toBe('23503');
    await expect(sighting({ lineId, bankId: 'T2' }, { accountKey: 'other' })).resolves.toBe(
      '23503',
    );
    await expect(sighting({ bankId: 'T2' }, { runId: 'none' })).resolves.toBe('23503');
    const seen = { bankId: null, reference: null, balanceMinor: null, batch: null };
    await expect(captured({ runId: 'none' }, { amountMinor: -5n, seen })).resolves.toBe('23503');
  });

  it('refuses a sighting of an unknown bank account, and keeps the account of each sighting', async () => {
    await expect(sighting({}, { accountKey: 'none' })).resolves.toBe('23503');
    await expect(sighting({}, { accountKey: 'empty' })).resolves.toBe('accepted');
    await expect(asOwner(`DELETE FROM bank_accounts WHERE key = 'empty'`)).resolves.toBe('23503');
    await expect(
      asOwner(`UPDATE bank_accounts SET key = 'renamed' WHERE key = 'empty'`),
    ).resolves.toBe('23503');
  });

  it('refuses to attach a sighting to an unknown line later', async () => {
    await expect(sighting({ bankId: 'waiting' })).resolves.toBe('accepted');
    const attach = (line: string) =>
      asOwner(`UPDATE sightings SET line_id = ${line} WHERE bank_id = 'waiting'`);
    await expect(attach('999')).resolves.toBe('23503');
    await expect(attach(lineId)).resolves.toBe('accepted');
  });
});

describe('the database, about a run,', () => {
  it('refuses to delete a run or to change its id', async () => {
    await expect(asOwner(`DELETE FROM runs WHERE id = 'run-1'`)).resolves.toBe('PU017');
    await expect(asOwner(`UPDATE runs SET id = 'run-2'`)).resolves.toBe('PU017');
    await expect(asOwner('TRUNCATE runs CASCADE')).resolves.toBe('PU017');
  });
});

describe('the database, about a capture,', () => {
  it('reads no table whole, even with plans made when the tables had one page', async () => {
    const fresh = await createTestDatabase({ poolSize: 1 });
    const many = (name: string, count: number) =>
      Array.from({ length: count }, (_, index) => aLine(`${name}${index}`, 100n));
    await seedBankAccount(fresh.db, 'main');
    await capture(fresh.db, 'main', many('first', 2));
    await fresh.owner`analyze lines, deposits, journals, postings`;
    await capture(fresh.db, 'main', many('second', 2));
    const read = await fresh.db.transaction(async (tx) => {
      await insertLines(tx, {
        ...aPollOf('main'),
        keyScheme: KEY_SCHEME,
        lines: many('third', 500),
      });
      return tx.execute(sql`
        select relname, seq_tup_read::int as rows from pg_stat_xact_user_tables
         where relname in ('lines', 'deposits', 'journals', 'postings') and seq_tup_read > 0`);
    });
    expect([...read]).toEqual([]);
    await fresh.close();
  });
});
