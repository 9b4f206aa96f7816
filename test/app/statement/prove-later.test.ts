import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { followUp } from '../../../activities/follow-up.ts';
import { creditWallet } from '../../../activities/credit-wallet.ts';
import { openReview } from '../../../activities/open-review.ts';
import { recheckReview } from '../../../activities/recheck-review.ts';
import { validateCode } from '../../../activities/validate-code.ts';
import { newId } from '../../../db/new-id.ts';
import {
  activityContext,
  anAccount,
  aSighting,
  aWallet,
  createTestDependencies,
  poll,
} from '../../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../../support/database.ts';
import { mt940 } from '../../support/mt940.ts';
import { importStatement } from '../../support/statements.ts';

let test: TestDatabase;
let woken: string[] = [];
const dependencies = () =>
  createTestDependencies(test.db, {
    wakeDeposit: (ref) => Promise.resolve(void woken.push(ref.depositId)),
  });
beforeAll(async () => {
  test = await createTestDatabase();
});
afterEach(() => verifyClean(test.db));
afterAll(() => test.close());

/** Imports a file as its workflow does: capture, the review of each deposit that must wait, and the follow-up. */
async function importFile(accountKey: string, body: string | Uint8Array): Promise<void> {
  const file = { accountKey, body: Buffer.from(body), runId: newId('run') };
  await importStatement(dependencies(), file);
  const rows = await test.owner<{ id: string }[]>`
    select id from deposits where bank_account_key = ${accountKey} and state = 'captured' order by line_id`;
  for (const { id: depositId } of rows) {
    const found = await validateCode(dependencies(), { depositId });
    if (found.outcome === 'matched') await creditWallet(dependencies(), { depositId });
    else if (found.outcome === 'review')
      await openReview(dependencies(), { depositId, reason: found.reason });
  }
  woken = [];
  await activityContext().run(() => followUp(dependencies(), { accountKey }));
}

type Row = readonly [day: string, minor: number, balance: number, text: string];

const decimal = (minor: number) => (minor / 100).toFixed(2);

/** Bank Zero's export of one day or more, which has no account number. */
const csv = (...rows: readonly Row[]) =>
  [
    'Date,Day,Time,Type,Description 1,Description 2,Fee,Amount,Balance,Has Attachments',
    ...rows.map(
      ([day, minor, balance, text]) =>
        `${day},Mon,09:00,EFT,PAYMENT,${text},,${decimal(minor)},${decimal(balance)},No`,
    ),
    '',
  ].join('\n');

async function waiting(accountKey: string) {
  const rows = await test.owner<{ id: string }[]>`
    select d.id from deposits d join reviews r on r.deposit_id = d.id
     where d.bank_account_key = ${accountKey} and r.reason = 'proof_absent' and r.closed_at is null order by d.line_id`;
  return rows.map(({ id }) => id);
}

async function proofsOf(accountKey: string) {
  const rows = await test.owner`
    select s.proof, s.proved_by from statements s join statement_files f on f.id = s.file_id
     where f.bank_account_key = ${accountKey} order by s.id`;
  return rows.map((row) => `${row['proof']} ${row['proved_by']}`);
}

describe('deposits of a statement that could not be proved when it came', () => {
  it('get their credit once the missing statement arrives, and so do those of the statements after it', async () => {
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    await importFile(accountKey, mt940([{ minor: 5_000, text: 'X' }], { day: '2026-11-09' }));
    // Two more arrive before the one of the 10th, the later first.
    await importFile(accountKey, csv(['2026-11-12', 300, 16_500, code]));
    await importFile(accountKey, csv(['2026-11-11', 500, 16_200, code]));
    const held = await waiting(accountKey);
    expect(held).toHaveLength(2);
    // That of the 12th continues the one of the 11th, which still continues nothing.
    expect(woken).toEqual(held.slice(0, 1));
    expect(await proofsOf(accountKey)).toEqual(['ok itself', 'ok statement', 'absent null']);

    await importFile(accountKey, csv(['2026-11-10', 700, 15_700, code]));
    expect(await proofsOf(accountKey)).toEqual([
      'ok itself',
      'ok statement',
      'ok statement',
      'ok statement',
    ]);
    expect(woken).toEqual(held);
    for (const depositId of held)
      expect(await recheckReview(dependencies(), { depositId })).toEqual({ outcome: 'credited' });
    expect(await waiting(accountKey)).toEqual([]);
  });

  it('wait on where the statement that arrives leaves a gap', async () => {
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    await importFile(accountKey, mt940([{ minor: 5_000, text: 'X' }], { day: '2026-11-09' }));
    await importFile(accountKey, csv(['2026-11-11', 500, 16_300, code]));
    await importFile(accountKey, csv(['2026-11-10', 700, 15_700, code]));
    const [depositId = ''] = await waiting(accountKey);
    expect(woken).toEqual([]);
    expect(await recheckReview(dependencies(), { depositId })).toEqual({ outcome: 'waits' });
  });

  it('get their credit when a later file proves the same lines, or the bank’s API shows them', async () => {
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    await importFile(accountKey, csv(['2026-11-10', 700, 15_700, code]));
    const [byFile = ''] = await waiting(accountKey);
    const lines = [
      { minor: 5_000, text: 'X' },
      { minor: 700, text: code },
    ];
    await importFile(accountKey, mt940(lines, { day: '2026-11-10' }));
    expect(woken).toEqual([byFile]);
    expect(await recheckReview(dependencies(), { depositId: byFile })).toEqual({
      outcome: 'credited',
    });

    const shown = await anAccount(test.db);
    await importFile(shown, csv(['2026-11-20', 700, 15_700, code]));
    const [byApi = ''] = await waiting(shown);
    expect(await recheckReview(dependencies(), { depositId: byApi })).toEqual({ outcome: 'waits' });
    await poll(test.db, shown, [aSighting({ amountMinor: 700n, references: [code] })]);
    await activityContext().run(() => followUp(dependencies(), { accountKey: shown }));
    expect(woken).toEqual([byApi]);
    expect(await recheckReview(dependencies(), { depositId: byApi })).toEqual({
      outcome: 'credited',
    });
  });
});
