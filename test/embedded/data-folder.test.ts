import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataFolder, removeThrowAwayFolder, throwAwayFolder } from '../../embedded/data-folder.ts';
import { firstUnreachableFolder, makePrivateFolder } from '../../embedded/server-account.ts';

const stranger = { name: 'stranger', uid: 54_321, gid: 54_321 };

describe('dataFolder', () => {
  it('prefers PURSER_DATA_DIR, as an absolute path', () => {
    const env = { PURSER_DATA_DIR: 'some/where', XDG_DATA_HOME: '/xdg' };
    expect(dataFolder(env)).toBe(resolve('some/where'));
  });

  it('returns a system folder for root and a user folder for a user', () => {
    const folder = dataFolder({ XDG_DATA_HOME: '/xdg' });
    expect(folder).toBe(process.getuid?.() === 0 ? '/var/lib/purser' : join('/xdg', 'purser'));
  });
});

describe('a throw-away folder', () => {
  it('admits every user, and disappears with its content', async () => {
    const folder = await throwAwayFolder();
    await mkdir(join(folder, 'deep'));
    await writeFile(join(folder, 'deep', 'file'), 'text');
    expect(await firstUnreachableFolder(folder, stranger)).toBe(null);
    await removeThrowAwayFolder(folder);
    await expect(stat(folder)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('excludes other folders from its removal', async () => {
    await expect(removeThrowAwayFolder('/var/lib/purser')).rejects.toMatchObject({
      code: 'internal.unexpected',
    });
  });
});

describe('makePrivateFolder', () => {
  let home: string;
  let closed: string;

  beforeAll(async () => {
    home = await throwAwayFolder();
    closed = join(home, 'closed');
    await mkdir(closed);
    await chmod(closed, 0o700);
  });
  afterAll(async () => removeThrowAwayFolder(home));

  it("names the folder that the server's user cannot enter, and the user", async () => {
    const wanted = join(closed, 'data', 'postgres');
    const making = makePrivateFolder(wanted, stranger);
    await expect(making).rejects.toMatchObject({ code: 'embedded.postgres_failed' });
    await expect(making).rejects.toThrow(`only its owner can enter the folder ${closed}`);
    await expect(making).rejects.toThrow('stranger');
  });

  it("applies the owner's permission where others have none", async () => {
    const { uid, gid } = await stat(closed);
    expect(await firstUnreachableFolder(closed, { uid, gid })).toBe(null);
    expect(await firstUnreachableFolder(join(closed, 'more'), stranger)).toBe(closed);
  });

  it('makes missing parent folders passable whatever the umask', async () => {
    const before = process.umask(0o077);
    try {
      const own = { name: 'me', uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
      await makePrivateFolder(join(home, 'a', 'b', 'private'), own);
    } finally {
      process.umask(before);
    }
    expect(await firstUnreachableFolder(join(home, 'a', 'b'), stranger)).toBe(null);
    expect((await stat(join(home, 'a', 'b', 'private'))).mode & 0o777).toBe(0o700);
  });
});
