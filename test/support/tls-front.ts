import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { createServer, type TlsOptions } from 'node:tls';
import type { Issued } from './authority.ts';

/** A server that ends TLS in front of another one, as proxies and Temporal's own frontend do. */
export interface TlsFront {
  readonly port: number;
  close(): Promise<void>;
}

/** @param clientCa the authority whose client certificates it asks for; without it anybody may connect */
export async function startTlsFront(
  target: { readonly host: string; readonly port: number },
  shown: Issued,
  clientCa?: string,
): Promise<TlsFront> {
  const options: TlsOptions = {
    cert: shown.certificate,
    key: shown.key,
    ALPNProtocols: ['h2'],
    ...(clientCa === undefined
      ? {}
      : { ca: clientCa, requestCert: true, rejectUnauthorized: true }),
  };
  const sockets = new Set<Socket>();
  const server = createServer(options, (secure) => {
    const plain = connect(target);
    for (const socket of [secure, plain]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        secure.destroy();
        plain.destroy();
      });
    }
    secure.pipe(plain).pipe(secure);
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
