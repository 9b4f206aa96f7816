import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readSchemaFiles } from '../../db/schema-files.ts';
import { parseReleased, releaseFaults, type Hashes } from '../support/released-files.ts';

const DB = new URL('../../db/', import.meta.url);
const RELEASED = new URL('released.sha256', DB);

const hashes = (files: Readonly<Record<string, string>>): Hashes => new Map(Object.entries(files));
const BASELINE = { 'baseline/01_roles.sql': 'a', 'migrations/0001_first.sql': 'b' };

describe('a released schema', () => {
  it('stays as it was released', async () => {
    const { baseline, migrations } = await readSchemaFiles(DB);
    const found = new Map([
      ...baseline.files.map(({ name, sha256 }) => [name, sha256] as const),
      ...migrations.map(({ name, sha256 }) => [`migrations/${name}`, sha256] as const),
    ]);
    const version = /"version": "([^"]+)"/.exec(
      readFileSync(new URL('../package.json', DB), 'utf8'),
    )?.[1];
    const list = existsSync(RELEASED) ? parseReleased(readFileSync(RELEASED, 'utf8')) : null;

    expect(releaseFaults(version ?? '', found, list)).toEqual([]);
  });

  it.each([
    ['0.0.0', null, ['migrations/0001_first.sql: edit the baseline until 0.1.0']],
    ['0.1.0-alpha', null, ['migrations/0001_first.sql: edit the baseline until 0.1.0']],
    ['0.1.0', null, ['version 0.1.0 has no db/released.sha256']],
    ['0.1.1-beta', null, ['version 0.1.1-beta has no db/released.sha256']],
    ['1.0.0', null, ['version 1.0.0 has no db/released.sha256']],
    ['0.1.0', BASELINE, []],
    ['0.2.0', { 'baseline/01_roles.sql': 'a' }, []],
    [
      '0.2.0',
      { ...BASELINE, 'migrations/0001_first.sql': 'c' },
      ['migrations/0001_first.sql was changed after its release'],
    ],
    [
      '0.2.0',
      { ...BASELINE, 'baseline/01_roles.sql': 'c' },
      ['baseline/01_roles.sql was changed after its release'],
    ],
    [
      '0.2.0',
      { ...BASELINE, 'migrations/0002_gone.sql': 'c' },
      ['migrations/0002_gone.sql was changed after its release'],
    ],
    ['0.2.0', {}, ['baseline/01_roles.sql joined a released baseline']],
  ])('follows the rule of version %s for %o', (version, list, faults) => {
    const found = hashes(BASELINE);
    expect(releaseFaults(version, found, list === null ? null : hashes(list))).toEqual(faults);
  });

  it('appears in the form of sha256sum, and in no other', () => {
    const hash = 'a'.repeat(64);
    expect(parseReleased(`${hash}  baseline/01_roles.sql\n`)).toEqual(
      hashes({ 'baseline/01_roles.sql': hash }),
    );
    expect(() => parseReleased('something else')).toThrow('a line that sha256sum does not write');
  });
});
