import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runApi, type RunningApi } from '../../api/main.ts';
import { reconcileNow } from '../../cli/reconcile-now.ts';
import { loadConfig, type Config } from '../../config.ts';
import { createLogger } from '../../logger.ts';
import { runWorker, type RunningWorker } from '../../worker/main.ts';
import { copyTestDatabase, verifyClean, type TestDatabase } from '../support/database.ts';
import { runPurser } from '../support/purser.ts';
import { readRepositoryFile } from '../support/repository.ts';
import { ACCOUNT, startService, type Service } from '../support/service.ts';
import { waitFor } from '../support/wait-for.ts';

/** Purser after the restore, as the steps of the runbook build it up. */
interface Restored {
  readonly database: TestDatabase;
  env: Record<string, string>;
  config: Config;
  worker: RunningWorker | null;
  api: RunningApi | null;
}

interface Opened {
  readonly id: string;
  readonly code: string;
}

const logger = createLogger({ level: 'silent', name: 'test' });
let service: Service;
let backup: TestDatabase;
let key: string;
let url: string;
let restored: Restored;
beforeAll(async () => {
  service = await startService();
  const api = await service.startApi();
  [url, key] = [api.url, api.key];
});
afterAll(async () => {
  await restored.api?.close();
  await restored.worker?.stop();
  await backup.close();
  await service.close();
});

async function openWallet(body: object = {}): Promise<Opened> {
  const answer = await fetch(`${url}/v1/wallets`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(201);
  return (await answer.json()) as Opened;
}

const pay = (code: string, amountMinor: string) =>
  service.bank('lines', [{ reference: code, amountMinor, expect: { outcome: 'credited', code } }]);

/** What each wallet has, in cents, by its code. */
async function held(database: TestDatabase): Promise<Readonly<Record<string, string>>> {
  const rows = await database.db.execute<{ code: string; minor: string }>(
    sql`select code, (prepaid_minor + remainder_minor)::text as minor from wallets where prepaid_minor + remainder_minor > 0`,
  );
  return Object.fromEntries(rows.map(({ code, minor }) => [code, minor]));
}

async function waiting(database: TestDatabase): Promise<readonly string[]> {
  const rows = await database.db.execute<{ why: string }>(sql`
    select r.reason || ' ' || array_to_string(r.candidates, ' ') || ' ' || d.amount_minor as why
      from reviews r join deposits d on d.id = r.deposit_id where d.state = 'in_review' order by 1`);
  return rows.map(({ why }) => why);
}

const withSettings = (changes: Record<string, string>) => {
  restored.env = { ...restored.env, ...changes };
  restored.config = loadConfig(restored.env);
};

/** The steps of the runbook, by the words that they begin with: what a person does who follows them. */
const STEPS: readonly (readonly [string, () => Promise<void>])[] = [
  [
    'Stop workers and API.',
    async () => {
      await service.stopWorker();
      await service.stopApi();
    },
  ],
  [
    'Restore the `purser` database.',
    () => {
      const env = { ...service.env, DATABASE_URL: backup.url };
      restored = { database: backup, env, config: loadConfig(env), worker: null, api: null };
      return Promise.resolve();
    },
  ],
  [
    '**Start on a new, empty Temporal namespace** (`TEMPORAL_NAMESPACE=purser-2`, then make it).',
    async () => {
      withSettings({ TEMPORAL_NAMESPACE: 'purser-2' });
      const { workflowService } = service.temporal.client.connection;
      await workflowService.registerNamespace({
        namespace: 'purser-2',
        workflowExecutionRetentionPeriod: { seconds: 1_209_600 as never },
      });
      await waitFor('the namespace is known', () =>
        workflowService.describeNamespace({ namespace: 'purser-2' }).then(
          () => true,
          () => false,
        ),
      );
    },
  ],
  [
    '**Raise `CODE_SERIES` by one.**',
    () => {
      withSettings({ CODE_SERIES: (restored.config.CODE_SERIES + 1).toString() });
      return Promise.resolve();
    },
  ],
  [
    'Run `purser migrate` and `purser verify`, then start the workers and the API.',
    async () => {
      const { config, env } = restored;
      const migrated = await runPurser(['migrate'], {
        ...env,
        MIGRATION_DATABASE_URL: backup.ownerUrl,
      });
      expect(migrated.code, migrated.stderr).toBe(0);
      const verified = await runPurser(['verify', '--json'], env);
      expect(verified.code, verified.stdout).toBe(0);
      restored.worker = await runWorker({ config, env, logger });
      restored.api = await runApi({ config, env, logger });
      url = restored.api.url;
      await service.bank('settings', { webhookUrl: `${url}/webhooks/bank/${ACCOUNT}` });
    },
  ],
  [
    'The poll reads every day since the last complete one',
    async () => {
      const run = await reconcileNow(restored.config, backup.db, ACCOUNT);
      expect(run.errorCode).toBeNull();
      await waitFor('every deposit has left captured', async () => {
        const [row] = await backup.db.execute<{ moving: number }>(
          sql`select count(*)::int as moving from deposits where state = 'captured'`,
        );
        return row?.moving === 0;
      });
    },
  ],
];

describe('a database that was restored by the runbook', () => {
  let kept: Opened;
  let lost: readonly Opened[];

  it('gives no wallet a code that was issued before, and no customer the money of another', async () => {
    kept = await openWallet({ externalRef: 'kept' });
    await pay(kept.code, '10000');
    await service.reconcile();
    await service.expectTruth();
    await service.stopWorker();
    backup = await copyTestDatabase(service.database);
    await service.startWorker();
    lost = [await openWallet(), await openWallet(), await openWallet()];
    await pay(kept.code, '15000');
    await pay(lost[0]?.code ?? '', '20000');
    await pay(lost[1]?.code ?? '', '25000');
    await service.reconcile();
    await service.expectTruth();

    const page = readRepositoryFile('docs/runbook.md').split('\n## Restoring\n')[1] ?? '';
    const steps = page
      .split(/^[0-9]+\. /m)
      .slice(1)
      .map((step) => step.replace(/\s+/g, ' '));
    expect(steps).toHaveLength(STEPS.length + 2);
    expect(steps[6]).toContain('**Register the wallets that were lost.**');
    for (const [index, [words, carryOut]] of STEPS.entries()) {
      expect(steps[index]).toContain(words);
      await carryOut();
    }

    expect(await held(backup)).toEqual({ [kept.code]: '25000' });
    expect(await waiting(backup)).toEqual(
      [`unknown_code ${lost[0]?.code} 20000`, `unknown_code ${lost[1]?.code} 25000`].sort(),
    );
    const opened: string[] = [];
    for (let at = 0; at < 40; at += 1) opened.push((await openWallet()).code);
    expect(opened.filter((code) => lost.some((each) => each.code === code))).toEqual([]);
    expect(await held(backup)).toEqual({ [kept.code]: '25000' });
  });

  it('gives the customers of lost wallets their money as soon as a person registers their codes', async () => {
    for (const { code } of lost) await openWallet({ legacyCode: code });
    await waitFor(
      'the customers have their money',
      async () => (await waiting(backup)).length === 0,
    );
    expect(await held(backup)).toEqual({
      [kept.code]: '25000',
      [lost[0]?.code ?? '']: '20000',
      [lost[1]?.code ?? '']: '25000',
    });
    const told = await backup.db.execute(
      sql`select 1 from notifications where kind = 'deposit_credited'`,
    );
    expect(told).toHaveLength(4);
    await verifyClean(backup.db);
  });
});
