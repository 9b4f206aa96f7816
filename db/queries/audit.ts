import { sql } from 'drizzle-orm';
import type { Executor, Transaction } from '../client.ts';
import type { ActorKind } from '../schema/audit.ts';

/** The author of the changes of a transaction. */
export interface Actor {
  readonly kind: ActorKind;
  readonly keyId: string | null;
  readonly person: string | null;
}

/** A workflow's activity: the database's default if a transaction of the application names no actor. */
export const WORKFLOW_ACTOR: Actor = { kind: 'workflow', keyId: null, person: null };
/** An operator at the machine: migrations, commands, a console. */
export const SYSTEM_ACTOR: Actor = { kind: 'system', keyId: null, person: null };

/** Names the author and reason of this transaction's changes from here on; the audit trail records both. */
export async function actAs(tx: Transaction, actor: Actor, why: string | null): Promise<void> {
  await tx.execute(sql`
    select set_config('purser.actor_kind', ${actor.kind}, true), set_config('purser.actor_key', ${actor.keyId ?? ''}, true),
           set_config('purser.actor_person', ${actor.person ?? ''}, true), set_config('purser.why', ${why ?? ''}, true)`);
}

/**
 * The facts of a subject that an audit row may contain: ids, states, codes, amounts as digits; never a reference, name
 * or account number.
 */
export type AuditImage = Readonly<Record<string, string | boolean | null>>;

/**
 * Records an event that changes no audited row, such as a refused attempt. The tables' triggers record changes of rows.
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
