// Installs the dependencies of a fresh clone. Plain JavaScript on Node alone, since no dependency is installed yet.
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

/** Reports in one sentence and the exit code why Purser cannot run. */
function refuse(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
  return false;
}

function readPackages(file) {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')).packages ?? {}) : {};
}

/** True if every package that the lock file names for this machine is installed in that version. */
export function isInstalled() {
  const locked = readPackages(join(root, 'package-lock.json'));
  const present = readPackages(join(root, 'node_modules', '.package-lock.json'));
  return Object.entries(locked).every(
    ([path, entry]) =>
      path === '' || entry.optional === true || present[path]?.version === entry.version,
  );
}

/**
 * Runs `npm ci` unless everything is installed, and answers whether Purser can run now. Output goes to stderr, so that
 * stdout contains only a report.
 */
export function install() {
  if (major < 20 || (major === 20 && minor < 19))
    return refuse(
      `Purser needs Node 20.19 or newer; this is ${process.version}. See https://nodejs.org`,
    );
  if (isInstalled()) return true;
  const modules = join(root, 'node_modules');
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) {
    return refuse(
      `${modules} is a link to another folder and lacks packages: remove the link, then try again.`,
    );
  }
  process.stderr.write('Installing dependencies (once, about half a minute) …\n');
  const npm = process.env.npm_execpath;
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const [command, commandArgs] = npm?.endsWith('js')
    ? [process.execPath, [npm, ...args]]
    : ['npm', args];
  const done = spawnSync(command, commandArgs, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32' && command === 'npm',
    // `npx` and `npm start` pass their own settings down, which must not affect this install.
    env: Object.fromEntries(
      Object.entries(process.env).filter(
        ([name]) =>
          !/^npm_(config_(?!.*(proxy|registry|cache|cafile|userconfig))|lifecycle|package)/i.test(
            name,
          ),
      ),
    ),
  });
  return (
    done.status === 0 ||
    refuse('The dependencies could not be installed: see the message above, then try again.')
  );
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  install();
