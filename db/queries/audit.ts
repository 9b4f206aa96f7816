import { sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import type { ActorKind } from '../schema/audit.ts';

/** Who is behind the changes of a transaction. */
export interface Actor {
  readonly kind: ActorKind;
  readonly keyId: string | null;
  readonly person: string | null;
}

/** A workflow's activity. The database takes it for granted where a transaction of the application names nobody. */
export const WORKFLOW_ACTOR: Actor = { kind: 'workflow', keyId: null, person: null };
/** An operator at the machine: migrations, commands, a console. */
export const SYSTEM_ACTOR: Actor = { kind: 'system', keyId: null, person: null };

/** Names who makes the changes of this transaction from here on, and why; the rows of the audit trail say so. */
export async function actAs(tx: Transaction, actor: Actor, why: string | null): Promise<void> {
  await tx.execute(sql`
    select set_config('purser.actor_kind', ${actor.kind}, true), set_config('purser.actor_key', ${actor.keyId ?? ''}, true),
           set_config('purser.actor_person', ${actor.person ?? ''}, true), set_config('purser.why', ${why ?? ''}, true)`);
}

/** What an audit row may hold of a subject: ids, states, codes, amounts as digits; never a reference, name or account number. */
export type AuditImage = Readonly<Record<string, string | boolean | null>>;

/**
 * Writes down what changes no audited row by itself, such as an attempt that was refused. Changes of rows are written
 * down by the tables' triggers.
 */
export async function recordAudit(
  tx: Executor,
  event: {
    /** `subject.what_happened`. */
    readonly action: string;
    readonly subjectKind: string;
    readonly subjectId: string;
    readonly before: AuditImage | null;
    readonly after: AuditImage | null;
    /** Null: as {@link actAs} said. */
    readonly why: string | null;
  },
): Promise<void> {
  const json = (image: AuditImage | null) => (image === null ? null : JSON.stringify(image));
  await tx.execute(sql`
    select record_audit(${event.action}, ${event.subjectKind}, ${event.subjectId}, ${json(event.before)}::jsonb,
                        ${json(event.after)}::jsonb, ${event.why})`);
}
