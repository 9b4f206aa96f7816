import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyClean } from '../support/database.ts';
import { credit } from '../support/ledger.ts';
import {
  ACCOUNT,
  capturedDeposit,
  createdWallet,
  depositInReview,
  get,
  post,
  startApi,
  type ApiUnderTest,
} from '../support/api-under-test.ts';

let service: ApiUnderTest;
beforeAll(async () => {
  service = await startApi();
});
afterAll(async () => {
  await verifyClean(service.database.db);
  await service.close();
});

interface Story {
  readonly gateWaits: readonly object[];
  readonly told: readonly { readonly text: string }[];
}

const operate = (scope: string, action: string) =>
  post(
    service,
    `/v1/gates/${scope}/${action}`,
    { reason: 'the bank sent a batch twice' },
    { key: service.personKey },
  );

describe('the gate API', () => {
  it('closes and opens the gate of an account, names the person, and writes the audit trail', async () => {
    const closed = await operate(ACCOUNT, 'close');
    expect(closed.statusCode).toBe(200);
    expect(closed.json()).toMatchObject({ scope: ACCOUNT, state: 'closed', cause: 'operator' });
    expect((await get(service, '/v1/gates')).json()).toMatchObject({
      items: [{ scope: ACCOUNT, state: 'closed' }],
    });
    expect((await operate(ACCOUNT, 'open')).json()).toMatchObject({ state: 'open' });
    const { items } = (await get(service, '/v1/gates')).json<{
      items: readonly { changedPerson: string }[];
    }>();
    const [holder] = await service.database.owner`
      select k.person from gates g join api_keys k on k.id = g.changed_by where g.scope = ${ACCOUNT}`;
    expect(items.map(({ changedPerson }) => changedPerson)).toEqual([holder?.['person']]);
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

describe('a closed gate', () => {
  it('appears in the status, with the last proof, open cases and open proposals', async () => {
    const { owner } = service.database;
    const depositId = await depositInReview(service, 30_000n);
    await owner`
      insert into day_proofs (bank_account_key, day, moment, source, opening_on, opening_minor, bank_minor, ledger_minor, difference_minor,
                              suspense_minor, open_minor, open_count)
      values (${ACCOUNT}, '2026-11-19', 'end_of_day', 'api', '2026-11-19', 1, 1, 1, 0, 0, 0, 0),
             (${ACCOUNT}, '2026-11-20', 'now', 'api', '2026-11-19', 100, 29000, 30000, 1000, 30000, 30000, 1)`;
    await owner`insert into line_cases (kind, line_id) select 'line_vanished', line_id from deposits where id = ${depositId}`;
    await post(
      service,
      `/v1/reviews/${depositId}/decisions`,
      { kind: 'return', reason: 'sent twice' },
      { key: service.personKey },
    );
    await operate('all', 'close');
    expect((await get(service, '/v1/status')).json()).toMatchObject({
      bankAccounts: [
        {
          account: ACCOUNT,
          gate: 'closed',
          dayProof: {
            day: '2026-11-20',
            moment: 'now',
            source: 'api',
            statementFile: null,
            opening: { day: '2026-11-19', balance: { minor: '100' } },
            difference: { minor: '1000' },
          },
        },
      ],
      closedGates: [{ scope: 'all', state: 'closed', reason: 'the bank sent a batch twice' }],
      openCases: [{ kind: 'line_vanished', count: 1 }],
      openProposals: [{ state: 'needs_payer_details', count: 1 }],
    });
    await operate('all', 'open');
    expect((await get(service, '/v1/status')).json()).toMatchObject({
      bankAccounts: [{ gate: 'open' }],
      closedGates: [],
    });
  });

  it('appears in the answer about a deposit that waits behind it', async () => {
    const wallet = await createdWallet(service);
    await operate(ACCOUNT, 'close');
    const depositId = await capturedDeposit(service, 5_000n);
    await operate(ACCOUNT, 'open');
    await credit(service.database.db, [{ depositId, walletId: wallet.id }]);
    const [holder] = await service.database.owner<{ person: string }[]>`
      select person from api_keys where owner_kind = 'person'`;
    const person = holder?.person ?? '';
    const story = (await get(service, `/v1/deposits/${depositId}`)).json<Story>();
    expect(story.gateWaits).toMatchObject([
      { gate: ACCOUNT, cause: 'operator', closedBy: person, openedBy: person },
    ]);
    expect(story.told.map(({ text }) => text)).toEqual(
      expect.arrayContaining([
        `Waits behind the gate of ${ACCOUNT}, closed by ${person}: “the bank sent a batch twice”.`,
        `Let go: the gate of ${ACCOUNT} was opened by ${person}: “the bank sent a batch twice”.`,
      ]),
    );
  });
});

describe('a request about a gate or a case', () => {
  it('gets 404 when it closes or opens the gate of an unknown account', async () => {
    expect((await operate('nobody', 'close')).json()).toMatchObject({ code: 'account.not_found' });
    expect((await operate('nobody', 'open')).json()).toMatchObject({ code: 'account.not_found' });
  });

  it('gets 404 for an unknown case', async () => {
    const answer = await post(
      service,
      '/v1/cases/77/close',
      { note: 'looked at it' },
      { key: service.personKey },
    );
    expect(answer.json()).toMatchObject({ code: 'case.not_open' });
  });
});
