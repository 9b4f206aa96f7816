import { createHash } from 'node:crypto';
import { stringify } from 'lossless-json';
import { CodedError } from '../../domain/errors.ts';
import type { LocalDate } from '../../domain/local-date.ts';
import type { LineStatus, Sighting } from '../../domain/line/sighting.ts';
import type { Refuse } from './fields.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json-text.ts';
import { without } from './pointer.ts';

/** A row that the bank shows and that cannot be read exactly. It posts nothing and waits for a person. */
export interface UnreadableRow {
  /** Its place in the response: `page 2, row 17`. */
  readonly position: string;
  /** The field at fault, as the bank names it; null where the row itself is. */
  readonly field: string | null;
  /** What is wrong with it; names fields and never quotes values. */
  readonly why: string;
  /** The row as JSON text, for people; cut when it is very long. */
  readonly raw: string;
  /** SHA-256 of the whole row without its ids, in hex: the same row read again has the same one. */
  readonly digest: string;
  /** Its booking day, where that can be read. */
  readonly day: LocalDate | null;
}

/** What a row is: a sighting, a row that waits for a person, or no movement at all. */
export type RowOutcome =
  | { readonly kind: 'sighting'; readonly sighting: Sighting }
  | { readonly kind: 'unreadable'; readonly row: UnreadableRow }
  /** Neither booked nor shown: rejected, for information, or pending and not readable. */
  | { readonly kind: 'left_out' };

/** Reads the rows of one protocol. Each function throws the error that `refuse` makes. */
export interface RowReader {
  readonly position: string;
  /** Names or pointers of fields that only name the row: some gateways make new ids on each read. */
  readonly idFields: readonly string[];
  readonly statusOf: (row: JsonObject, refuse: Refuse) => LineStatus | 'left_out';
  /** Null only for a pending row without a day. */
  readonly dayOf: (row: JsonObject, status: LineStatus, refuse: Refuse) => LocalDate | null;
  readonly read: (
    row: JsonObject,
    known: { readonly status: LineStatus; readonly bookingDate: LocalDate },
    refuse: Refuse,
  ) => Sighting;
}

const RAW_CHARS_MAX = 20_000;
const LEFT_OUT: RowOutcome = { kind: 'left_out' };

/**
 * Reads one row. The status is read first: whatever is wrong with a row that is not booked, it never matters. Errors other
 * than the reader's own refusals are passed on; such an error refuses the page.
 */
export function readRow(value: JsonValue, reader: RowReader): RowOutcome {
  if (!isJsonObject(value)) {
    const fault = { why: 'the row is not an object', field: null, day: null };
    return { kind: 'unreadable', row: setApart(value, reader, fault) };
  }
  const known: { status: LineStatus | 'left_out'; day: LocalDate | null } = {
    status: 'booked',
    day: null,
  };
  const outcome = attempt<RowOutcome>((refuse) => {
    const status = reader.statusOf(value, refuse);
    known.status = status;
    if (status === 'left_out') return LEFT_OUT;
    const bookingDate = reader.dayOf(value, status, refuse);
    if (bookingDate === null) return LEFT_OUT;
    known.day = bookingDate;
    return { kind: 'sighting', sighting: reader.read(value, { status, bookingDate }, refuse) };
  });
  if (outcome.kind === 'read') return outcome.value;
  if (known.status !== 'booked') return LEFT_OUT;
  const { why, field } = outcome;
  const day = known.day ?? dayWithoutStatus(value, reader);
  return { kind: 'unreadable', row: setApart(value, reader, { why, field, day }) };
}

/** The day says for which reads a row counts, also where its status cannot be read. */
function dayWithoutStatus(value: JsonObject, reader: RowReader): LocalDate | null {
  const read = attempt((refuse) => reader.dayOf(value, 'booked', refuse));
  return read.kind === 'read' ? read.value : null;
}

/**
 * Reads one row where a row that cannot be read refuses all: a webhook, or a file. Null for a row that is left out.
 * @throws the error that `refuse` makes
 */
export function readRowOrRefuse(
  value: JsonValue,
  reader: RowReader,
  refuse: Refuse,
): Sighting | null {
  const outcome = readRow(value, reader);
  switch (outcome.kind) {
    case 'sighting':
      return outcome.sighting;
    case 'left_out':
      return null;
    case 'unreadable': {
      const { position, why, field } = outcome.row;
      throw field === null ? refuse(`${position}: ${why}`) : refuse(`${position}: ${why}`, field);
    }
  }
}

/**
 * Reads a fact that a line can do without, such as its running balance: null where it cannot be read, and `onIgnored` learns
 * the field. A deposit is not held back for it.
 */
export function readOptional<T>(
  read: (refuse: Refuse) => T | null,
  onIgnored: (field: string) => void,
): T | null {
  const outcome = attempt(read);
  if (outcome.kind === 'read') return outcome.value;
  onIgnored(outcome.field ?? '?');
  return null;
}

type Attempt<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'refused'; readonly why: string; readonly field: string | null };

/** Turns the reader's own refusals into values; any other error passes. */
function attempt<T>(read: (refuse: Refuse) => T): Attempt<T> {
  let refusal: { readonly error: CodedError; readonly field: string | null } | null = null;
  const refuse: Refuse = (why, field) => {
    const error = new CodedError('bank.bad_response', why);
    refusal = { error, field: field ?? null };
    return error;
  };
  try {
    return { kind: 'read', value: read(refuse) };
  } catch (error) {
    const own = refusal as { readonly error: CodedError; readonly field: string | null } | null;
    if (own === null || own.error !== error) throw error;
    return { kind: 'refused', why: own.error.message, field: own.field };
  }
}

/** A row that waits for a person, with what is wrong with it. */
export function setApart(
  value: JsonValue,
  { position, idFields }: Pick<RowReader, 'position' | 'idFields'>,
  fault: Pick<UnreadableRow, 'why' | 'field' | 'day'>,
): UnreadableRow {
  return { position, ...fault, raw: rawText(value), digest: digestOf(value, idFields) };
}

function rawText(value: JsonValue): string {
  const text = stringify(value) ?? 'null';
  return text.length <= RAW_CHARS_MAX ? text : `${text.slice(0, RAW_CHARS_MAX)}…`;
}

function digestOf(value: JsonValue, idFields: readonly string[]): string {
  const facts = isJsonObject(value) ? inOrder(without(value, idFields)) : value;
  return createHash('sha256')
    .update(stringify(facts) ?? 'null')
    .digest('hex');
}

/** A gateway may write the fields of a row in another order each time. */
function inOrder(object: JsonObject): JsonObject {
  const byName = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]) =>
    one < other ? -1 : 1;
  return Object.fromEntries(Object.entries(object).sort(byName));
}
