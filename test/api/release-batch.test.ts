import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseLocalDate } from '../../domain/local-date.ts';
import { aSighting, poll } from '../support/activities.ts';
import { ACCOUNT, post, startApi, type ApiUnderTest } from '../support/api-under-test.ts';
import { verifyClean } from '../support/database.ts';

let service: ApiUnderTest;
beforeAll(async () => {
  service = await startApi();
});
afterAll(async () => {
  await verifyClean(service.database.db);
  await service.close();
});

/** Eight credits of different customers and amounts, as a whole day of the account. */
async function captureDay(text: string): Promise<void> {
  const day = parseLocalDate(text);
  const rows = Array.from({ length: 8 }, (_, index) =>
    aSighting({
      bookingDate: day,
      amountMinor: 5_000n + BigInt(index),
      references: [`CUS${20_000_000 + index}`],
    }),
  );
  const scope = { kind: 'complete', from: day, to: day, lastClosedDay: day } as const;
  await poll(service.database.db, ACCOUNT, rows, { scope });
}

async function countHeld(): Promise<number> {
  const rows = await service.database.owner`
    select id from deposits where bank_account_key = ${ACCOUNT} and hold_reason = 'possible_duplicate'`;
  return rows.length;
}

const release = (bookingDate: string) =>
  post(
    service,
    `/v1/bank-accounts/${ACCOUNT}/release-batch`,
    { bookingDate, reason: 'the statement shows both batches' },
    { key: service.personKey },
  );

describe('the release of a batch that came again', () => {
  it('ends every hold of its day in one action, names the deposits, and keeps who and why', async () => {
    await captureDay('2026-11-19');
    await captureDay('2026-11-20');
    expect(await countHeld()).toBe(8);
    expect((await release('2026-11-19')).json()).toMatchObject({ depositIds: [] });

    const answer = await release('2026-11-20');
    expect(answer.statusCode).toBe(200);
    expect(answer.json<{ depositIds: readonly string[] }>().depositIds).toHaveLength(8);
    expect(await countHeld()).toBe(0);
    const trail = await service.database.owner`
      select actor_kind, after, why from audit_events where action = 'bank_account.batch_released'`;
    expect([...trail]).toEqual([
      {
        actor_kind: 'person',
        after: { day: '2026-11-20', deposits: '8' },
        why: 'the statement shows both batches',
      },
    ]);
    expect((await release('2026-11-20')).json()).toMatchObject({ depositIds: [] });
  });
});
