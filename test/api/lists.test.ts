import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../db/new-id.ts';
import { aLine, capture, seedBankAccount } from '../support/ledger.ts';
import {
  ACCOUNT,
  createdWallet,
  creditedDeposit,
  depositInReview,
  get,
  post,
  startApi,
  type ApiUnderTest,
} from '../support/api-under-test.ts';

interface Page {
  readonly items: readonly { readonly id?: string; readonly depositId?: string }[];
  readonly next: string | null;
}

let service: ApiUnderTest;
beforeAll(async () => {
  service = await startApi();
});
afterAll(() => service.close());

/** All ids of a list, page by page. */
async function walk(path: string): Promise<readonly string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const glue = path.includes('?') ? '&' : '?';
    const after: string = cursor === null ? '' : `&cursor=${cursor}`;
    const page = (await get(service, `${path}${glue}limit=3${after}`)).json<Page>();
    expect(page.items.length).toBeLessThanOrEqual(3);
    ids.push(...page.items.map((item) => item.id ?? item.depositId ?? ''));
    cursor = page.next;
  } while (cursor !== null);
  return ids;
}

describe('the API', () => {
  it('lists deposits without repeat or gap when many were captured at one instant', async () => {
    await seedBankAccount(service.database.db, 'batch');
    const lines = Array.from({ length: 8 }, (_, index) => aLine(`batch-${index}`, 100n));
    const captured = await capture(service.database.db, 'batch', lines);
    const listed = await walk('/v1/deposits?account=batch');
    expect(listed).toEqual(captured.toSorted().toReversed());
    expect(await walk('/v1/deposits?account=batch&state=captured')).toEqual(listed);
    expect(await walk('/v1/deposits?account=batch&state=credited')).toEqual([]);
    expect(await walk('/v1/deposits?account=nobody')).toEqual([]);
  });

  it('continues the list of reviews where it stopped, oldest first', async () => {
    const opened: string[] = [];
    for (let index = 0; index < 4; index += 1) opened.push(await depositInReview(service, 100n));
    expect(await walk('/v1/reviews')).toEqual(opened);
  });

  it('lists runs newest first, with counts that stay the same', async () => {
    const [old, recent] = [newId('run'), newId('run')];
    await service.database.owner`
      insert into runs (id, bank_account_key, kind, started_at, finished_at, outcome, window_from, window_to, lines_seen,
                        lines_new, deposits_new, credited_count, credited_minor, credits, review_count, review_minor)
      values (${old}, ${ACCOUNT}, 'poll', '2026-11-20T08:00:00.000001Z', '2026-11-20T08:00:05Z', 'completed', '2026-11-13',
              '2026-11-20', 9, 6, 6, 5, 125000, 25, 1, 30000),
             (${recent}, ${ACCOUNT}, 'poll', '2026-11-20T08:00:00.000002Z', null, null, null, null, 0, 0, 0, 0, 0, 0, 0, 0)`;
    const first = (await get(service, '/v1/runs?limit=1')).json<Page>();
    expect(first.items).toMatchObject([{ id: recent, outcome: null, window: null }]);
    const rest = await get(service, `/v1/runs?limit=1&cursor=${first.next ?? ''}`);
    expect(rest.json()).toMatchObject({
      items: [
        {
          id: old,
          outcome: 'completed',
          window: { from: '2026-11-13', to: '2026-11-20' },
          reconciled: { deposits: 5, amount: { minor: '125000', currency: 'ZAR' }, credits: '25' },
          unmatched: { deposits: 1, amount: { minor: '30000', currency: 'ZAR' } },
        },
      ],
      next: null,
    });
  });
});

describe('GET /v1/deposits/{id}', () => {
  it('tells the whole story, with sightings and bank events in the order in which they came', async () => {
    const wallet = await createdWallet(service);
    const id = await creditedDeposit(service, wallet.id, 7_500n);
    await service.database.owner`
      insert into sightings (bank_account_key, line_id, feed, source, bank_id, facts_key, booking_date, amount_minor, reference, seen_at)
      select bank_account_key, line_id, feed, feed, 'T1', 'k', booking_date, amount_minor, 'CUS', seen_at::timestamptz
        from deposits, (values ('poll', '2026-11-20T08:05:00Z'), ('webhook', '2026-11-20T08:01:00Z')) as s(feed, seen_at)
       where id = ${id}`;
    await service.database.owner`
      insert into bank_events (bank_account_key, event_id, body, body_sha256, received_at, handled_at, outcome, deposit_id)
      values (${ACCOUNT}, 'evt-1', '', '', '2026-11-20T08:01:00Z', '2026-11-20T08:01:01Z', 'captured', ${id})`;
    const story = (await get(service, `/v1/deposits/${id}`)).json<Record<string, unknown>>();
    expect(story).toMatchObject({
      id,
      state: 'credited',
      lane: 'workflow',
      walletId: wallet.id,
      amount: { minor: '7500', currency: 'ZAR' },
      workflow: { round: 1 },
      line: { references: ['CUS00000001'], text: 'PAYSHAP CREDIT', occurrence: 1 },
      sightings: [{ feed: 'webhook', bankId: 'T1' }, { feed: 'poll' }],
      journals: [
        {
          kind: 'capture',
          postings: [
            { account: 'bank', owner: ACCOUNT, unit: 'ZAR', amount: '7500' },
            { account: 'suspense', owner: ACCOUNT, unit: 'ZAR', amount: '-7500' },
          ],
        },
        { kind: 'credit', walletId: wallet.id, walletSeq: '1' },
      ],
      review: null,
      decisions: [],
      bankEvents: [{ eventId: 'evt-1', outcome: 'captured' }],
    });
    expect(story['workflow']).toMatchObject({
      id: expect.stringMatching(/^deposit\/fnb-main\//) as unknown,
    });
  });

  it('answers 404 for a deposit that does not exist', async () => {
    const answer = await get(service, `/v1/deposits/dep_${'0'.repeat(32)}`);
    expect(answer.json()).toMatchObject({ code: 'deposit.not_found', status: 404 });
  });
});

describe('GET /v1/status', () => {
  it('shows wallets, deposits, last runs, the oldest review, and each account with its suspense', async () => {
    const fresh = await startApi();
    try {
      await seedBankAccount(fresh.database.db, 'quiet');
      const wallet = await createdWallet(fresh);
      await creditedDeposit(fresh, wallet.id, 27_500n);
      const waiting = await depositInReview(fresh, 30_000n);
      expect((await get(fresh, '/v1/status')).json()).toMatchObject({
        wallets: {
          count: 1,
          balance: { credits: '5', rand: { minor: '27500' }, remainder: { minor: '2500' } },
        },
        deposits: [
          { state: 'credited', count: 1, amount: { minor: '27500', currency: 'ZAR' } },
          { state: 'in_review', count: 1, amount: { minor: '30000', currency: 'ZAR' } },
        ],
        lastRuns: [],
        oldestOpenReview: { depositId: waiting },
        bankAccounts: [
          { account: ACCOUNT, ledgerBalance: { minor: '57500' }, suspense: { minor: '30000' } },
          { account: 'quiet', ledgerBalance: { minor: '0' }, suspense: { minor: '0' } },
        ],
      });
    } finally {
      await fresh.close();
    }
  });
});

describe('the API without Temporal', () => {
  it('answers 503 to a reconcile and reveals no internals', async () => {
    const answer = await post(service, `/v1/bank-accounts/${ACCOUNT}/reconcile`, undefined);
    expect(answer.json()).toMatchObject({ code: 'temporal.unavailable', status: 503 });
    expect(answer.body).not.toMatch(/grpc|ECONN|127\.0\.0\.1/i);
    const nobody = await post(service, '/v1/bank-accounts/nobody/reconcile', undefined);
    expect(nobody.json()).toMatchObject({ code: 'account.not_found', status: 404 });
  });

  it('reports that it is alive, and takes requests without what Temporal does', async () => {
    expect((await service.app.inject('/health/live')).json()).toEqual({ status: 'ok' });
    const ready = await service.app.inject('/health/ready');
    expect([ready.statusCode, ready.json()]).toEqual([
      200,
      { status: 'degraded', checks: { database: 'ok', temporal: 'failed' } },
    ]);
  });
});
