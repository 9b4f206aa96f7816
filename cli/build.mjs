// Builds dist/, the whole content of a package and an image: JavaScript, the SQL files, and the workflows, bundled once
// instead of at each start of a worker.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));
rmSync('dist', { recursive: true, force: true });

// First: with it, `npx purser` runs a clone even if the rest of the build fails.
cpSync('cli/purser.mjs', 'dist/cli/purser.mjs');
chmodSync('dist/cli/purser.mjs', 0o755);

const tsc = spawnSync(
  process.execPath,
  ['node_modules/typescript/bin/tsc', '--project', 'tsconfig.build.json'],
  { stdio: ['ignore', 2, 2] },
);
if (tsc.status === 0) {
  // Files that tsc leaves out.
  cpSync('package.json', 'dist/package.json');
  // The API serves its error catalogue from this file.
  cpSync('docs/errors.md', 'dist/docs/errors.md');
  for (const path of readdirSync('db', { recursive: true }).map(String))
    if (path.endsWith('.sql')) cpSync(join('db', path), join('dist', 'db', path));
  const bundler = new URL('../dist/worker/bundle-workflows.js', import.meta.url);
  const { bundleWorkflows } = await import(bundler.href);
  writeFileSync('dist/workflows.bundle.js', (await bundleWorkflows()).code);
} else process.exitCode = 1;
