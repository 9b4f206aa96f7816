import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anAccount, aWallet, createTestDependencies } from '../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../support/database.ts';
import { aPersonsKey } from '../support/decisions.ts';
import { anyActs, perform, type Act, type DeskCase } from './support/desk-acts.ts';
import { createDeskModel } from './support/desk-model.ts';

const SEQUENCES = 2_000;
/** Sequences that run side by side, each on an account and on wallets of its own. */
const LANES = 8;
const CUSTOMERS = 2;

let test: TestDatabase;
let keyId: string;
beforeAll(async () => {
  test = await createTestDatabase({ poolSize: 10 });
  keyId = await aPersonsKey(test.owner);
});
afterAll(() => test.close());

async function aCase(): Promise<DeskCase> {
  const accountKey = await anAccount(test.db);
  const wallets = [];
  for (let each = 0; each < CUSTOMERS; each += 1) wallets.push(await aWallet(test.db));
  return {
    test,
    keyId,
    dependencies: createTestDependencies(test.db),
    accountKey,
    wallets,
    model: createDeskModel(CUSTOMERS),
  };
}

/** What the database holds, in the model's terms. */
async function found({ accountKey, wallets }: DeskCase) {
  const deposits = await test.db.execute<{ id: string; state: string }>(sql`
    select id, state from deposits where bank_account_key = ${accountKey} order by id`);
  const balances = [];
  for (const { walletId } of wallets) {
    const [row] = await test.db.execute<{ credits: string; remainder: string; owed: string }>(sql`
      select credits::text, remainder_minor::text as remainder, receivable_minor::text as owed from wallets where id = ${walletId}`);
    balances.push(row);
  }
  const [suspense] = await test.db.execute<{ minor: string }>(sql`
    select coalesce(-sum(amount), 0)::text as minor from postings where account = 'suspense' and bank_account_key = ${accountKey}`);
  return {
    deposits: deposits.map(({ id, state }) => `${id} ${state}`),
    balances,
    suspense: suspense?.minor,
  };
}

function expected({ model, wallets }: DeskCase) {
  return {
    deposits: model.deposits.map(({ depositId, state }) => `${depositId} ${state}`).sort(),
    balances: wallets.map((_, customer) => {
      const { credits, remainder, owed } = model.balanceOf(customer);
      return {
        credits: credits.toString(),
        remainder: remainder.toString(),
        owed: owed.toString(),
      };
    }),
    suspense: model.openMinor().toString(),
  };
}

async function play(acts: readonly Act[]): Promise<void> {
  const desk = await aCase();
  for (const act of acts) await perform(desk, act);
  expect(await found(desk)).toEqual(expected(desk));
}

describe('captures, decisions, reversals, corrections, spends and gates', () => {
  it(
    `come out as a model without a ledger says, in ${SEQUENCES} random orders, and every invariant holds`,
    { timeout: 600_000 },
    async () => {
      const seed = Date.now() % 2_147_483_647;
      const sequences = fc.sample(anyActs, { seed, numRuns: SEQUENCES });
      const lanes = Array.from({ length: LANES }, async (_, lane) => {
        for (let index = lane; index < sequences.length; index += LANES) {
          const acts = sequences[index] ?? [];
          await play(acts).catch((error: unknown) => {
            throw new Error(`Sequence ${index} of seed ${seed}: ${JSON.stringify(acts)}`, {
              cause: error,
            });
          });
        }
      });
      await Promise.all(lanes);
      await verifyClean(test.db);
    },
  );
});
