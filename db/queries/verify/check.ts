import { sql, type SQL } from 'drizzle-orm';
import { shadowed, type Scope } from './scopes.ts';

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
  /** What to look at of a ledger that was checked up to a seal; without it, the check looks at everything. */
  readonly since?: Scope | ((seal: bigint) => { readonly checked: SQL; readonly broken: SQL });
}

/** A check of what came or changed after a seal, or of everything. */
export function inScope(check: Check, seal: bigint | undefined): Check {
  if (seal === undefined || check.since === undefined) return check;
  if (typeof check.since === 'function') return { ...check, ...check.since(seal) };
  const tables = shadowed(check.since, seal);
  return {
    ...check,
    checked: sql`WITH ${tables} SELECT checked FROM (${check.checked}) counted`,
    broken: sql`WITH ${tables} SELECT found.* FROM (${check.broken}) found`,
  };
}
