import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACCOUNT_ID, startBank, WEBHOOK_SECRET, type BankClient } from './support/bank-client.ts';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let bank: BankClient;
let receiver: Server;
let received: Received[];
let statuses: number[];

beforeEach(async () => {
  received = [];
  statuses = [];
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(statuses.shift() ?? 202).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  bank = await startBank({ webhookUrl: receiverUrl(), now: () => new Date() });
});
afterEach(async () => {
  await bank.simulator.close();
  receiver.closeAllConnections();
  receiver.close();
});

function receiverUrl(): string {
  const address = receiver.address();
  if (address === null || typeof address === 'string') throw new Error('The receiver has no port.');
  return `http://127.0.0.1:${address.port}/webhooks/bank/fnb-main`;
}

function verify({ headers, body }: Received): unknown {
  return new Webhook(WEBHOOK_SECRET).verify(body, {
    'webhook-id': String(headers['webhook-id']),
    'webhook-timestamp': String(headers['webhook-timestamp']),
    'webhook-signature': String(headers['webhook-signature']),
  });
}

function received1(): Received {
  const [first] = received;
  if (first === undefined) throw new Error('Nothing was received.');
  return first;
}

const LINE = { id: 'T1', reference: 'CUS\u200b12345671', amountMinor: '25000' };

describe('a simulator webhook with a hex signature', () => {
  const hmac = (text: string) => createHmac('sha256', WEBHOOK_SECRET).update(text).digest('hex');

  it('carries the signature in the configured header, over the time too by option', async () => {
    await bank.admin('lines', [LINE]);
    await bank.admin('settings', { webhookSignature: 'hex', webhookHexPrefix: 'sha256=' });
    await bank.admin('webhooks/send', {});
    await bank.admin('settings', {
      webhookHexHeader: 'x-bank-signature',
      webhookHexTimestampHeader: 'x-bank-time',
    });
    await bank.admin('webhooks/send', {});
    await bank.admin('webhooks/send', { tamper: 'signature' });
    const [plain, timed, wrong] = received;
    expect(plain?.headers['x-signature']).toBe(`sha256=${hmac(plain?.body ?? '')}`);
    const time = String(timed?.headers['x-bank-time']);
    const right = `sha256=${hmac(`${time}.${timed?.body ?? ''}`)}`;
    expect(timed?.headers['x-bank-signature']).toBe(right);
    expect(wrong?.headers['x-bank-signature']).toMatch(/^sha256=[0-9a-f]{64}$/);
    expect(plain?.headers['webhook-id']).toBeUndefined();
  });

  it('points to the account only, or announces a reversal, by option', async () => {
    await bank.admin('lines', [LINE]);
    await bank.admin('webhooks/send', { event: 'reversed' });
    await bank.admin('settings', { webhookEvents: 'pointer' });
    await bank.admin('webhooks/send', {});
    const [reversed, pointer] = received.map(({ body }) => JSON.parse(body) as object);
    expect(reversed).toMatchObject({ type: 'transaction.reversed', transaction: { id: 'T1' } });
    expect(pointer).toMatchObject({ type: 'transaction.created' });
    expect(pointer).not.toHaveProperty('transaction');
  });
});

describe('a simulator webhook', () => {
  it('carries the documented event and a signature that the standard library accepts', async () => {
    await bank.admin('lines', [LINE]);
    expect(await bank.admin('webhooks/send', {})).toMatchObject({ sent: 1, statuses: { 202: 1 } });
    expect(verify(received1())).toMatchObject({
      type: 'transaction.booked',
      accountId: ACCOUNT_ID,
      transaction: {
        id: 'T1',
        amount: '250.00',
        currency: 'ZAR',
        type: 'credit',
        status: 'booked',
        reference: 'CUS\u200b12345671',
        description: 'PAYSHAP CREDIT',
      },
    });
  });

  it('keeps id and body on every copy and every later delivery', async () => {
    await bank.admin('lines', [LINE]);
    await bank.admin('webhooks/send', { copies: 5, concurrency: 3 });
    await bank.admin('webhooks/send', { ids: ['T1'] });
    expect(received).toHaveLength(6);
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
  });

  it('gets another id once the bank changes the line', async () => {
    await bank.admin('lines', [LINE]);
    await bank.admin('webhooks/send', {});
    await bank.admin('reissue-ids', {});
    await bank.admin('webhooks/send', {});
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(2);
  });

  it('never announces a pending line', async () => {
    await bank.admin('lines', [{ ...LINE, status: 'pending' }]);
    expect(await bank.admin('webhooks/send', {})).toMatchObject({ sent: 0 });
  });

  it.each(['body', 'signature', 'stale'])(
    'fails in the standard library after tampering: %s',
    async (tamper) => {
      await bank.admin('lines', [LINE]);
      await bank.admin('webhooks/send', { tamper });
      expect(() => verify(received1())).toThrow();
    },
  );

  it('carries another body under the same id, correctly signed, by option', async () => {
    await bank.admin('lines', [LINE]);
    await bank.admin('webhooks/send', {});
    await bank.admin('webhooks/send', { tamper: 'resigned-body' });
    const [first, second] = received.map((each) => [each.headers['webhook-id'], verify(each)]);
    expect(second?.[0]).toBe(first?.[0]);
    expect(second?.[1]).not.toEqual(first?.[1]);
  });

  it("reports the receiver's status, or its absence", async () => {
    await bank.admin('lines', [LINE]);
    statuses = [409];
    expect(await bank.admin('webhooks/send', {})).toMatchObject({ statuses: { 409: 1 } });
    await bank.admin('settings', { webhookUrl: 'http://127.0.0.1:9/' });
    expect(await bank.admin('webhooks/send', {})).toMatchObject({ statuses: { unreachable: 1 } });
  });
});

describe('an automatic simulator webhook', () => {
  const PATIENT = { interval: 20 };
  const counts = () => bank.admin('requests');

  it('announces each newly booked line, and repeats after an error', async () => {
    await bank.admin('settings', { webhooks: 'auto' });
    statuses = [503];
    await bank.admin('lines', [LINE, { ...LINE, id: 'T2' }, { ...LINE, status: 'pending' }]);
    await expect
      .poll(counts, PATIENT)
      .toMatchObject({ webhooks: { pending: 0, delivered: 2, failed: 0 } });
    expect(received).toHaveLength(3);
    await bank.admin('book-pending', {});
    await expect.poll(counts, PATIENT).toMatchObject({ webhooks: { pending: 0, delivered: 3 } });
  });

  it('stops when the receiver refuses it', async () => {
    await bank.admin('settings', { webhooks: 'auto' });
    statuses = [401];
    await bank.admin('lines', [LINE]);
    await expect
      .poll(counts, PATIENT)
      .toMatchObject({ webhooks: { pending: 0, delivered: 0, failed: 1 } });
    expect(received).toHaveLength(1);
  });

  it('needs a URL', async () => {
    const answer = await bank.adminResponse('settings', { webhooks: 'auto', webhookUrl: null });
    expect(answer.status).toBe(409);
  });
});
