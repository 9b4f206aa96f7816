import { sql } from 'drizzle-orm';
import { expect, inject } from 'vitest';
import { createSimulatorAdmin } from '../../cli/stack/simulator-process.ts';
import { trialFeed, type TrialFeedName } from '../../cli/stack/trial-feeds.ts';
import { reconcileNow } from '../../cli/reconcile-now.ts';
import type { RunRow } from '../../cli/report-run.ts';
import { createApiKey } from '../../api/auth/api-keys.ts';
import { runApi, type RunningApi } from '../../api/main.ts';
import { SCOPES } from '../../api/auth/scopes.ts';
import { loadConfig, type Config } from '../../config.ts';
import { newId } from '../../db/new-id.ts';
import { sumCreditedByCode } from '../../db/queries/credited-totals.ts';
import { sumDepositsByState } from '../../db/queries/status.ts';
import { customerCodeFromNumber } from '../../domain/reference/customer-code.ts';
import { createLogger } from '../../logger.ts';
import { buildSimulator } from '../../simulator/build-simulator.ts';
import { runWorker, type RunningWorker } from '../../worker/main.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from './database.ts';
import { startTestTemporal, type TestTemporal } from './temporal.ts';
import { waitFor } from './wait-for.ts';

export const ACCOUNT = 'fnb-main';
const WEBHOOK_SECRET = `whsec_${Buffer.from('a webhook secret for tests only!').toString('base64')}`;
const API_KEY = 'simulator-key-for-tests';
const ADMIN_KEY = 'simulator-admin-for-tests';

/** The part of the simulated bank's truth that tests compare with the ledger. */
interface Truth {
  readonly credited: { readonly count: number; readonly minor: string };
  readonly inReview: { readonly count: number; readonly minor: string };
  readonly byCode: Readonly<Record<string, { readonly count: number; readonly minor: string }>>;
}

/** A whole service on real servers: Postgres, Temporal, a bank over HTTP, and a worker in this process. */
export interface Service {
  readonly database: TestDatabase;
  readonly temporal: TestTemporal;
  readonly config: Config;
  /** The environment for a worker or API of this service. */
  readonly env: Readonly<Record<string, string>>;
  readonly bank: (path: string, body?: unknown) => Promise<unknown>;
  /** The worker in this process; null while none runs here. */
  startWorker(): Promise<void>;
  stopWorker(): Promise<void>;
  /** An API in this process, and the key of a person with every scope. */
  startApi(): Promise<{ readonly url: string; readonly key: string }>;
  stopApi(): Promise<void>;
  openWallet(number: number): Promise<{ readonly walletId: string; readonly code: string }>;
  /** Triggers the account's Schedule and waits for the run. */
  reconcile(): Promise<RunRow>;
  /** Waits until no deposit is `captured`, then runs verify and compares the ledger with the bank's truth. */
  expectTruth(): Promise<void>;
  close(): Promise<void>;
}

export async function startService(
  options: {
    readonly settings?: Readonly<Record<string, string>>;
    readonly withWorker?: boolean;
    readonly feed?: TrialFeedName;
    /** Limits of the Temporal server. */
    readonly limits?: Readonly<Record<string, number>>;
  } = {},
): Promise<Service> {
  const [database, temporal] = await Promise.all([
    createTestDatabase(),
    startTestTemporal(options.limits),
  ]);
  const feed = trialFeed(options.feed ?? 'json', API_KEY);
  const simulator = buildSimulator({
    port: 0,
    seed: '7',
    apiKey: feed.apiKey,
    adminKey: ADMIN_KEY,
    accountId: 'ACC-1',
    timeZone: 'Africa/Johannesburg',
    webhookUrl: null,
    webhookSecret: WEBHOOK_SECRET,
    pageSize: 500,
    stateFile: null,
    now: () => new Date(),
  });
  const bankUrl = await simulator.listen();
  const env = {
    LOG_LEVEL: 'silent',
    WORKFLOW_BUNDLE: inject('workflowBundlePath'),
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    API_PORT: '0',
    API_KEY_PEPPER: 'a pepper that only tests use, long enough',
    BANK_API_ENABLED: 'true',
    BANK_ACCOUNT_KEY: ACCOUNT,
    BANK_ACCOUNT_ID: 'ACC-1',
    ...feed.env(bankUrl),
    BANK_WEBHOOK_SECRET: WEBHOOK_SECRET,
    ...options.settings,
  };
  const config = loadConfig(env);
  const bank = createSimulatorAdmin(bankUrl, ADMIN_KEY);
  await bank('settings', feed.bankOptions);
  let worker: RunningWorker | null = null;
  let api: RunningApi | null = null;
  const logger = createLogger({ level: 'silent', name: 'test' });
  const stopWorker = async () => {
    await worker?.stop();
    worker = null;
  };
  const stopApi = async () => {
    await api?.close();
    api = null;
  };
  const startWorker = async () => {
    worker = await runWorker({ config, env, logger });
  };
  if (options.withWorker ?? true) await startWorker();
  return {
    database,
    temporal,
    config,
    env,
    bank,
    startWorker,
    stopWorker,
    startApi: async () => {
      api = await runApi({ config, env, logger });
      await bank('settings', { webhookUrl: `${api.url}/webhooks/bank/${ACCOUNT}` });
      const { key } = await createApiKey(database.db, {
        name: 'tester',
        ownerKind: 'person',
        scopes: SCOPES,
        pepper: env.API_KEY_PEPPER,
        deployment: 'trial',
      });
      return { url: api.url, key };
    },
    stopApi,
    openWallet: async (number) => {
      const walletId = newId('wallet');
      const code = customerCodeFromNumber(number);
      await database.db.execute(sql`insert into wallets (id, code) values (${walletId}, ${code})`);
      return { walletId, code };
    },
    reconcile: () => reconcileNow(config, database.db, ACCOUNT),
    expectTruth: () => expectTruth(database, bank),
    close: async () => {
      await stopWorker();
      await stopApi();
      await simulator.close();
      await temporal.close();
      await database.close();
    },
  };
}

async function expectTruth(database: TestDatabase, bank: Service['bank']): Promise<void> {
  await waitFor('every event is handled and every deposit has left captured', async () => {
    const [row] = await database.db.execute<{ moving: number }>(sql`
      select ((select count(*) from bank_events where handled_at is null)
            + (select count(*) from deposits where state = 'captured'))::int as moving`);
    return row?.moving === 0;
  });
  const truth = (await bank('truth')) as Truth;
  const states = await sumDepositsByState(database.db);
  const found = Object.fromEntries(
    states.map(({ state, count, amountMinor }) => [
      state,
      { count, minor: amountMinor.toString() },
    ]),
  );
  const none = { count: 0, minor: '0' };
  const byCode = Object.fromEntries(
    [...(await sumCreditedByCode(database.db))].map(([code, minor]) => [code, minor.toString()]),
  );
  const meant = Object.fromEntries(
    Object.entries(truth.byCode).map(([code, { minor }]) => [code, minor]),
  );
  const pairs = [
    ['credited', found['credited'] ?? none, truth.credited],
    ['in review', found['in_review'] ?? none, truth.inReview],
    ['by code', sorted(byCode), sorted(meant)],
  ] as const;
  for (const [what, ledger, bankSays] of pairs) {
    expect(ledger, `${what}: what the ledger has, and what the bank meant`).toEqual(bankSays);
  }
  await verifyClean(database.db);
}

function sorted(record: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
