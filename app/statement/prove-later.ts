import type { Database } from '../../db/client.ts';
import {
  findContinued,
  listUnprovedStatements,
  markStatementProved,
} from '../../db/queries/continuations.ts';

/** Far more statements than wait in practice. */
const STATEMENTS_MAX = 1_000;

/**
 * Proves statements of an account that could not be proved when they came: the one that they continue has arrived since,
 * or the ledger agrees with the bank by now. One that is proved may prove the next. Answers how many were proved.
 */
export async function proveLater(database: Database, accountKey: string): Promise<number> {
  return database.transaction(async (tx) => {
    let proved = 0;
    for (const statement of await listUnprovedStatements(tx, {
      accountKey,
      limit: STATEMENTS_MAX,
    })) {
      const by = await findContinued(tx, statement, { isCaptured: true });
      if (by === null) continue;
      await markStatementProved(tx, { ...statement, by });
      proved += 1;
    }
    return proved;
  });
}
