import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';

/** The database without a transaction. Activities and routes open transactions on it; queries never do. */
export type Database = PostgresJsDatabase;
/** An open transaction. */
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];
/** What a query runs on. It always comes first. */
export type Executor = Database | Transaction;

/** One process's connections. */
export interface DatabaseHandle {
  readonly db: Database;
  /** The driver itself, for LISTEN only. */
  readonly listener: postgres.Sql;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  readonly poolSize: number;
  readonly applicationName: string;
  /** `app` may not write money rows but by the ledger's own functions; `owner` migrates. */
  readonly as: 'app' | 'owner';
  /** Below the activities' start-to-close timeout, so that a late attempt cannot commit after its retry began. */
  readonly statementTimeoutMs?: number;
}

/** Opens a pool; connections are made on first use. */
export function openDatabase(options: DatabaseOptions): DatabaseHandle {
  const client = postgres(options.url, {
    max: options.poolSize,
    connect_timeout: 5,
    idle_timeout: 60,
    onnotice: () => undefined,
    connection: {
      application_name: options.applicationName,
      statement_timeout: options.statementTimeoutMs ?? 4_000,
      lock_timeout: 3_000,
      idle_in_transaction_session_timeout: 30_000,
      ...(options.as === 'app' ? { role: 'purser_app' } : {}),
    },
  });
  return {
    db: drizzle(client),
    listener: client,
    close: () => client.end({ timeout: 5 }),
  };
}
