import { sql, type SQL } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { isoInstant } from '../json.ts';
import type { ActorKind } from '../schema/audit.ts';

/** A row of the audit trail, with its seal once it has one. Instants are ISO text. */
export type AuditEvent = {
  readonly id: string;
  readonly happened_at: string;
  readonly actor_kind: ActorKind;
  readonly actor_key: string | null;
  readonly actor_person: string | null;
  readonly login: string;
  readonly action: string;
  readonly subject_kind: string;
  readonly subject_id: string;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
  readonly why: string | null;
  readonly seq: string | null;
  readonly hash: string | null;
};

const COLUMNS = sql`
  e.id::text, to_json(e.happened_at) #>> '{}' as happened_at, e.actor_kind, e.actor_key, e.actor_person, e.login, e.action,
  e.subject_kind, e.subject_id, e.before, e.after, e.why, s.seq::text, encode(s.hash, 'hex') as hash`;

/** Rows of the trail, newest first, from just after `after` on; of one subject or of all. */
export async function listAuditEvents(
  executor: Executor,
  query: {
    readonly subject: { readonly kind: string; readonly id: string } | null;
    readonly after: bigint | null;
    readonly limit: number;
  },
): Promise<readonly AuditEvent[]> {
  const { subject, after, limit } = query;
  return executor.execute<AuditEvent>(sql`
    select ${COLUMNS}
      from audit_events e left join audit_seals s on s.event_ids @> e.id
     where ${subject === null ? sql`true` : sql`e.subject_kind = ${subject.kind} and e.subject_id = ${subject.id}`}
       and ${after === null ? sql`true` : sql`e.id < ${after.toString()}::bigint`}
     order by e.id desc limit ${limit}`);
}

/** The actor of audit row `event`, as a JSON object that is a `StoryActor`. */
export function actorOf(event: SQL): SQL {
  return sql`json_build_object('kind', ${event}.actor_kind, 'keyId', ${event}.actor_key,
    'person', ${event}.actor_person, 'login', ${event}.login)`;
}

/** The trail of the subjects that a query names by `kind` and `id`, oldest first, as one JSON array for use in a statement. */
export function auditOf(subjects: SQL): SQL {
  return sql`(
    select coalesce(json_agg(t.event order by t.number), '[]') from (
      select e.id as number, json_build_object('id', e.id::text, 'at', ${isoInstant(sql`e.happened_at`)}, 'action', e.action,
               'actor', ${actorOf(sql`e`)}, 'subject', json_build_object('kind', e.subject_kind, 'id', e.subject_id),
               'before', e.before, 'after', e.after, 'why', e.why,
               'seal', case when s.seq is not null then json_build_object('seq', s.seq::text, 'hash', encode(s.hash, 'hex')) end
             ) as event
        from (${subjects}) named
        join audit_events e on e.subject_kind = named.kind and e.subject_id = named.id
        left join audit_seals s on s.event_ids @> e.id
       order by e.id limit 500) t)`;
}
