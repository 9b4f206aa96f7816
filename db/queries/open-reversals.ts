import { sql } from 'drizzle-orm';

/** True if reversal `r` is not paired yet and no person has closed its case. */
export const IS_OPEN_REVERSAL = sql`(r.state in ('waiting', 'unpaired') and not exists (
  select 1 from line_cases c where c.line_id = r.line_id and c.kind = 'reversal_unpaired' and c.closed_at is not null))`;
