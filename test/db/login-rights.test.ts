import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { readRepositoryFile } from '../support/repository.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.close());

/** What the login may do with a table, as docs/invariants.md writes it. */
interface Rights extends Record<string, unknown> {
  readonly name: string;
  readonly add: string;
  readonly change: string;
  readonly remove: string;
}

/** The rights that PostgreSQL grants in effect, whoever they come from, to the role that the login acts as. */
function listRights(): Promise<readonly Rights[]> {
  const columns = (privilege: string) => sql`
    case when has_table_privilege(c.oid, ${privilege}) then 'all' else coalesce((
      select string_agg('\`' || a.attname || '\`', ' ' order by a.attname) from pg_attribute a
       where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
         and has_column_privilege(c.oid, a.attnum, ${privilege})), '–') end`;
  return test.db.execute<Rights>(sql`
    select r.name, r.add, r.change, r.remove from (
      select '\`' || c.relname || '\`' as name, ${columns('INSERT')} as add, ${columns('UPDATE')} as change,
             case when has_table_privilege(c.oid, 'DELETE') then 'yes' else '–' end as remove
        from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')) r
     where (r.add, r.change, r.remove) <> ('–', '–', '–') order by r.name`);
}

/** The rows of the table in docs/invariants.md. */
function documentedRights(): readonly Rights[] {
  const [, page = ''] = readRepositoryFile('docs/invariants.md').split(
    "## What the services' login may write\n",
  );
  const [section = ''] = page.split('\n## ');
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => {
      const [, name = '', add = '', change = '', remove = ''] = line
        .split('|')
        .map((cell) => cell.trim());
      return { name, add, change, remove };
    });
}

describe('the services’ login', () => {
  it('holds the rights that docs/invariants.md lists, and no other', async () => {
    const rights = await listRights();
    expect([...documentedRights()]).toEqual([...rights]);
    expect(rights.length).toBeGreaterThan(0);
  });

  it('truncates no table, and adds no trigger', async () => {
    const found = await test.db.execute(sql`
      select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
         and (has_table_privilege(c.oid, 'TRUNCATE') or has_table_privilege(c.oid, 'TRIGGER'))`);
    expect([...found]).toEqual([]);
  });

  it('differs from docs/invariants.md as soon as it gains a right over a bank account', async () => {
    await test.owner`grant update (api_key_env) on bank_accounts to purser_app`;
    const after = await listRights();
    await test.owner`revoke update (api_key_env) on bank_accounts from purser_app`;
    expect([...documentedRights()]).not.toEqual([...after]);
  });
});
