import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captureStatement } from '../../activities/capture-statement.ts';
import type { TemporalGateway } from '../../temporal/gateway.ts';
import { newId } from '../../db/new-id.ts';
import { createTestDependencies } from '../support/activities.ts';
import { camt053 } from '../support/camt.ts';
import { mt940 } from '../support/mt940.ts';
import { ACCOUNT, bearer, get, startApi, type ApiUnderTest } from '../support/api-under-test.ts';

const BOUNDARY = 'boundary-of-the-tests';
let service: ApiUnderTest;
beforeAll(async () => {
  service = await startApi();
});
afterAll(() => service.close());

function form(
  parts: readonly { readonly name: string; readonly body: Uint8Array; readonly isFile?: boolean }[],
): Buffer {
  return Buffer.concat([
    ...parts.flatMap(({ name, body, isFile = true }) => [
      Buffer.from(
        `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"${isFile ? '; filename="x"' : ''}\r\n\r\n`,
      ),
      body,
      Buffer.from('\r\n'),
    ]),
    Buffer.from(`--${BOUNDARY}--\r\n`),
  ]);
}

function upload(
  payload: Buffer,
  given: { query?: string; account?: string; type?: string; key?: string } = {},
) {
  return service.app.inject({
    method: 'POST',
    url: `/v1/bank-accounts/${given.account ?? ACCOUNT}/statements${given.query ?? ''}`,
    headers: {
      ...bearer(given.key ?? service.serviceKey),
      'content-type': given.type ?? `multipart/form-data; boundary=${BOUNDARY}`,
    },
    payload,
  });
}

const fileOf = (body: Uint8Array) => form([{ name: 'file', body }]);

/** With the account number of the files that test/support makes. */
const confirmed = (body: Uint8Array) =>
  form([
    { name: 'accountNumber', body: Buffer.from('62000000001'), isFile: false },
    { name: 'file', body },
  ]);

async function onlyFile(account = ACCOUNT) {
  const [row] = await service.database.owner<{ id: string; state: string; bytes: string }[]>`
    select id, state, bytes::text from statement_files where bank_account_key = ${account} order by received_at desc limit 1`;
  return row;
}

/** What the worker does with a file. */
async function capture(fileId: string) {
  const dependencies = createTestDependencies(service.database.db);
  return captureStatement(dependencies, { accountKey: ACCOUNT, fileId, runId: newId('run') });
}

describe('the upload of a statement file', () => {
  it('stores the file before it calls Temporal, so that the same file is recognised', async () => {
    const body = camt053([{ amount: '50.00', reference: 'CUS00001234' }], '150.00');
    // Nothing listens where this API looks for Temporal.
    for (let time = 0; time < 2; time += 1) {
      const answer = await upload(fileOf(body));
      expect([answer.statusCode, answer.json()]).toMatchObject([
        503,
        { code: 'temporal.unavailable' },
      ]);
    }
    const rows = await service.database.owner`select count(*)::int as n from statement_files`;
    expect(rows[0]).toEqual({ n: 1 });
    expect(await onlyFile()).toMatchObject({ state: 'received', bytes: String(body.length) });
  });

  it.each([
    [
      'a file that is too large',
      fileOf(Buffer.alloc(1_048_577, 65)),
      {},
      413,
      'request.body_too_large',
    ],
    ['no file', form([]), {}, 400, 'request.invalid'],
    [
      'a body that is no form',
      Buffer.from('x'),
      { type: 'text/plain' },
      415,
      'request.unsupported_media_type',
    ],
    ['a form that is cut', fileOf(Buffer.from('abc')).subarray(0, -30), {}, 400, 'request.invalid'],
    [
      'an account that nobody has',
      fileOf(Buffer.from('abc')),
      { account: 'nobody' },
      404,
      'account.not_found',
    ],
    [
      'a format that nobody reads',
      fileOf(Buffer.from('abc')),
      { query: '?format=pdf' },
      400,
      'request.invalid',
    ],
    [
      'a CSV profile with faults',
      form([
        { name: 'profile', body: Buffer.from('{"name":"X"}'), isFile: false },
        { name: 'file', body: Buffer.from('abc') },
      ]),
      {},
      400,
      'request.invalid',
    ],
  ])('refuses %s and keeps nothing of it', async (_, payload, given, status, code) => {
    const before = await service.database.owner`select count(*)::int as n from statement_files`;
    const answer = await upload(payload, given);
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([status, code]);
    expect(await service.database.owner`select count(*)::int as n from statement_files`).toEqual(
      before,
    );
  });
});

describe('a statement file', () => {
  it('shows the number that a person must confirm, and is captured when it comes again with it', async () => {
    const body = camt053([{ amount: '71.00' }], '171.00', { day: '2026-11-17' });
    await upload(fileOf(body));
    const file = await onlyFile();
    await expect(capture(file?.id ?? '')).rejects.toMatchObject({
      code: 'statement.account_unconfirmed',
    });
    const shown = () => get(service, `/v1/statements/${file?.id ?? ''}`);
    expect((await shown()).json()).toMatchObject({
      state: 'refused',
      error: { code: 'statement.account_unconfirmed', where: 'account number 62000000001' },
    });
    await upload(confirmed(body));
    await capture(file?.id ?? '');
    expect((await shown()).json()).toMatchObject({ state: 'captured', linesNew: 1 });
  });

  it('ends open only by the word of a person, which the audit trail keeps, and is captured then', async () => {
    const whole = mt940([{ minor: 9_100, text: 'CUS00000013' }], { day: '2026-11-16' });
    const body = Buffer.from(whole.toString().replace(':62F:', ':62M:'));
    const accepted = form([
      { name: 'accountNumber', body: Buffer.from('62000000001'), isFile: false },
      { name: 'acceptOpenEnd', body: Buffer.from('true'), isFile: false },
      { name: 'file', body },
    ]);
    await upload(confirmed(body));
    const { id = '' } = (await onlyFile()) ?? {};
    await expect(capture(id)).rejects.toMatchObject({ code: 'statement.incomplete' });
    const refused = await upload(accepted);
    expect(refused.json()).toMatchObject({ status: 403, code: 'auth.forbidden' });
    await upload(accepted, { key: service.personKey });
    expect(await capture(id)).toMatchObject({ linesNew: 1, proofsFailed: 0 });
    const audit = await service.database.owner`
      select actor_kind, why, after ->> 'accepts_open_end' as accepts from audit_events
       where subject_id = ${id} and why is not null`;
    expect(audit).toEqual([
      { actor_kind: 'person', why: 'accepted that the statement ends open', accepts: 'true' },
    ]);
  });

  it('reports its progress, its proof and the result of each statement', async () => {
    await upload(
      confirmed(
        camt053([{ amount: '70.00', reference: 'CUS00001234' }], '170.00', { day: '2026-11-19' }),
      ),
    );
    const file = await onlyFile();
    await capture(file?.id ?? '');
    const answer = await get(service, `/v1/statements/${file?.id ?? ''}`);
    expect(answer.json()).toMatchObject({
      state: 'captured',
      format: 'camt.053',
      linesRead: 1,
      linesNew: 1,
      error: null,
      statements: [
        {
          proof: 'ok',
          differenceMinor: '0',
          state: 'captured',
          lineCount: 1,
          linesNew: 1,
          openingMinor: '10000',
        },
      ],
    });
    const list = (await get(service, '/v1/statements?limit=1')).json<{ items: unknown[] }>();
    expect(list.items).toMatchObject([{ id: file?.id, state: 'captured' }]);
  });

  it('gets a refusal with the place when it is cut, and captures nothing', async () => {
    const whole = await readFile(path.join('test', 'bank', 'samples', 'mt940', 'swift-blocks.sta'));
    await upload(fileOf(whole.subarray(0, 300)));
    const file = await onlyFile();
    await expect(capture(file?.id ?? '')).rejects.toMatchObject({ code: 'statement.incomplete' });
    expect((await get(service, `/v1/statements/${file?.id ?? ''}`)).json()).toMatchObject({
      state: 'refused',
      error: { code: 'statement.incomplete', where: 'statement 1' },
      statements: [],
    });
  });

  it('waits after a failed proof until one person releases it once, with a reason', async () => {
    await upload(
      confirmed(
        camt053([{ amount: '60.00', reference: 'CUS00001234' }], '999.00', { day: '2026-11-18' }),
      ),
    );
    const file = await onlyFile();
    const id = file?.id ?? '';
    expect(await capture(id)).toMatchObject({ linesNew: 0, proofsFailed: 1 });
    expect((await get(service, `/v1/statements/${id}`)).json()).toMatchObject({
      state: 'held',
      statements: [{ state: 'held', proof: 'failed', differenceMinor: '-83900' }],
    });
    const release = (key: string, body: unknown = { reason: 'the bank confirmed it by phone' }) =>
      service.app.inject({
        method: 'POST',
        url: `/v1/statements/${id}/release`,
        headers: { ...bearer(key), 'content-type': 'application/json' },
        payload: JSON.stringify(body),
      });
    expect((await release(service.serviceKey)).statusCode).toBe(403);
    expect((await release(service.personKey, {})).statusCode).toBe(400);
    expect((await release(service.personKey)).json()).toMatchObject({
      code: 'temporal.unavailable',
    });
    expect(await capture(id)).toMatchObject({ linesNew: 1, depositsNew: 1, proofsFailed: 0 });
    expect((await get(service, `/v1/statements/${id}`)).json()).toMatchObject({
      state: 'captured',
      release: { reason: 'the bank confirmed it by phone' },
      statements: [{ state: 'released', proof: 'failed', linesNew: 1 }],
    });
    expect((await release(service.personKey)).json()).toMatchObject({ code: 'statement.not_held' });
    expect(await capture(id)).toMatchObject({ linesNew: 0 });
  });

  it('gets 404 when it is unknown', async () => {
    const answer = await get(service, `/v1/statements/stf_${'0'.repeat(32)}`);
    expect([answer.statusCode, answer.json()]).toMatchObject([
      404,
      { code: 'statement.not_found' },
    ]);
  });
});

describe('the import', () => {
  it('receives the id of the file and nothing of its content', async () => {
    const asked: unknown[] = [];
    const temporal: TemporalGateway = {
      ...service.deps.temporal,
      startImport: (file) => {
        asked.push(file);
        return Promise.resolve();
      },
    };
    const other = await startApi({ temporal });
    try {
      const answer = await other.app.inject({
        method: 'POST',
        url: `/v1/bank-accounts/${ACCOUNT}/statements?format=mt940`,
        headers: {
          ...bearer(other.serviceKey),
          'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
        },
        payload: fileOf(Buffer.from('anything')),
      });
      expect(answer.statusCode).toBe(202);
      const { id, sha256, state } = answer.json<{ id: string; sha256: string; state: string }>();
      expect(state).toBe('received');
      expect(asked).toEqual([{ accountKey: ACCOUNT, fileId: id, sha256 }]);
    } finally {
      await other.close();
    }
  });
});
