import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { readFile, writeFile } from 'node:fs/promises';
import { CodedError } from '../domain/errors.ts';

// Below the range of ports for outgoing connections, so that a remembered port stays free.
const PORT_MIN = 20_000;
const PORT_MAX = 29_999;
const TRIES_MAX = 50;

/** True if nothing listens on `port` of this machine's loopback address. */
export async function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

/** True if something answers on `port`; unlike {@link isPortFree} it never binds the port, not even briefly. */
export async function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('error', () => {
      resolve(false);
    });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

/** A loopback port that is free now; another process may still take it first. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const port = randomInt(PORT_MIN, PORT_MAX + 1);
    if (await isPortFree(port)) return port;
  }
  throw new CodedError(
    'embedded.port_in_use',
    `Found no free port between ${PORT_MIN} and ${PORT_MAX} on 127.0.0.1 in ${TRIES_MAX} tries. Choose one yourself.`,
  );
}

/** The requested port (`embedded.port_in_use` if busy), else the previous one, else a free one. */
export async function choosePort(choice: {
  readonly server: string;
  readonly asked: number | undefined;
  readonly remembered: number | null;
}): Promise<number> {
  if (choice.asked !== undefined) {
    if (!(await isPortFree(choice.asked))) throw portInUse(choice.server, choice.asked);
    return choice.asked;
  }
  if (choice.remembered !== null && (await isPortFree(choice.remembered))) return choice.remembered;
  return freePort();
}

export function portInUse(server: string, port: number): CodedError {
  return new CodedError(
    'embedded.port_in_use',
    `${server} cannot listen on 127.0.0.1:${port}: another program uses that port. Stop it, or choose another port.`,
    { details: { server, port } },
  );
}

/** The port written by {@link rememberPort}, or null if absent or unreadable. */
export async function readRememberedPort(file: string): Promise<number | null> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const port = /^\d{1,5}$/.test(text.trim()) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : null;
}

export async function rememberPort(file: string, port: number): Promise<void> {
  await writeFile(file, `${port}\n`, { mode: 0o600 });
}
