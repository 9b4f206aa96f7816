import { connect as connectPlain, isIP } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { CodedError } from '../domain/errors.ts';
import { explainTlsFault, tlsFaultOf, type TlsFault } from '../domain/tls-fault.ts';
import type { TemporalConnectionOptions } from './connection-options.ts';

const LOOK_MS = 4_000;
/** A server that refuses a client's certificate says so after the handshake. */
const SETTLE_MS = 1_000;

const WORDS = {
  server: 'Temporal',
  caSetting: 'TEMPORAL_TLS_CA_FILE',
  addressSetting: 'TEMPORAL_ADDRESS, or say TEMPORAL_TLS_SERVER_NAME',
  certificateSettings: 'TEMPORAL_TLS_CERT_FILE and TEMPORAL_TLS_KEY_FILE',
  plainSetting: 'TEMPORAL_TLS=off',
};

/** What happened to a connection: `open`, or the code of its error. */
type Outcome = 'open' | { readonly code: string; readonly wasOpen: boolean };

/**
 * Why no connection to Temporal came about, after the SDK has said no more than that. It connects once by itself, with the
 * same certificates, since gRPC does not tell causes apart; null if that connection works.
 */
export async function diagnoseTemporal(
  options: TemporalConnectionOptions,
): Promise<CodedError | null> {
  const { address, tls } = options;
  const url = URL.canParse(`tcp://${address}`) ? new URL(`tcp://${address}`) : null;
  if (url === null || url.hostname === '')
    return new CodedError('config.invalid', 'TEMPORAL_ADDRESS is not host:port.');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const at = { host, port: url.port === '' ? 7233 : Number(url.port) };
  const plain = await outcomeOf(() => connectPlain(at), 'connect', 0);
  if (plain !== 'open') return unreachable(address, plain.code);
  if (tls === undefined || tls === false) {
    const offered = await outcomeOf(
      () => connectTls({ ...at, rejectUnauthorized: false, ALPNProtocols: ['h2'] }),
      'secureConnect',
      0,
    );
    // A server without TLS answers a handshake with something else; one that wants a certificate has shown its own.
    return offered === 'open' || tlsFaultOf(offered.code) === 'client_certificate'
      ? new CodedError(
          'temporal.tls_failed',
          `Temporal at ${address} speaks TLS only: set TEMPORAL_TLS=on.`,
        )
      : null;
  }
  const secure = await outcomeOf(
    () => connectTls({ ...at, socket: connectPlain(at), ...clientOptions(options, host) }),
    'secureConnect',
    SETTLE_MS,
  );
  if (secure === 'open') return null;
  const fault = tlsFaultOf(secure.code) ?? closedFault(secure);
  return fault === null ? null : tlsFailed(fault, secure.code);
}

function clientOptions({ tls }: TemporalConnectionOptions, host: string): ConnectionOptions {
  const given = typeof tls === 'object' ? tls : {};
  const { clientCertPair, serverNameOverride, serverRootCACertificate } = given;
  return {
    ALPNProtocols: ['h2'],
    ...(isIP(serverNameOverride ?? host) === 0 ? { servername: serverNameOverride ?? host } : {}),
    host: serverNameOverride ?? host,
    ...(serverRootCACertificate === undefined ? {} : { ca: Buffer.from(serverRootCACertificate) }),
    ...(clientCertPair === undefined
      ? {}
      : { cert: Buffer.from(clientCertPair.crt), key: Buffer.from(clientCertPair.key) }),
  };
}

/** A server that closes in the middle of a handshake speaks no TLS; one that closes after it disliked the certificate. */
function closedFault(outcome: {
  readonly code: string;
  readonly wasOpen: boolean;
}): TlsFault | null {
  if (outcome.code !== 'ECONNRESET' && outcome.code !== 'CLOSED') return null;
  return outcome.wasOpen ? 'client_certificate' : 'no_tls';
}

function tlsFailed(fault: TlsFault, driver: string): CodedError {
  return new CodedError('temporal.tls_failed', explainTlsFault(fault, WORDS), {
    details: { fault, driver },
  });
}

const UNREACHABLE: Readonly<Record<string, string>> = {
  EAI_AGAIN: 'the name of its host cannot be looked up now',
  ECONNREFUSED: 'nothing listens there',
  EHOSTUNREACH: 'no network leads there',
  ENETUNREACH: 'no network leads there',
  ENOTFOUND: 'the name of its host has no address',
  TIMEOUT: 'no connection came about in time',
};

function unreachable(address: string, code: string): CodedError {
  const why = UNREACHABLE[code] ?? `the connection failed (${code})`;
  return new CodedError(
    'temporal.unavailable',
    `Temporal at ${address} cannot be reached: ${why}. Check TEMPORAL_ADDRESS, and that the server runs.`,
    { details: { failure: code } },
  );
}

interface Socket {
  once(event: string, listener: (error?: unknown) => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  destroy(): unknown;
}

/** @param settleMs how long an open connection must stay open; a byte of the server settles it at once */
function outcomeOf(
  open: () => Socket,
  event: 'connect' | 'secureConnect',
  settleMs: number,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = open();
    const end = (outcome: Outcome) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(outcome);
    };
    let wasOpen = false;
    const fail = (code: string) => {
      end({ code, wasOpen });
    };
    let timer = setTimeout(fail, LOOK_MS, 'TIMEOUT');
    socket.on('error', (error) => {
      fail(error instanceof Error && 'code' in error ? String(error.code) : 'FAILED');
    });
    socket.once('close', () => {
      fail('CLOSED');
    });
    socket.once(event, () => {
      wasOpen = true;
      clearTimeout(timer);
      if (settleMs === 0) end('open');
      else timer = setTimeout(end, settleMs, 'open');
    });
    if (settleMs > 0)
      socket.once('data', () => {
        end('open');
      });
  });
}
