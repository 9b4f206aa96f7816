import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { lastLines, runCommand } from './commands.ts';

const DOWNLOAD_TIMEOUT_MS = 20_000;

// The SDK downloads only while starting a server, which installs its process-wide runtime: hence a separate process. Its
// arguments are the testing package and the folder to download into.
const DOWNLOAD_SCRIPT = `
const { TestWorkflowEnvironment } = require(process.argv[1]);
const server = { executable: { type: 'cached-download', downloadDir: process.argv[2], ttl: '3650d' } };
TestWorkflowEnvironment.createLocal({ server })
  .then((environment) => environment.teardown())
  .then(() => process.exit(0), (error) => { console.error(String(error)); process.exit(1); });
`;

/** Lets the Temporal SDK download its server into `folder`; returns the program's path, or the reason for failure. */
export async function downloadThroughSdk(options: {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onProgress: (message: string) => void;
}): Promise<{ readonly path: string } | { readonly reason: string }> {
  const testingPackage = findTestingPackage();
  if (testingPackage === null) return { reason: '@temporalio/testing is not installed' };
  options.onProgress('Downloading the Temporal server through the Temporal SDK.');
  const { code, output } = await runCommand(
    process.execPath,
    ['-e', DOWNLOAD_SCRIPT, testingPackage, options.folder],
    // Purser's own Node flags (loaders, inspectors) must not reach this script.
    { timeoutMs: DOWNLOAD_TIMEOUT_MS, env: { ...options.env, NODE_OPTIONS: '' } },
  );
  const downloaded = (await readdir(options.folder)).find(
    (name) => name.startsWith('temporal-') && !name.endsWith('.downloading'),
  );
  if (downloaded === undefined) {
    return { reason: code === 0 ? 'the SDK stored no file' : lastLines(output, 1) };
  }
  return { path: join(options.folder, downloaded) };
}

/** Null where an install left it out. */
function findTestingPackage(): string | null {
  try {
    return createRequire(import.meta.url).resolve('@temporalio/testing');
  } catch {
    return null;
  }
}
