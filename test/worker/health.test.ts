import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { pingSchema } from '../../db/queries/status.ts';
import { startHealthServer, type HealthServer } from '../../worker/health.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let migrated: TestDatabase;
let empty: TestDatabase;
let health: HealthServer | null = null;
beforeAll(async () => {
  migrated = await createTestDatabase();
  empty = await createTestDatabase({ template: false });
});
afterEach(async () => {
  await health?.close();
  health = null;
});
afterAll(async () => {
  await migrated.close();
  await empty.close();
});

async function ask(
  path: string,
  { database = migrated, isPolling = true, method = 'GET' } = {},
): Promise<{ readonly status: number; readonly body: unknown }> {
  health ??= await startHealthServer(
    { host: '127.0.0.1', port: 0 },
    { database: () => pingSchema(database.db), isPolling: () => isPolling },
  );
  const response = await fetch(`http://127.0.0.1:${health.port}${path}`, { method });
  return { status: response.status, body: await response.json() };
}

describe("a worker's health port", () => {
  it('answers 200 while the worker polls and reaches its database', async () => {
    expect(await ask('/health/ready')).toEqual({
      status: 200,
      body: { status: 'ok', checks: { polling: 'ok', database: 'ok' } },
    });
  });

  it('answers 503 when the worker polls no more', async () => {
    expect(await ask('/health/ready', { isPolling: false })).toMatchObject({
      status: 503,
      body: { checks: { polling: 'failed', database: 'ok' } },
    });
  });

  it('answers 503 when the database lacks the schema, and stays alive', async () => {
    expect(await ask('/health/ready', { database: empty })).toMatchObject({
      status: 503,
      body: { status: 'unavailable', checks: { database: 'failed' } },
    });
    expect(await ask('/health/live')).toEqual({ status: 200, body: { status: 'ok' } });
  });

  it('answers nothing else', async () => {
    expect(await ask('/v1/wallets')).toMatchObject({ status: 404 });
    expect(await ask('/health/ready', { method: 'POST' })).toMatchObject({ status: 405 });
  });

  it('says which settings to correct when it cannot listen', async () => {
    await ask('/health/live');
    const port = health?.port ?? 0;
    const second = startHealthServer(
      { host: '127.0.0.1', port },
      { database: () => pingSchema(migrated.db), isPolling: () => true },
    );
    await expect(second).rejects.toMatchObject({
      code: 'config.invalid',
      message: expect.stringContaining('WORKER_HEALTH_PORT') as string,
    });
  });
});
