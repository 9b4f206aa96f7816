#!/usr/bin/env node
// The `purser` command: from the sources where they are, from the build in an image.
import { existsSync } from 'node:fs';

const sources = new URL('./main.ts', import.meta.url);
if (existsSync(sources)) {
  const { install } = await import('./install.mjs');
  install();
  const { register } = await import('tsx/esm/api');
  register();
  await import(sources.href);
} else {
  await import(new URL('./main.js', import.meta.url).href);
}
