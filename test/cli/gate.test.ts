import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyClean } from '../support/database.ts';
import { runPurser } from '../support/purser.ts';
import {
  ACCOUNT,
  depositInReview,
  post,
  startApi,
  type ApiUnderTest,
} from '../support/api-under-test.ts';

let service: ApiUnderTest;
let url: string;
beforeAll(async () => {
  service = await startApi();
  url = await service.app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await verifyClean(service.database.db);
  await service.close();
});

/** All that the command says, against this service. */
async function purser(args: readonly string[], key = service.personKey): Promise<string> {
  const { stdout, stderr } = await runPurser(args, {
    DATABASE_URL: service.database.url,
    API_PORT: new URL(url).port,
    PURSER_API_KEY: key,
  });
  return stdout + stderr;
}

const operate = (scope: string, action: string) =>
  post(
    service,
    `/v1/gates/${scope}/${action}`,
    { reason: 'the bank sent a batch twice' },
    { key: service.personKey },
  );

describe('purser gate', () => {
  it('closes, lists and opens gates in the name of the key’s owner', async () => {
    const closed = await purser(['gate', 'close', ACCOUNT, '--reason', 'a batch came twice']);
    expect(closed).toMatch(new RegExp(`^${ACCOUNT} +closed .* operator: a batch came twice$`, 'm'));
    const list = JSON.parse(await purser(['gate', '--json'])) as unknown;
    expect(list).toMatchObject({ items: [{ scope: ACCOUNT, state: 'closed' }] });
    const opened = await purser(['gate', 'open', ACCOUNT, '--reason', 'it is gone', '--json']);
    expect(JSON.parse(opened)).toMatchObject({ scope: ACCOUNT, state: 'open' });
    expect(await purser(['gate'])).toContain('operator: it is gone');
  });

  it('needs a reason, a key and a known account', async () => {
    expect(await purser(['gate', 'close', ACCOUNT])).toContain("'--reason <text>' not specified");
    expect(await purser(['gate'], '')).toContain('auth.missing');
    expect(await purser(['gate', 'open', 'nobody', '--reason', 'x'])).toContain(
      'account.not_found',
    );
  });
});

describe('purser status', () => {
  it('shows the closed gates, the last proof, open cases and waiting proposals', async () => {
    const { owner } = service.database;
    const depositId = await depositInReview(service, 30_000n);
    await owner`
      insert into day_proofs (bank_account_key, day, moment, source, opening_on, opening_minor, bank_minor, ledger_minor, difference_minor,
                              suspense_minor, open_minor, open_count)
      values (${ACCOUNT}, '2026-11-20', 'now', 'api', '2026-11-19', 100, 29000, 30000, 1000, 30000, 30000, 1)`;
    await owner`insert into line_cases (kind, line_id) select 'line_vanished', line_id from deposits where id = ${depositId}`;
    await post(
      service,
      `/v1/reviews/${depositId}/decisions`,
      { kind: 'return', reason: 'sent twice' },
      { key: service.personKey },
    );
    await operate(ACCOUNT, 'close');
    await operate('all', 'close');

    const text = await purser(['status']);

    expect(text).toContain(
      'last day: differs by R10.00 (now, 2026-11-20: bank R290.00 by its API; ledger R1.00 before 2026-11-19 and R299.00 of lines)   GATE CLOSED',
    );
    expect(text).toMatch(/Gate for all accounts closed since \S+ \(operator\): the bank sent/);
    expect(text).toContain('Open cases (npx purser cases): 1 line_vanished');
    expect(text).toContain('Proposals waiting for bank details: 1, oldest since 2');
  });
});
