import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { freePort } from '../../embedded/free-port.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { runPurser, startPurser } from '../support/purser.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal.ts';
import { waitFor } from '../support/wait-for.ts';

const LEDGER_LOGIN = `purser_half_owner_${process.pid}`;
const LEDGER_PASSWORD = '7c1e0f9a3b5d48260e';

let database: TestDatabase;
let temporal: TestTemporal;
beforeAll(async () => {
  database = await createTestDatabase();
  temporal = await startTestTemporal();
  await database.owner.unsafe(
    `CREATE ROLE ${LEDGER_LOGIN} LOGIN NOINHERIT PASSWORD '${LEDGER_PASSWORD}' IN ROLE purser_app, purser_ledger`,
  );
});
afterAll(async () => {
  await database.owner.unsafe(`DROP ROLE ${LEDGER_LOGIN}`);
  await temporal.close();
  await database.close();
});

function production(change: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    DEPLOYMENT: 'production',
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    API_KEY_PEPPER: 'b7d1a0c49e5f3826d7a1c0e94b5f6a8312cd',
    API_PORT: '0',
    WORKFLOW_BUNDLE: inject('workflowBundlePath'),
    ...change,
  };
}

function asLedger(): string {
  const url = new URL(database.url);
  url.username = LEDGER_LOGIN;
  url.password = LEDGER_PASSWORD;
  return url.href;
}

/** The last line of the log of a service that ends by itself. */
async function lastLineOf(
  service: string,
  env: Readonly<Record<string, string>>,
): Promise<unknown> {
  const { code, stderr } = await runPurser([service], env);
  const line: unknown = JSON.parse(
    stderr
      .split('\n')
      .filter((each) => each.includes('"code"'))
      .at(-1) ?? '{}',
  );
  expect(code).toBe(1);
  return line;
}

describe('a production worker', () => {
  it('answers on its health port while it polls, and ends at SIGTERM', async () => {
    const port = await freePort();
    const worker = startPurser(['worker'], production({ WORKER_HEALTH_PORT: String(port) }));
    await waitFor('the worker is ready', async () => {
      expect(worker.child.exitCode, worker.output.stderr).toBeNull();
      const response = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => null);
      return response?.status === 200;
    });
    worker.child.kill('SIGTERM');
    expect(await worker.exit).toBe(0);
  });
});

describe.each(['worker', 'api'])('a production %s', (service) => {
  it('refuses the login of a superuser, and that of one who may act as the ledger', async () => {
    expect(
      await lastLineOf(service, production({ DATABASE_URL: database.ownerUrl })),
    ).toMatchObject({
      code: 'database.login_too_powerful',
      msg: expect.stringContaining('is a superuser') as string,
    });
    expect(await lastLineOf(service, production({ DATABASE_URL: asLedger() }))).toMatchObject({
      code: 'database.login_too_powerful',
      msg: expect.stringContaining('may act as purser_ledger') as string,
    });
  });
});

describe('a worker whose namespace is missing', () => {
  it('says so, and how to make it', async () => {
    expect(await lastLineOf('worker', production({ TEMPORAL_NAMESPACE: 'nowhere' }))).toMatchObject(
      {
        code: 'temporal.namespace_not_found',
        msg: expect.stringContaining('namespace create --namespace nowhere') as string,
      },
    );
  });
});
