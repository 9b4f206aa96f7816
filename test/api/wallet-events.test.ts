import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { buildApp } from '../../api/build-app.ts';
import type { ApiApp } from '../../api/deps.ts';
import { markApiKeyRevoked } from '../../db/queries/api-keys.ts';
import { publishNotifications } from '../../db/queries/publication.ts';
import { waitFor } from '../support/wait-for.ts';
import {
  bearer,
  createdWallet,
  creditedDeposit,
  idOf,
  keyOf,
  openHandle,
  startApi,
  type ApiUnderTest,
} from '../support/api-under-test.ts';

/** Two API processes on one database. */
let service: ApiUnderTest;
let urls: readonly [string, string];
let second: { readonly app: ApiApp; close(): Promise<void> };

beforeAll(async () => {
  service = await startApi();
  const handle = openHandle(service.database);
  const app = buildApp({ ...service.deps, database: handle });
  second = {
    app,
    close: async () => {
      await app.close();
      await handle.close();
    },
  };
  const listen = (each: ApiApp) => each.listen({ host: '127.0.0.1', port: 0 });
  urls = [await listen(service.app), await listen(app)];
});
afterAll(async () => {
  await second.close();
  await service.close();
});

interface Connection {
  readonly socket: WebSocket;
  /** Deposits that it was told of, in order. */
  readonly told: string[];
  readonly closed: Promise<number>;
}

async function connect(
  url: string,
  walletId: string,
  key = service.serviceKey,
): Promise<Connection> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/wallets/${walletId}/events`, {
    headers: bearer(key),
  });
  const told: string[] = [];
  socket.on('message', (bytes: Buffer) => {
    const message = JSON.parse(bytes.toString('utf8')) as { notification: { depositId: string } };
    told.push(message.notification.depositId);
  });
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  await new Promise<void>((resolve, reject) => {
    socket.on('open', resolve);
    socket.on('error', reject);
  });
  return { socket, told, closed };
}

async function creditAndPublish(walletId: string): Promise<string> {
  const depositId = await creditedDeposit(service, walletId, 5_000n);
  await publishNotifications(service.database.db, [depositId]);
  return depositId;
}

describe('GET /v1/wallets/{id}/events', () => {
  it('notifies every connection of a wallet, on each of two processes, and no other wallet', async () => {
    const [mine, theirs] = [await createdWallet(service), await createdWallet(service)];
    const listeners = [await connect(urls[0], mine.id), await connect(urls[1], mine.id)];
    const stranger = await connect(urls[0], theirs.id);
    const deposits = [await creditAndPublish(mine.id), await creditAndPublish(mine.id)];
    for (const { told } of listeners) {
      await waitFor('two notifications', () => told.length >= 2);
      expect(told).toEqual(deposits);
    }
    expect(stranger.told).toEqual([]);
    for (const { socket } of [...listeners, stranger]) socket.close();
  });

  it('sends what had waited once on connecting, and marks it delivered', async () => {
    const { id } = await createdWallet(service);
    const waited = [await creditAndPublish(id), await creditedDeposit(service, id, 5_000n)];
    const first = await connect(urls[0], id);
    await waitFor('what had waited', () => first.told.length >= 2);
    expect(first.told).toEqual(waited);
    await waitFor('both are marked delivered', async () => {
      const rows = await service.database.owner`
        select 1 from notifications where wallet_id = ${id} and delivered_at is null`;
      return rows.length === 0;
    });
    const later = await connect(urls[1], id);
    const fresh = await creditAndPublish(id);
    await waitFor('the new one', () => later.told.length > 0 && first.told.length > 2);
    expect(later.told).toEqual([fresh]);
    expect(first.told).toEqual([...waited, fresh]);
    for (const { socket } of [first, later]) socket.close();
  });

  it('sends what happened while the database connection was cut', async () => {
    const { id } = await createdWallet(service);
    const listener = await connect(urls[0], id);
    await waitFor(
      'it is told',
      async () => (await creditAndPublish(id)) && listener.told.length > 0,
    );
    const before = listener.told.length;
    await service.database.owner`
      select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name = 'api-test' and query like 'listen%'`;
    const deposit = await creditAndPublish(id);
    await waitFor('it is told again', () => listener.told.includes(deposit));
    expect(new Set(listener.told).size).toBe(listener.told.length);
    expect(listener.told.length).toBeGreaterThan(before);
    listener.socket.close();
  });

  it('refuses to connect without a key, and to an unknown wallet', async () => {
    const { id } = await createdWallet(service);
    await expect(connect(urls[0], id, 'nonsense')).rejects.toThrow('401');
    await expect(connect(urls[0], `wal_${'0'.repeat(32)}`)).rejects.toThrow('404');
    await expect(connect(urls[0], 'wal_1')).rejects.toThrow('400');
    const blind = await keyOf(service.database, 'service', ['deposit:read']);
    await expect(connect(urls[0], id, blind)).rejects.toThrow('403');
  });

  it('closes when the key is revoked', async () => {
    const { id } = await createdWallet(service);
    const key = await keyOf(service.database, 'service', ['wallet:read']);
    const listener = await connect(urls[0], id, key);
    await markApiKeyRevoked(service.database.db, idOf(key));
    expect(await listener.closed).toBe(1008);
  });
});
