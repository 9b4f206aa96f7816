import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyClean } from '../support/database.ts';
import {
  ACCOUNT,
  get,
  keyOf,
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

const ask = (path: string, body: object, options: { idempotencyKey?: string; key?: string } = {}) =>
  post(service, `/v1/bank-accounts${path}`, body, { key: service.personKey, ...options });

const trailOf = (account: string) =>
  service.database.owner<{ action: string; actor_kind: string; why: string }[]>`
    select action, actor_kind, why from audit_events
     where subject_kind = 'bank_account' and subject_id = ${account} order by id`;

/** An account of its own for a test. */
async function added(key: string): Promise<string> {
  const answer = await ask('', { key, bankName: 'Nedbank', reason: 'a further account' });
  expect(answer.statusCode).toBe(201);
  return key;
}

describe('201', () => {
  it('adds an account once, however often the request comes, in the person’s name', async () => {
    const body = { key: 'nedbank', bankName: 'Nedbank', reason: 'a further account' };
    const first = await ask('', body, { idempotencyKey: 'add-nedbank' });
    expect([first.statusCode, first.json()]).toMatchObject([
      201,
      { key: 'nedbank', state: 'not_read', currency: 'ZAR', timeZone: 'Africa/Johannesburg' },
    ]);
    const again = await ask('', body, { idempotencyKey: 'add-nedbank' });
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(await trailOf('nedbank')).toEqual([
      { action: 'bank_account.added', actor_kind: 'person', why: 'a further account' },
    ]);
  });
});

describe('200', () => {
  it('changes what the request names, clears what it sets to null, and leaves the rest', async () => {
    const key = await added('changed');
    const first = await ask(`/${key}/changes`, {
      ...{ apiUrl: 'https://gateway.example', apiKeyEnv: 'BANK_ABSA_API_KEY' },
      ...{ amountLimitMinor: '500000', reason: 'it has an API' },
    });
    expect(first.json()).toMatchObject({
      ...{ bankName: 'Nedbank', apiUrl: 'https://gateway.example' },
      ...{ apiKeyEnv: 'BANK_ABSA_API_KEY', amountLimitMinor: '500000' },
    });
    const second = await ask(`/${key}/changes`, { amountLimitMinor: null, reason: 'trusted' });
    expect(second.json()).toMatchObject({
      ...{ apiUrl: 'https://gateway.example', amountLimitMinor: null },
    });
    expect((await trailOf(key)).map(({ why }) => why)).toEqual([
      'a further account',
      'it has an API',
      'trusted',
    ]);
  });

  it('pauses and resumes the reading, with the reason in the answer and in the trail', async () => {
    const key = await added('paused');
    const paused = await ask(`/${key}/pauses`, { reason: 'the bank moves' });
    expect(paused.json()).toMatchObject({ state: 'paused', pausedBecause: 'the bank moves' });
    const resumed = await ask(`/${key}/resumptions`, { reason: 'it moved' });
    expect(resumed.json()).toMatchObject({ state: 'not_read', pausedAt: null });
    expect((await trailOf(key)).map(({ why }) => why)).toEqual([
      'a further account',
      'the bank moves',
      'it moved',
    ]);
  });

  it('lists every account by key, and tells names of secrets but no secret', async () => {
    const { items } = (await get(service, '/v1/bank-accounts')).json<{
      items: { key: string }[];
    }>();
    expect(items.map(({ key }) => key)).toContain(ACCOUNT);
    expect(items.map(({ key }) => key)).toEqual(items.map(({ key }) => key).sort());
  });
});

describe('400', () => {
  it.each([
    ['apiKeyEnv', 'API_KEY_PEPPER'],
    ['apiKeyEnv', 'BANK_WEBHOOK_SECRET'],
    ['webhookSecretEnv', 'BANK_API_KEY'],
    ['apiUrl', 'https://169.254.169.254/latest'],
    ['apiUrl', 'http://gateway.example'],
    ['timeZone', 'Africa/Nowhere'],
    ['fieldMap', 'nobank'],
  ])('refuses the %s %s and names the setting', async (setting, value) => {
    const answer = await ask(`/${ACCOUNT}/changes`, { [setting]: value, reason: 'x' });
    expect([answer.statusCode, answer.json()]).toMatchObject([
      400,
      { code: 'account.setting_refused' },
    ]);
    expect(answer.body).toContain(setting);
  });
});

describe('403', () => {
  it('lets no service change an account, and no person without the scope', async () => {
    const reader = await keyOf(service.database, 'person', ['account:read']);
    for (const key of [service.serviceKey, reader])
      for (const path of ['', `/${ACCOUNT}/changes`, `/${ACCOUNT}/pauses`]) {
        const answer = await ask(path, { key: 'other', bankName: 'Other', reason: 'x' }, { key });
        expect(answer.statusCode, path).toBe(403);
      }
  });
});

describe('404', () => {
  it('changes, pauses and resumes no account that is not there', async () => {
    for (const what of ['changes', 'pauses', 'resumptions']) {
      const answer = await ask(`/nobody/${what}`, { reason: 'x' });
      expect([answer.statusCode, answer.json()], what).toMatchObject([
        404,
        { code: 'account.not_found' },
      ]);
    }
  });
});

describe('409', () => {
  it('adds no account under a name that another one has', async () => {
    const answer = await ask('', { key: ACCOUNT, bankName: 'Other', reason: 'x' });
    expect([answer.statusCode, answer.json()]).toMatchObject([409, { code: 'account.name_taken' }]);
  });

  it('adds no account whose id at the bank another one has', async () => {
    const body = { key: 'twice', bankName: 'Other', bankAccountId: 'ACC-1', reason: 'x' };
    const answer = await ask('', body);
    expect([answer.statusCode, answer.json()]).toMatchObject([409, { code: 'account.known' }]);
  });

  it('reads no account that a person paused', async () => {
    const key = await added('resting');
    await ask(`/${key}/pauses`, { reason: 'the bank moves' });
    const answer = await service.app.inject({
      method: 'POST',
      url: `/v1/bank-accounts/${key}/reconcile`,
      headers: { authorization: `Bearer ${service.serviceKey}` },
    });
    expect([answer.statusCode, answer.json()]).toMatchObject([409, { code: 'account.paused' }]);
  });
});
