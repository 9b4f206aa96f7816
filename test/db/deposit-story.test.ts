import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tellDeposit } from '../../api/outputs/narrative.ts';
import { findDepositStory } from '../../db/queries/deposit-story.ts';
import { findDeposit } from '../../db/queries/deposits-read.ts';
import { openReviews } from '../../db/queries/reviews.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import {
  aLine,
  capture,
  credit,
  returnDeposit,
  seedBankAccount,
  seedWallet,
} from '../support/ledger.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
  await seedBankAccount(test.db, 'main');
});
afterAll(() => test.close());

async function told(depositId: string): Promise<readonly string[]> {
  const [deposit, story] = [
    await findDeposit(test.db, depositId),
    await findDepositStory(test.db, depositId),
  ];
  if (deposit === null || story === null) throw new Error('The deposit has no story.');
  return tellDeposit(deposit, story).lines.map(({ text }) => text);
}

describe('the story of a deposit, from Postgres alone', () => {
  it('goes from the line to the customer for a credited deposit', async () => {
    const walletId = await seedWallet(test.db, 1);
    const [depositId = ''] = await capture(test.db, 'main', [aLine('credited', 7_500n)]);
    await credit(test.db, [{ depositId, walletId }]);
    expect(await told(depositId)).toEqual([
      'R75.00 booked by Test bank on 2026-11-20 was captured: “CUS00000001” “PAYSHAP CREDIT”.',
      'R75.00 put in suspense until its owner is known.',
      'R75.00 credited to CUS00000001: 1 credit, by its own workflow.',
      'Deposit: state captured → credited, by Purser.',
      'CUS00000001 is told: deposit credited.',
    ]);
  });

  it('says who decided a return, why, and what came of it', async () => {
    const [depositId = ''] = await capture(test.db, 'main', [aLine('returned', 30_000n)]);
    await test.db.transaction((tx) =>
      openReviews(tx, [{ depositId, reason: 'no_reference', candidates: [] }], {
        remindAt: [],
        escalateAt: null,
        dueAt: new Date('2026-12-20'),
      }),
    );
    await returnDeposit(test.db, test.owner, depositId);
    const lines = await told(depositId);
    expect(lines).toEqual(
      expect.arrayContaining([
        'A review was opened. The payment carries no customer code.',
        'Deposit: state captured → in review, by Purser.',
        'R300.00 set aside to be paid back to its payer.',
        'Deposit: state in review → returned, by Purser.',
      ]),
    );
    expect(lines.filter((line) => /(proposed|decided): return/.test(line))).toHaveLength(1);
    expect(lines.some((line) => line.startsWith('Review: closed at none →'))).toBe(true);
  });

  it('prints as text, as Markdown and as the JSON of the API', async () => {
    const walletId = await seedWallet(test.db, 2);
    const line = aLine('printed', 5_000n, { references: ['*CUS00000002*'] });
    await capture(test.db, 'main', [line]);
    await credit(test.db, [{ depositId: line.depositId, walletId }]);
    const [text, markdown, json] = await Promise.all([
      purserStory(line.depositId),
      purserStory(line.depositId, '--markdown'),
      purserStory(line.depositId, '--json'),
    ]);
    expect(text).toContain('All times are Africa/Johannesburg.');
    expect(text).toMatch(
      /^[0-9]{4}-[0-9-]{5} [0-9:]{8} {2}R50\.00 credited to CUS00000002: 1 credit/m,
    );
    expect(markdown).toContain('“\\*CUS00000002\\*”');
    expect(JSON.parse(json)).toMatchObject({
      id: line.depositId,
      state: 'credited',
      audit: [{ action: 'deposit.changed' }],
    });
  });
});

async function purserStory(...args: readonly string[]): Promise<string> {
  const env = { ...process.env, DATABASE_URL: test.url };
  const ran = await promisify(execFile)(process.execPath, ['cli/purser.mjs', 'story', ...args], {
    env,
  });
  return ran.stdout;
}
