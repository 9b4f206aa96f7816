import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyClean } from '../support/database.ts';
import { ACCOUNT, get, post, startService, type ServiceUnderTest } from './service-under-test.ts';

let service: ServiceUnderTest;
beforeAll(async () => {
  service = await startService();
});
afterAll(async () => {
  await verifyClean(service.database.db);
  await service.close();
});

const operate = (scope: string, action: string) =>
  post(
    service,
    `/v1/gates/${scope}/${action}`,
    { reason: 'the bank sent a batch twice' },
    { key: service.personKey },
  );

describe('200', () => {
  it('closes and opens the gate of an account, says who did it, and keeps it in the audit trail', async () => {
    const closed = await operate(ACCOUNT, 'close');
    expect(closed.statusCode).toBe(200);
    expect(closed.json()).toMatchObject({ scope: ACCOUNT, state: 'closed', cause: 'operator' });
    expect((await get(service, '/v1/gates')).json()).toMatchObject({
      items: [{ scope: ACCOUNT, state: 'closed' }],
    });
    expect((await operate(ACCOUNT, 'open')).json()).toMatchObject({ state: 'open' });
    const trail = await service.database.owner`
      select action, actor_kind, actor_person is not null as named, why from audit_events where subject_kind = 'gate' order by id`;
    expect([...trail]).toEqual([
      {
        action: 'gate.added',
        actor_kind: 'person',
        named: true,
        why: 'the bank sent a batch twice',
      },
      {
        action: 'gate.changed',
        actor_kind: 'person',
        named: true,
        why: 'the bank sent a batch twice',
      },
    ]);
  });

  it('closes the gate of all accounts', async () => {
    expect((await operate('all', 'close')).json()).toMatchObject({ scope: 'all', state: 'closed' });
    expect((await operate('all', 'open')).json()).toMatchObject({ scope: 'all', state: 'open' });
  });

  it('lists the proofs of an account and its cases', async () => {
    expect((await get(service, `/v1/bank-accounts/${ACCOUNT}/proofs`)).json()).toEqual({
      items: [],
      next: null,
    });
    expect((await get(service, '/v1/cases')).json()).toEqual({ items: [], next: null });
  });
});

describe('404 and 409', () => {
  it('knows no gate of an account that is not there, nor one that was never closed', async () => {
    expect((await operate('nobody', 'close')).json()).toMatchObject({ code: 'account.not_found' });
    expect((await operate('nobody', 'open')).json()).toMatchObject({ code: 'account.not_found' });
  });

  it('knows no case that is not there', async () => {
    const answer = await post(
      service,
      '/v1/cases/77/close',
      { note: 'looked at it' },
      { key: service.personKey },
    );
    expect(answer.json()).toMatchObject({ code: 'case.not_open' });
  });
});
