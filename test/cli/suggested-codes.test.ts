import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openReview } from '../../app/decide/open-review.ts';
import type { ReviewReason } from '../../domain/review/review-reasons.ts';
import { customerCodeFromNumber } from '../../domain/reference/customer-code.ts';
import { TEST_SETTINGS } from '../support/activities.ts';
import { ACCOUNT, get, startApi, type ApiUnderTest } from '../support/api-under-test.ts';
import { verifyClean } from '../support/database.ts';
import { aLine, capture } from '../support/ledger.ts';
import { runPurser } from '../support/purser.ts';

let service: ApiUnderTest;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  service = await startApi();
  env = { DATABASE_URL: service.database.url, TEMPORAL_ADDRESS: '127.0.0.1:9' };
});
afterAll(async () => {
  await verifyClean(service.database.db);
  await service.close();
});

async function openWallet(id: string, code: string, kind: 'checked' | 'legacy' = 'checked') {
  await service.database.owner`
    insert into wallets (id, code, code_kind) values (${`wal_${id.padStart(32, '0')}`}, ${code}, ${kind})`;
}

let lines = 0;
/** A deposit with this reference, in review. */
async function inReview(reference: string, reason: ReviewReason): Promise<string> {
  lines += 1;
  const line = aLine(`suggested-${lines}`, BigInt(100_000 + lines), { references: [reference] });
  const [depositId = ''] = await capture(service.database.db, ACCOUNT, [line]);
  const context = { clock: () => new Date('2026-11-21T08:00:00Z'), aging: TEST_SETTINGS.aging };
  await openReview(service.database.db, context, { depositId, reason });
  return depositId;
}

interface Listed {
  readonly depositId: string;
  readonly candidates: readonly string[];
}

const json = async (...args: readonly string[]) =>
  JSON.parse((await runPurser(args, env)).stdout) as Record<string, unknown>;

/** The codes that each place names for a deposit. */
async function namedFor(depositId: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const of = (all: unknown) =>
    (all as readonly Listed[]).find((each) => each.depositId === depositId)?.candidates ?? ['none'];
  const asked = (await get(service, `/v1/reviews/${depositId}/suggestions`)).json<{
    items: readonly { code: string }[];
  }>();
  const csv = parse((await runPurser(['reviews', '--csv'], env)).stdout, {
    bom: true,
    columns: true,
  });
  const cell = (csv as { deposit: string; candidates: string }[]).find(
    ({ deposit }) => deposit === depositId,
  )?.candidates;
  const words = (await runPurser(['reviews'], env)).stdout.split('\n');
  const advice = words[words.findIndex((line) => line.startsWith(depositId)) + 1] ?? '';
  const story = await json('story', depositId, '--json');
  const told = (await runPurser(['story', depositId], env)).stdout;
  return {
    suggestions: asked.items.map(({ code }) => code),
    list: of((await get(service, '/v1/reviews?limit=200')).json<{ items: unknown }>().items),
    deposit: (story['review'] as Listed).candidates,
    'reviews --json': of((await json('reviews', '--json'))['reviews']),
    'reviews --csv': cell === '' ? [] : (cell?.split(' ') ?? ['none']),
    reviews: /Perhaps ([^.]*)\./.exec(advice)?.[1]?.split(', ') ?? [],
    story: /Codes to look at: ([^.]*)\./.exec(told)?.[1]?.split(', ') ?? [],
  };
}

async function expectEverywhere(depositId: string, codes: readonly string[]): Promise<void> {
  const named = await namedFor(depositId);
  expect(named).toEqual(Object.fromEntries(Object.keys(named).map((place) => [place, codes])));
}

describe('the codes suggested for a deposit', () => {
  it('read the same in every place, without the mistyped code and codes never issued', async () => {
    const right = customerCodeFromNumber(4_321);
    const typed = `${right.slice(0, -1)}${(Number(right.at(-1)) + 1) % 10}`;
    await openWallet('1', right);
    await expectEverywhere(await inReview(typed, 'bad_check_digit'), [right]);
    await expectEverywhere(await inReview('CUS00099999', 'bad_check_digit'), []);
    await expectEverywhere(await inReview(customerCodeFromNumber(88_888), 'unknown_code'), []);
  });

  it('contain, of ten possible ones, those that wallets have', async () => {
    const [one, other] = [customerCodeFromNumber(5_550_003), customerCodeFromNumber(5_550_007)];
    await openWallet('2', one);
    await openWallet('3', other, 'legacy');
    const codes = [one, other].sort();
    await expectEverywhere(await inReview('CUS555000', 'guess_only'), codes);
  });

  it('end with the review', async () => {
    const code = customerCodeFromNumber(6_660_001);
    await openWallet('4', code);
    const depositId = await inReview(code, 'possible_duplicate');
    await expectEverywhere(depositId, [code]);
    await service.database
      .owner`update reviews set closed_at = now() where deposit_id = ${depositId}`;
    const told = (await runPurser(['story', depositId], env)).stdout;
    expect(told).not.toContain('Codes to look at');
    await service.database
      .owner`update reviews set closed_at = null where deposit_id = ${depositId}`;
  });
});
