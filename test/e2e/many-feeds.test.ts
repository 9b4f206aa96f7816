import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localDateIn } from '../../domain/local-date.ts';
import { camt053 } from '../support/camt.ts';
import { mt940 } from '../support/mt940.ts';
import { ACCOUNT, startService, type Service } from '../support/service.ts';
import { waitFor } from '../support/wait-for.ts';

let service: Service;
let api: { readonly url: string; readonly key: string };
const today = localDateIn(new Date(), 'Africa/Johannesburg');
beforeAll(async () => {
  service = await startService();
  api = await service.startApi();
});
afterAll(() => service.close());

async function ask(path: string): Promise<unknown> {
  const answer = await fetch(`${api.url}${path}`, {
    headers: { authorization: `Bearer ${api.key}` },
  });
  expect(answer.status).toBe(200);
  return answer.json();
}

/** Hands a file in and waits until it has been captured. */
async function handIn(
  body: Uint8Array,
): Promise<{ readonly linesNew: number; readonly state: string }> {
  const form = new FormData();
  form.append('accountNumber', '62000000001');
  form.append('file', new Blob([Buffer.from(body)]), 'statement');
  const answer = await fetch(`${api.url}/v1/bank-accounts/${ACCOUNT}/statements`, {
    method: 'POST',
    headers: { authorization: `Bearer ${api.key}` },
    body: form,
  });
  expect(answer.status).toBe(202);
  const { id } = (await answer.json()) as { id: string };
  let file = { state: '', linesNew: 0 };
  await waitFor('the statement file has been captured', async () => {
    file = (await ask(`/v1/statements/${id}`)) as typeof file;
    return file.state === 'captured';
  });
  return file;
}

describe('one deposit in every feed', () => {
  it('makes one line, one credit and one notification, with a story of all ten appearances', async () => {
    const wallet = await service.openWallet(31);
    const added = (await service.bank('lines', [
      {
        reference: wallet.code,
        amountMinor: '25000',
        expect: { outcome: 'credited', code: wallet.code },
      },
    ])) as { readonly ids: readonly string[] };
    const polls = async () => {
      for (let time = 0; time < 3; time += 1) await service.reconcile();
    };
    const text = `PAYSHAP CREDIT ${wallet.code}`;
    await Promise.all([
      polls(),
      service.bank('webhooks/send', { ids: added.ids, copies: 5, concurrency: 5 }),
      handIn(
        camt053([{ amount: '250.00', reference: wallet.code, id: 'FT1', day: today }], '350.00', {
          day: today,
        }),
      ),
      handIn(mt940([{ minor: 25_000, text }], { day: today })),
    ]);
    await service.expectTruth();

    const [row] = await service.database.db.execute<{
      id: string;
      lines: number;
      notes: number;
    }>(sql`
      select (select count(*) from lines)::int as lines, (select count(*) from notifications)::int as notes, d.id from deposits d`);
    expect(row).toMatchObject({ lines: 1, notes: 1 });
    const story = (await ask(`/v1/deposits/${row?.id ?? ''}`)) as {
      readonly state: string;
      readonly sightings: readonly { readonly source: string }[];
    };
    const counts: Record<string, number> = {};
    for (const { source } of story.sightings) counts[source] = (counts[source] ?? 0) + 1;
    expect(story.state).toBe('credited');
    expect(counts).toEqual({ webhook: 5, poll: 3, 'camt.053': 1, mt940: 1 });
  });

  it('adds nothing when a whole file comes again under another message id', async () => {
    const wallet = await service.openWallet(32);
    const lines = Array.from({ length: 6 }, (_, index) => ({
      minor: 5_000 + index,
      text: `${wallet.code} ${index}`,
    }));
    const day = '2026-11-02';
    expect(await handIn(mt940(lines, { day, id: 'FIRST' }))).toMatchObject({ linesNew: 6 });
    expect(await handIn(mt940(lines, { day, id: 'AGAIN' }))).toMatchObject({ linesNew: 0 });
    // The same batch once more, dated four days later: real money would not repeat like this, so that a person looks.
    expect(await handIn(mt940(lines, { day: '2026-11-06', id: 'LATER' }))).toMatchObject({
      linesNew: 6,
    });
    await waitFor('the batch is in review', async () => {
      const [row] = await service.database.db.execute<{ held: number; credited: number }>(sql`
        select count(*) filter (where state = 'in_review' and hold_reason = 'possible_duplicate')::int as held,
               count(*) filter (where state = 'credited')::int as credited
          from deposits where booking_date between '2026-11-01' and '2026-11-30' and amount_minor between 5000 and 5005`);
      return row?.held === 6 && row.credited === 6;
    });
  });
});
