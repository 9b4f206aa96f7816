import { expect } from 'vitest';
import { creditWallet } from '../../../activities/credit-wallet.ts';
import { spendCredits } from '../../../app/wallet/spend-credits.ts';
import { newId } from '../../../db/new-id.ts';
import { findHeldMinor } from '../../../db/queries/credit-holds.ts';
import { closeLineCase } from '../../../db/queries/line-cases.ts';
import { isCoded } from '../../../domain/errors.ts';
import type { Sighting } from '../../../domain/line/sighting.ts';
import {
  anAccount,
  aSighting,
  aWallet,
  createTestDependencies,
  notify,
  TODAY,
} from '../../support/activities.ts';
import type { TestDatabase } from '../../support/database.ts';
import { aPersonsKey } from '../../support/decisions.ts';
import { newDeposit, readAndCredit } from '../../support/reads.ts';

/** An API key that may spend. */
export async function aSpender(test: TestDatabase): Promise<string> {
  const key = newId('apiKey');
  await test.owner`
    insert into api_keys (id, secret_hash, name, caller, owner_kind, scopes) values (${key}, '', 'shop', 'shop', 'service', '{}')`;
  return key;
}

/** Steps about credits that wait for the bank. */
export function createHoldSteps(test: () => TestDatabase, spender: () => string) {
  let events = 0;
  const credit = (depositId: string) =>
    creditWallet(createTestDependencies(test().db), { depositId });
  return {
    credit,
    held: (walletId: string) => findHeldMinor(test().db, walletId),

    /** Spends credits; answers `spent`, or the code of the refusal. */
    spend: async (walletId: string, credits: bigint): Promise<string> => {
      const wanted = { walletId, credits, note: null, spentBy: spender(), spentOn: TODAY };
      try {
        await test().db.transaction((tx) => spendCredits(tx, wanted));
        return 'spent';
      } catch (error) {
        if (isCoded(error)) return error.code;
        throw error;
      }
    },

    /** A signed event about a new line, credited at once. */
    anEvent: async (
      accountKey: string,
      code: string,
      amountMinor: bigint,
      given: Partial<Sighting> = {},
    ) => {
      events += 1;
      const line = aSighting({ references: [code], bankId: `E${events}`, amountMinor, ...given });
      const depositId = newDeposit(await notify(test().db, accountKey, line));
      expect(await credit(depositId)).toMatchObject({ outcome: 'credited' });
      return { line, depositId };
    },

    /** An account of which a read has shown this wallet's deposit of R250.00, which was credited. */
    aCredited: async () => {
      const accountKey = await anAccount(test().db);
      const { walletId, code } = await aWallet(test().db);
      const line = aSighting({ references: [code], bankId: 'T1', amountMinor: 25_000n });
      const depositId = await readAndCredit(test(), accountKey, line);
      return { accountKey, walletId, code, line, depositId };
    },

    /** A person closes the open case of an account. */
    closeCase: async (accountKey: string): Promise<void> => {
      const [found] = await test().owner<{ id: string }[]>`
        select c.id::text from line_cases c join lines l on l.id = c.line_id
         where l.bank_account_key = ${accountKey} and c.closed_at is null`;
      const by = await aPersonsKey(test().owner);
      await test().db.transaction((tx) =>
        closeLineCase(tx, { id: BigInt(found?.id ?? 0), by, note: 'the bank says it is there' }),
      );
    },
  };
}
