import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SECRET_SETTINGS, withSecretFiles } from '../../settings/secret-files.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'purser-secrets-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

describe('a secret in a file', () => {
  it.each([
    ...SECRET_SETTINGS,
    'BANK_ABSA_API_KEY',
    'BANK_ABSA_WEBHOOK_SECRET',
    'BANK_ABSA_WEBHOOK_SECRET_NEXT',
  ])('gives %s its value, without the line break at the end', async (name) => {
    for (const end of ['', '\n', '\r\n']) {
      const path = await file('secret', `s3cret value${end}`);
      const { env, faults } = withSecretFiles({ [`${name}_FILE`]: path, OTHER: 'x' });
      expect({ value: env[name], other: env['OTHER'], faults }).toEqual({
        value: 's3cret value',
        other: 'x',
        faults: [],
      });
    }
  });

  it('must not stand beside the same secret in the environment', async () => {
    const path = await file('pepper', 'one');
    const { env, faults } = withSecretFiles({ API_KEY_PEPPER: 'two', API_KEY_PEPPER_FILE: path });
    expect(faults).toEqual([
      'API_KEY_PEPPER_FILE: API_KEY_PEPPER is set as well: keep one of the two',
    ]);
    expect(env['API_KEY_PEPPER']).toBe('two');
  });

  it('names a file that cannot be read, or holds more than a secret', async () => {
    const missing = join(folder, 'missing');
    const lines = await file('lines', 'one\ntwo\n');
    const large = await file('large', 'x'.repeat(70_000));
    const { faults } = withSecretFiles({
      API_KEY_PEPPER_FILE: missing,
      BANK_API_KEY_FILE: lines,
      BANK_ABSA_API_KEY_FILE: large,
      DATABASE_PASSWORD_FILE: folder,
    });
    expect(faults).toEqual([
      `API_KEY_PEPPER_FILE: ${missing} cannot be read (ENOENT)`,
      `BANK_API_KEY_FILE: ${lines} has more than one line`,
      `BANK_ABSA_API_KEY_FILE: ${large} is too large for a secret`,
      `DATABASE_PASSWORD_FILE: ${folder} cannot be read (EISDIR)`,
    ]);
  });

  it('counts as absent when it is empty, and leaves files of other settings alone', async () => {
    const empty = await file('empty', '\n');
    const { env, faults } = withSecretFiles({
      BANK_API_KEY_FILE: empty,
      DATABASE_CA_FILE: '/nowhere',
      AUDIT_SIGNING_KEY_FILE: '/nowhere',
      SSL_CERT_FILE: '/nowhere',
      HISTORY_FILE: '/nowhere',
    });
    expect({ value: env['BANK_API_KEY'], faults }).toEqual({ value: '', faults: [] });
  });
});
