import type { Transaction } from '../../db/client.ts';
import { findContinued } from '../../db/queries/continuations.ts';
import type { ProvedBy } from '../../db/schema/intake.ts';
import type { SurveyedStatement } from './survey-statement.ts';

/** A statement with the proof that it has by itself, or by what it continues. */
export interface ProvedStatement {
  readonly summary: SurveyedStatement['summary'];
  readonly provedBy: ProvedBy | null;
}

/**
 * Proves a statement that states too little to prove itself, such as one row with its balance or an OFX: if its closing
 * balance less its lines is exactly a balance that is known, its lines are all that the bank booked since then. A
 * statement that may be cut states no closing balance, and is not proved so.
 */
export async function proveContinuation(
  tx: Transaction,
  statement: {
    readonly accountKey: string;
    readonly fileId: string;
    readonly position: number;
  },
  surveyed: SurveyedStatement,
): Promise<ProvedStatement> {
  const { summary, firstBookedDay, lastBookedDay, bookedMinor } = surveyed;
  if (summary.proof === 'ok') return { summary, provedBy: 'itself' };
  const { closingMinor } = summary;
  const isProvable =
    summary.proof === 'absent' &&
    !surveyed.neverPosts &&
    closingMinor !== null &&
    firstBookedDay !== null &&
    lastBookedDay !== null;
  if (!isProvable) return { summary, provedBy: null };
  const openingMinor = closingMinor - bookedMinor;
  if (summary.openingMinor !== null && summary.openingMinor !== openingMinor)
    return { summary, provedBy: null };
  const days = { firstDay: firstBookedDay, lastDay: lastBookedDay };
  const provedBy = await findContinued(
    tx,
    { ...statement, ...days, openingMinor },
    { isCaptured: false },
  );
  return provedBy === null
    ? { summary, provedBy }
    : { summary: { ...summary, openingMinor, proof: 'ok', differenceMinor: 0n }, provedBy };
}
