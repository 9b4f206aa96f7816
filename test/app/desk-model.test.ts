import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followUp, type FollowUpOutput } from '../../activities/follow-up.ts';
import { anAccount, aWallet, createTestDependencies } from '../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../support/database.ts';
import { aPersonsKey } from '../support/decisions.ts';
import { rounds } from '../support/rounds.ts';
import { perform } from './support/desk-acts.ts';
import { anyActs, type Act, type DeskCase } from './support/desk-case.ts';
import { createDeskModel } from './support/desk-model.ts';

const SEQUENCES = rounds({ short: 200, long: 2_000 });
/** The short form always plays the same sequences, in which all of the acts below are known to happen. */
const SEED = rounds({ short: 7, long: Date.now() % 2_147_483_647 });
/** Sequences that run side by side, each on an account and on wallets of its own. */
const LANES = 8;
const CUSTOMERS = 2;
/** What the sequences must have come upon: an act that never happens proves nothing. */
const MUST_HAPPEN = [
  'credited',
  'gated',
  'gate_closed',
  'returned',
  'dismissed',
  'corrected',
  'same_wallet',
  'spent',
  'a debt',
  'wallet.insufficient_credits',
  'wallet.credits_pending',
  'taken_back',
  'restored',
  'case_not_open',
  'paired',
  'pair_mismatch',
];

let test: TestDatabase;
let keyId: string;
const heard = new Set<string>();
const quiet = new MockActivityEnvironment(
  {},
  { logger: new DefaultLogger('ERROR', () => undefined) },
);
beforeAll(async () => {
  test = await createTestDatabase({ poolSize: 10 });
  keyId = await aPersonsKey(test.owner);
});
afterAll(() => test.close());

async function aCase(): Promise<DeskCase> {
  const accountKey = await anAccount(test.db);
  const wallets = [];
  for (let each = 0; each < CUSTOMERS; each += 1) wallets.push(await aWallet(test.db));
  const dependencies = createTestDependencies(test.db);
  return {
    test,
    keyId,
    dependencies,
    accountKey,
    wallets,
    model: createDeskModel(CUSTOMERS),
    followUp: () =>
      quiet.run<[], FollowUpOutput, () => Promise<FollowUpOutput>>(() =>
        followUp(dependencies, { accountKey }),
      ),
    debits: [],
    heard,
  };
}

/** What the database holds, in the model's terms. */
async function found({ accountKey, wallets }: DeskCase) {
  const deposits = await test.db.execute<{ id: string; state: string }>(sql`
    select id, state from deposits where bank_account_key = ${accountKey} order by id`);
  const ids = wallets.map(({ walletId }) => walletId);
  const rows = await test.owner<{ id: string; credits: string; remainder: string; owed: string }[]>`
    select id, credits::text, remainder_minor::text as remainder, receivable_minor::text as owed
      from wallets where id = any(${ids})`;
  const [books] = await test.db.execute<{ bank: string; suspense: string }>(sql`
    select coalesce(sum(amount) filter (where account = 'bank'), 0)::text as bank,
           coalesce(-sum(amount) filter (where account = 'suspense'), 0)::text as suspense
      from postings where bank_account_key = ${accountKey}`);
  return {
    deposits: deposits.map(({ id, state }) => `${id} ${state}`),
    balances: ids.map((walletId) => rows.find(({ id }) => id === walletId)),
    books,
  };
}

function expected({ model, wallets }: DeskCase) {
  return {
    deposits: model.deposits.map(({ depositId, state }) => `${depositId} ${state}`).sort(),
    balances: wallets.map(({ walletId }, customer) => {
      const { credits, remainder, owed } = model.balanceOf(customer);
      return {
        id: walletId,
        credits: credits.toString(),
        remainder: remainder.toString(),
        owed: owed.toString(),
      };
    }),
    books: { bank: model.bankMinor().toString(), suspense: model.openMinor().toString() },
  };
}

async function play(acts: readonly Act[]): Promise<void> {
  const desk = await aCase();
  for (const act of acts) await perform(desk, act);
  const balances = desk.wallets.map((_, customer) => desk.model.balanceOf(customer));
  if (balances.some(({ owed }) => owed > 0n)) heard.add('a debt');
  expect(await found(desk)).toEqual(expected(desk));
}

describe('the ledger', () => {
  it(`agrees with a model without a ledger in ${SEQUENCES} random orders of all operations, and keeps every invariant`, async () => {
    const sequences = fc.sample(anyActs, { seed: SEED, numRuns: SEQUENCES });
    const lanes = Array.from({ length: LANES }, async (_, lane) => {
      for (let index = lane; index < sequences.length; index += LANES) {
        const acts = sequences[index] ?? [];
        await play(acts).catch((error: unknown) => {
          throw new Error(`Sequence ${index} of seed ${SEED}: ${JSON.stringify(acts)}`, {
            cause: error,
          });
        });
      }
    });
    await Promise.all(lanes);
    expect(MUST_HAPPEN.filter((each) => !heard.has(each))).toEqual([]);
    await verifyClean(test.db);
  });
});
