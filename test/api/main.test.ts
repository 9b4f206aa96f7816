import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runApi } from '../../api/main.ts';
import { loadConfig } from '../../config.ts';
import { createLogger } from '../../logger.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { keyOf, PEPPER } from '../support/api-under-test.ts';

const logger = createLogger({ level: 'silent', name: 'test-api' });

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

describe('runApi', () => {
  it('listens, answers, and stops at once when asked', async () => {
    const env = {
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: '127.0.0.1:9',
      API_PORT: '0',
      API_KEY_PEPPER: PEPPER,
    };
    const api = await runApi({ config: loadConfig(env), env, logger });
    try {
      const key = await keyOf(database, 'service', ['status:read']);
      const answer = await fetch(`${api.url}/v1/status`, {
        headers: { authorization: `Bearer ${key}` },
      });
      expect(answer.status).toBe(200);
      expect((await fetch(`${api.url}/health/live`)).status).toBe(200);
    } finally {
      await api.close();
    }
    await expect(fetch(`${api.url}/health/live`)).rejects.toThrow();
  });

  it('starts while the database is away, and reports that it is not ready', async () => {
    const env = {
      DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none',
      TEMPORAL_ADDRESS: '127.0.0.1:9',
      API_PORT: '0',
      API_KEY_PEPPER: PEPPER,
    };
    const key = await keyOf(database, 'service', ['status:read']);
    const api = await runApi({ config: loadConfig(env), env, logger });
    try {
      const ready = await fetch(`${api.url}/health/ready`);
      expect(ready.status).toBe(503);
      const answer = await fetch(`${api.url}/v1/status`, {
        headers: {
          authorization: `Bearer ${key}`,
        },
      });
      expect(answer.status).toBe(503);
      const body = await answer.text();
      expect(JSON.parse(body)).toMatchObject({ code: 'database.unavailable' });
      expect(body).not.toMatch(/ECONN|127\.0\.0\.1|select/i);
    } finally {
      await api.close();
    }
  });

  it.each(['DATABASE_URL', 'API_KEY_PEPPER'])('refuses to start without %s', async (name) => {
    const env = { DATABASE_URL: database.url, API_KEY_PEPPER: PEPPER, [name]: '' };
    await expect(runApi({ config: loadConfig(env), env, logger })).rejects.toMatchObject({
      code: 'config.invalid',
    });
  });
});
