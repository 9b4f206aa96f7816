import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VERSION } from '../../cli/version.ts';
import { removeThrowAwayFolder, throwAwayFolder } from '../../embedded/data-folder.ts';
import { freePort } from '../../embedded/free-port.ts';
import { waitFor } from '../support/wait-for.ts';

const run = promisify(execFile);

/** Packing builds first, and installing fetches whatever npm's cache lacks. */
const INSTALL_MS = 600_000;
const START_MS = 180_000;

let folder: string;
let dataDir: string;
let tarball: string;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'purser-package-'));
  dataDir = await throwAwayFolder();
  const npm = async (setting: string) =>
    (await run('npm', ['config', 'get', setting])).stdout.trim();
  const [cache, userconfig] = [await npm('cache'), await npm('userconfig')];
  const [home, empty] = [join(folder, 'home'), join(folder, 'empty')];
  await Promise.all([mkdir(home), mkdir(empty)]);
  // npm stays as this machine has it set up, which a variable may do (a proxy); everything else of a home is gone.
  env = {
    ...process.env,
    HOME: home,
    PURSER_DATA_DIR: dataDir,
    npm_config_cache: cache,
    npm_config_userconfig: userconfig,
  };
  await run('npm', ['pack', '--pack-destination', folder], { env, maxBuffer: 16_777_216 });
  tarball = join(folder, `purser-${VERSION}.tgz`);
  await run(
    'npm',
    [
      'install',
      '--global',
      '--prefix',
      join(folder, 'prefix'),
      '--prefer-offline',
      '--no-audit',
      tarball,
    ],
    { env, cwd: empty, maxBuffer: 16_777_216 },
  );
}, INSTALL_MS);
afterAll(async () => {
  await removeThrowAwayFolder(dataDir);
  await rm(folder, { recursive: true, force: true });
}, 60_000);

const purser = () => join(folder, 'prefix', 'bin', 'purser');
const inEmptyFolder = () => ({ cwd: join(folder, 'empty'), env });

describe('the package', () => {
  it('contains the build, and neither sources nor tests nor the benchmark', async () => {
    const { stdout } = await run('tar', ['-tzf', tarball]);
    const files = stdout.trim().split('\n');
    expect(files).toContain('package/dist/cli/purser.mjs');
    expect(files).toContain('package/dist/simulator/main.js');
    expect(files.some((file) => /^package\/dist\/db\/.*\.sql$/.test(file))).toBe(true);
    expect(
      files.filter((file) => !/^package\/(dist\/.+|package\.json|README\.md|LICENSE)$/.test(file)),
    ).toEqual([]);
    expect(files.filter((file) => /^package\/dist\/(test|bench)\/|\.(ts|map)$/.test(file))).toEqual(
      [],
    );
  });

  it('names its version in --version and in --help', async () => {
    expect((await run(purser(), ['--version'], inEmptyFolder())).stdout).toBe(`${VERSION}\n`);
    expect((await run(purser(), ['--help'], inEmptyFolder())).stdout).toContain(
      `Purser ${VERSION}`,
    );
  });

  it(
    'runs the trial in an empty folder, and stops with exit 0 on Ctrl-C',
    { timeout: START_MS + 60_000 },
    async () => {
      const port = (await freePort()).toString();
      const { cwd } = inEmptyFolder();
      const child = spawn(purser(), ['start'], {
        cwd,
        env: { ...env, API_PORT: port },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const ended = once(child, 'close').then(([code]: unknown[]) => code);
      let [stdout, stderr] = ['', ''];
      child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
      try {
        await waitFor(
          'the trial runs',
          () => child.exitCode !== null || stdout.includes('Purser is running.'),
          START_MS,
        );
        expect({ code: child.exitCode, stderr }).toMatchObject({ code: null });
        expect(stdout).toMatch(/Reconciled: +[1-9][0-9]* deposits/);
        expect(stdout).toContain('\n  purser status\n');
        expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
      } finally {
        child.kill('SIGINT');
      }
      expect(await ended).toBe(0);
      expect(stderr).toContain('`purser start` continues with the same data');
      expect(await readdir(cwd)).toEqual([]);
    },
  );
});
