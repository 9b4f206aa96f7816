import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { choosePort, freePort, isListening, isPortFree } from '../../embedded/free-port.ts';

describe('choosePort', () => {
  const other = createServer();
  let busy: number;
  beforeEach(async () => {
    busy = await freePort();
    other.listen({ host: '127.0.0.1', port: busy });
    await once(other, 'listening');
  });
  afterEach(async () => {
    other.close();
    await once(other, 'close');
  });

  it('refuses a requested port that is busy, and names it', async () => {
    const choosing = choosePort({ server: 'Postgres', asked: busy, remembered: null });
    await expect(choosing).rejects.toMatchObject({
      code: 'embedded.port_in_use',
      details: { server: 'Postgres', port: busy },
    });
  });

  it('chooses a free port when the previous one is busy', async () => {
    const port = await choosePort({ server: 'Postgres', asked: undefined, remembered: busy });
    expect(port).not.toBe(busy);
    expect(await isPortFree(port)).toBe(true);
  });

  it('keeps the previous port when it is free', async () => {
    const remembered = await freePort();
    expect(await choosePort({ server: 'Postgres', asked: undefined, remembered })).toBe(remembered);
  });

  it('distinguishes a port with a listener from one without', async () => {
    expect(await isListening(busy)).toBe(true);
    expect(await isListening(await freePort())).toBe(false);
  });
});
