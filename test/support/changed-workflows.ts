import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Workflows as a later release may have them. */
export interface ChangedBundle {
  readonly path: string;
  remove(): Promise<void>;
}

/** Bundles a copy of the workflows in which `search` in one file is replaced. */
export async function bundleChanged(change: {
  readonly file: string;
  readonly search: string;
  readonly replacement: string;
}): Promise<ChangedBundle> {
  const folder = await mkdtemp(join(tmpdir(), 'purser-changed-'));
  for (const room of ['workflows', 'domain'])
    await cp(join(root, room), join(folder, room), { recursive: true });
  await cp(join(root, 'package.json'), join(folder, 'package.json'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const file = join(folder, 'workflows', change.file);
  const source = await readFile(file, 'utf8');
  if (!source.includes(change.search)) throw new Error(`${change.file} lacks: ${change.search}`);
  const head = "import { patched } from '@temporalio/workflow';\n";
  await writeFile(file, head + source.replace(change.search, change.replacement));
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(folder, 'workflows', 'index.ts'),
    logger: new DefaultLogger('ERROR'),
  });
  const path = join(folder, 'workflows.js');
  await writeFile(path, code);
  return { path, remove: () => rm(folder, { recursive: true, force: true }) };
}
