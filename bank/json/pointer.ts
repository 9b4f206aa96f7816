import { field } from './fields.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json-text.ts';

/** The value at a JSON pointer (`/amount/value`, RFC 6901) or of a plain field name (`amount`); undefined if absent. */
export function valueAt(root: JsonValue, pointer: string): JsonValue | undefined {
  if (pointer === '') return root;
  let value: JsonValue | undefined = root;
  for (const name of namesOf(pointer)) {
    value = isJsonObject(value) ? field(value, name) : undefined;
  }
  return value;
}

/** A flat object of the values at these pointers, keyed by pointer, so that nested fields read like plain ones. */
export function flatten(root: JsonObject, pointers: readonly string[]): JsonObject {
  return Object.fromEntries(
    pointers.flatMap((pointer) => {
      const value = valueAt(root, pointer);
      return value === undefined ? [] : [[pointer, value] as const];
    }),
  );
}

/** A copy without what these pointers lead to. */
export function without(root: JsonObject, pointers: readonly string[]): JsonObject {
  return pointers.reduce<JsonObject>(
    (object, pointer) => withoutPath(object, namesOf(pointer)),
    root,
  );
}

function withoutPath(object: JsonObject, [name = '', ...rest]: readonly string[]): JsonObject {
  const inner = field(object, name);
  const others = Object.entries(object).filter(([key]) => key !== name);
  if (rest.length === 0 || !isJsonObject(inner)) return Object.fromEntries(others);
  return Object.fromEntries([...others, [name, withoutPath(inner, rest)]]);
}

/** The field of the root object that a pointer passes through. */
export function firstNameOf(pointer: string): string {
  return namesOf(pointer)[0] ?? '';
}

function namesOf(pointer: string): readonly string[] {
  if (!pointer.startsWith('/')) return [pointer];
  return pointer
    .slice(1)
    .split('/')
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
}
