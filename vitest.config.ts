import path from 'node:path';
import { defineConfig } from 'vitest/config';

const POSTGRES = 'test/support/postgres-setup.ts';
const BUNDLE = 'test/support/bundle-setup.ts';
const QUIET = 'test/support/quiet-temporal.ts';

/** Longer than any test takes on a machine that does much else: it ends what hangs, and bounds no test that works. */
const HANG_MS = 900_000;

/** Models and storms that `npm run test:long` plays in full. `npm test` plays fewer rounds of the same files. */
const LONG = [
  'test/api/fuzz.test.ts',
  'test/app/capture/capture-model.test.ts',
  'test/app/desk-model.test.ts',
  'test/bank/statements/cut-files.test.ts',
  'test/bank/statements/statement-fixtures.test.ts',
  'test/bank/statements/statement-fuzz.test.ts',
  'test/db/decision-races.test.ts',
  'test/domain/line/identity-model.test.ts',
  'test/e2e/gate.test.ts',
  'test/e2e/killed.test.ts',
];

/** Too long for `npm test`, with no short form: it builds, packs and installs Purser. */
const LONG_ONLY = ['test/e2e/installed.test.ts'];

/** Whether this run is `npm run test:long` (`vitest run --mode long`). */
const isLong = (mode: string) => mode === 'long';

/** Where `.ci/run` wants the results as JSON; a file for each of the two runs. */
const REPORTS = process.env['TEST_REPORTS_DIR'];

/**
 * `pure` starts no shared server; the others start real ones once for the whole run (their `globalSetup`). All projects
 * share two processes: every test file does real work, and small machines have two cores. What is long is bounded by
 * counts, never by seconds, so that no result depends on how fast the machine is.
 *
 * Files without isolation share one process and what it has loaded, which saves a third of their time: no file may change
 * what it imports. Where a Temporal worker runs, each file has a process of its own.
 */
export default defineConfig(({ mode }) => ({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: HANG_MS,
    hookTimeout: HANG_MS,
    // A test that expects nothing proves nothing.
    expect: { requireAssertions: true, poll: { timeout: HANG_MS / 3 } },
    reporters:
      REPORTS === undefined
        ? ['default']
        : ['default', ['json', { outputFile: path.join(REPORTS, `${mode}.json`) }]],
    projects: isLong(mode)
      ? [
          {
            extends: true,
            test: {
              name: 'long',
              include: [...LONG, ...LONG_ONLY],
              globalSetup: [POSTGRES, BUNDLE],
              setupFiles: [QUIET],
              provide: { rounds: 'long' },
            },
          },
        ]
      : [
          {
            extends: true,
            test: {
              name: 'pure',
              isolate: false,
              include: ['test/{architecture,bank,domain,embedded,settings,simulator}/**/*.test.ts'],
            },
          },
          {
            extends: true,
            test: {
              name: 'postgres',
              isolate: false,
              include: ['test/{activities,api,app,cli,db,worker}/**/*.test.ts'],
              globalSetup: [POSTGRES],
            },
          },
          {
            extends: true,
            test: {
              name: 'temporal',
              include: ['test/{temporal,workflows}/**/*.test.ts'],
              globalSetup: [POSTGRES, BUNDLE],
              setupFiles: [QUIET],
            },
          },
          {
            extends: true,
            test: {
              name: 'e2e',
              include: ['test/e2e/**/*.test.ts'],
              exclude: LONG_ONLY,
              globalSetup: [POSTGRES, BUNDLE],
              setupFiles: [QUIET],
            },
          },
        ],
  },
}));
