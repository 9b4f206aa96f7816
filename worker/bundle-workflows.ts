import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

/** A clone has the TypeScript sources; built code lies beside built workflows. */
const sources = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));
const built = fileURLToPath(new URL('../workflows/index.js', import.meta.url));

/** Bundles the workflows. It takes 1 to 4 seconds, so each process (and a whole test run) does it once. */
export async function bundleWorkflows(): Promise<{ readonly code: string }> {
  return bundleWorkflowCode({
    workflowsPath: existsSync(sources) ? sources : built,
    logger: new DefaultLogger('ERROR'),
  });
}
