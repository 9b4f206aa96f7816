import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiKey } from '../../api/auth/api-keys.ts';
import { SCOPES } from '../../api/auth/scopes.ts';
import { verifyClean } from '../support/database.ts';
import { startService, type Service } from '../support/service.ts';
import { waitFor } from '../support/wait-for.ts';

let service: Service;
let api: { readonly url: string; readonly key: string };
let second: string;
beforeAll(async () => {
  service = await startService();
  api = await service.startApi();
  const made = await createApiKey(service.database.db, {
    name: 'the second person',
    ownerKind: 'person',
    person: 'sipho',
    scopes: SCOPES,
    pepper: service.env['API_KEY_PEPPER'] ?? '',
    deployment: 'trial',
  });
  second = made.key;
});
afterAll(() => service.close());

async function post(path: string, key: string, body: object): Promise<Record<string, string>> {
  const answer = await fetch(`${api.url}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify(body),
  });
  return (await answer.json()) as Record<string, string>;
}

async function look(code: string) {
  const [row] = await service.database.db.execute<{
    states: string[];
    credits: string;
    told: string[];
  }>(sql`
    select (select array_agg(d.state) from deposits d join lines l on l.id = d.line_id where l."references"[1] = w.code) as states,
           w.credits::text, (select array_agg(n.kind order by n.id) from notifications n where n.wallet_id = w.id) as told
      from wallets w where w.code = ${code}`);
  return row;
}

describe('a line that the bank removes and restores', () => {
  it('ends with one credit, after two people reversed the first', async () => {
    const { code } = await service.openWallet(75);
    const line = { reference: code, amountMinor: '5000', expect: { outcome: 'credited', code } };
    await service.bank('lines', [line]);
    await service.reconcile();
    expect(await look(code)).toMatchObject({ states: ['credited'], credits: '1' });

    await service.bank('withdraw', {});
    await service.reconcile();
    await service.reconcile();
    const [open] = await service.database.db.execute<{ id: string }>(
      sql`select id::text from line_cases where kind = 'line_vanished' and closed_at is null`,
    );
    const reason = 'the bank booked it by mistake';
    const proposed = await post(`/v1/cases/${open?.id ?? ''}/take-back`, api.key, { reason });
    const { payloadSha256 = '', decisionId = '' } = proposed;
    const approved = await post(`/v1/decisions/${decisionId}/approve`, second, { payloadSha256 });
    expect(approved).toMatchObject({ outcome: 'taken_back' });
    expect(await look(code)).toMatchObject({ states: ['reversed'], credits: '0' });
    await verifyClean(service.database.db);

    await service.bank('lines', [line]);
    await service.reconcile();
    await waitFor(
      'the deposit is credited again',
      async () => (await look(code))?.states[0] === 'credited',
    );
    await service.reconcile();

    expect(await look(code)).toEqual({
      states: ['credited'],
      credits: '1',
      told: ['deposit_credited', 'deposit_reversed', 'deposit_credited'],
    });
    await service.expectTruth();
  });
});
