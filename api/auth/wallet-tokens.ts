import {
  createHash,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { errors, jwtVerify, SignJWT, type JWTHeaderParameters } from 'jose';
import { z } from 'zod';
import type { KeyMaker } from './api-keys.ts';

/** The longest life of a token; one that states more is refused. */
export const TOKEN_SECONDS_MAX = 3_600;

/** What a token says: its wallet, the key that minted it, and its end. */
export interface WalletToken {
  readonly walletId: string;
  readonly keyId: string;
  readonly expiresAt: Date;
}

export interface WalletTokens {
  /** Signs a token; whether the wallet and the key are in force is the caller's question. */
  mint(token: WalletToken): Promise<string>;
  /** What a token says, if this deployment signed it and it has not ended; else null. */
  read(text: string): Promise<WalletToken | null>;
}

interface SigningKey {
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const ALGORITHM = 'EdDSA';
const TYPE = 'purser-wallet+jwt';
const ISSUER = 'purser';
/** Signing keys change by themselves, at the same moment in every process. */
const PERIOD_MS = 30 * 86_400_000;
/** What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

const claims = z.object({
  sub: z.string().regex(/^wal_[0-9a-f]{32}$/),
  key: z.string().regex(/^key_[0-9a-f]{32}$/),
  iat: z.int(),
  exp: z.int(),
});

/**
 * Mints and reads wallet tokens: JWTs under Ed25519 keys that follow from the pepper and the month, so that every API
 * process of a deployment has the same ones, and no other deployment. Tokens of the month before, and of the next for
 * clocks that differ, are read too.
 */
export function createWalletTokens(deps: KeyMaker & { readonly clock: () => Date }): WalletTokens {
  const known = new Map<number, SigningKey>();
  const audience = `purser/${deps.deployment}`;

  const keyOf = (period: number): SigningKey => {
    const key = known.get(period) ?? deriveKey(deps, period);
    known.set(period, key);
    return key;
  };
  const periodNow = () => Math.floor(deps.clock().getTime() / PERIOD_MS);
  const findKey = ({ kid }: JWTHeaderParameters): KeyObject => {
    const now = periodNow();
    const key = [now, now - 1, now + 1].map(keyOf).find(({ id }) => id === kid);
    if (key === undefined) throw new errors.JWKSNoMatchingKey();
    return key.publicKey;
  };

  return {
    async mint({ walletId, keyId, expiresAt }) {
      const { id, privateKey } = keyOf(periodNow());
      return new SignJWT({ key: keyId })
        .setProtectedHeader({ alg: ALGORITHM, kid: id, typ: TYPE })
        .setIssuer(ISSUER)
        .setAudience(audience)
        .setSubject(walletId)
        .setIssuedAt(deps.clock())
        .setExpirationTime(expiresAt)
        .sign(privateKey);
    },
    async read(text) {
      const claimed = await verified(text, findKey, audience, deps.clock());
      const parsed = claims.safeParse(claimed);
      if (!parsed.success) return null;
      const { sub, key, iat, exp } = parsed.data;
      if (exp - iat > TOKEN_SECONDS_MAX) return null;
      return { walletId: sub, keyId: key, expiresAt: new Date(exp * 1_000) };
    },
  };
}

/** The claims of a token, or null: nobody is told what is wrong with one. */
async function verified(
  text: string,
  findKey: (header: JWTHeaderParameters) => KeyObject,
  audience: string,
  now: Date,
): Promise<unknown> {
  try {
    const { payload } = await jwtVerify(text, (header) => findKey(header), {
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      audience,
      typ: TYPE,
      requiredClaims: ['sub', 'key', 'iat', 'exp'],
      currentDate: now,
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}

function deriveKey({ pepper, deployment }: KeyMaker, period: number): SigningKey {
  const info = `purser wallet tokens ${deployment} ${period}`;
  const seed = Buffer.from(hkdfSync('sha256', pepper, '', info, 32));
  const key = Buffer.concat([PKCS8_PREFIX, seed]);
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey);
  const id = createHash('sha256')
    .update(publicKey.export({ format: 'der', type: 'spki' }))
    .digest('base64url')
    .slice(0, 16);
  return { id, privateKey, publicKey };
}
