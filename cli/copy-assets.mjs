// Completes a build: what tsc does not copy.
import { cpSync, mkdirSync } from 'node:fs';

mkdirSync('dist/db', { recursive: true });
cpSync('db/migrations', 'dist/db/migrations', { recursive: true });
cpSync('cli/purser.mjs', 'dist/cli/purser.mjs');
cpSync('package.json', 'dist/package.json');
