import { createHash, timingSafeEqual } from 'node:crypto';

/** Compares in constant time, so that timing reveals nothing. */
export function sameSecret(found: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(found), digest(expected));
}

/** True if an `authorization` header carries this bearer key. */
export function hasBearer(header: string | undefined, key: string): boolean {
  return sameSecret(header ?? '', `Bearer ${key}`);
}
