import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Executor } from '../../db/client.ts';
import { newId } from '../../db/new-id.ts';
import { insertApiKey } from '../../db/queries/api-keys.ts';
import { CodedError } from '../../domain/errors.ts';
import { PERSON_ONLY_SCOPES, type Scope } from './scopes.ts';

/** Keys of one deployment do not work in the other. */
export type KeyDeployment = 'trial' | 'production';

/** A key as its holder sends it: `purser_<deployment>_<key id>_<256-bit secret>`. */
export interface PresentedKey {
  readonly id: string;
  readonly secret: string;
}

export interface NewApiKey {
  readonly name: string;
  readonly ownerKind: 'service' | 'person';
  /** The human behind a person's key; without it, the key's name. Spelled in lower case, so that one is never two. */
  readonly person?: string;
  readonly scopes: readonly Scope[];
  readonly pepper: string;
  readonly deployment: KeyDeployment;
  readonly expiresAt?: Date;
}

const KEY_SHAPE = /^purser_(trial|production)_([0-9a-f]{32})_([A-Za-z0-9_-]{43})$/;

/**
 * Makes a key and stores its hash; the key itself is shown this once.
 * @throws CodedError `auth.forbidden` when a service asks for a scope that only a person may hold; `config.invalid` when a
 * person has no name, or a service has a person's.
 */
export async function createApiKey(
  executor: Executor,
  wanted: NewApiKey,
): Promise<{ readonly id: string; readonly key: string }> {
  const personal = wanted.scopes.find((scope) => PERSON_ONLY_SCOPES.has(scope));
  if (wanted.ownerKind === 'service' && personal !== undefined) {
    throw new CodedError(
      'auth.forbidden',
      `The scope ${personal} requires a person's key (--owner person).`,
    );
  }
  const person = personOf(wanted);
  const id = newId('apiKey');
  const secret = randomBytes(32).toString('base64url');
  await insertApiKey(executor, {
    id,
    secretHash: hashSecret(wanted.pepper, secret),
    name: wanted.name,
    ownerKind: wanted.ownerKind,
    person,
    scopes: wanted.scopes,
    expiresAt: wanted.expiresAt ?? null,
  });
  return { id, key: `purser_${wanted.deployment}_${id.slice('key_'.length)}_${secret}` };
}

/** The human behind a key, in one spelling. */
function personOf(wanted: NewApiKey): string | null {
  if (wanted.ownerKind === 'service') {
    if (wanted.person === undefined) return null;
    throw new CodedError(
      'config.invalid',
      'A service cannot have a person: make a person’s key (--owner person).',
    );
  }
  const name = wanted.person ?? wanted.name;
  const person = name.normalize('NFKC').trim().replaceAll(/\s+/g, ' ').toLowerCase();
  if (person === '')
    throw new CodedError('config.invalid', 'Name the person who will hold the key (--person).');
  return person;
}

/** Reads a key as sent; null when it is malformed or belongs to another deployment. */
export function parseApiKey(text: string, deployment: KeyDeployment): PresentedKey | null {
  const [, of, id, secret] = KEY_SHAPE.exec(text) ?? [];
  if (of !== deployment || id === undefined || secret === undefined) return null;
  return { id: `key_${id}`, secret };
}

/** HMAC-SHA-256 of the secret under the pepper, as hexadecimal digits. */
export function hashSecret(pepper: string, secret: string): string {
  return createHmac('sha256', pepper).update(secret).digest('hex');
}

/** Compares in constant time; hashes of another length are unequal. */
export function isSameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
