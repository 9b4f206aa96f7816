import { execFile } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openReviews } from '../../db/queries/reviews.ts';
import { verifyClean } from '../support/database.ts';
import {
  ACCOUNT,
  capturedDeposit,
  createdWallet,
  depositInReview,
  startApi,
  type ApiUnderTest,
} from '../support/api-under-test.ts';

let service: ApiUnderTest;
let url: string;
beforeAll(async () => {
  service = await startApi();
  url = await service.app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await verifyClean(service.database.db);
  await service.close();
});

async function inShadow(code: string, minor: bigint): Promise<string> {
  const depositId = await capturedDeposit(service, minor);
  const review = { depositId, reason: 'shadow', candidates: [code] } as const;
  const dueAt = new Date('2026-12-20T08:00:00Z');
  await service.database.db.transaction((tx) =>
    openReviews(tx, [review], { remindAt: [], escalateAt: null, dueAt }),
  );
  return depositId;
}

/** What the command says, in the name of a person. */
function creditShadow(flag: '--yes' | null = null, key = service.personKey): Promise<string> {
  const env = {
    ...process.env,
    DATABASE_URL: service.database.url,
    API_PORT: new URL(url).port,
    PURSER_API_KEY: key,
  };
  const command = ['cli/purser.mjs', 'review', 'credit-shadow', ACCOUNT, '--reason', 'trial over'];
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [...command, ...(flag === null ? [] : [flag])],
      { env },
      (_failed, stdout, stderr) => {
        resolve(`${stdout}${stderr}`);
      },
    );
  });
}

async function decisions(): Promise<readonly string[]> {
  const rows = await service.database.owner<{ text: string }[]>`
    select d.deposit_id || ' ' || d.state || ' ' || a.wallet_id || ' ' || d.reason as text
      from decisions d join decision_allocations a on a.decision_id = d.id order by d.amount_minor`;
  return rows.map(({ text }) => text);
}

describe('purser review credit-shadow', () => {
  it('shows what waits, and decides it by the rules of single decisions only when you ask for it', async () => {
    const [anna, ben] = [await createdWallet(service), await createdWallet(service)];
    const small = await inShadow(anna.code, 5_000n);
    const large = await inShadow(ben.code, 900_000n);
    const other = await depositInReview(service, 7_000n);

    const shown = await creditShadow();
    expect(shown).toMatch(new RegExp(`^${small} .*R50\\.00 +${anna.code}$`, 'm'));
    expect(shown).toContain('2 deposits, R9,050.00. Nothing is decided yet');
    expect(await decisions()).toEqual([]);

    const done = await creditShadow('--yes');
    expect(done).toContain(`${small}  will be credited`);
    expect(done).toMatch(new RegExp(`^${large} {2}waits for a second person: dec_`, 'm'));
    expect(done).not.toContain(other);
    expect(await decisions()).toEqual([
      `${small} approved ${anna.id} trial over`,
      `${large} proposed ${ben.id} trial over`,
    ]);

    const again = await creditShadow('--yes');
    expect(again).toContain(
      `${large}  refused: Another decision on this deposit is open. [decision.already_proposed]`,
    );
    expect((await decisions()).filter((text) => text.startsWith(large))).toHaveLength(1);
  });

  it('decides more reviews than one request contains, each once', async () => {
    const wallet = await createdWallet(service);
    const ids: string[] = [];
    for (let cents = 1n; cents <= 51n; cents += 1n)
      ids.push(await inShadow(wallet.code, 600_000n + cents));
    expect(await creditShadow('--yes')).toMatch(/Decided 5[1-9] of 5[1-9]/);
    const decided = (await decisions()).filter((text) => text.includes(wallet.id));
    expect(decided.map((text) => text.split(' ')[0])).toEqual(ids);
  });

  it('serves only people', async () => {
    await inShadow((await createdWallet(service)).code, 1_000n);
    expect(await creditShadow('--yes', service.serviceKey)).toContain('auth.forbidden');
  });
});
