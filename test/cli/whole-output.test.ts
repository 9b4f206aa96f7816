import { spawn, type ChildProcess } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseStatementFile } from '../../bank/statements/parse-statement-file.ts';
import { statementFileToJson } from '../../bank/statements/to-json.ts';
import { toJson } from '../../cli/terminal.ts';
import { openReviews } from '../../db/queries/reviews.ts';
import { anAccount, aSighting, poll } from '../support/activities.ts';
import { createTestDatabase } from '../support/database.ts';

/** A cold start of Node with the sources takes seconds where other work shares the machine. */
const COMMAND_MS = 120_000;
const LINES = 4_000;

let folder: string;
let statement: string;
let report: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'purser-output-'));
  statement = join(folder, 'statement.sta');
  await writeFile(statement, mt940(LINES));
  report = `${toJson(statementFileToJson(await parseStatementFile(createReadStream(statement), {})))}\n`;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** One statement of many credits of R10.00 each. */
function mt940(lines: number): string {
  const entries = Array.from(
    { length: lines },
    (_, index) =>
      `:61:2611270000C10,00NTRFREF${index.toString().padStart(8, '0')}\n:86:DEPOSIT CUS00000018 NUMBER ${index}`,
  );
  return [
    ':20:BIG',
    ':25:62001234567',
    ':28C:1/1',
    ':60F:C261127ZAR0,00',
    ...entries.map((entry) => entry.replace('2611270000C', '2611271127C')),
    `:62F:C261127ZAR${lines * 10},00`,
    '-',
    '',
  ].join('\n');
}

/** What a command writes into a pipe whose reader starts late, and its exit code. */
async function throughPipe(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: unknown; readonly text: string }> {
  const received = join(folder, `${args.join('-')}.txt`);
  const command = '"$0" cli/purser.mjs "$@" | (sleep 1; cat) > "$RECEIVED"';
  const shell = spawn('bash', ['-o', 'pipefail', '-c', command, process.execPath, ...args], {
    stdio: 'inherit',
    env: { ...process.env, ...env, RECEIVED: received },
  });
  return { code: await exitOf(shell), text: await readFile(received, 'utf8') };
}

function exitOf(child: ChildProcess): Promise<unknown> {
  return once(child, 'close').then(([code]: unknown[]) => code);
}

describe('the output of a command', { timeout: COMMAND_MS }, () => {
  it('arrives whole through a pipe whose reader starts late, when it is larger than 1 MB', async () => {
    expect(report.length).toBeGreaterThan(1_000_000);
    const received = join(folder, 'received.json');
    const shell = spawn(
      'sh',
      [
        '-c',
        '"$0" cli/purser.mjs parse "$1" | (sleep 1; cat) > "$2"',
        ...[process.execPath, statement, received],
      ],
      { stdio: 'inherit' },
    );
    const code = await exitOf(shell);
    expect(code).toBe(0);
    expect((await readFile(received, 'utf8')) === report).toBe(true);
  });

  it('ends with exit 0 and no message when its reader takes only a part', async () => {
    const child = spawn(process.execPath, ['cli/purser.mjs', 'parse', statement], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await exitOf(child);
    expect({ code, said }).toEqual({ code: 0, said: '' });
  });
});

describe('a report from the database', { timeout: COMMAND_MS }, () => {
  it('arrives whole through a pipe whose reader starts late, when it is larger than 64 KiB', async () => {
    const test = await createTestDatabase();
    const accountKey = await anAccount(test.db);
    const text =
      'PAYMENT WITH A LONG TEXT AND NO CODE AT ALL, FOR SERVICES IN BLOEMFONTEIN '.repeat(3);
    const rows = Array.from({ length: 300 }, (_, index) =>
      aSighting({ amountMinor: BigInt(1_000 + index), references: [`${index} ${text}`] }),
    );
    await poll(test.db, accountKey, rows);
    const waiting = await test.owner<{ id: string }[]>`select id from deposits`;
    const reviews = waiting.map(({ id: depositId }) => ({
      depositId,
      reason: 'no_reference' as const,
      candidates: [],
    }));
    const dueAt = new Date('2026-12-20T08:00:00Z');
    await test.db.transaction((tx) =>
      openReviews(tx, reviews, { remindAt: [], escalateAt: null, dueAt }),
    );
    const { code, text: csv } = await throughPipe(['reviews', '--csv'], {
      DATABASE_URL: test.url,
    });
    await test.close();
    expect(code).toBe(0);
    expect(csv.length).toBeGreaterThan(65_536);
    const told = csv.trimEnd().split('\n').slice(1);
    expect(told).toHaveLength(300);
    for (const { id } of waiting) expect(csv).toContain(id);
    expect(csv.endsWith('\n')).toBe(true);
  });
});
