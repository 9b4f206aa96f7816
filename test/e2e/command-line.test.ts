import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeThrowAwayFolder, throwAwayFolder } from '../../embedded/data-folder.ts';
import { freePort } from '../../embedded/free-port.ts';
import { startPurser } from '../support/purser.ts';
import { waitFor } from '../support/wait-for.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await throwAwayFolder();
});
afterEach(() => removeThrowAwayFolder(dataDir));

/** Runs `purser` with the test's own data folder. */
function purser(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return startPurser(args, { PURSER_DATA_DIR: dataDir, ...env });
}

describe('purser demo', () => {
  it('ends automatically with exit 0, one JSON object on stdout, and every deposit in its expected state', async () => {
    const demo = purser(['demo', '--json', '--seed', '3']);
    expect(await demo.exit).toBe(0);
    const report = JSON.parse(demo.output.stdout) as Record<string, unknown>;
    expect(report).toMatchObject({ ok: true, verify: { ok: true } });
    expect(report['creditedMinor']).toBe(
      (report['truth'] as Record<string, unknown>)['creditedMinor'],
    );
    expect(report['runs']).toMatchObject([
      { what: 'Reading the bank for the first time', account: 'fnb-main' },
      { what: expect.stringContaining('three times by webhook') as string },
      { what: expect.stringContaining('once more') as string },
    ]);
    expect(Object.keys(report)).toEqual(
      expect.arrayContaining([
        'ok',
        'deposits',
        'creditedMinor',
        'credits',
        'runs',
        'truth',
        'verify',
        'tookMs',
      ]),
    );
  });
});

describe('npm start', () => {
  it('shows the first run, refuses a second one beside it, stops on Ctrl-C, and finds its data again', async () => {
    const env = { API_PORT: (await freePort()).toString() };
    const first = purser(['start'], env);
    await waitFor('the trial runs', () => first.output.stdout.includes('Ctrl-C stops everything'));
    expect(first.output.stdout).toMatch(/Reconciled: +[0-9]+ deposits/);
    const key = /API key +(\S+)/.exec(first.output.stdout)?.[1] ?? '';
    const url = /API +(http:\S+)/.exec(first.output.stdout)?.[1] ?? '';
    const wallets = await fetch(`${url}/v1/status`, {
      headers: { authorization: `Bearer ${key}` },
    });
    expect(wallets.status).toBe(200);

    const second = purser(['start'], env);
    expect(await second.exit).toBe(1);
    expect(second.output.stderr).toContain('already runs on the data folder');

    const verify = purser(['verify']);
    expect(await verify.exit).toBe(0);
    expect(verify.output.stdout).toContain('Every invariant holds.');

    first.child.kill('SIGINT');
    expect(await first.exit).toBe(0);
    await expect(fetch(url)).rejects.toThrow();

    const again = purser(['start'], env);
    await waitFor('the trial runs again', () =>
      again.output.stdout.includes('Ctrl-C stops everything'),
    );
    expect(again.output.stdout).toContain(key);
    expect(again.output.stdout).toMatch(/Total processed: +0 deposits/);
    again.child.kill('SIGTERM');
    expect(await again.exit).toBe(0);
  });

  it('names a taken port at once and starts nothing', async () => {
    const port = await freePort();
    const { createServer } = await import('node:net');
    const taken = createServer().listen(port, '127.0.0.1');
    const start = purser(['start'], { API_PORT: port.toString() });
    expect(await start.exit).toBe(1);
    expect(start.output.stderr).toContain(`Port ${port}`);
    expect(start.output.stderr).not.toContain('Postgres');
    taken.close();
  });
});

describe('purser parse', () => {
  it('reports a file that is not a statement as a coded error and exits 2', async () => {
    const parse = purser(['parse', 'package.json']);
    expect(await parse.exit).toBe(2);
    expect(JSON.parse(parse.output.stdout)).toMatchObject({
      error: { code: 'statement.unknown_format' },
    });
  });
});

describe('a command that needs servers', () => {
  it('says how to start the servers when none runs', async () => {
    const status = purser(['status'], { DATABASE_URL: '' });
    expect(await status.exit).toBe(1);
    expect(status.output.stderr).toContain('npm start');
  });

  it('lists every fault of the configuration, and no value', async () => {
    const worker = purser(['worker'], {
      DEPLOYMENT: 'production',
      API_PORT: 'eighty',
      BANK_API_ENABLED: 'maybe',
    });
    expect(await worker.exit).toBe(1);
    expect(worker.output.stderr).toContain('API_PORT');
    expect(worker.output.stderr).toContain('BANK_API_ENABLED');
    expect(worker.output.stderr).not.toContain('eighty');
  });
});
