#!/usr/bin/env node
// The `purser` command: from the sources in a clone, from the build where it is installed. A build copies this file to
// dist/cli/; a clone tracks that copy too, because package.json names it and `npx purser` must work before any build.
import { existsSync } from 'node:fs';

const sources = ['./main.ts', '../../cli/main.ts']
  .map((path) => new URL(path, import.meta.url))
  .find((url) => existsSync(url));
if (sources === undefined) {
  await import(new URL('./main.js', import.meta.url).href);
} else {
  const { install } = await import(new URL('./install.mjs', sources).href);
  if (install()) {
    const { register } = await import('tsx/esm/api');
    register();
    await import(sources.href);
  }
}
