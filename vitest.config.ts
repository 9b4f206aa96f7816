import { defineConfig } from 'vitest/config';

const POSTGRES = 'test/support/postgres-setup.ts';
const BUNDLE = 'test/support/bundle-setup.ts';

/**
 * `pure` needs nothing; the others start real servers once for the whole run (their `globalSetup`). All projects share
 * two processes: every test file does real work, and small machines have two cores.
 */
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: ['test/{architecture,bank,domain,embedded,simulator}/**/*.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'postgres',
          include: ['test/{activities,api,app,cli,db,worker}/**/*.test.ts'],
          globalSetup: [POSTGRES],
          // A bound on what hangs: races of many connections take seconds where other work shares the machine.
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'temporal',
          include: ['test/workflows/**/*.test.ts'],
          globalSetup: [POSTGRES, BUNDLE],
          setupFiles: ['test/support/quiet-temporal.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: [POSTGRES, BUNDLE],
          setupFiles: ['test/support/quiet-temporal.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
