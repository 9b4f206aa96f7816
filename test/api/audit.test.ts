import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { auditEventSchema } from '../../api/outputs/audit-event.ts';
import { sealAll } from '../support/audit.ts';
import { seedWallet } from '../support/ledger.ts';
import {
  createdWallet,
  creditedDeposit,
  get,
  startApi,
  type ApiUnderTest,
} from '../support/api-under-test.ts';

interface Page {
  readonly items: readonly z.infer<typeof auditEventSchema>[];
  readonly next: string | null;
}

let service: ApiUnderTest;
beforeAll(async () => {
  service = await startApi();
});
afterAll(() => service.close());

async function list(query: string): Promise<Page> {
  const answer = await get(service, `/v1/audit${query}`);
  expect(answer.statusCode).toBe(200);
  return answer.json<Page>();
}

describe('the audit trail', () => {
  it('names the key and its owner for every write of the API', async () => {
    const wallet = await createdWallet(service);
    const { items } = await list(`?subject=wallet:${wallet.id}`);
    expect(items).toMatchObject([
      {
        action: 'wallet.added',
        subject: { kind: 'wallet', id: wallet.id },
        who: { kind: 'service', keyId: expect.stringMatching(/^key_/) as string, person: null },
        before: null,
        after: { code: wallet.code, status: 'open' },
      },
    ]);
  });

  it('lists the newest row first, page by page, without a gap or a repeat', async () => {
    for (let number = 500; number < 507; number += 1) await seedWallet(service.database.db, number);
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const page = await list(`?limit=3${cursor}`);
      seen.push(...page.items.map(({ id }) => id));
      if (page.next === null) break;
      cursor = `&cursor=${page.next}`;
    }
    const [stored] = await service.database.owner<{ ids: string[] }[]>`
      select array_agg(id::text order by id desc) as ids from audit_events`;
    expect(seen).toEqual(stored?.ids);
  });

  it('shows the place of each row in the chain once it is sealed', async () => {
    const wallet = await createdWallet(service);
    const depositId = await creditedDeposit(service, wallet.id, 5_000n);
    await sealAll(service.database);
    const { items } = await list(`?subject=deposit:${depositId}`);
    expect(items).toMatchObject([
      {
        action: 'deposit.changed',
        after: { state: 'credited' },
        seal: { hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
      },
    ]);
  });

  it.each(['deposit', 'Deposit:x', ':x', 'deposit:', 'deposit:a%20b', 'deposit:a%00'])(
    'refuses an invalid subject: %s',
    async (subject) => {
      const answer = await get(service, `/v1/audit?subject=${subject}`);
      expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([
        400,
        'request.invalid',
      ]);
    },
  );
});
