import { sql } from 'drizzle-orm';
import { CodedError } from '../../domain/errors.ts';
import type { Executor } from '../client.ts';

/**
 * Refuses a login that may do more than a service needs. Whoever takes over a service may do what its login may: the role
 * that each connection takes can be put down again.
 * @throws CodedError `database.login_too_powerful` naming each right
 */
export async function requireServiceLogin(executor: Executor): Promise<void> {
  const rows = await executor.execute<{ readonly right: string }>(sql`
    SELECT "right" FROM (
      SELECT 1 AS place, 'is a superuser' AS "right" FROM pg_roles
      WHERE rolname = session_user AND rolsuper
      UNION ALL
      SELECT 2, 'may make roles' FROM pg_roles WHERE rolname = session_user AND rolcreaterole
      UNION ALL
      SELECT 3, 'owns the database' FROM pg_database
      WHERE datname = current_database() AND pg_has_role(session_user, datdba, 'MEMBER')
      UNION ALL
      SELECT 4, 'may act as purser_ledger' FROM pg_roles
      WHERE rolname = 'purser_ledger' AND pg_has_role(session_user, oid, 'MEMBER')
      UNION ALL
      SELECT 5, 'owns tables' WHERE EXISTS (
        SELECT FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
          AND pg_has_role(session_user, relowner, 'MEMBER'))
    ) AS found ORDER BY place`);
  if (rows.length === 0) return;
  throw new CodedError(
    'database.login_too_powerful',
    `The login in DATABASE_URL ${rows.map(({ right }) => right).join(', ')}: in production log in as one that may act as purser_app and nothing else.`,
  );
}
