import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { dataFolder } from '../../embedded/data-folder.ts';
import { findTemporalBinary } from '../../embedded/temporal-binary.ts';
import { bundleWorkflows } from '../../worker/bundle-workflows.ts';

declare module 'vitest' {
  interface ProvidedContext {
    workflowBundlePath: string;
    temporalBinary: string;
  }
}

/** Bundles the workflows once and finds the Temporal server once for the whole run; a missing server fails the run. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'purser-bundle-'));
  const [bundle, binary] = await Promise.all([
    bundleWorkflows(),
    findTemporalBinary({
      env: process.env,
      cacheDir: dataFolder(process.env),
      onProgress: (message) => process.stderr.write(`${message}\n`),
    }),
  ]);
  const path = join(folder, 'workflows.js');
  await writeFile(path, bundle.code);
  project.provide('workflowBundlePath', path);
  project.provide('temporalBinary', binary.path);
  return () => rm(folder, { recursive: true, force: true });
}
