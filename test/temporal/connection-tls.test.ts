import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NativeConnection } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../embedded/free-port.ts';
import { temporalConnectionOptions } from '../../temporal/connection-options.ts';
import { connectTemporal, whyNotConnected } from '../../temporal/connection.ts';
import { createTemporalGateway } from '../../temporal/gateway.ts';
import { createAuthority, type Issued } from '../support/authority.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal.ts';
import { startTlsFront, type TlsFront } from '../support/tls-front.ts';

const authority = createAuthority();
const stranger = createAuthority('Another authority');

let temporal: TestTemporal;
let folder: string;
let front: TlsFront | null = null;
beforeAll(async () => {
  temporal = await startTestTemporal();
  folder = await mkdtemp(join(tmpdir(), 'purser-temporal-tls-'));
});
afterEach(async () => {
  await front?.close();
  front = null;
});
afterAll(async () => {
  await temporal.close();
  await rm(folder, { recursive: true, force: true });
});

async function keep(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

/** Puts TLS in front of the server, and answers its address. */
async function behind(shown: Issued, clientCa?: string): Promise<string> {
  const [host = '', port = ''] = temporal.address.split(':');
  front = await startTlsFront({ host, port: Number(port) }, shown, clientCa);
  return `localhost:${front.port}`;
}

type Settings = Parameters<typeof temporalConnectionOptions>[0];

/** `connected`, over both of the SDK's clients, or the code and the sentence of the fault. */
async function outcomeOf(settings: Settings, namespace = 'default'): Promise<string> {
  const options = temporalConnectionOptions(settings);
  try {
    const { connection } = await connectTemporal({ ...options, namespace });
    await connection.close();
    const native = await NativeConnection.connect(options);
    await native.close();
    return 'connected';
  } catch (error) {
    return error instanceof Error && 'code' in error
      ? `${String(error.code)}: ${error.message}`
      : String(error);
  }
}

const trusted = async (): Promise<Settings> => ({
  TEMPORAL_TLS_CA_FILE: await keep('ca.pem', authority.certificate),
});

describe('a connection to a Temporal server behind TLS', () => {
  it('trusts the CA of TEMPORAL_TLS_CA_FILE, in the client and in the worker', async () => {
    const address = await behind(authority.issue(['localhost']));
    expect(await outcomeOf({ ...(await trusted()), TEMPORAL_ADDRESS: address })).toBe('connected');
  });

  it('takes TEMPORAL_TLS_SERVER_NAME for the name in the certificate', async () => {
    const address = await behind(authority.issue(['temporal.example']));
    const settings = { ...(await trusted()), TEMPORAL_ADDRESS: address };
    expect(await outcomeOf(settings)).toMatch(
      /^temporal\.tls_failed: .*another name.*TEMPORAL_TLS_SERVER_NAME/,
    );
    expect(await outcomeOf({ ...settings, TEMPORAL_TLS_SERVER_NAME: 'temporal.example' })).toBe(
      'connected',
    );
  });

  it('shows a client certificate, and says when the server asks for one', async () => {
    const address = await behind(authority.issue(['localhost']), authority.certificate);
    const settings = { ...(await trusted()), TEMPORAL_ADDRESS: address };
    const own = authority.issue(['purser']);
    const foreign = stranger.issue(['purser']);
    const pair = async ({ certificate, key }: Issued, name: string) => ({
      TEMPORAL_TLS_CERT_FILE: await keep(`${name}.pem`, certificate),
      TEMPORAL_TLS_KEY_FILE: await keep(`${name}.key`, key),
    });
    expect(await outcomeOf({ ...settings, ...(await pair(own, 'own')) })).toBe('connected');
    const wanted = /^temporal\.tls_failed: .*client's certificate.*TEMPORAL_TLS_CERT_FILE/;
    expect(await outcomeOf(settings)).toMatch(wanted);
    expect(await outcomeOf({ ...settings, ...(await pair(foreign, 'foreign')) })).toMatch(wanted);
  });

  it('refuses an authority that it does not know', async () => {
    const address = await behind(stranger.issue(['localhost']));
    expect(await outcomeOf({ ...(await trusted()), TEMPORAL_ADDRESS: address })).toMatch(
      /^temporal\.tls_failed: .*authority that is not trusted.*TEMPORAL_TLS_CA_FILE/,
    );
    expect(await outcomeOf({ TEMPORAL_TLS: true, TEMPORAL_ADDRESS: address })).toMatch(
      /authority that is not trusted/,
    );
  });

  it('refuses a certificate that has expired, or is not valid yet', async () => {
    const expired = await behind(authority.issue(['localhost'], { from: -3, to: -1 }));
    expect(await outcomeOf({ ...(await trusted()), TEMPORAL_ADDRESS: expired })).toMatch(
      /^temporal\.tls_failed: .*has expired/,
    );
    await front?.close();
    const early = await behind(authority.issue(['localhost'], { from: 1, to: 3 }));
    expect(await outcomeOf({ ...(await trusted()), TEMPORAL_ADDRESS: early })).toMatch(
      /^temporal\.tls_failed: .*not valid yet/,
    );
  });

  it('says that a server without TLS has none, and that one with TLS wants it', async () => {
    expect(await outcomeOf({ TEMPORAL_TLS: true, TEMPORAL_ADDRESS: temporal.address })).toMatch(
      /^temporal\.tls_failed: .*speaks no TLS.*TEMPORAL_TLS=off/,
    );
    const address = await behind(authority.issue(['localhost']));
    expect(await outcomeOf({ TEMPORAL_ADDRESS: address })).toMatch(
      /^temporal\.tls_failed: .*speaks TLS only: set TEMPORAL_TLS=on/,
    );
  });

  it('names a file that cannot be used', () => {
    expect(() => temporalConnectionOptions({ TEMPORAL_TLS_CA_FILE: '/nowhere/ca.pem' })).toThrow(
      'TEMPORAL_TLS_CA_FILE: the file cannot be read: /nowhere/ca.pem',
    );
  });

  it('serves the API, too', async () => {
    const address = await behind(authority.issue(['localhost']));
    const gateway = createTemporalGateway({
      ...temporalConnectionOptions({ ...(await trusted()), TEMPORAL_ADDRESS: address }),
      namespace: 'default',
      logger: { warn: () => undefined },
    });
    await expect(gateway.ping()).resolves.toBeUndefined();
    await gateway.close();
  });
});

describe('a connection to Temporal that fails', () => {
  it('says that the namespace is missing, and how to make it', async () => {
    expect(await outcomeOf({ TEMPORAL_ADDRESS: temporal.address }, 'nowhere')).toMatch(
      /^temporal\.namespace_not_found: Temporal has no namespace nowhere: .*namespace create --namespace nowhere/,
    );
  });

  it('says that nothing listens, that a name has no address, and that an address is none', async () => {
    expect(await outcomeOf({ TEMPORAL_ADDRESS: `127.0.0.1:${await freePort()}` })).toMatch(
      /^temporal\.unavailable: .*nothing listens there/,
    );
    expect(await outcomeOf({ TEMPORAL_ADDRESS: 'temporal.invalid:7233' })).toMatch(
      /^temporal\.unavailable: .*(has no address|cannot be looked up)/,
    );
    const options = temporalConnectionOptions({ TEMPORAL_ADDRESS: 'no address' });
    expect(await whyNotConnected(new Error('no'), options)).toMatchObject({
      code: 'config.invalid',
    });
  });
});
