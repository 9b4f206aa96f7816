import { z } from 'zod';

/** A value as a literal may write it. */
type Example<Value> = Value extends readonly (infer Item)[]
  ? readonly Example<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Example<Value[Key]> }
    : Value;

/**
 * Gives a schema its name in the OpenAPI document, and an example that the compiler and a test hold to it.
 * A schema that is used in a request and in an answer, and differs there, appears under two names.
 */
export function named<Schema extends z.ZodType>(
  id: string,
  schema: Schema,
  about: { readonly description: string; readonly example: Example<z.input<Schema>> },
): Schema {
  return schema.meta({ id, description: about.description, examples: [about.example] });
}

/** A page of a list, by its name in the OpenAPI document; its example shows the item's. */
export function namedPage<Item extends z.ZodType>(id: string, item: Item) {
  const examples = item.meta()?.['examples'];
  return pageOf(item).meta({
    id,
    description: 'One page of a list. Pass `next` as `cursor` to read the next page.',
    examples: [{ items: Array.isArray(examples) ? examples : [], next: null }],
  });
}

/** A page of a list. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({
    items: z.array(item),
    next: z.string().nullable().meta({ description: 'Null on the last page.' }),
  });
