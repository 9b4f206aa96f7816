import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { lastLines, runCommand } from './commands.ts';

const DOWNLOAD_TIMEOUT_MS = 20_000;

// The SDK downloads only on the way to starting a server, and that installs its process-wide runtime: hence a process
// of its own, whose first argument is the testing package and whose second is the folder to download into.
const DOWNLOAD_SCRIPT = `
const { TestWorkflowEnvironment } = require(process.argv[1]);
const server = { executable: { type: 'cached-download', downloadDir: process.argv[2], ttl: '3650d' } };
TestWorkflowEnvironment.createLocal({ server })
  .then((environment) => environment.teardown())
  .then(() => process.exit(0), (error) => { console.error(String(error)); process.exit(1); });
`;

/** Lets the Temporal SDK download its server into `folder`: the path of the program, or why there is none. */
export async function downloadThroughSdk(options: {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onProgress: (message: string) => void;
}): Promise<{ readonly path: string } | { readonly reason: string }> {
  const testingPackage = findTestingPackage();
  if (testingPackage === null) return { reason: '@temporalio/testing is not installed' };
  options.onProgress("Trying the Temporal SDK's own download of its server.");
  const { code, output } = await runCommand(
    process.execPath,
    ['-e', DOWNLOAD_SCRIPT, testingPackage, options.folder],
    // Flags of our own start (loaders, inspectors) are not for this script.
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
