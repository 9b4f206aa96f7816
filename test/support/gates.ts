import { setGate } from '../../db/queries/gates.ts';
import type { TestDatabase } from './database.ts';
import { actAsKey, aPersonsKey } from './decisions.ts';

/** Opens or closes a gate as a person does; false if it is so already. */
export async function moveGate(
  test: Pick<TestDatabase, 'db' | 'owner'>,
  scope: string,
  state: 'open' | 'closed',
): Promise<boolean> {
  const changedBy = await aPersonsKey(test.owner);
  return test.db.transaction(async (tx) => {
    await actAsKey(tx, changedBy);
    return setGate(tx, { scope, state, cause: 'operator', reason: 'a test', changedBy });
  });
}
