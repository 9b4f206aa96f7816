import { field } from './fields.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json-text.ts';

/** The value at a JSON pointer (`/amount/value`, RFC 6901), or of a field named plainly (`amount`); undefined where there is none. */
export function valueAt(root: JsonValue, pointer: string): JsonValue | undefined {
  if (pointer === '') return root;
  let value: JsonValue | undefined = root;
  for (const name of namesOf(pointer)) {
    value = isJsonObject(value) ? field(value, name) : undefined;
  }
  return value;
}

/** The values at these pointers as one flat object whose fields are named by them, so that they are read like any fields. */
export function flatten(root: JsonObject, pointers: readonly string[]): JsonObject {
  return Object.fromEntries(
    pointers.flatMap((pointer) => {
      const value = valueAt(root, pointer);
      return value === undefined ? [] : [[pointer, value] as const];
    }),
  );
}

/** The field of the root object that a pointer leads through. */
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
