import { bankAddresses, type Config } from '../config.ts';
import { openDatabase, type DatabaseHandle } from '../db/client.ts';
import { findBankAccount } from '../db/queries/bank-accounts.ts';
import { CodedError } from '../domain/errors.ts';
import { isSecretName } from '../domain/secret-names.ts';
import type { Logger } from '../logger.ts';
import { temporalConnectionOptions } from '../temporal/connection-options.ts';
import { buildApp } from './build-app.ts';
import type { ApiDeps } from './deps.ts';
import { createRefusalCounter } from './refusal-counter.ts';
import { createUploads } from './uploads.ts';
import { watchLogin } from './watch-login.ts';
import { startApiWatch } from './watch.ts';
import { diagnoseTemporal } from '../temporal/diagnose.ts';
import { createTemporalGateway } from '../temporal/gateway.ts';

/** Connections that only webhooks use. */
const INTAKE_CONNECTIONS = 2;

export interface ApiOptions {
  readonly config: Config;
  /** For the secrets that bank accounts name. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
}

export interface RunningApi {
  /** Where it listens, with the port that the system gave if API_PORT is 0. */
  readonly url: string;
  /** Rejects if the process must not go on: its login may do too much. */
  readonly refused: Promise<never>;
  /** Takes no new requests, lets the present ones end, and closes every connection. */
  close(): Promise<void>;
}

/**
 * Starts an API process. Neither the database nor Temporal must be up: /health/ready says when they are.
 * @throws CodedError `config.invalid`
 */
export async function runApi(options: ApiOptions): Promise<RunningApi> {
  const { config, env, logger } = options;
  const pepper = need(config.API_KEY_PEPPER, 'API_KEY_PEPPER');
  const database = openDatabase({
    url: need(config.DATABASE_URL, 'DATABASE_URL'),
    poolSize: config.DATABASE_POOL_SIZE,
    applicationName: 'purser-api',
    as: 'app',
  });
  const intake = openDatabase({
    url: need(config.DATABASE_URL, 'DATABASE_URL'),
    poolSize: INTAKE_CONNECTIONS,
    applicationName: 'purser-api-intake',
    as: 'app',
  });
  const temporal = createTemporalGateway({
    ...temporalConnectionOptions(config),
    namespace: config.TEMPORAL_NAMESPACE,
    logger,
  });
  const refusals = createRefusalCounter(database.db, logger);
  const watch = startApiWatch(database.db, logger);
  const app = buildApp({
    database,
    intake,
    refusals,
    uploads: createUploads(),
    temporal,
    apiKeyPepper: pepper,
    deployment: config.DEPLOYMENT,
    rateLimits: {
      requestsPerMinute: config.API_REQUESTS_PER_MINUTE,
      failedAuthPerMinute: config.API_FAILED_AUTH_PER_MINUTE,
      webhooksPerMinute: config.API_WEBHOOKS_PER_MINUTE,
    },
    trustedProxies: config.API_TRUST_PROXY?.split(',').map((each) => each.trim()) ?? [],
    allowedOrigins: config.API_ALLOWED_ORIGINS?.split(',').map((each) => each.trim()) ?? [],
    webhookSecretsOf: createWebhookSecrets(intake, env),
    bankAddresses: bankAddresses(config),
    statementBytesMax: config.STATEMENT_MEGABYTES_MAX * 1_048_576,
    approvals: {
      fourEyesAboveMinor: config.FOUR_EYES_ABOVE,
      dailyLimitMinor: config.DECISION_DAILY_LIMIT,
      approvalHours: config.APPROVAL_HOURS,
    },
    codeSeries: config.CODE_SERIES,
    clock: () => new Date(),
    logger,
  });
  const login = watchLogin(database, config.DEPLOYMENT === 'production');
  const close = async () => {
    login.stop();
    watch.stop();
    await app.close();
    await refusals.stop();
    await temporal.close();
    await intake.close();
    await database.close();
    logger.info('api stopped');
  };
  try {
    const url = await app.listen({ host: config.API_HOST, port: config.API_PORT });
    logger.info({ url }, 'api started');
    void sayWhyNoTemporal(config, logger);
    return { url, close, refused: login.refused };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Once, at the start: the calls themselves say only that they failed. */
async function sayWhyNoTemporal(config: Config, logger: Logger): Promise<void> {
  const fault = await diagnoseTemporal(temporalConnectionOptions(config)).catch(() => null);
  if (fault !== null) logger.warn({ code: fault.code, ...fault.details }, fault.message);
}

/** An account's row names the variable that holds its secret; while a secret is rotated, `…_NEXT` holds the coming one. */
function createWebhookSecrets(
  database: DatabaseHandle,
  env: ApiOptions['env'],
): ApiDeps['webhookSecretsOf'] {
  return async (accountKey) => {
    const account = await findBankAccount(database.db, accountKey);
    const name = account?.webhookSecretEnv ?? null;
    // The row may be written by more people than the environment is: it names no other secret of this process.
    if (name === null || !isSecretName('webhook_secret', name)) return [];
    const names = [name, `${name}_NEXT`];
    return names.flatMap((each) => env[each] ?? []).filter((secret) => secret !== '');
  };
}

function need(value: string | undefined, name: string): string {
  if (value !== undefined) return value;
  throw new CodedError('config.invalid', `The API needs ${name}.`);
}
