import { sql, type SQL } from 'drizzle-orm';
import type { DepositState } from '../../domain/ledger/deposit.ts';
import type { InJson } from '../json.ts';

/** The line that a held line or a held row may be, to be shown beside it. */
export interface BesideLine {
  readonly lineId: string;
  /** Null for a debit or a notice, and so is its state. */
  readonly depositId: string | null;
  readonly depositState: DepositState | null;
  /** Signed minor units. */
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly bookingDate: string;
  readonly references: readonly string[];
  readonly text: string;
  /** False if the last read of its whole day lacked it. */
  readonly isShown: boolean;
}

/** The line of an id as a JSON document; null where there is none. */
export function besideLine(lineId: SQL): SQL<InJson<BesideLine> | null> {
  return sql`(
    select json_build_object('lineId', b.id::text, 'depositId', e.id, 'depositState', e.state,
             'amountMinor', b.amount_minor::text, 'currency', b.currency, 'bookingDate', b.booking_date,
             'references', b."references", 'text', b.text, 'isShown', not exists (
               select 1 from line_absences a where a.line_id = b.id and a.until is null))
      from lines b left join deposits e on e.line_id = b.id where b.id = ${lineId})`;
}

/** Reads such a document. */
export function fromBesideJson(found: InJson<BesideLine> | null): BesideLine | null {
  return found === null ? null : { ...found, amountMinor: BigInt(found.amountMinor) };
}
