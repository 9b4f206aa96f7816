import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tellDeposit } from '../../api/outputs/narrative.ts';
import { findDepositStory } from '../../db/queries/deposit-story.ts';
import { findDeposit } from '../../db/queries/deposits-read.ts';
import { openReviews } from '../../db/queries/reviews.ts';
import { anAccount, aSighting, notify, poll } from '../support/activities.ts';
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

describe('the evidence in a story', () => {
  const ANNA = 'CUS00000018';

  /** The story of each deposit of an account, in the order of their lines; without times. */
  async function toldOf(account: string): Promise<readonly (readonly string[])[]> {
    const rows = await test.owner<{ id: string }[]>`
      select id from deposits where bank_account_key = ${account} order by line_id`;
    return Promise.all(rows.map(({ id }) => told(id)));
  }

  it('tells for each source what tied its words to the line', async () => {
    const account = await anAccount(test.db);
    const file = { feed: 'file', source: 'camt.053' } as const;
    const paid = aSighting({ references: [ANNA], runningBalanceMinor: 12_345n });
    await poll(test.db, account, [paid]);
    await notify(test.db, account, aSighting({ references: [ANNA], bankId: 'W1' }));
    await poll(test.db, account, [aSighting({ references: [`EFT ${ANNA}`] })], file);
    const [lines = []] = await toldOf(account);
    expect(lines.filter((line) => line.startsWith('Seen'))).toEqual([
      'Seen when the account was read.',
      'Seen in a webhook, as W1: the same day, amount and text.',
      'Seen in a file (camt.053), in other words: the same customer code and amount.',
    ]);
  });

  it('tells that a row waited, and what it turned out to be', async () => {
    const account = await anAccount(test.db);
    const row = (bankId: string) => aSighting({ bankId });
    await poll(test.db, account, [row('P1')]);
    await notify(test.db, account, row('W1'));
    await notify(test.db, account, row('W2'));
    await poll(test.db, account, [row('P1')]);
    const [lines = []] = await toldOf(account);
    expect(lines).toEqual(
      expect.arrayContaining([
        'A row seen in a webhook, as W2, waited: it might be another line.',
        'The row that waited is this line: the same day, amount and text.',
      ]),
    );
  });

  it('tells of a row that waits, and that no read of its day showed it', async () => {
    const account = await anAccount(test.db);
    const other = aSighting({ references: [ANNA], bankId: 'P1' });
    await poll(test.db, account, [other]);
    await notify(test.db, account, aSighting({ references: [ANNA], bankId: 'W1' }));
    await notify(test.db, account, aSighting({ references: [`${ANNA} again`], bankId: 'W2' }));
    const rowsOf = async () =>
      (await toldOf(account)).flat().filter((line) => line.includes('webhook, as W2'));
    expect(await rowsOf()).toEqual(['A row seen in a webhook, as W2, waits: it may be this line.']);
    await test.owner`
      update sightings set ended_at = now() where bank_account_key = ${account} and line_id is null`;
    expect(await rowsOf()).toEqual([
      'A row seen in a webhook, as W2, waited: it might be this line.',
      'The row seen in a webhook, as W2, is no line: whole reads of its day did not show it.',
    ]);
  });

  it('names the line beside which one was held, and says when the bank showed both', async () => {
    const account = await anAccount(test.db);
    const [first, corrected] = [
      aSighting({ references: [ANNA] }),
      aSighting({ references: ['CUS00000026'] }),
    ];
    await poll(test.db, account, [first]);
    for (let read = 0; read < 2; read += 1) await poll(test.db, account, [corrected]);
    const [one = [], held = []] = await toldOf(account);
    expect(one.filter((line) => line.startsWith('Held'))).toEqual([]);
    expect(held).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Held: it may be the line of R50\.00 on 2026-11-20 \(dep_.+\)\.$/),
      ]),
    );
    await poll(test.db, account, [first, corrected]);
    expect((await toldOf(account))[1]?.at(-1)).toBe('They are two lines.');
  });
});

async function purserStory(...args: readonly string[]): Promise<string> {
  const env = { ...process.env, DATABASE_URL: test.url };
  const ran = await promisify(execFile)(process.execPath, ['cli/purser.mjs', 'story', ...args], {
    env,
  });
  return ran.stdout;
}
