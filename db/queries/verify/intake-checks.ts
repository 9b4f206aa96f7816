import { sql } from 'drizzle-orm';
import type { Check } from './check.ts';

/** Input from outside: statements and repeated requests. */
export const INTAKE_CHECKS: readonly Check[] = [
  {
    id: 'I10',
    title: 'The recorded proof of each statement agrees with its arithmetic.',
    checked: sql`SELECT count(*) AS checked FROM statements`,
    broken: sql`
      SELECT id AS statement, file_id AS file, proof, difference_minor AS difference FROM statements
       WHERE (CASE proof
                WHEN 'ok' THEN difference_minor = 0 AND opening_minor IS NOT NULL AND closing_minor IS NOT NULL
                WHEN 'failed' THEN true
                WHEN 'absent' THEN difference_minor IS NULL
                ELSE false END) IS NOT TRUE`,
  },
  {
    id: 'I15',
    title: 'Each repeatable request has one row, and none is without its answer for over an hour.',
    checked: sql`SELECT count(*) AS checked FROM idempotency_keys`,
    // It shows neither the key nor the principal: they are the caller's.
    broken: sql`
      SELECT route, min(created_at) AS "firstSeen", count(*) AS requests, count(status) AS answered FROM idempotency_keys
       GROUP BY principal, route, key
      HAVING count(*) > 1 OR bool_or(status IS NULL AND created_at < now() - interval '1 hour')`,
  },
];
