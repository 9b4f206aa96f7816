import postgres from 'postgres';
import { afterEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../db/client.ts';
import { migrate } from '../../db/migrate.ts';
import { verify } from '../../db/queries/verify/verify.ts';
import { installedServers, startInstalled } from '../support/installed-postgres.ts';

const INSTALLED = installedServers();

let stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.reverse()) await stop();
  stops = [];
});

describe('an installed PostgreSQL', () => {
  it('migrates and verifies clean in each version, also after a column with rights was dropped', async (context) => {
    context.skip(INSTALLED.length === 0, 'no Debian PostgreSQL is installed');
    for (const { bin, version } of INSTALLED) {
      const server = await startInstalled(bin);
      stops.push(() => server.stop());
      const { url } = server;
      const owner = postgres(url, { max: 1, onnotice: () => undefined });
      stops.push(() => owner.end());
      const service = openDatabase({
        url,
        poolSize: 1,
        applicationName: 'purser-test',
        as: 'app',
        statementTimeoutMs: 20_000,
      });
      stops.push(() => service.close());

      expect(await migrate(url), version).toEqual({ applied: ['baseline'] });
      expect(await migrate(url), version).toEqual({ applied: [] });
      expect(
        (await verify(service.db)).checks.filter(({ ok }) => !ok),
        version,
      ).toEqual([]);

      await owner.unsafe(`ALTER TABLE decisions ADD COLUMN spare text;
          GRANT INSERT (spare), UPDATE (spare) ON decisions TO purser_app;
          ALTER TABLE decisions DROP COLUMN spare`);
      expect(
        (await verify(service.db)).checks.filter(({ ok }) => !ok),
        version,
      ).toEqual([]);
    }
  }, 120_000);
});
