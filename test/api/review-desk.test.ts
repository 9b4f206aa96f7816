import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyClean } from '../support/database.ts';
import {
  createdWallet,
  depositInReview,
  get,
  post,
  startApi,
  type ApiUnderTest,
} from '../support/api-under-test.ts';

let service: ApiUnderTest;
let person: string;
beforeAll(async () => {
  service = await startApi();
  const [row] = await service.database.owner<{ person: string }[]>`
    select person from api_keys where owner_kind = 'person' limit 1`;
  person = row?.person ?? '';
});
afterAll(() => service.close());

interface Item {
  readonly depositId: string;
  readonly amount: { readonly minor: string };
}

async function list(query: string): Promise<{ items: Item[]; next: string | null }> {
  const answer = await get(service, `/v1/reviews?${query}`);
  expect(answer.statusCode).toBe(200);
  return answer.json<{ items: Item[]; next: string | null }>();
}

const idsOf = ({ items }: { readonly items: readonly Item[] }) =>
  items.map(({ depositId }) => depositId);

/** Every page of a list, and every id once. */
async function walk(query: string): Promise<readonly string[]> {
  const ids: string[] = [];
  let cursor = '';
  for (;;) {
    const page = await list(`${query}&limit=2${cursor}`);
    ids.push(...idsOf(page));
    if (page.next === null) return ids;
    cursor = `&cursor=${page.next}`;
  }
}

describe('the queue', () => {
  it('orders reviews by escalation and deadline, by age, or by amount, page by page', async () => {
    const [a, b, c, d] = [
      await depositInReview(service, 100_001n),
      await depositInReview(service, 100_004n),
      await depositInReview(service, 100_002n),
      await depositInReview(service, 100_003n),
    ];
    const { owner } = service.database;
    await owner`update reviews set escalated_at = now() where deposit_id = ${c}`;
    await owner`update reviews set due_at = due_at - interval '1 day' where deposit_id = ${b}`;
    const ours = 'minMinor=100001&maxMinor=100004';
    expect(await walk(`${ours}&order=priority`)).toEqual([c, b, a, d]);
    expect(await walk(`${ours}&order=oldest`)).toEqual([a, b, c, d]);
    expect(await walk(`${ours}&order=amount`)).toEqual([b, d, c, a]);
    expect(await walk(`${ours}&state=escalated`)).toEqual([c]);
    expect(await walk(`${ours}&state=overdue`)).toEqual([]);
  });

  it('filters by reason, account, amount, assignee and the text of a code, all together', async () => {
    const id = await depositInReview(service, 200_000n);
    const amount = 'minMinor=200000&maxMinor=200000';
    for (const query of [
      'reason=unknown_code',
      'account=fnb-main',
      'unassigned=true',
      'code=cus0000001',
      `reason=unknown_code&account=fnb-main&unassigned=true&code=00000018`,
    ])
      expect([query, await walk(`${amount}&${query}`)]).toEqual([query, [id]]);
    for (const query of ['reason=no_reference', 'account=nobody', 'assignee=somebody', 'code=%25'])
      expect([query, await walk(`${amount}&${query}`)]).toEqual([query, []]);
    expect(await walk('minMinor=200001&maxMinor=200002')).toEqual([]);
  });

  it('refuses a cursor of another order, and an unknown filter', async () => {
    await depositInReview(service, 100n);
    await depositInReview(service, 100n);
    const { next } = await list('limit=1&order=amount');
    for (const query of [`order=oldest&cursor=${next ?? ''}`, 'reason=rain', 'minMinor=-1', 'q=1'])
      expect((await get(service, `/v1/reviews?${query}`)).json()).toMatchObject({
        code: 'request.invalid',
      });
  });
});

describe('a review', () => {
  it('goes to a person who has a key, and back to the queue', async () => {
    const id = await depositInReview(service, 300_000n);
    const assign = (to: string | null) => post(service, `/v1/reviews/${id}/assign`, { person: to });
    expect((await assign(person)).json()).toEqual({ depositId: id, assignee: person });
    expect(await walk(`assignee=${encodeURIComponent(person)}`)).toEqual([id]);
    expect((await assign('nobody at all')).json()).toMatchObject({ code: 'person.not_found' });
    expect((await assign(null)).json()).toEqual({ depositId: id, assignee: null });
    const events = await service.database.owner`
      select after->>'assignee' as assignee from audit_events where subject_kind = 'review' and subject_id = ${id} order by id`;
    expect(events.map(({ assignee }) => assignee as string | null)).toEqual([null, person, null]);
  });

  it('keeps comments in their order', async () => {
    const id = await depositInReview(service, 300n);
    for (const text of ['rang the payer', '=1+1'])
      await post(service, `/v1/reviews/${id}/comments`, { text }, { key: service.personKey });
    const said = await get(service, `/v1/reviews/${id}/comments`);
    expect(said.json()).toMatchObject({
      items: [
        { text: 'rang the payer', person },
        { text: '=1+1', person },
      ],
      next: null,
    });
    const nowhere = `dep_${'0'.repeat(32)}`;
    for (const answer of [
      await get(service, `/v1/reviews/${nowhere}/comments`),
      await post(service, `/v1/reviews/${nowhere}/comments`, { text: 'x' }),
      await post(service, `/v1/reviews/${nowhere}/assign`, { person: null }),
    ])
      expect(answer.json()).toMatchObject({ code: 'deposit.not_found' });
  });

  it('refuses an assignment and a comment once it is closed', async () => {
    const id = await depositInReview(service, 400n);
    await service.database.owner`update reviews set closed_at = now() where deposit_id = ${id}`;
    const answers = [
      await post(service, `/v1/reviews/${id}/assign`, { person: null }),
      await post(service, `/v1/reviews/${id}/comments`, { text: 'too late' }),
    ];
    for (const answer of answers)
      expect(answer.json()).toMatchObject({ code: 'deposit.already_settled' });
    await service.database.owner`update reviews set closed_at = null where deposit_id = ${id}`;
  });
});

describe('the export', () => {
  it('writes CSV that no spreadsheet runs, with amounts as numbers', async () => {
    const id = await depositInReview(service, 123_456n);
    await service.database.owner`update reviews set assignee = '=cmd' where deposit_id = ${id}`;
    const answer = await get(service, '/v1/reviews/export?minMinor=123456&maxMinor=123456');
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
    const [head, row, ...rest] = answer.body.split('\r\n');
    expect(head).toContain('"deposit","account","booking_date","amount"');
    expect(row).toContain(`"${id}","fnb-main",`);
    expect(row).toContain(',1234.56,"ZAR","unknown_code",');
    expect(row).toContain(`"'=cmd"`);
    expect(rest).toEqual(['']);
  });

  it('contains every review of the queue, over many pages', async () => {
    const [row] = await service.database.owner<{ open: number }[]>`
      select count(*)::int as open from reviews where closed_at is null`;
    const answer = await get(service, '/v1/reviews/export');
    expect(answer.body.trimEnd().split('\r\n')).toHaveLength((row?.open ?? 0) + 1);
  });
});

describe('a bulk request', () => {
  const bulk = (decisions: unknown, idempotencyKey: string) =>
    post(
      service,
      '/v1/reviews/bulk-decisions',
      { decisions },
      { key: service.personKey, idempotencyKey },
    );

  it('decides each deposit separately: a refusal stops no other, and a repeat decides nothing twice', async () => {
    const wallet = await createdWallet(service);
    const [small, large] = [
      await depositInReview(service, 5_000n),
      await depositInReview(service, 600_000n),
    ];
    const nowhere = `dep_${'0'.repeat(32)}`;
    const decision = { kind: 'credit', code: wallet.code, reason: 'asked the payer' };
    const decisions = [small, large, nowhere].map((depositId) => ({ depositId, decision }));
    const first = (await bulk(decisions, 'bulk-1')).json<{
      results: { decisionId?: string; outcome: string }[];
    }>();
    expect(first).toMatchObject({
      results: [
        { depositId: small, outcome: 'accepted', state: 'approved' },
        { depositId: large, outcome: 'accepted', state: 'proposed' },
        { depositId: nowhere, outcome: 'not_taken', code: 'deposit.not_found' },
      ],
      counts: { accepted: 2, not_taken: 1 },
    });
    const again = await bulk(decisions, 'bulk-1');
    expect(again.json()).toEqual(first);
    const rows = await service.database.owner`
      select 1 from decisions where deposit_id in (${small}, ${large})`;
    expect(rows).toHaveLength(2);
    expect((await bulk(decisions.slice(1), 'bulk-1')).json()).toMatchObject({
      code: 'request.key_reused',
    });
    await verifyClean(service.database.db);
  });

  it('names each deposit once, and fifty at most', async () => {
    const one = {
      depositId: `dep_${'0'.repeat(32)}`,
      decision: { kind: 'dismiss', reason: 'interest' },
    };
    for (const decisions of [[one, one], [], Array.from({ length: 51 }, () => one)])
      expect((await bulk(decisions, 'bulk-2')).json()).toMatchObject({ code: 'request.invalid' });
  });
});
