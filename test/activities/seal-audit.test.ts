import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sealAudit } from '../../activities/seal-audit.ts';
import { createAnchorFile, readAnchorFile } from '../../worker/audit-anchor.ts';
import { activityContext, NOW } from '../support/activities.ts';
import { sealAll } from '../support/audit.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { seedWallet } from '../support/ledger.ts';
import { waitFor } from '../support/wait-for.ts';

let test: TestDatabase;
let folder: string;
let file: string;
let wallets = 0;

beforeAll(async () => {
  test = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'purser-anchor-'));
});
beforeEach(async () => {
  file = join(folder, `anchor-${wallets}.jsonl`);
  await seedWallet(test.db, (wallets += 1));
  await sealAll(test);
});
afterAll(async () => {
  await test.close();
  await rm(folder, { recursive: true });
});

/** Seals as the worker does, with the anchor in `path`. */
const seal = (path = file) =>
  activityContext().run(() =>
    sealAudit({ database: test.db, auditAnchor: createAnchorFile(path, () => NOW) }),
  );

describe('the anchor of the audit chain', () => {
  it('gains one line for each head, and none while nothing is new', async () => {
    await seal();
    await seal();
    expect((await readAnchorFile(file)).map((line) => line?.seq)).toEqual([BigInt(wallets + 1)]);
    expect(await readFile(file, 'utf8')).toMatch(
      /^\{"seq":"[0-9]+","hash":"[0-9a-f]{64}","at":"2026-11-20T10:00:00.000Z"\}\n$/,
    );

    await seedWallet(test.db, (wallets += 1));
    await sealAll(test);
    await seal();
    expect((await readAnchorFile(file)).map((line) => line?.seq)).toEqual([
      BigInt(wallets),
      BigInt(wallets + 1),
    ]);
  });

  it('keeps a line that the database lacks, since the line is the proof', async () => {
    const lost = `{"seq":"999","hash":"${'ab'.repeat(32)}","at":"2026-11-20T09:00:00.000Z"}\n`;
    await writeFile(file, lost);
    await seal();
    expect(await readFile(file, 'utf8')).toBe(lost);
  });

  it('continues after a line that was cut while it was written, and reports that line', async () => {
    await seal();
    await appendFile(file, '{"seq":"9');
    await seedWallet(test.db, (wallets += 1));
    await sealAll(test);
    await seal();
    expect((await readAnchorFile(file)).map((line) => line?.seq ?? null)).toEqual([
      BigInt(wallets),
      null,
      BigInt(wallets + 1),
    ]);
  });

  it('stops nothing when its disk is gone: the sealer still seals new rows', async () => {
    await seedWallet(test.db, (wallets += 1));
    // A transaction of another test, on this server, delays the sealer.
    let answer: unknown;
    await waitFor('the new row to be sealed', async () => {
      answer = await seal(join(folder, 'gone', 'anchor.jsonl'));
      return !isDeepStrictEqual(answer, { sealed: 0 });
    });
    expect(answer).toEqual({ sealed: 1 });
    const waiting = await test.owner`
      select from audit_events e
       where not exists (select 1 from audit_seals s where s.event_ids @> e.id)`;
    expect(waiting).toHaveLength(0);
  });
});
