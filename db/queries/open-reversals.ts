import { sql } from 'drizzle-orm';

/** That reversal `r` was paired with nothing yet, and that no person has said that nothing is left to do. */
export const IS_OPEN_REVERSAL = sql`(r.state in ('waiting', 'unpaired') and not exists (
  select 1 from line_cases c where c.line_id = r.line_id and c.kind = 'reversal_unpaired' and c.closed_at is not null))`;
