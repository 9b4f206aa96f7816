import { sealEvents } from '../../db/queries/audit-seals.ts';
import { SEALED_TABLES } from '../../db/queries/verify/sealed-tables.ts';
import type { TestDatabase } from './database.ts';
import { waitFor } from './wait-for.ts';

const WAITING = SEALED_TABLES.map(
  ({ name }) => `
  select 1 from ${name} t where not exists (
    select 1 from audit_seals s where (s.contents -> '${name}' ->> 'ids')::int8multirange @> t.id)`,
).join(' union all ');

/** Seals every row of the trail and the ledger; waits for transactions of other tests, which delay the sealer on their server. */
export async function sealAll({ db, owner }: Pick<TestDatabase, 'db' | 'owner'>): Promise<void> {
  await waitFor('every row to be sealed', async () => {
    await sealEvents(db, 1_000);
    return (await owner.unsafe(`${WAITING} limit 1`)).length === 0 ? true : null;
  });
}
