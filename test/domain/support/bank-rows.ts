import fc from 'fast-check';
import { ANNA, BEN, dayOf, wholeDays, type BankRow } from './shown-rows.ts';

/** Few values, so that twins are common. */
const rowWithoutId = fc.record({
  id: fc.constant(null),
  day: fc.integer({ min: 0, max: 2 }).map((days) => dayOf(days)),
  amountMinor: fc.constantFrom(5_000n, 7_500n, -1_250n),
  reference: fc.constantFrom(ANNA, BEN, 'rent'),
});
const rowsWithoutIds = fc.array(rowWithoutId, { maxLength: 12 });
const rowsWithIds = rowsWithoutIds.map((rows) =>
  rows.map((row, index): BankRow => ({ ...row, id: `T${index + 1}` })),
);
export const anyRows = fc.oneof(rowsWithoutIds, rowsWithIds);
export const THREE_DAYS = wholeDays(dayOf(0), dayOf(2));
