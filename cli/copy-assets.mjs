// Completes a build: what tsc does not copy, and the workflows, bundled once instead of at every start of a worker.
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';

mkdirSync('dist/db', { recursive: true });
for (const folder of ['baseline', 'functions', 'migrations']) {
  // What an earlier build copied would be applied as well; the last folder exists only once there are numbered files.
  rmSync(`dist/db/${folder}`, { recursive: true, force: true });
  if (existsSync(`db/${folder}`)) cpSync(`db/${folder}`, `dist/db/${folder}`, { recursive: true });
}
cpSync('cli/purser.mjs', 'dist/cli/purser.mjs');
cpSync('package.json', 'dist/package.json');
// The API explains its errors from this file.
cpSync('docs/errors.md', 'dist/docs/errors.md');

const { bundleWorkflows } = await import(
  new URL('../dist/worker/bundle-workflows.js', import.meta.url).href
);
const { code } = await bundleWorkflows();
writeFileSync('dist/workflows.bundle.js', code);
