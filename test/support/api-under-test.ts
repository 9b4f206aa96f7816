import type { LightMyRequestResponse } from 'fastify';
import pino from 'pino';
import { createApiKey, type NewApiKey } from '../../api/auth/api-keys.ts';
import { createRefusalCounter } from '../../api/refusal-counter.ts';
import { createUploads } from '../../api/uploads.ts';
import { buildApp } from '../../api/build-app.ts';
import type { ApiApp, ApiDeps } from '../../api/deps.ts';
import { PERSON_ONLY_SCOPES, SCOPES, type Scope } from '../../api/auth/scopes.ts';
import { productionAddresses } from '../../bank/http/address-rule.ts';
import { createTemporalGateway } from '../../temporal/gateway.ts';
import { openDatabase, type DatabaseHandle } from '../../db/client.ts';
import { openReviews } from '../../db/queries/reviews.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { aLine, capture, credit, seedBankAccount } from './ledger.ts';

export const ACCOUNT = 'fnb-main';
export const PEPPER = 'a pepper that only tests use, long enough';
export const WEBHOOK_SECRETS = [
  'the first secret of the tests!!!',
  'the next secret of the tests!!!!',
].map((text) => `whsec_${Buffer.from(text).toString('base64')}`);
/** Nothing listens on the discard port of this machine. */
const CLOSED_PORT = '127.0.0.1:9';

const SERVICE_SCOPES = SCOPES.filter((scope) => !PERSON_ONLY_SCOPES.has(scope));

/** An API on its own database, without Temporal. */
export interface ApiUnderTest {
  readonly app: ApiApp;
  readonly database: TestDatabase;
  readonly handle: DatabaseHandle;
  readonly deps: ApiDeps;
  /** A service's key with every scope that it may have. */
  readonly serviceKey: string;
  /** A person's key with every scope. */
  readonly personKey: string;
  /** Everything that was logged, as text. */
  logged(): string;
  /** Throws if the API answered a code that the OpenAPI document does not list at its route. */
  close(): Promise<void>;
}

export async function startApi(changes: Partial<ApiDeps> = {}): Promise<ApiUnderTest> {
  const database = await createTestDatabase();
  await seedBankAccount(database.db, ACCOUNT);
  await database.owner`update bank_accounts set bank_account_id = 'ACC-1' where key = ${ACCOUNT}`;
  const handle = openHandle(database);
  const lines: string[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
  const temporal = createTemporalGateway({ address: CLOSED_PORT, namespace: 'default', logger });
  const deps: ApiDeps = {
    database: handle,
    intake: handle,
    temporal,
    apiKeyPepper: PEPPER,
    deployment: 'trial',
    rateLimits: {
      requestsPerMinute: 100_000,
      failedAuthPerMinute: 100_000,
      webhooksPerMinute: 100_000,
    },
    trustedProxies: [],
    allowedOrigins: [],
    webhookSecretsOf: (key) => (key === ACCOUNT ? WEBHOOK_SECRETS : []),
    bankAddresses: productionAddresses(false),
    statementBytesMax: 1_048_576,
    approvals: {
      fourEyesAboveMinor: 500_000n,
      dailyLimitMinor: 10_000_000n,
      approvalHours: 72,
    },
    codeSeries: 0,
    refusals: createRefusalCounter(database.db, logger),
    uploads: createUploads(),
    clock: () => new Date(),
    logger,
    ...changes,
  };
  const app = buildApp(deps);
  const undocumented = noteUndocumented(app);
  await app.ready();
  return {
    app,
    database,
    handle,
    deps,
    serviceKey: await keyOf(database, 'service', SERVICE_SCOPES),
    personKey: await keyOf(database, 'person', SCOPES),
    logged: () => lines.join(''),
    close: async () => {
      await app.close();
      await temporal.close();
      await handle.close();
      await database.close();
      if (undocumented.size > 0) {
        throw new Error(`Answers that OpenAPI does not have: ${[...undocumented].join(', ')}.`);
      }
    },
  };
}

/** Collects error answers whose code the route does not document under that status. */
function noteUndocumented(app: ApiApp): ReadonlySet<string> {
  const found = new Set<string>();
  app.addHook('onSend', (request, reply, payload, next) => {
    const { url, schema } = request.routeOptions;
    const type = String(reply.getHeader('content-type'));
    if (url !== undefined && type.includes('problem+json')) {
      const { code } = JSON.parse(String(payload)) as { code: string };
      const documented = JSON.stringify(schema?.response ?? {});
      if (!documented.includes(`\`${code}\``)) found.add(`${url} ${code}`);
    }
    next(null, payload);
  });
  return found;
}

/** The connections of one API process. */
export function openHandle(database: TestDatabase): DatabaseHandle {
  return openDatabase({ url: database.url, poolSize: 4, applicationName: 'api-test', as: 'app' });
}

export async function keyOf(
  database: TestDatabase,
  ownerKind: 'service' | 'person',
  scopes: readonly Scope[],
  more: Partial<NewApiKey> = {},
): Promise<string> {
  const made = await createApiKey(database.db, {
    name: 'tester',
    ownerKind,
    scopes,
    pepper: PEPPER,
    deployment: 'trial',
    ...more,
  });
  return made.key;
}

/** The id in a key. */
export function idOf(key: string): string {
  return `key_${key.split('_')[2] ?? ''}`;
}

export function bearer(key: string): { readonly authorization: string } {
  return { authorization: `Bearer ${key}` };
}

let requests = 0;

/** A POST with a key, and with a new Idempotency-Key unless one is given. */
export function post(
  service: ApiUnderTest,
  url: string,
  payload: object | string | undefined,
  given: { readonly key?: string; readonly idempotencyKey?: string } = {},
): Promise<LightMyRequestResponse> {
  requests += 1;
  return service.app.inject({
    method: 'POST',
    url,
    headers: {
      ...bearer(given.key ?? service.serviceKey),
      'idempotency-key': given.idempotencyKey ?? `request-${requests}`,
      ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(payload === undefined ? {} : { payload }),
  });
}

export function get(
  service: ApiUnderTest,
  url: string,
  key: string = service.serviceKey,
): Promise<LightMyRequestResponse> {
  return service.app.inject({ method: 'GET', url, headers: bearer(key) });
}

/** Counts the postings: only a 2xx answer may change the count. */
export async function countPostings(service: ApiUnderTest): Promise<number> {
  const [row] = await service.database.owner<{ count: number }[]>`
    select count(*)::int as count from postings`;
  return row?.count ?? -1;
}

export async function createdWallet(
  service: ApiUnderTest,
): Promise<{ readonly id: string; readonly code: string }> {
  const answer = await post(service, '/v1/wallets', {});
  return answer.json<{ id: string; code: string }>();
}

let lines = 0;

/** A captured deposit of this many cents; answers its id. */
export async function capturedDeposit(service: ApiUnderTest, minor: bigint): Promise<string> {
  lines += 1;
  const line = aLine(`api-${lines}`, minor);
  await capture(service.database.db, ACCOUNT, [line]);
  return line.depositId;
}

/** A deposit that was credited to a wallet. */
export async function creditedDeposit(
  service: ApiUnderTest,
  walletId: string,
  minor: bigint,
): Promise<string> {
  const depositId = await capturedDeposit(service, minor);
  await credit(service.database.db, [{ depositId, walletId }]);
  return depositId;
}

/** A deposit that waits for a person. */
export async function depositInReview(service: ApiUnderTest, minor: bigint): Promise<string> {
  const depositId = await capturedDeposit(service, minor);
  const review = { depositId, reason: 'unknown_code', candidates: ['CUS00000018'] } as const;
  const dueAt = new Date('2026-12-20T08:00:00Z');
  await service.database.db.transaction((tx) =>
    openReviews(tx, [review], { remindAt: [], escalateAt: null, dueAt }),
  );
  return depositId;
}
