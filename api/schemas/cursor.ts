import { CodedError } from '../../domain/errors.ts';
import type { ListPlace } from '../../db/queries/deposits-read.ts';

const INSTANT_SHAPE = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,6})?[+-]\d{2}(:?\d{2})?$/;
const ID_SHAPE = /^[a-z]{3}_[0-9a-f]{32}$/;

function decode(cursor: string): string {
  return Buffer.from(cursor, 'base64url').toString('utf8');
}

function unreadable(): CodedError {
  return new CodedError('request.invalid', 'Unknown cursor: read the list again without it.');
}

/** A place in a list, opaque to callers. */
export function encodePlace(place: ListPlace): string {
  return Buffer.from(`${place.at}|${place.id}`).toString('base64url');
}

/** @throws CodedError `request.invalid` for anything that {@link encodePlace} did not write. */
export function decodePlace(cursor: string | undefined): ListPlace | null {
  if (cursor === undefined) return null;
  const [at = '', id = '', ...rest] = decode(cursor).split('|');
  if (!isInstant(at) || !ID_SHAPE.test(id) || rest.length > 0) throw unreadable();
  return { at, id };
}

/** True for an instant that exists, as Postgres writes it. */
function isInstant(text: string): boolean {
  if (!INSTANT_SHAPE.test(text)) return false;
  const [day = '', time = ''] = text.split(' ');
  const noon = new Date(`${day}T12:00:00Z`);
  // Other days than those of the calendar are moved to the next month.
  if (Number.isNaN(noon.getTime()) || noon.toISOString().slice(0, 10) !== day) return false;
  return (
    !Number.isNaN(Date.parse(`1970-01-01T${time.slice(0, 8)}Z`)) && /[+-](0\d|1[0-5])/.test(time)
  );
}

/** A number in a list, opaque to callers. */
export function encodeNumber(value: bigint): string {
  return Buffer.from(`n${value.toString()}`).toString('base64url');
}

/** @throws CodedError `request.invalid` for anything that {@link encodeNumber} did not write. */
export function decodeNumber(cursor: string | undefined): bigint | null {
  if (cursor === undefined) return null;
  const text = decode(cursor);
  if (!/^n[0-9]{1,18}$/.test(text)) throw unreadable();
  return BigInt(text.slice(1));
}

/**
 * Cuts a list that was read with one row more than asked for: the extra row only says that there is a next page.
 */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
  toCursor: (row: Row) => string,
): { readonly items: Item[]; readonly next: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(toItem),
    next: rows.length > limit && last !== undefined ? toCursor(last) : null,
  };
}
