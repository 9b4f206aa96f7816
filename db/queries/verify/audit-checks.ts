import { sql } from 'drizzle-orm';
import type { Check } from './check.ts';

/** The same hash as in seal_audit(), repeated here: the function in the database may have been changed too. */
const EVENT_TEXT = sql`jsonb_build_array(
  s.seq, e.id, e.xid::text, to_char(e.happened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
  e.actor_kind, e.actor_key, e.actor_person, e.login, e.action, e.subject_kind, e.subject_id, e.before, e.after, e.why)::text`;

/** The audit trail: no row was changed, removed or left out. */
export const AUDIT_CHECKS: readonly Check[] = [
  {
    id: 'I19',
    title: 'Each audit row is as it was sealed, and each seal follows the one before it.',
    checked: sql`SELECT count(*) AS checked FROM audit_seals`,
    broken: sql`
      SELECT seq, event_id AS event, fault
        FROM (SELECT s.seq, s.event_id,
                     CASE WHEN s.seq <> lag(s.seq, 1, 0::bigint) OVER chain + 1 THEN 'a seal is missing before it'
                          WHEN s.prev <> lag(s.hash, 1, decode(repeat('00', 32), 'hex')) OVER chain THEN 'it does not follow the seal before it'
                          WHEN e.id IS NULL THEN 'its row is gone'
                          WHEN s.hash <> sha256(s.prev || convert_to(${EVENT_TEXT}, 'UTF8')) THEN 'its row was changed' END AS fault
                FROM audit_seals s LEFT JOIN audit_events e ON e.id = s.event_id
              WINDOW chain AS (ORDER BY s.seq)) seals
       WHERE fault IS NOT NULL`,
  },
  {
    id: 'I19 sealed',
    title: 'No audit row waits for its seal for over an hour.',
    checked: sql`SELECT count(*) AS checked FROM audit_events`,
    broken: sql`
      SELECT e.id AS event, e.happened_at AS "happenedAt", e.action FROM audit_events e
       WHERE e.happened_at < now() - interval '1 hour' AND NOT EXISTS (SELECT 1 FROM audit_seals s WHERE s.event_id = e.id)`,
  },
  {
    id: 'I19 complete',
    title:
      'Each state that a deposit, a review, a decision or a wallet is in was written down when it was reached.',
    checked: sql`
      SELECT (SELECT count(*) FROM deposits) + (SELECT count(*) FROM reviews) + (SELECT count(*) FROM decisions)
           + (SELECT count(*) FROM wallets) AS checked`,
    broken: sql`
      WITH recorded AS (
        SELECT id, subject_kind, subject_id,
               CASE subject_kind WHEN 'wallet' THEN after ->> 'status'
                                 WHEN 'review' THEN CASE WHEN after -> 'closed_at' = 'null' THEN 'open' WHEN after ? 'closed_at' THEN 'closed' END
                                 ELSE after ->> 'state' END AS state
          FROM audit_events
         WHERE subject_kind IN ('deposit', 'review', 'decision', 'wallet') AND action IN (subject_kind || '.added', subject_kind || '.changed')
      ), trail AS (
        SELECT DISTINCT ON (subject_kind, subject_id) subject_kind, subject_id, state FROM recorded
         WHERE state IS NOT NULL ORDER BY subject_kind, subject_id, id DESC
      ), reached AS (
        SELECT 'deposit' AS kind, id, state FROM deposits WHERE state <> 'captured'
        UNION ALL
        SELECT 'review', deposit_id, CASE WHEN closed_at IS NULL THEN 'open' ELSE 'closed' END FROM reviews
        UNION ALL
        SELECT 'decision', id, state FROM decisions
        UNION ALL
        SELECT 'wallet', id, status FROM wallets
      )
      SELECT r.id AS subject, r.kind, r.state, t.state AS "writtenDown"
        FROM reached r LEFT JOIN trail t ON t.subject_kind = r.kind AND t.subject_id = r.id
       WHERE t.state IS DISTINCT FROM r.state`,
  },
];
