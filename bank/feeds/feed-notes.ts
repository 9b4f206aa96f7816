import { unknownFields, type Refuse } from '../json/fields.ts';
import { isJsonObject, type JsonValue } from '../json/json-text.ts';
import { valueAt } from '../json/pointer.ts';
import type { FeedSnapshot, UnknownFields } from './feed.ts';

/** What a read finds beside its rows. */
export interface FeedNotes {
  readonly policy: UnknownFields;
  readonly unknown: Set<string>;
  readonly ignored: Set<string>;
}

export function createNotes(policy: UnknownFields): FeedNotes {
  return { policy, unknown: new Set(), ignored: new Set() };
}

/** The notes as a snapshot tells them. */
export function toldBy({
  unknown,
  ignored,
}: FeedNotes): Pick<FeedSnapshot, 'unknownFields' | 'warnings'> {
  const fields = [...ignored].sort();
  const warnings = fields.map(
    (name) => `Values of ${name} could not be read and were left out of their rows.`,
  );
  return { unknownFields: [...unknown].sort(), warnings };
}

/** Collects the names of unread fields, since the bank says something there; a strict account refuses the page. */
export function noteUnknownFields(
  { policy, unknown }: FeedNotes,
  value: JsonValue | undefined,
  known: ReadonlySet<string>,
  { place, refuse }: { readonly place: string; readonly refuse: Refuse },
): void {
  if (!isJsonObject(value)) return;
  const names = unknownFields(value, known);
  for (const name of names) unknown.add(name);
  if (policy === 'record' || names.length === 0) return;
  const told = names.slice(0, 5).join(', ');
  throw refuse(
    `${place} has unknown fields: ${told} (BANK_UNKNOWN_FIELDS=record reads on)`,
    names[0],
  );
}

/** The same for fields around the rows: `known` has the names at each JSON pointer. */
export function noteUnknownAround(
  notes: FeedNotes,
  body: JsonValue,
  known: Readonly<Record<string, ReadonlySet<string>>>,
  refuse: Refuse,
): void {
  for (const [pointer, names] of Object.entries(known)) {
    noteUnknownFields(notes, valueAt(body, pointer), names, { place: pointer || 'it', refuse });
  }
}
