import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
} from 'node:crypto';
import { isIP } from 'node:net';
import { sequence, tagged, toPem, utcTime } from './certificate.ts';

/** A certificate with its key, as PEM. */
export interface Issued {
  readonly key: string;
  readonly certificate: string;
}

export interface Authority {
  /** The certificate of the authority itself, as PEM. */
  readonly certificate: string;
  /** A certificate for these names and addresses, and for a client with this name. */
  issue(names: readonly string[], days?: { readonly from: number; readonly to: number }): Issued;
}

const ECDSA_WITH_SHA256 = sequence(Buffer.from('06082a8648ce3d040302', 'hex'));
const DAY_MS = 86_400_000;
const OID_BASIC_CONSTRAINTS = '0603551d13';
const OID_ALT_NAMES = '0603551d11';

/** A certificate authority that lives for a test; Node has no function that makes certificates. */
export function createAuthority(name = 'Purser test authority'): Authority {
  const own = newKey();
  const sealed = (subject: string, spki: Buffer, extensions: Buffer, from: number, to: number) =>
    signed(own.privateKey, name, { subject, spki, extensions, from, to });
  const isAuthority = extension(
    OID_BASIC_CONSTRAINTS,
    sequence(Buffer.from('0101ff', 'hex')),
    true,
  );
  return {
    certificate: sealed(name, own.spki, isAuthority, -2, 30),
    issue: (names, { from, to } = { from: -1, to: 1 }) => {
      const key = newKey();
      const altNames = extension(OID_ALT_NAMES, sequence(...names.map(altName)), false);
      return {
        key: key.privateKey,
        certificate: sealed(names[0] ?? '', key.spki, altNames, from, to),
      };
    },
  };
}

function newKey(): { readonly privateKey: string; readonly spki: Buffer } {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { privateKey, spki: createPublicKey(privateKey).export({ type: 'spki', format: 'der' }) };
}

/** X.509 version 3, signed by `issuer`. @param from days from now */
function signed(
  issuerKey: string,
  issuer: string,
  of: {
    readonly subject: string;
    readonly spki: Buffer;
    readonly extensions: Buffer;
    readonly from: number;
    readonly to: number;
  },
): string {
  const body = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    nameOf(issuer),
    sequence(utcTime(Date.now() + of.from * DAY_MS), utcTime(Date.now() + of.to * DAY_MS)),
    nameOf(of.subject),
    of.spki,
    tagged(0xa3, sequence(of.extensions)),
  );
  const signature = sign('sha256', body, createPrivateKey(issuerKey));
  return toPem(
    sequence(body, ECDSA_WITH_SHA256, tagged(0x03, Buffer.concat([Buffer.from([0]), signature]))),
  );
}

function nameOf(name: string): Buffer {
  const attribute = sequence(Buffer.from('0603550403', 'hex'), tagged(0x0c, Buffer.from(name)));
  return sequence(tagged(0x31, attribute));
}

function extension(oid: string, value: Buffer, isCritical: boolean): Buffer {
  return sequence(
    Buffer.from(oid, 'hex'),
    ...(isCritical ? [Buffer.from('0101ff', 'hex')] : []),
    tagged(0x04, value),
  );
}

function altName(name: string): Buffer {
  return isIP(name) === 4
    ? tagged(0x87, Buffer.from(name.split('.').map(Number)))
    : tagged(0x82, Buffer.from(name, 'ascii'));
}
