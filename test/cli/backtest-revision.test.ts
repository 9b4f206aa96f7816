import { execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { creditWallet } from '../../activities/credit-wallet.ts';
import { backtest } from '../../cli/backtest.ts';
import { loadRevision } from '../../cli/backtest-revision.ts';
import { isCoded } from '../../domain/errors.ts';
import { anAccount, aWallet, createTestDependencies, deposits } from '../support/activities.ts';
import { createTestDatabase, verifyClean, type TestDatabase } from '../support/database.ts';
import { ROOT } from '../support/repository.ts';

let test: TestDatabase;
let folder: string;
/** A clone that has the decision code of today as its first commit. */
let clone: string;

beforeAll(async () => {
  test = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'purser-test-'));
  vi.stubEnv('TMPDIR', folder);
  clone = join(folder, 'clone');
  mkdirSync(clone);
  cpSync(join(ROOT, 'domain'), join(clone, 'domain'), { recursive: true });
  git('init', '--quiet');
  commit('today');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
  await test.close();
});

function git(...args: readonly string[]): string {
  const person = ['-c', 'user.name=test', '-c', 'user.email=test@example.org'];
  return execFileSync('git', [...person, ...args], { cwd: clone, encoding: 'utf8' }).trim();
}

function commit(tag: string): void {
  git('add', '--all');
  git('commit', '--quiet', '--message', tag);
  git('tag', tag);
}

/** Commits today's code with one file changed, under a tag. */
function revise(tag: string, file: string, change: (text: string) => string | null): void {
  git('checkout', '--quiet', '--force', 'today');
  const path = join(clone, 'domain', file);
  const text = change(readFileSync(path, 'utf8'));
  if (text === null) rmSync(path);
  else writeFileSync(path, text);
  commit(tag);
}

const leftFolders = () =>
  readdirSync(tmpdir()).filter((name) => name.startsWith('purser-revision-'));

async function refusal(revision: string, root = clone): Promise<string> {
  const error = await loadRevision(revision, root).catch((thrown: unknown) => thrown);
  if (!isCoded(error)) throw new Error('It was not refused.', { cause: error });
  expect(error.code).toBe('request.invalid');
  expect(leftFolders()).toEqual([]);
  return error.message;
}

describe('a backtest of another revision', () => {
  it('lists what that revision decides otherwise than it happened, and credits nothing', async () => {
    const accountKey = await anAccount(test.db);
    const { code, walletId } = await aWallet(test.db);
    const [plain = '', grouped = ''] = await deposits(test.db, accountKey, [
      { reference: code, amountMinor: 5_001n },
      { reference: code.replace(/^CUS(....)/, 'CUS $1 '), amountMinor: 5_002n },
    ]);
    const dependencies = createTestDependencies(test.db);
    for (const depositId of [plain, grouped]) await creditWallet(dependencies, { depositId });
    const same = await backtest(test.db, { judge: await loadRevision('today', clone), accountKey });
    expect(same).toMatchObject({ ok: true, deposits: 2, differences: [], rules: null });
    expect(same.commit).toBe(git('rev-parse', 'today'));
    revise('strict', 'review/rules.ts', (text) =>
      text.replace('groupedCodes: true', 'groupedCodes: false'),
    );
    const judge = await loadRevision('strict', clone);
    const report = await backtest(test.db, { judge, accountKey });
    expect(report.counts).toMatchObject({ same: 1, holds_credited: 1 });
    expect(report.differences).toMatchObject([
      {
        depositId: grouped,
        from: { kind: 'credited', walletIds: [walletId] },
        to: { kind: 'review', reason: 'guess_only' },
      },
    ]);
    expect(leftFolders()).toEqual([]);
    await verifyClean(test.db);
  });

  it('shows a reason that only the other revision knows', async () => {
    const accountKey = await anAccount(test.db);
    const { code } = await aWallet(test.db);
    const [depositId = ''] = await deposits(test.db, accountKey, [{ reference: code }]);
    await creditWallet(createTestDependencies(test.db), { depositId });
    revise('new-reason', 'review/owner.ts', (text) =>
      text.replace(`if (wallet === null)`, `return review('full_moon');\n  if (wallet === null)`),
    );
    const judge = await loadRevision('new-reason', clone);
    const report = await backtest(test.db, { judge, accountKey });
    expect(report.differences).toMatchObject([{ depositId, to: { reason: 'full_moon' } }]);
  });

  it('refuses an unknown revision, and one that is written as an option', async () => {
    expect(await refusal('no-such-revision')).toContain('git knows no revision no-such-revision');
    expect(await refusal('--help')).toContain('git knows no revision --help');
  });

  it('says that it needs a git clone where there is none', async () => {
    const plain = join(folder, 'plain');
    mkdirSync(plain);
    expect(await refusal('HEAD', plain)).toContain('in a git clone');
  });

  it('says what is missing in a revision that is too old', async () => {
    revise('before-rules', 'review/rules.ts', () => null);
    expect(await refusal('before-rules')).toContain('it has no domain/review/rules.ts');
    revise('other-name', 'review/rules.ts', (text) => text.replaceAll('decideByRules', 'decide'));
    expect(await refusal('other-name')).toContain('it lacks decideByRules');
  });

  it.each([
    ['a Node built-in', `import { rmSync } from 'node:fs';\nrmSync('x');\n`],
    ['a file outside domain/', `import '../../db/client.ts';\n`],
    ['a package', `export * from 'undici';\n`],
    ['a module by name at run time', `await import('node' + ':fs');\n`],
    ['a package behind a comment', `import { get } from /* ours */ 'undici';\n`],
    ['the process', `process.exit(7);\n`],
    ['the process by another name', `globalThis['process'].exit(7);\n`],
  ])('runs nothing of a revision whose domain reaches for %s', async (what, first) => {
    const tag = what.replaceAll(/[^a-z]+/gi, '-');
    revise(tag, 'review/owner.ts', (text) => first + text);
    expect(await refusal(tag)).toBe(
      `domain/review/owner.ts of revision ${tag} does more than decide, so it is not run.`,
    );
  });

  it('names the revision whose code fails on a deposit of today', async () => {
    const accountKey = await anAccount(test.db);
    await deposits(test.db, accountKey, [{ reference: 'rent' }]);
    revise('failing', 'reference/reference.ts', (text) =>
      text.replace(/(export function readReferences\([^{]*\{)/, `$1 throw new Error('no');`),
    );
    const judge = await loadRevision('failing', clone);
    await expect(backtest(test.db, { judge, accountKey })).rejects.toMatchObject({
      code: 'request.invalid',
      message: 'The code of revision failing failed on a deposit of today.',
    });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'leaves no folder behind when %s comes while the code is loaded',
    async (signal) => {
      const temporary = join(folder, signal);
      mkdirSync(temporary);
      const { child, ended } = runCommand(['--revision', 'HEAD'], temporary);
      const watcher = watch(temporary, (_, name) => {
        if (name?.startsWith('purser-revision-')) child.kill(signal);
      });
      await ended;
      watcher.close();
      expect(readdirSync(temporary).filter((name) => name.startsWith('purser-'))).toEqual([]);
    },
  );

  it('prints its report as a command, and takes no rules beside the revision', async () => {
    const temporary = join(folder, 'command');
    mkdirSync(temporary);
    expect(await runCommand(['--revision', 'HEAD', '--json'], temporary).ended).toContain(
      `"commit": "${execFileSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim()}"`,
    );
    const both = runCommand(['--revision', 'HEAD', '--rules', 'rules.json'], temporary);
    expect(await both.ended).toContain('cannot be used with');
    expect(readdirSync(temporary).filter((name) => name.startsWith('purser-'))).toEqual([]);
  });
});

function runCommand(args: readonly string[], temporary: string) {
  const child = spawn(process.execPath, ['cli/purser.mjs', 'backtest', ...args], {
    cwd: ROOT,
    env: { ...process.env, DATABASE_URL: test.url, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = (async () => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part) => (text += String(part)));
    child.stderr.setEncoding('utf8').on('data', (part) => (text += String(part)));
    await new Promise((resolve) => child.once('close', resolve));
    return text;
  })();
  return { child, ended };
}
