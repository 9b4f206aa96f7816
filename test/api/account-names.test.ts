import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renameAccount } from '../../app/account/rename-account.ts';
import { SYSTEM_ACTOR } from '../../db/queries/audit.ts';
import { ACCOUNT, startApi, type ApiUnderTest } from '../support/api-under-test.ts';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
  const why = 'a test';
  await renameAccount(api.database.db, { from: ACCOUNT, to: 'renamed', by: SYSTEM_ACTOR, why });
  await api.database.owner`
    insert into runs (id, bank_account_key, kind) values ('run_019ab3c4d5e67f8091a2b3c4d5e6f708', ${ACCOUNT}, 'poll')`;
});
afterAll(() => api.close());

const headers = () => ({ authorization: `Bearer ${api.personKey}` });

describe('the later name of a bank account', () => {
  it.each([
    ['in a path', '/v1/bank-accounts/renamed/proofs'],
    ['in a query', '/v1/runs?account=renamed'],
  ])('means the account %s', async (_, url) => {
    const [byName, byKey] = await Promise.all(
      [url, url.replace('renamed', ACCOUNT)].map((each) =>
        api.app.inject({ method: 'GET', url: each, headers: headers() }),
      ),
    );
    expect(byName?.statusCode).toBe(200);
    expect(byName?.body).toBe(byKey?.body);
  });

  it('finds the runs of the account, which keep its key', async () => {
    const answer = await api.app.inject({
      method: 'GET',
      url: '/v1/runs?account=renamed',
      headers: headers(),
    });
    expect(answer.json()).toMatchObject({ items: [{ account: ACCOUNT }] });
  });

  it('closes the gate of the account', async () => {
    const answer = await api.app.inject({
      method: 'POST',
      url: '/v1/gates/renamed/close',
      headers: { ...headers(), 'idempotency-key': 'gate-1' },
      payload: { reason: 'a test' },
    });
    expect(answer.json()).toMatchObject({ scope: ACCOUNT, state: 'closed' });
  });

  it('leaves an unknown name unknown', async () => {
    const answer = await api.app.inject({
      method: 'GET',
      url: '/v1/bank-accounts/nobody/proofs',
      headers: headers(),
    });
    expect(answer.json()).toMatchObject({ status: 404, code: 'account.not_found' });
  });
});
