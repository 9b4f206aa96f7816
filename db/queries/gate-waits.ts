import { sql, type SQL } from 'drizzle-orm';
import { isoInstant } from '../json.ts';
import { actorOf } from './audit-read.ts';
import { ALL_ACCOUNTS } from './gates.ts';

/**
 * The waits of deposit `d` behind closed gates, as one JSON array of `StoryFacts['gateWaits']`, oldest first. Only the
 * audit trail records who closed a gate earlier. A deposit that went to review while the gate was closed did not wait
 * for it.
 */
export function gateWaitsOf(): SQL {
  return sql`(
    select coalesce(json_agg(json_build_object('accountKey', nullif(c.subject_id, ${ALL_ACCOUNTS}), 'cause', c.after ->> 'cause',
             'closedAt', ${isoInstant(sql`c.happened_at`)}, 'closedBy', ${actorOf(sql`c`)}, 'closedWhy', c.why,
             'opening', case when o.id is not null then json_build_object(
               'at', ${isoInstant(sql`o.happened_at`)}, 'by', ${actorOf(sql`o`)}, 'why', o.why) end) order by c.id), '[]')
      from audit_events c
      left join lateral (select e.* from audit_events e
            where e.subject_kind = 'gate' and e.subject_id = c.subject_id and e.id > c.id order by e.id limit 1) o on true
      cross join (select min(e.happened_at) as at from audit_events e
            where e.subject_kind = 'deposit' and e.subject_id = d.id and e.before ->> 'state' = 'captured') gone
     where c.subject_kind = 'gate' and c.subject_id in (${ALL_ACCOUNTS}, d.bank_account_key) and c.after ->> 'state' = 'closed'
       and case when o.id is null then gone.at is null
                else o.happened_at > d.captured_at and (gone.at is null or o.happened_at <= gone.at) end)`;
}
