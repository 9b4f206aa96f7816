import { existsSync } from 'node:fs';
import { loadConfig, type Config } from '../config.ts';
import { openDatabase, type DatabaseHandle, type DatabaseOptions } from '../db/client.ts';
import { CodedError } from '../domain/errors.ts';
import { dataFolder } from '../embedded/data-folder.ts';
import { withSecretFiles, type Variables } from '../settings/secret-files.ts';
import { START_TRIAL } from './invocation.ts';
import { readStackRecord } from './stack/stack-record.ts';

/** The variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface CommandContext {
  readonly env: Environment;
  readonly config: Config;
}

/** Reads `.env` in the working directory, if any; variables that are already set win. */
export function loadDotEnv(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}

/** The configuration of a production process: everything comes from the environment. */
export function productionContext(): CommandContext {
  return contextOf(process.env);
}

/** Reads secrets from the files that `…_FILE` names; their faults and those of the settings come in one message. */
function contextOf(variables: Variables): CommandContext {
  const { env, faults } = withSecretFiles(variables);
  return { env, config: loadConfig(env, faults) };
}

/**
 * The configuration of a command that connects to servers: those of the environment, else those of the trial that runs
 * on the data folder.
 */
export function runningContext(): CommandContext {
  if (process.env['DATABASE_URL'] || process.env['DATABASE_URL_FILE']) return productionContext();
  const record = readStackRecord(dataFolder(process.env));
  if (record === null) {
    throw new CodedError(
      'config.invalid',
      `No running Purser found: start a trial with \`${START_TRIAL}\` in another terminal, or set DATABASE_URL and TEMPORAL_ADDRESS.`,
    );
  }
  return contextOf({ ...process.env, ...record.env });
}

/** Runs `work` with a database connection and always closes it. */
export async function withDatabase<T>(
  config: Config,
  work: (handle: DatabaseHandle) => Promise<T>,
  options: Pick<DatabaseOptions, 'transactionTimeoutMs'> = {},
): Promise<T> {
  const handle = openDatabase({
    url: config.DATABASE_URL ?? '',
    poolSize: 2,
    applicationName: 'purser-cli',
    as: 'app',
    statementTimeoutMs: 120_000,
    ...options,
  });
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
}
