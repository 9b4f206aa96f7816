import { sql, type SQL } from 'drizzle-orm';
import type { ActorKind } from '../schema/audit.ts';
import type { GateCause } from '../schema/gates.ts';

/** Who did it, as the audit trail has it. */
export interface GateActor {
  readonly kind: ActorKind;
  readonly key: string | null;
  readonly person: string | null;
  readonly login: string;
}

/** One time that a deposit waited behind a closed gate. Instants are ISO text. */
export interface GateWait {
  /** The account's key, or `*`. */
  readonly scope: string;
  readonly cause: GateCause;
  readonly closed_at: string;
  readonly closed_by: GateActor;
  readonly closed_why: string | null;
  /** Null while it waits. */
  readonly opened_at: string | null;
  readonly opened_by: GateActor | null;
  readonly opened_why: string | null;
}

const actorOf = (
  event: SQL,
) => sql`json_build_object('kind', ${event}.actor_kind, 'key', ${event}.actor_key,
  'person', ${event}.actor_person, 'login', ${event}.login)`;

/**
 * The waits of deposit `d` as one JSON array, oldest first. The audit trail is all that remembers who closed a gate earlier. A
 * deposit that went to review while the gate was closed did not wait for it.
 */
export function gateWaitsOf(): SQL {
  return sql`(
    select coalesce(json_agg(json_build_object('scope', c.subject_id, 'cause', c.after ->> 'cause',
             'closed_at', c.happened_at, 'closed_by', ${actorOf(sql`c`)}, 'closed_why', c.why,
             'opened_at', o.happened_at, 'opened_by', case when o.id is null then null else ${actorOf(sql`o`)} end,
             'opened_why', o.why) order by c.id), '[]')
      from audit_events c
      left join lateral (select e.* from audit_events e
            where e.subject_kind = 'gate' and e.subject_id = c.subject_id and e.id > c.id order by e.id limit 1) o on true
      cross join (select min(e.happened_at) as at from audit_events e
            where e.subject_kind = 'deposit' and e.subject_id = d.id and e.before ->> 'state' = 'captured') gone
     where c.subject_kind = 'gate' and c.subject_id in ('*', d.bank_account_key) and c.after ->> 'state' = 'closed'
       and case when o.id is null then gone.at is null
                else o.happened_at > d.captured_at and (gone.at is null or o.happened_at <= gone.at) end)`;
}
