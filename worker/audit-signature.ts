import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { VerifyCheck } from '../db/queries/verify/verify.ts';
import { CodedError } from '../domain/errors.ts';
import type { AnchorLine, SignHead } from './audit-anchor.ts';

const PUBLIC_KEY = /-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g;

/**
 * Makes a signer from a file with an Ed25519 key as PKCS#8 PEM.
 * @throws CodedError `config.invalid` that names the file and quotes nothing from it
 */
export function loadSigner(path: string): SignHead {
  const key = readKey(path, 'AUDIT_SIGNING_KEY_FILE', (text) => [createPrivateKey(text)]);
  const [signing] = key;
  return (text) => sign(null, Buffer.from(text), signing).toString('base64');
}

/**
 * Reads the public keys in a PEM file: the present key and those of earlier signatures.
 * @throws CodedError `config.invalid` that names the file
 */
export function loadPublicKeys(path: string): readonly KeyObject[] {
  return readKey(path, 'AUDIT_PUBLIC_KEY_FILE', (text) => {
    const [first = '', ...others] = text.match(PUBLIC_KEY) ?? [];
    return [createPublicKey(first), ...others.map((pem) => createPublicKey(pem))];
  });
}

function readKey(
  path: string,
  setting: string,
  parse: (text: string) => readonly [KeyObject, ...KeyObject[]],
): readonly [KeyObject, ...KeyObject[]] {
  const refused = (why: string, cause?: unknown) =>
    new CodedError('config.invalid', `${setting}: the file ${path} ${why}.`, { cause });
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw refused('cannot be read', error);
  }
  let keys: readonly [KeyObject, ...KeyObject[]];
  try {
    keys = parse(text);
  } catch {
    // The cause from OpenSSL may quote the text that it could not read.
    throw refused('holds no key in PEM');
  }
  if (keys.some(({ asymmetricKeyType }) => asymmetricKeyType !== 'ed25519'))
    throw refused('holds a key that is not Ed25519');
  return keys;
}

/**
 * Checks that a worker with one of these keys signed every head since signing began. In a forged file signatures are
 * missing or wrong.
 */
export function checkSignatures(
  lines: readonly AnchorLine[],
  keys: readonly KeyObject[],
): VerifyCheck {
  if (lines.length === 0) return signedCheck(0, { line: '0', fault: 'the file has no head' });
  const begun = lines.findIndex((line) => line !== null && line.signature !== null);
  const fault = (line: AnchorLine): string | null => {
    if (line === null) return 'it cannot be read';
    const { signature, text } = line;
    if (signature === null) return 'it is not signed';
    const bytes = Buffer.from(signature, 'base64');
    return keys.some((key) => verify(null, Buffer.from(text), key, bytes))
      ? null
      : 'no key that is given signed it';
  };
  // No signing worker wrote a file without any signature.
  const first = begun === -1 ? Math.max(lines.length - 1, 0) : begun;
  const at = lines.findIndex((line, index) => index >= first && fault(line) !== null);
  const broken = lines[at];
  return signedCheck(
    lines.length - first,
    broken === undefined ? null : { line: String(at + 1), fault: fault(broken) ?? '' },
  );
}

function signedCheck(checked: number, firstBroken: VerifyCheck['firstBroken']): VerifyCheck {
  return {
    id: 'I19 signed',
    title: 'Every head that was written down since signing began is signed by a known key.',
    checked,
    ok: firstBroken === null,
    firstBroken,
  };
}
