import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, type DatabaseHandle } from '../../db/client.ts';
import { sealEvents, type AuditSeal } from '../../db/queries/audit-seals.ts';
import { checkAnchor } from '../../db/queries/verify/anchor-check.ts';
import { AUDIT_CHECKS } from '../../db/queries/verify/audit-checks.ts';
import { RELEASE_CHECKS } from '../../db/queries/verify/release-checks.ts';
import { TRAIL_CHECKS } from '../../db/queries/verify/trail-checks.ts';
import { CHECKS, runChecks, verify } from '../../db/queries/verify/verify.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { seedBooks } from './support/books-seed.ts';
import { DESK_EDITS } from './support/desk-edits.ts';
import { MONEY_EDITS } from './support/money-edits.ts';
import { RULE_EDITS } from './support/rule-edits.ts';

const EDITS = [...MONEY_EDITS, ...DESK_EDITS, ...RULE_EDITS];

let test: TestDatabase;
let superuser: DatabaseHandle;
let head: AuditSeal;

beforeAll(async () => {
  test = await createTestDatabase();
  superuser = openDatabase({
    url: test.ownerUrl,
    poolSize: 1,
    applicationName: 'purser-test-editor',
    as: 'owner',
    statementTimeoutMs: 60_000,
  });
  await seedBooks(test);
  ({ head } = await sealEvents(test.db, 1_000));
}, 180_000);
afterAll(async () => {
  await superuser.close();
  await test.close();
});

class Undo extends Error {}

/** The checks that name most edits, then the others: one that is broken is enough. */
const SOONEST = [...new Set([...AUDIT_CHECKS, ...TRAIL_CHECKS, ...RELEASE_CHECKS, ...CHECKS])];

/** Edits as a superuser with every trigger off, and answers the first check that `verify` finds broken; then undoes it. */
async function namedAfter(statements: readonly string[]): Promise<string | null> {
  let named: string | null = null;
  const editing = superuser.db.transaction(async (tx) => {
    await tx.execute(sql`SET LOCAL session_replication_role = replica`);
    for (const statement of statements) await tx.execute(sql.raw(statement));
    for (const check of SOONEST) {
      const { checks, ok } = await runChecks(tx, { checks: [check] });
      if (!ok) named ??= checks[0]?.id ?? '';
      if (named !== null) break;
    }
    if (named === null && !(await checkAnchor(tx, [head])).ok) named = 'I19 anchor';
    throw new Undo();
  });
  await editing.catch((error: unknown) => {
    if (!(error instanceof Undo)) throw error;
  });
  return named;
}

describe('verify, on books that a superuser edits past every trigger,', () => {
  it('finds them clean before', async () => {
    expect((await verify(test.db)).checks.filter(({ ok }) => !ok)).toEqual([]);
  });

  it('finds them clean since each of their seals', async () => {
    for (let since = 0n; since <= head.seq; since += 1n) {
      const { checks } = await verify(test.db, { since });
      expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    }
  });

  it('names an edit of what came since a seal, and leaves what is older to a whole run', async () => {
    const broken = async (since: bigint) => {
      const { checks } = await verify(test.db, { since });
      return checks.flatMap(({ id, ok }) => (ok ? [] : [id]));
    };
    const edit = (sign: string) =>
      test.owner.begin(async (tx) => {
        await tx`SET LOCAL session_replication_role = replica`;
        await tx.unsafe(
          `UPDATE lines SET amount_minor = amount_minor ${sign} 1 WHERE id = (SELECT min(id) FROM lines)`,
        );
      });
    await edit('+');
    expect(await broken(0n)).toContain('I19 rows');
    expect(await broken(head.seq)).toEqual([]);
    await edit('-');
  });

  it.each(EDITS)('names %s', async (_what, ...statements) => {
    expect(await namedAfter(statements)).not.toBeNull();
  });

  it('needs the anchor once somebody computes every seal anew', async () => {
    const edit = `UPDATE lines SET text = 'SALARY' WHERE id = (SELECT min(id) FROM lines)`;
    const anew = [
      'DELETE FROM audit_seals',
      'DO $$ BEGIN WHILE (SELECT sealed FROM seal_audit(1000)) > 0 LOOP END LOOP; END $$',
    ];
    expect(await namedAfter([edit, ...anew])).toBe('I19 anchor');
  });

  it('names a hundred edits and more', () => {
    expect(EDITS.length).toBeGreaterThanOrEqual(98);
    expect(new Set(EDITS.map(([what]) => what)).size).toBe(EDITS.length);
  });
});
