import { describe, expect, it } from 'vitest';
import { listSources, readRepositoryFile, readTable } from '../support/repository.ts';

const PATHS = listSources(['.ts', '.mjs', '.sql']).map(({ path }) => path);
const [HEADER = [], ...ROWS] = readTable(
  readRepositoryFile('ARCHITECTURE.md'),
  '## Features and their files',
);

/** The room that a column names: files of tests are named without their folder, those of processes with it. */
function pathsOf(column: string, file: string): readonly string[] {
  if (column === 'tests')
    return PATHS.filter((path) => path.startsWith('test/') && path.endsWith(`/${file}`));
  const room = /^`(.+)`$/.exec(column)?.[1] ?? '';
  return PATHS.filter((path) => path === `${room}${file}`);
}

describe('the feature table in ARCHITECTURE.md', () => {
  it('names files that exist, in the room of their column', () => {
    const missing = ROWS.flatMap(([feature, ...cells]) =>
      cells.flatMap((cell, index) =>
        [...cell.matchAll(/`([^`]+)`/g)]
          .map(([, file]) => file ?? '')
          .filter((file) => pathsOf(HEADER[index + 1] ?? '', file).length === 0)
          .map((file) => `${feature}: ${file} in ${HEADER[index + 1]}`),
      ),
    );
    expect(missing).toEqual([]);
  });

  it('names every command and every workflow', () => {
    const named = ROWS.flatMap((cells) => cells.flatMap((cell) => cell.match(/`[^`]+`/g) ?? []));
    const commands = namesIn('cli/commands/').filter((name) => !NO_FEATURE.has(name));
    const workflows = namesIn('workflows/')
      .map((name) => `workflows/${name}`)
      .filter((name) => !NO_FEATURE.has(name));
    expect([...commands, ...workflows].filter((name) => !named.includes(`\`${name}\``))).toEqual(
      [],
    );
  });
});

/** Files that serve every feature. */
const NO_FEATURE: ReadonlySet<string> = new Set([
  'api.ts',
  'bench.ts',
  'migrate.ts',
  'worker.ts',
  'workflows/activity-options.ts',
  'workflows/contract.ts',
  'workflows/index.ts',
  'workflows/notify-customer.ts',
  'workflows/read-input.ts',
]);

function namesIn(folder: string): readonly string[] {
  return PATHS.filter((path) => path.startsWith(folder)).map((path) => path.slice(folder.length));
}
