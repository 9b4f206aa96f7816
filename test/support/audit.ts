import { sealEvents } from '../../db/queries/audit-seals.ts';
import type { TestDatabase } from './database.ts';
import { waitFor } from './wait-for.ts';

/** Seals every row of the trail; waits for transactions of other tests, which delay the sealer on their server. */
export async function sealAll({ db, owner }: Pick<TestDatabase, 'db' | 'owner'>): Promise<void> {
  await waitFor('every audit row to be sealed', async () => {
    await sealEvents(db, 1_000);
    const rows = await owner<{ waiting: number }[]>`
      select count(*)::int as waiting from audit_events e
       where not exists (select 1 from audit_seals s where s.event_id = e.id)`;
    return rows[0]?.waiting === 0 ? true : null;
  });
}
