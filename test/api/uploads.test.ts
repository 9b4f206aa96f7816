import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createUploads, UPLOAD_LIMITS } from '../../api/uploads.ts';
import { ACCOUNT, bearer, startApi, type ApiUnderTest } from '../support/api-under-test.ts';
import { waitFor } from '../support/wait-for.ts';

let service: ApiUnderTest;
const sockets = new Set<Socket>();
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await service.close();
});

/** An upload of which only the beginning is ever sent; answers what comes back. */
function unfinished(port: number, key: string): { readonly answer: () => string } {
  const socket = connect(port, '127.0.0.1');
  sockets.add(socket);
  let answer = '';
  socket.on('data', (data: Buffer) => (answer += data.toString()));
  socket.on('error', () => undefined);
  socket.write(
    [
      `POST /v1/bank-accounts/${ACCOUNT}/statements HTTP/1.1`,
      'host: localhost',
      `authorization: ${bearer(key).authorization}`,
      'content-type: multipart/form-data; boundary=b',
      'content-length: 1000000',
      '',
      '--b',
      'content-disposition: form-data; name="file"; filename="x"',
      '',
      ':20:M1',
    ].join('\r\n'),
  );
  return { answer: () => answer };
}

async function listen(): Promise<number> {
  await service.app.listen({ port: 0, host: '127.0.0.1' });
  return (service.app.server.address() as AddressInfo).port;
}

const openTransactions = async () => {
  const rows = await service.database.owner`
    select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null`;
  return rows.length;
};

describe('unfinished uploads', () => {
  it('hold no transaction, leave room for other callers, and stop nothing else', async () => {
    service = await startApi();
    const port = await listen();
    const sent = Array.from({ length: 60 }, () => unfinished(port, service.serviceKey));
    const { atOncePerCaller } = UPLOAD_LIMITS;
    await waitFor('those above the limit are refused', () =>
      Promise.resolve(
        sent.filter(({ answer }) => answer().startsWith('HTTP/1.1 429')).length ===
          sent.length - atOncePerCaller,
      ),
    );
    expect(sent.filter(({ answer }) => answer() === '')).toHaveLength(atOncePerCaller);
    expect(await openTransactions()).toBe(0);
    const ready = await fetch(`http://127.0.0.1:${port}/health/ready`);
    expect(ready.status).toBe(200);
    const status = await fetch(`http://127.0.0.1:${port}/v1/status`, {
      headers: bearer(service.personKey),
    });
    expect(status.status).toBe(200);
    const form = new FormData();
    form.set('file', new Blob(['no statement']));
    const other = await fetch(`http://127.0.0.1:${port}/v1/bank-accounts/${ACCOUNT}/statements`, {
      ...{ method: 'POST', body: form, headers: bearer(service.personKey) },
    });
    // Stored; only its import needs Temporal, which this test has not.
    expect(await other.json()).toMatchObject({ code: 'temporal.unavailable' });
  });

  it('end when their line is too slow, and free their place', async () => {
    const limits = { atOncePerCaller: 1, atOnce: 1, bytesPerSecondMin: 1_000, graceMs: 200 };
    service = await startApi({ uploads: createUploads(limits) });
    const port = await listen();
    const slow = unfinished(port, service.serviceKey);
    await waitFor('the slow upload is given up', () =>
      Promise.resolve(slow.answer().startsWith('HTTP/1.1 400')),
    );
    expect(slow.answer()).toContain('too slow');
    expect(slow.answer().toLowerCase()).toContain('connection: close');
    const next = unfinished(port, service.serviceKey);
    await waitFor('the next upload has its place, and is given up, too', () =>
      Promise.resolve(next.answer().startsWith('HTTP/1.1 400')),
    );
    expect(next.answer()).toContain('too slow');
  });
});
