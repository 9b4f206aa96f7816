import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealAll } from '../support/audit.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { aLine, capture, seedBankAccount, seedWallet } from '../support/ledger.ts';
import { runPurser } from '../support/purser.ts';

let test: TestDatabase;
let sealed: string;
beforeAll(async () => {
  test = await createTestDatabase();
  await seedBankAccount(test.db, 'main');
  await seedWallet(test.db, 1);
  await capture(test.db, 'main', [aLine('one', 5_000n)]);
  await sealAll(test);
  const [head] = await test.owner<{ seq: string }[]>`select max(seq)::text as seq from audit_seals`;
  sealed = head?.seq ?? '';
  await test.owner.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`update lines set amount_minor = amount_minor + 1`;
  });
});
afterAll(() => test.close());

const verifySince = (...since: readonly string[]) =>
  runPurser(['verify', ...since], { DATABASE_URL: test.url });

describe('purser verify --since', () => {
  it('leaves an edit of what was sealed before to a whole run, which names it', async () => {
    const since = await verifySince('--since', sealed);
    expect([since.code, since.stderr]).toEqual([0, '']);
    expect(since.stdout).toContain('Every invariant holds.');
    const whole = await verifySince();
    expect(whole.code).toBe(1);
    expect(whole.stdout).toMatch(/BROKEN\s+I19 rows/);
  });

  it('takes a day or a moment, and checks what came since', async () => {
    for (const when of ['2026-01-01', '2026-01-01T08:00:00Z'])
      expect((await verifySince('--since', when)).code).toBe(1);
    expect((await verifySince('--since', '2999-01-01')).code).toBe(0);
  });

  it.each([
    ['999', /has no seal 999/],
    ['yesterday', /--since takes a day such as/],
    ['2026-13-45', /--since takes a day such as/],
  ])('refuses %s in one sentence', async (when, why) => {
    const answer = await verifySince('--since', when);
    expect(answer.code).toBe(1);
    expect(answer.stderr).toMatch(why);
    expect(answer.stderr).not.toMatch(/\bat .*\.ts:/);
  });
});
