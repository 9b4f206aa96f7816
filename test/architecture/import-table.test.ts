import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readRepositoryFile, readTable, ROOT } from '../support/repository.ts';

const require = createRequire(import.meta.url);
const cruiserConfig: unknown = require('../../.dependency-cruiser.cjs');
const importTable = z
  .object({
    importTable: z.array(
      z.strictObject({
        from: z.string(),
        runs: z.array(z.string()),
        types: z.array(z.string()),
        packages: z.array(z.string()),
        builtins: z.union([z.literal('any'), z.array(z.string())]),
      }),
    ),
  })
  .parse(cruiserConfig).importTable;

/** Imports that must be refused, with the rule that refuses them. */
const VIOLATIONS = [
  ['domain/a.ts', `import '../db/ok.ts';`, 'domain runs only what its row allows'],
  [
    'domain/b.ts',
    `import type { Ok } from '../db/ok.ts';`,
    'domain names only the types its row allows',
  ],
  ['domain/c.ts', `import 'zod';`, 'domain uses only the packages of its row'],
  ['domain/d.ts', `import 'node:fs';`, 'domain uses only the Node built-ins of its row'],
  ['bank/a.ts', `import '../db/ok.ts';`, 'bank runs only what its row allows'],
  ['bank/b.ts', `import 'postgres';`, 'bank uses only the packages of its row'],
  ['db/a.ts', `import '../embedded/ok.ts';`, 'db runs only what its row allows'],
  ['app/a.ts', `import '../api/ok.ts';`, 'app runs only what its row allows'],
  ['app/b.ts', `import 'zod';`, 'app uses only the packages of its row'],
  ['app/c.ts', `import '../temporal/ok.ts';`, 'app runs only what its row allows'],
  ['workflows/a.ts', `import '../activities/ok.ts';`, 'workflows runs only what its row allows'],
  ['workflows/b.ts', `import 'node:crypto';`, 'workflows uses only the Node built-ins of its row'],
  ['workflows/c.ts', `import 'zod';`, 'workflows uses only the packages of its row'],
  [
    'workflows/contract.ts',
    `import './ok.ts';`,
    'workflows/contract.ts runs only what its row allows',
  ],
  ['activities/a.ts', `import '../workflows/ok.ts';`, 'activities runs only what its row allows'],
  ['activities/b.ts', `import '../config.ts';`, 'activities runs only what its row allows'],
  [
    'activities/c.ts',
    `import type { Ok } from '../config.ts';`,
    'activities names only the types its row allows',
  ],
  ['activities/d.ts', `import 'postgres';`, 'activities uses only the packages of its row'],
  ['temporal/a.ts', `import '../db/ok.ts';`, 'temporal runs only what its row allows'],
  ['temporal/b.ts', `import '../workflows/ok.ts';`, 'temporal runs only what its row allows'],
  ['api/d.ts', `import 'postgres';`, 'api uses only the packages of its row'],
  ['api/a.ts', `import '../workflows/ok.ts';`, 'api runs only what its row allows'],
  [
    'api/b.ts',
    `export const load = () => import('../config.ts');`,
    'api runs only what its row allows',
  ],
  ['api/c.ts', `import '../activities/ok.ts';`, 'api runs only what its row allows'],
  ['api/main.ts', `import '../embedded/ok.ts';`, 'api/main.ts runs only what its row allows'],
  ['worker/a.ts', `import '../cli/ok.ts';`, 'worker runs only what its row allows'],
  ['embedded/a.ts', `import '../db/ok.ts';`, 'embedded runs only what its row allows'],
  ['cli/a.ts', `import '../activities/ok.ts';`, 'cli runs only what its row allows'],
  ['cli/b.ts', `import '../simulator/ok.ts';`, 'only tests import the simulator'],
  ['bench/a.ts', `import '../simulator/ok.ts';`, 'only tests import the simulator'],
  ['simulator/a.ts', `import '../domain/ok.ts';`, 'simulator runs only what its row allows'],
  ['db/b.ts', `import '../test/ok.ts';`, 'nothing imports tests'],
  [
    'domain/money/a.ts',
    `import type { Ok } from '../review/ok.ts';`,
    'domain/money uses no later room',
  ],
  ['app/capture/a.ts', `import '../decide/ok.ts';`, 'app/capture uses no later room'],
  ['domain/f.ts', `import './money/ok.ts';`, 'files beside the rooms of domain use no room'],
  ['shared/a.ts', `import '../domain/ok.ts';`, 'every product file has a row'],
  ['domain/e.ts', `import './e2.ts';`, 'no cycles'],
  ['domain/e2.ts', `import type { E } from './e.ts'; export type F = E;`, 'no cycles'],
  ['cli/c.ts', `import 'tsx';`, 'product code needs no dev dependency'],
  ['cli/d.ts', `import './gone.ts';`, 'every import is found'],
] as const;

/** Imports that must pass, so that a rule which refuses everything is found out. */
const ALLOWED = [
  ['domain/ok.ts', `import type { Ok as Other } from './other.ts'; export type Ok = Other;`],
  ['domain/money/ok.ts', `import '../ok.ts';`],
  ['domain/review/ok.ts', `import '../money/ok.ts'; export type Ok = string;`],
  ['app/decide/ok.ts', `import '../capture/ok.ts';`],
  ['app/capture/ok.ts', `import '../ok.ts';`],
  ['domain/other.ts', `export type Ok = string;`],
  ['bank/ok.ts', `import '../domain/ok.ts'; import 'zod'; import 'node:crypto';`],
  ['db/ok.ts', `import '../domain/ok.ts'; import 'postgres'; export type Ok = string;`],
  ['db/dump-schema.ts', `import '../embedded/ok.ts'; import './ok.ts';`],
  [
    'workflows/ok.ts',
    `import '../domain/ok.ts'; import type { Ok } from '../activities/ok.ts'; export type X = Ok;`,
  ],
  ['app/ok.ts', `import '../domain/ok.ts'; import '../db/ok.ts';`],
  ['temporal/ok.ts', `import '../workflows/contract.ts';`],
  [
    'activities/ok.ts',
    `import '../app/ok.ts'; import '../db/ok.ts'; import '../bank/ok.ts'; export type Ok = string;`,
  ],
  ['api/ok.ts', `import '../app/ok.ts'; import '../temporal/ok.ts'; import '@fastify/helmet';`],
  ['worker/ok.ts', `import '../activities/ok.ts'; import '../config.ts'; import '../bank/ok.ts';`],
  ['embedded/ok.ts', `import '../domain/ok.ts'; import 'postgres';`],
  ['cli/ok.ts', `import '../api/ok.ts'; import '../worker/ok.ts'; import '../config.ts';`],
  ['simulator/ok.ts', `import 'node:http';`],
  ['test/ok.ts', `import '../simulator/ok.ts'; import '../cli/ok.ts';`],
  ['config.ts', `import 'zod'; export type Ok = string;`],
] as const;

const tree = mkdtempSync(join(tmpdir(), 'purser-imports-'));
afterAll(() => rmSync(tree, { recursive: true, force: true }));

describe('the import table', () => {
  it('refuses each kind of forbidden import by its rule, and passes every allowed one', async () => {
    plantTree();
    const found = await cruise(tree);
    const planted = VIOLATIONS.map(([file, , rule]) => `${file}: ${rule}`);
    // A cycle is reported where the cruiser enters it.
    const isCycle = (violation: string) => violation.endsWith('no cycles');
    expect(found.filter((each) => !isCycle(each))).toEqual(
      expect.arrayContaining(planted.filter((each) => !isCycle(each))),
    );
    expect(found.some(isCycle)).toBe(true);
    const guilty = new Set(found.map((violation) => violation.split(': ')[0]));
    expect([...guilty].filter((file) => ALLOWED.some(([allowed]) => allowed === file))).toEqual([]);
  });

  it('appears in ARCHITECTURE.md as it is enforced', () => {
    const listed = (entries: readonly string[]) =>
      entries.length === 0 ? '–' : entries.map((entry) => `\`${entry}\``).join(' ');
    const enforced = importTable.map((row) => [
      `\`${row.from}\``,
      listed(row.runs),
      listed(row.types),
      listed(row.packages),
      row.builtins === 'any' ? 'any' : listed(row.builtins),
    ]);
    const [, ...shown] = readTable(readRepositoryFile('ARCHITECTURE.md'), '### Import table');
    expect(shown).toEqual(enforced);
  });
});

function plantTree(): void {
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  };
  const dependencies = { zod: '1.0.0', postgres: '1.0.0', '@fastify/helmet': '1.0.0' };
  write(
    'package.json',
    JSON.stringify({ type: 'module', dependencies, devDependencies: { tsx: '1.0.0' } }),
  );
  for (const name of [...Object.keys(dependencies), 'tsx']) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' }));
    write(`node_modules/${name}/index.js`, '');
  }
  for (const name of ['.dependency-cruiser.cjs', 'tsconfig.json'])
    cpSync(join(ROOT, name), join(tree, name));
  for (const [path, text] of [...ALLOWED, ...VIOLATIONS]) write(path, text);
}

/** What `npm run imports` finds in a folder, as `file: rule`. */
async function cruise(folder: string): Promise<readonly string[]> {
  const program = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [program, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', '.'];
  const child = spawn(process.execPath, args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  for await (const chunk of child.stdout) output += String(chunk);
  return z
    .object({
      summary: z.object({
        violations: z.array(z.object({ from: z.string(), rule: z.object({ name: z.string() }) })),
      }),
    })
    .parse(JSON.parse(output))
    .summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`);
}
