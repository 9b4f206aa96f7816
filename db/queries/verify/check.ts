import type { SQL } from 'drizzle-orm';

/** One rule of the ledger, recomputed from rows: it trusts no constraint, trigger or stored balance. */
export interface Check {
  /** The invariant's number in the ledger's rules, with a word if one number needs several queries. */
  readonly id: string;
  /** The rule as a true sentence. */
  readonly title: string;
  /** One number, named `checked`: how many rows were checked. */
  readonly checked: SQL;
  /** The rows that break the rule; the first column identifies them best. */
  readonly broken: SQL;
}
