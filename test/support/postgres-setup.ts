import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../db/migrate.ts';
import { startPostgres } from '../../embedded/postgres.ts';

/** The facts that test files need to clone their own database. */
export interface TestPostgres {
  /** A superuser's login to the server's own database. */
  readonly adminUrl: string;
  readonly templateDatabase: string;
  /** An ordinary login that may act as `purser_app`, as services have in production. */
  readonly serviceLogin: { readonly name: string; readonly password: string };
}

declare module 'vitest' {
  interface ProvidedContext {
    testPostgres?: TestPostgres;
  }
}

/**
 * Starts one embedded server for the whole run and migrates a template database on it. Each project that needs Postgres
 * names this file; the first one starts the server and the others find it with the root project.
 * `TEST_POSTGRES_URL` (a superuser's) runs the suite on another server, to try an older version.
 */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const root = project.vitest.getRootProject();
  if (root.getProvidedContext().testPostgres !== undefined) return undefined;
  const server = await startServer(process.env['TEST_POSTGRES_URL']);
  const suffix = randomUUID().slice(0, 8);
  const testPostgres: TestPostgres = {
    adminUrl: server.url,
    templateDatabase: `purser_template_${suffix}`,
    serviceLogin: { name: `purser_service_${suffix}`, password: randomUUID() },
  };
  await makeTemplate(testPostgres);
  root.provide('testPostgres', testPostgres);
  return async () => {
    await dropTemplate(testPostgres);
    await server.stop();
  };
}

async function startServer(
  url: string | undefined,
): Promise<{ url: string; stop(): Promise<void> }> {
  if (url !== undefined) return { url, stop: () => Promise.resolve() };
  const dataDir = await mkdtemp(join(tmpdir(), 'purser-test-'));
  // If root runs the tests, the server runs as another user, who must be able to enter the folder.
  await chmod(dataDir, 0o755);
  const server = await startPostgres({ dataDir, fast: true });
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function makeTemplate(target: TestPostgres): Promise<void> {
  const { templateDatabase, serviceLogin } = target;
  const admin = postgres(target.adminUrl, { max: 1, onnotice: () => undefined });
  try {
    await admin`CREATE DATABASE ${admin(templateDatabase)}`;
    const url = new URL(target.adminUrl);
    url.pathname = `/${templateDatabase}`;
    await migrate(url.href);
    await admin.unsafe(
      `CREATE ROLE ${serviceLogin.name} LOGIN NOINHERIT PASSWORD '${serviceLogin.password}' IN ROLE purser_app`,
    );
  } finally {
    await admin.end({ timeout: 5 });
  }
}

/** Leaves a server that is not ours unchanged. */
async function dropTemplate(target: TestPostgres): Promise<void> {
  const admin = postgres(target.adminUrl, { max: 1, onnotice: () => undefined });
  try {
    await admin`DROP DATABASE ${admin(target.templateDatabase)} WITH (FORCE)`;
    await admin`DROP ROLE ${admin(target.serviceLogin.name)}`;
  } finally {
    await admin.end({ timeout: 5 });
  }
}
