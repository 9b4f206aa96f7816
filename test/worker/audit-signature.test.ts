import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealAudit } from '../../activities/seal-audit.ts';
import { loadConfig } from '../../config.ts';
import { createAnchorFile, readAnchorFile } from '../../worker/audit-anchor.ts';
import { checkSignatures, loadPublicKeys, loadSigner } from '../../worker/audit-signature.ts';
import { activityContext, NOW } from '../support/activities.ts';
import { sealAll } from '../support/audit.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { seedWallet } from '../support/ledger.ts';

let test: TestDatabase;
let folder: string;
let wallets = 0;

beforeAll(async () => {
  test = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'purser-signed-'));
});
afterAll(async () => {
  await test.close();
  await rm(folder, { recursive: true });
});

/** A key pair in two files, as operators make them. */
async function aKeyPair(name: string) {
  const pair = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const [signing, known] = [join(folder, `${name}.pem`), join(folder, `${name}-public.pem`)];
  await writeFile(signing, pair.privateKey, { mode: 0o600 });
  await writeFile(known, pair.publicKey);
  return { signing, known, pair };
}

/** Something happens, and a worker seals it. */
async function seal(file: string, signing: string | null): Promise<void> {
  await seedWallet(test.db, (wallets += 1));
  await sealAll(test);
  const anchor = createAnchorFile(file, () => NOW, signing === null ? null : loadSigner(signing));
  await activityContext().run(() => sealAudit({ database: test.db, auditAnchor: anchor }));
}

const check = async (file: string, known: string) =>
  checkSignatures(await readAnchorFile(file), loadPublicKeys(known));

describe('the signature of the audit chain’s heads', () => {
  it('appears on each line once the worker has a key, and fits the public key', async () => {
    const file = join(folder, 'signed.jsonl');
    const { signing, known } = await aKeyPair('first');
    await seal(file, null);
    await seal(file, signing);
    await seal(file, signing);
    const text = await readFile(file, 'utf8');
    expect(text.match(/"at":"2026-11-20T10:00:00.000Z","signature":"[^"]{88}"\}$/gm)).toHaveLength(
      2,
    );
    expect(await check(file, known)).toMatchObject({ ok: true, checked: 2, firstBroken: null });
  });

  it('reveals a head that was changed, added without the key, or signed with another key', async () => {
    const file = join(folder, 'attacked.jsonl');
    const [mine, other] = [await aKeyPair('mine'), await aKeyPair('other')];
    await seal(file, mine.signing);
    const good = await readFile(file, 'utf8');
    await writeFile(
      file,
      good
        .replace(/"hash":"./, (start) => `${start.slice(0, -1)}0`)
        .replace(/"seq":"([0-9]+)"/, '"seq":"9$1"'),
    );
    expect(await check(file, mine.known)).toMatchObject({
      ok: false,
      firstBroken: { line: '1', fault: 'no key that is given signed it' },
    });
    const bare = `{"seq":"9","hash":"${'ab'.repeat(32)}","at":"2026-11-20T09:00:00.000Z"}\n`;
    await writeFile(file, good);
    await appendFile(file, bare);
    expect(await check(file, mine.known)).toMatchObject({
      ok: false,
      firstBroken: { line: '2', fault: 'it is not signed' },
    });
    await writeFile(file, bare);
    expect((await check(file, mine.known)).ok).toBe(false);
    await writeFile(file, '');
    expect((await check(file, mine.known)).ok).toBe(false);
    await writeFile(file, good);
    expect((await check(file, other.known)).ok).toBe(false);
  });

  it('fits one of several public keys, so that a key can be changed', async () => {
    const file = join(folder, 'changed.jsonl');
    const [old, young] = [await aKeyPair('old'), await aKeyPair('young')];
    await seal(file, old.signing);
    await seal(file, young.signing);
    expect((await check(file, young.known)).ok).toBe(false);
    const both = join(folder, 'both.pem');
    await writeFile(both, `${young.pair.publicKey}${old.pair.publicKey}`);
    expect(await check(file, both)).toMatchObject({ ok: true, checked: 2 });
  });

  it('passes or fails verify, by the public key and the file that are named', async () => {
    const file = join(folder, 'verified.jsonl');
    const [mine, other] = [await aKeyPair('verify'), await aKeyPair('stranger')];
    await seal(file, mine.signing);
    expect(await purserVerify('--anchor', file, '--public-key', mine.known)).toMatch(
      /ok\S* +I19 signed +Every head/,
    );
    expect(await purserVerify('--anchor', file, '--public-key', other.known)).toMatch(
      /BROKEN\S* +I19 signed/,
    );
    expect(await purserVerify('--anchor', file)).not.toContain('I19 signed');
    expect(await purserVerify('--public-key', mine.known)).toContain('config.invalid');
  });
});

describe('the signing key', () => {
  it('fails with the name of its file and reveals none of its content', async () => {
    const file = join(folder, 'broken.pem');
    const { privateKey } = generateKeyPairSync('ec', {
      namedCurve: 'prime256v1',
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    for (const [text, why] of [
      ['SECRET-canary', 'holds no key in PEM'],
      [privateKey, 'holds a key that is not Ed25519'],
    ] as const) {
      await writeFile(file, text);
      const told = messageOf(() => loadSigner(file));
      expect(told).toBe(`AUDIT_SIGNING_KEY_FILE: the file ${file} ${why}.`);
    }
    expect(messageOf(() => loadSigner(join(folder, 'none.pem')))).toContain('cannot be read');
    expect(messageOf(() => loadPublicKeys(file))).toContain('AUDIT_PUBLIC_KEY_FILE');
  });

  it('requires an anchor, since the signatures are stored there', () => {
    const faults = messageOf(() => loadConfig({ AUDIT_SIGNING_KEY_FILE: '/key.pem' }));
    expect(faults).toContain('AUDIT_ANCHOR_FILE: is needed when AUDIT_SIGNING_KEY_FILE is set');
  });
});

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toMatchObject({ code: 'config.invalid' });
    return error instanceof Error ? error.message : '';
  }
  throw new Error('It was not refused.');
}

/** All that `purser verify` says. */
function purserVerify(...args: readonly string[]): Promise<string> {
  const env = { ...process.env, DATABASE_URL: test.url, AUDIT_ANCHOR_FILE: '' };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['cli/purser.mjs', 'verify', ...args],
      { env },
      (_failed, stdout, stderr) => {
        resolve(`${stdout}${stderr}`);
      },
    );
  });
}
