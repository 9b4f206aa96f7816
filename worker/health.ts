import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pingSchema } from '../db/queries/status.ts';
import type { Database } from '../db/client.ts';
import { CodedError } from '../domain/errors.ts';
import type { WorkerGroup } from './create-worker.ts';

/** What a worker is asked about itself. */
export interface HealthChecks {
  /** Throws if the database does not answer, or lacks the schema. */
  readonly database: () => Promise<unknown>;
  readonly isPolling: () => boolean;
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** How long a question may take, so that one that hangs is not asked again and again. */
const REQUEST_MS_MAX = 10_000;

/**
 * Answers `/health/live` while the process runs, and `/health/ready` with 200 while it polls for work and reaches the
 * database, else 503.
 * @throws CodedError `config.invalid` if it cannot listen there
 */
export async function startHealthServer(
  at: { readonly host: string; readonly port: number },
  checks: HealthChecks,
): Promise<HealthServer> {
  const server = createServer({ requestTimeout: REQUEST_MS_MAX }, answer(checks));
  server.listen(at.port, at.host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'failed';
    throw new CodedError(
      'config.invalid',
      `The worker cannot listen on ${at.host}:${at.port} (${code}): correct WORKER_HEALTH_HOST and WORKER_HEALTH_PORT.`,
    );
  }
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The checks of a running worker. */
export function checksOf(workers: WorkerGroup, database: Database): HealthChecks {
  return {
    database: () => pingSchema(database),
    isPolling: () => workers.isPolling(),
  };
}

function answer(checks: HealthChecks): RequestListener {
  return (request, response) => {
    const send = (status: number, body: object) => {
      response.writeHead(status, {
        'content-type': 'application/json',
        'cache-control': 'no-store',
      });
      response.end(`${JSON.stringify(body)}\n`);
    };
    if (request.method !== 'GET' && request.method !== 'HEAD') send(405, { status: 'error' });
    else if (request.url === '/health/live') send(200, { status: 'ok' });
    else if (request.url !== '/health/ready') send(404, { status: 'error' });
    else
      void outcomeOf(checks).then(({ isReady, ...found }) => {
        send(isReady ? 200 : 503, { status: isReady ? 'ok' : 'unavailable', checks: found });
      });
  };
}

async function outcomeOf(checks: HealthChecks) {
  const polling = checks.isPolling() ? 'ok' : 'failed';
  // The answer itself says that it failed; the cause is logged by those who use the connection.
  const database = await checks.database().then(
    () => 'ok',
    () => 'failed',
  );
  return { isReady: polling === 'ok' && database === 'ok', polling, database };
}
