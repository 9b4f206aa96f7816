import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { productionAddresses } from '../../../bank/http/address-rule.ts';
import { askBank, HTTP_LIMITS } from '../../../bank/http/exchange.ts';
import { guardedAgent } from '../../../bank/http/guarded-agent.ts';

let server: Server;
let port: number;
let connections = 0;
beforeAll(async () => {
  server = createServer((_, response) => response.end('{}'));
  server.on('connection', () => (connections += 1));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

describe('the connections to banks', () => {
  it('refuse a name that leads to this machine by now, before a byte is sent', async () => {
    const dispatcher = guardedAgent(productionAddresses(false));
    // As if the name had passed when the account was made: only its addresses are judged here.
    const asked = request(`http://localhost:${port}/`, { dispatcher });
    await expect(asked).rejects.toMatchObject({
      code: 'config.invalid',
      message: expect.stringContaining('is this machine') as string,
    });
    expect(connections).toBe(0);
  });

  it('reach the same name where the operator allows it', async () => {
    const dispatcher = guardedAgent(productionAddresses(true));
    const { statusCode, body } = await request(`http://localhost:${port}/`, { dispatcher });
    await body.dump();
    expect(statusCode).toBe(200);
  });

  it('ask the rule at each exchange, so that it holds for an account in the database as well', async () => {
    const limits = { ...HTTP_LIMITS, addresses: productionAddresses(false) };
    const before = connections;
    const ask = (url: string) =>
      askBank(
        {
          ...{ method: 'GET' as const, url: new URL(url), headers: {}, limits },
          signal: new AbortController().signal,
        },
        ['json'],
      );
    for (const url of [
      `http://127.0.0.1:${port}`,
      `https://2130706433:${port}`,
      'http://bank.example',
    ])
      await expect(ask(url)).rejects.toMatchObject({ code: 'config.invalid' });
    expect(connections).toBe(before);
  });
});
