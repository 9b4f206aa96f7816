import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { proveDay } from '../../../activities/prove-day.ts';
import { newId } from '../../../db/new-id.ts';
import {
  activityContext,
  anAccount,
  aSighting,
  createTestDependencies,
  poll,
} from '../../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../../support/database.ts';
import { mt940 } from '../../support/mt940.ts';
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

const prove = (accountKey: string) =>
  activityContext().run(() => proveDay(createTestDependencies(test.db), { accountKey }));

async function proofsOf(accountKey: string) {
  const rows = await test.owner`
    select s.proof, s.proved_by, s.continuity from statements s join statement_files f on f.id = s.file_id
     where f.bank_account_key = ${accountKey} order by s.id`;
  return rows.map((row) => `${row['proof']} ${row['proved_by']} ${row['continuity']}`);
}

async function holdsOf(accountKey: string): Promise<readonly unknown[]> {
  const rows = await test.owner`
    select hold_reason as hold from deposits where bank_account_key = ${accountKey} order by line_id`;
  return rows.map((row): unknown => row['hold']);
}

type Row = readonly [day: string, minor: number, balance: number, text: string];

const decimal = (minor: number) => (minor / 100).toFixed(2);

/** Bank Zero's export, which has no account number. */
const csv = (...rows: readonly Row[]) =>
  [
    'Date,Day,Time,Type,Description 1,Description 2,Fee,Amount,Balance,Has Attachments',
    ...rows.map(
      ([day, minor, balance, text]) =>
        `${day},Mon,09:00,EFT,PAYMENT,${text},,${decimal(minor)},${decimal(balance)},No`,
    ),
    '',
  ].join('\n');

/** An OFX that states its closing balance only. */
const ofx = (
  closing: number,
  rows: readonly (readonly [day: string, minor: number])[],
) => `OFXHEADER:100
DATA:OFXSGML

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>ZAR
<BANKACCTFROM><BANKID>250655<ACCTID>62000000001<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20261109<DTEND>20261112
${rows.map(([day, minor], index) => `<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>${day.replaceAll('-', '')}<TRNAMT>${decimal(minor)}<FITID>F${index}<NAME>P${index}</STMTTRN>`).join('\n')}
</BANKTRANLIST><LEDGERBAL><BALAMT>${decimal(closing)}<DTASOF>20261112</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
`;

describe('a statement that cannot prove itself', () => {
  it('proves one row whose balance continues the statement before it, every day anew', async () => {
    const accountKey = await anAccount(test.db);
    await importFile(
      accountKey,
      csv(['2026-11-09', 5_000, 15_000, 'A'], ['2026-11-10', 1_000, 16_000, 'B']),
    );
    await importFile(accountKey, csv(['2026-11-10', 700, 16_700, 'C']));
    await importFile(accountKey, csv(['2026-11-12', -200, 16_500, 'FEE']));
    await importFile(accountKey, csv(['2026-11-16', 100, 16_600, 'D']));
    expect(await proofsOf(accountKey)).toEqual([
      'ok itself first',
      'ok statement follows',
      'ok statement follows',
      'ok statement follows',
    ]);
    expect(await holdsOf(accountKey)).toEqual([null, null, null, null]);
    expect(await prove(accountKey)).toMatchObject({ outcome: 'ok' });
  });

  it('proves the second of two exports of one row, as it proves two rows of one export', async () => {
    const accountKey = await anAccount(test.db);
    await importFile(accountKey, csv(['2026-11-09', 5_000, 15_000, 'A']));
    await importFile(accountKey, csv(['2026-11-10', 1_000, 16_000, 'B']));
    expect(await proofsOf(accountKey)).toEqual(['absent null first', 'ok statement follows']);
    expect(await holdsOf(accountKey)).toEqual(['proof_absent', null]);
  });

  it('holds a row whose balance leaves a gap, or whose balance before it is only another day’s', async () => {
    const accountKey = await anAccount(test.db);
    await importFile(
      accountKey,
      csv(['2026-11-09', 5_000, 15_000, 'A'], ['2026-11-10', 1_000, 16_000, 'B']),
    );
    await importFile(accountKey, csv(['2026-11-11', 700, 16_800, 'C']));
    // R150.00 was a balance, but not the last one.
    await importFile(accountKey, csv(['2026-11-12', 100, 15_100, 'D']));
    expect((await proofsOf(accountKey)).slice(1)).toEqual(['absent null gap', 'absent null gap']);
    expect((await holdsOf(accountKey)).slice(2)).toEqual(['proof_absent', 'proof_absent']);
  });

  it('proves an OFX, which states its closing balance only, by the statement before it', async () => {
    const accountKey = await anAccount(test.db);
    await importFile(accountKey, mt940([{ minor: 5_000, text: 'A' }], { day: '2026-11-09' }));
    await importFile(
      accountKey,
      ofx(16_500, [
        ['2026-11-10', 1_000],
        ['2026-11-11', 500],
      ]),
    );
    expect(await proofsOf(accountKey)).toEqual(['ok itself first', 'ok statement follows']);
    expect(await prove(accountKey)).toMatchObject({ outcome: 'ok' });
  });

  it('proves an OFX that overlaps the statement before it by whole days, by the ledger', async () => {
    const accountKey = await anAccount(test.db);
    await importFile(
      accountKey,
      csv(
        ['2026-11-09', 5_000, 15_000, 'A'],
        ['2026-11-10', 1_000, 16_000, 'P0'],
        ['2026-11-11', 100, 16_100, 'LAST'],
      ),
    );
    expect(await prove(accountKey)).toMatchObject({ outcome: 'ok' });
    await importFile(
      accountKey,
      ofx(16_600, [
        ['2026-11-10', 1_000],
        ['2026-11-11', 100],
        ['2026-11-12', 500],
      ]),
    );
    expect(await proofsOf(accountKey)).toEqual(['ok itself first', 'ok ledger overlap']);
  });

  it('proves one row that continues the ledger, once ledger and bank agreed', async () => {
    const accountKey = await anAccount(test.db);
    await importFile(accountKey, mt940([{ minor: 5_000, text: 'A' }], { day: '2026-11-09' }));
    expect(await prove(accountKey)).toMatchObject({ outcome: 'ok' });
    await poll(test.db, accountKey, [aSighting({ amountMinor: 900n })]);
    await importFile(accountKey, csv(['2026-11-20', 100, 16_000, 'D']));
    expect(await proofsOf(accountKey)).toEqual(['ok itself first', 'ok ledger gap']);
    expect(await holdsOf(accountKey)).toEqual([null, null, null]);
  });

  it('holds a row of a file that may be cut inside its text, whatever its balance', async () => {
    const accountKey = await anAccount(test.db);
    const history = (day: string, amount: string, balance: string) =>
      `ACCOUNT TRANSACTION HISTORY\n\nAccount:, 62000000001\n\nDate, Amount, Balance, Description\n${day}, ${amount}, ${balance}, CUS0000001`;
    await importFile(accountKey, mt940([{ minor: 5_000, text: 'A' }], { day: '2026-11-09' }));
    await importFile(accountKey, history('2026/11/10', '10.00', '160.00'));
    expect(await holdsOf(accountKey)).toEqual([null, 'proof_absent']);
  });

  it('finds the same proof when its capture is tried again', async () => {
    const accountKey = await anAccount(test.db);
    await importFile(accountKey, mt940([{ minor: 5_000, text: 'A' }], { day: '2026-11-09' }));
    const row = csv(['2026-11-10', 700, 15_700, 'C']);
    for (const turn of [1, 2]) expect([turn, await importFile(accountKey, row)]).toHaveLength(2);
    expect(await proofsOf(accountKey)).toEqual(['ok itself first', 'ok statement follows']);
  });
});
