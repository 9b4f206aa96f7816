import type { SQLWrapper } from 'drizzle-orm';
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { connectionAddress } from './connection-address.ts';
import { isConnectionFailure } from './pg-errors.ts';
import { createSlots, isBusy } from './slots.ts';
import { withDeadline } from './with-deadline.ts';

/** The database without a transaction. Activities and routes open transactions on it; queries never do. */
export type Database = PostgresJsDatabase;
/** An open transaction. */
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];
/** The connection or transaction that a query runs on; always its first parameter. */
export type Executor = Database | Transaction;

/** The connections of one process. */
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
  /** `app` may write money rows only through the ledger's functions; `owner` migrates. */
  readonly as: 'app' | 'owner';
  /** Below the activities' start-to-close timeout, so that a late attempt cannot commit after its retry began. */
  readonly statementTimeoutMs?: number;
  /** Longer only for a command that reads a whole ledger. */
  readonly transactionTimeoutMs?: number;
}

const STATEMENT_TIMEOUT_MS = 4_000;
/** A statement is lost if it has no answer this long after the server should have ended it. */
const ANSWER_GRACE_MS = 2_000;
/** Longer than the longest capture. */
const TRANSACTION_MS_MAX = 120_000;
const RENEW_PAUSE_MS = 1_000;
/** The longest wait for a connection of a busy pool. */
const BUSY_MS_MAX = 30_000;
const RETIRE_MS = 60_000;
const CLOSE_SECONDS = 5;

/** Opens a pool; connections are made on first use. */
export function openDatabase(options: DatabaseOptions): DatabaseHandle {
  const pool = createPool(options);
  const listener = createClient(options, 1);
  return {
    db: pool.db,
    listener,
    close: async () => {
      await Promise.all([pool.close(), listener.end({ timeout: 1 })]);
    },
  };
}

function createClient(options: DatabaseOptions, connections: number): postgres.Sql {
  const { ssl, url } = connectionAddress(options.url);
  return postgres(url, {
    ssl,
    max: connections,
    connect_timeout: 5,
    idle_timeout: 60,
    onnotice: () => undefined,
    connection: {
      application_name: options.applicationName,
      statement_timeout: options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS,
      lock_timeout: 3_000,
      idle_in_transaction_session_timeout: 30_000,
      ...(options.as === 'app' ? { role: 'purser_app' } : {}),
    },
  });
}

/**
 * A pool that is replaced when its server is lost. After a cut the driver keeps broken connections in use (see
 * late-write.ts): they never send again, and a query on one of them waits in vain.
 */
function createPool(options: DatabaseOptions) {
  let client = createClient(options, options.poolSize);
  let database = drizzle(client);
  let renewedAt = 0;
  const renew = () => {
    if (Date.now() - renewedAt < RENEW_PAUSE_MS) return;
    renewedAt = Date.now();
    // One retired pool at a time: a server takes only so many connections.
    for (const older of retired) older.end({ timeout: 0 }).catch(() => undefined);
    retired.clear();
    retire(client);
    client = createClient(options, options.poolSize);
    database = drizzle(client);
  };
  const retired = new Set<postgres.Sql>();
  const slots = createSlots(options.poolSize);
  /** Work on its intact connections may still succeed. It keeps no process alive that has closed the pool. */
  const retire = (lost: postgres.Sql) => {
    retired.add(lost);
    setTimeout(() => {
      retired.delete(lost);
      lost.end({ timeout: CLOSE_SECONDS }).catch(() => undefined);
    }, RETIRE_MS).unref();
  };
  const close = async () => {
    const ends = [...retired].map((lost) => lost.end({ timeout: 1 }));
    await Promise.all([client.end({ timeout: CLOSE_SECONDS }), ...ends]);
  };
  const watch = async <T>(work: () => PromiseLike<T>, withinMs: number): Promise<T> => {
    // Whoever waits here waits for a busy pool; only work that has a connection can tell that it is lost.
    const giveBack = await slots.take(Math.min(withinMs, BUSY_MS_MAX));
    try {
      return await withDeadline(Promise.resolve(work()), withinMs);
    } catch (error) {
      if (isConnectionFailure(error) && !isBusy(error)) renew();
      throw error;
    } finally {
      giveBack();
    }
  };
  const answerWithinMs = (options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS) + ANSWER_GRACE_MS;
  const execute = (query: SQLWrapper | string) =>
    watch(() => database.execute(query), answerWithinMs);
  const transaction: Database['transaction'] = (work, config) =>
    watch(
      () => database.transaction(work, config),
      options.transactionTimeoutMs ?? TRANSACTION_MS_MAX,
    );
  const db = new Proxy(database, {
    get: (_, name) => {
      if (name === 'execute') return execute;
      if (name === 'transaction') return transaction;
      const value: unknown = Reflect.get(database, name, database);
      return typeof value === 'function' ? (value.bind(database) as unknown) : value;
    },
  });
  return { db, close };
}
