import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Executor } from '../../db/client.ts';
import { newId } from '../../db/new-id.ts';
import {
  findApiKey,
  insertApiKey,
  setApiKeyEnd,
  type ApiKeyFacts,
} from '../../db/queries/api-keys.ts';
import { CodedError } from '../../domain/errors.ts';
import { readCallerName } from './caller-name.ts';
import { PERSON_ONLY_SCOPES, type Scope } from './scopes.ts';

/** Keys of one deployment do not work in the other. */
export type KeyDeployment = 'trial' | 'production';

/** A key as its holder sends it: `purser_<deployment>_<key id>_<256-bit secret><64-bit check>`. */
export interface PresentedKey {
  readonly id: string;
  readonly secret: string;
}

/** What the keys of a deployment are made with. */
export interface KeyMaker {
  readonly pepper: string;
  readonly deployment: KeyDeployment;
}

export interface NewApiKey extends KeyMaker {
  readonly name: string;
  readonly ownerKind: 'service' | 'person';
  /** The human behind a person's key; without it, the key's name. */
  readonly person?: string;
  /** Who calls with a service's key, over all its keys; without it, the key's name. */
  readonly caller?: string;
  readonly scopes: readonly Scope[];
  /** Names of the only bank accounts that a service's key reaches. */
  readonly boundAccounts?: readonly string[];
  /** True if a service's key reaches only the wallets that its caller created. */
  readonly ownWallets?: boolean;
  readonly expiresAt?: Date;
}

/** A key that was made; the key itself is shown this once. */
export interface MadeKey {
  readonly id: string;
  readonly key: string;
}

const KEY_SHAPE =
  /^purser_(trial|production)_([0-9a-f]{32})_([A-Za-z0-9_-]{43})([A-Za-z0-9_-]{11})$/;
const CHECK_BYTES = 8;

/**
 * Makes a key and stores its hash.
 * @throws CodedError `auth.forbidden` when a service asks for a scope that only a person may hold; `config.invalid` when a
 * name of a person or a caller cannot be taken, or a person's key is bound; `account.not_found`; `person.look_alike`.
 */
export async function createApiKey(executor: Executor, wanted: NewApiKey): Promise<MadeKey> {
  const personal = wanted.scopes.find((scope) => PERSON_ONLY_SCOPES.has(scope));
  if (wanted.ownerKind === 'service' && personal !== undefined) {
    throw new CodedError(
      'auth.forbidden',
      `The scope ${personal} requires a person's key (--owner person).`,
    );
  }
  const { boundAccounts = [], ownWallets = false } = wanted;
  if (wanted.ownerKind === 'person' && (boundAccounts.length > 0 || ownWallets)) {
    throw new CodedError('config.invalid', 'Only a service’s key can be bound.');
  }
  return storeKey(executor, wanted, {
    id: newId('apiKey'),
    ...callerOf(wanted),
    ownerKind: wanted.ownerKind,
    scopes: [...new Set(wanted.scopes)].sort(),
    boundAccounts: boundAccounts.length === 0 ? null : [...new Set(boundAccounts)].sort(),
    ownWallets,
    name: wanted.name,
    expiresAt: wanted.expiresAt ?? null,
    rotatedFrom: null,
  });
}

/**
 * Makes the next key of the same caller, with the same scopes, bounds and end, and lets the old one end at `oldEndsAt`
 * unless it ends before. What was asked under the old key is answered again under the new one.
 * @returns null if the old key is unknown or has ended.
 */
export async function rotateApiKey(
  executor: Executor,
  maker: KeyMaker,
  rotation: { readonly id: string; readonly now: Date; readonly oldEndsAt: Date },
): Promise<MadeKey | null> {
  const old = await findApiKey(executor, rotation.id);
  if (old === null || !isLive(old, rotation.now)) return null;
  const { name, ownerKind, person, caller, scopes, boundAccounts, ownWallets, expiresAt } = old;
  const facts = { name, ownerKind, person, caller, scopes, boundAccounts, ownWallets, expiresAt };
  const made = await storeKey(executor, maker, {
    id: newId('apiKey'),
    ...facts,
    rotatedFrom: old.id,
  });
  if (expiresAt === null || expiresAt > rotation.oldEndsAt) {
    await setApiKeyEnd(executor, old.id, rotation.oldEndsAt);
  }
  return made;
}

/** Whether a key works at this moment. */
export function isLive(
  key: { readonly revokedAt: Date | null; readonly expiresAt: Date | null },
  now: Date,
): boolean {
  return key.revokedAt === null && (key.expiresAt === null || key.expiresAt > now);
}

async function storeKey(
  executor: Executor,
  { pepper, deployment }: KeyMaker,
  key: Omit<Parameters<typeof insertApiKey>[1], 'secretHash'>,
): Promise<MadeKey> {
  const secret = randomBytes(32).toString('base64url');
  await insertApiKey(executor, { ...key, secretHash: hashKey(pepper, key, secret) });
  const id = key.id.slice('key_'.length);
  const check = checkOf(pepper, { deployment, id, secret });
  return { id: key.id, key: `purser_${deployment}_${id}_${secret}${check}` };
}

/** The human behind a key, and who calls with it. */
function callerOf(wanted: NewApiKey): { readonly person: string | null; readonly caller: string } {
  if (wanted.ownerKind === 'person') {
    if (wanted.caller !== undefined) {
      throw new CodedError('config.invalid', 'A person calls under their own name (--person).');
    }
    const person = readCallerName(wanted.person ?? wanted.name, '--person');
    return { person, caller: person };
  }
  if (wanted.person !== undefined) {
    throw new CodedError(
      'config.invalid',
      'A service cannot have a person: make a person’s key (--owner person).',
    );
  }
  // What a key is for is often said in several words.
  const caller = wanted.caller ?? wanted.name.trim().replaceAll(/ +/g, '-');
  return { person: null, caller: readCallerName(caller, '--caller') };
}

/**
 * Reads a key as sent; null when it is malformed, made under another pepper or for another deployment. Whoever guesses
 * is refused here, without a question to the database.
 */
export function parseApiKey(text: string, maker: KeyMaker): PresentedKey | null {
  const [, deployment, id, secret, check] = KEY_SHAPE.exec(text) ?? [];
  if (deployment !== maker.deployment || id === undefined || secret === undefined) return null;
  if (!isSameHash(check ?? '', checkOf(maker.pepper, { deployment, id, secret }))) return null;
  return { id: `key_${id}`, secret };
}

function checkOf(
  pepper: string,
  key: { readonly deployment: string; readonly id: string; readonly secret: string },
): string {
  return createHmac('sha256', pepper)
    .update(`check ${key.deployment} ${key.id} ${key.secret}`)
    .digest()
    .subarray(0, CHECK_BYTES)
    .toString('base64url');
}

/**
 * HMAC-SHA-256 of the secret and the facts of its key under the pepper, as hexadecimal digits. A hash that is copied to
 * another row, and a row whose scopes or person are edited, match no secret.
 */
export function hashKey(pepper: string, key: ApiKeyFacts, secret: string): string {
  const { id, ownerKind, person, caller, scopes, boundAccounts, ownWallets } = key;
  const facts = [id, ownerKind, person, caller, scopes, boundAccounts, ownWallets, secret];
  return createHmac('sha256', pepper)
    .update(`key ${JSON.stringify(facts)}`)
    .digest('hex');
}

/** Compares in constant time; hashes of another length are unequal. */
export function isSameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
