import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { listSources, readRepositoryFile, readTable, ROOT } from '../support/repository.ts';

const COMMANDS = readRepositoryFile('docs/commands.md');
const SCRIPTS = Object.keys(
  z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readRepositoryFile('package.json'))).scripts,
).filter((name) => !/^(pre|post)/.test(name));

describe('docs/commands.md', () => {
  it('lists every command of purser, as the command itself does', async () => {
    const help = await run(['cli/purser.mjs', '--help']);
    const [, list = ''] = help.split('\nCommands:\n');
    const commands = [...list.matchAll(/^ {2}([a-z-]+)/gm)]
      .map(([, name]) => name)
      .filter((name) => name !== 'help');
    expect(shownCommands()).toEqual(commands);
  }, 60_000);

  it('lists every script of package.json', () => {
    const [, ...rows] = readTable(COMMANDS, '## Scripts');
    const shown = rows.map(([script]) => /`npm (?:run )?([a-z:-]+)/.exec(script ?? '')?.[1]);
    expect(shown.sort()).toEqual(SCRIPTS.sort());
  });
});

describe('the command that package.json names', () => {
  it('runs the launcher of the sources, so that `npx purser` works in a clone before any build', () => {
    expect(readRepositoryFile('dist/cli/purser.mjs')).toBe(readRepositoryFile('cli/purser.mjs'));
  });
});

describe('each document, on scripts and commands,', () => {
  it('names no script that does not exist', () => {
    const unknown = listSources(['.md']).flatMap(({ path, text }) =>
      [...text.matchAll(/\bnpm run ([a-z:-]+)/g)]
        .map(([, name]) => name ?? '')
        .filter((name) => !SCRIPTS.includes(name))
        .map((name) => `${path}: npm run ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  it('names no command that does not exist', () => {
    const known = shownCommands();
    const unknown = listSources(['.md']).flatMap(({ path, text }) =>
      [...text.matchAll(/(?:^|npx |`|dist\/cli\/)purser(?:\.mjs)? ([a-z][a-z-]*)/gm)]
        .map(([, name]) => name ?? '')
        .filter((name) => !known.includes(name))
        .map((name) => `${path}: purser ${name}`),
    );
    expect(unknown).toEqual([]);
  });
});

function shownCommands(): readonly (string | undefined)[] {
  const [, ...rows] = readTable(COMMANDS, '## Commands');
  return rows.map(([command]) => /`purser ([a-z-]+)/.exec(command ?? '')?.[1]);
}

async function run(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [...args], {
    cwd: ROOT,
    env: { ...process.env, COLUMNS: '200' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  for await (const chunk of child.stdout) output += String(chunk);
  return output;
}
