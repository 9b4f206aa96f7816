import { isNode, mediaOf, operationsOf, sorted, type Node } from './json-node.ts';
import { shareProblems } from './share-problems.ts';

const SCHEMAS = '#/components/schemas/';
/** The example of a problem stays with its schema: it fits no status in particular. */
const PROBLEM = 'application/problem+json';
const EXAMPLES = '#/components/examples/';

/**
 * Makes the generated document fit to read and to compare: no schema that nothing uses, one name for a schema that is
 * the same in requests and answers, one example for each body, everything in a fixed order. Changes the document itself.
 */
export function tidyDocument<Document extends object>(document: Document): Document {
  const root: unknown = document;
  const { paths, components } = isNode(root) ? root : {};
  if (!isNode(paths) || !isNode(components) || !isNode(components['schemas'])) return document;
  const { schemas, names } = mergeNames(components['schemas'], paths);
  const tidyPaths = renamed(paths, names);
  const operations = operationsOf(tidyPaths);
  const examples = takeExamples(operations, schemas);
  for (const operation of operations) describeAnswers(operation, schemas);
  return Object.assign(document, {
    components: {
      ...components,
      schemas: sorted(schemas),
      responses: shareProblems(tidyPaths),
      examples: sorted(examples),
    },
    paths: sorted(tidyPaths),
  });
}

/** The generator lists each schema twice, as `X` for answers and as `XInput` for requests. */
function mergeNames(
  all: Node,
  paths: Node,
): { readonly schemas: Node; readonly names: ReadonlyMap<string, string> } {
  const used = reachable(all, paths);
  const names = new Map(
    [...used]
      .filter((name) => name.endsWith('Input') && name.slice(0, -'Input'.length) in all)
      .map((name) => [name, name.slice(0, -'Input'.length)]),
  );
  for (let isStable = false; !isStable;) {
    const unequal = [...names].filter(
      ([input, output]) =>
        used.has(output) &&
        JSON.stringify(renamed(all[input], names)) !== JSON.stringify(renamed(all[output], names)),
    );
    for (const [input] of unequal) names.delete(input);
    isStable = unequal.length === 0;
  }
  const kept = [...used].map((name) => [names.get(name) ?? name, renamed(all[name], names)]);
  return { schemas: Object.fromEntries(kept) as Node, names };
}

/** The schemas that the operations use, directly or through others. */
function reachable(all: Node, from: Node): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting: unknown[] = [from];
  while (waiting.length > 0) {
    for (const name of schemaNamesIn(waiting.pop())) {
      if (found.has(name)) continue;
      found.add(name);
      waiting.push(all[name]);
    }
  }
  return found;
}

function schemaNamesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(schemaNamesIn);
  if (!isNode(value)) return [];
  const name = schemaNameOf(value);
  return [...(name === null ? [] : [name]), ...Object.values(value).flatMap(schemaNamesIn)];
}

function schemaNameOf(node: unknown): string | null {
  if (!isNode(node)) return null;
  const { $ref: ref } = node;
  return typeof ref === 'string' && ref.startsWith(SCHEMAS) ? ref.slice(SCHEMAS.length) : null;
}

function renamed<Value>(value: Value, names: ReadonlyMap<string, string>): Value {
  const text = JSON.stringify(value, (_key, each: unknown) => {
    const name = schemaNameOf(each);
    return name === null || !isNode(each)
      ? each
      : { ...each, $ref: `${SCHEMAS}${names.get(name) ?? name}` };
  });
  return JSON.parse(text) as Value;
}

function answersOf(operation: Node): readonly Node[] {
  return isNode(operation['responses']) ? Object.values(operation['responses']).filter(isNode) : [];
}

/** Moves the examples of bodies to one place, where the bodies of several operations refer to them. */
function takeExamples(operations: readonly Node[], schemas: Node): Node {
  const examples: Node = {};
  const taken = new Set<Node>();
  for (const [type, media] of operations.flatMap(bodiesOf).flatMap(mediaOf)) {
    const name = schemaNameOf(media['schema']);
    const schema = name === null ? media['schema'] : schemas[name];
    if (type === PROBLEM || !isNode(schema) || !Array.isArray(schema['examples'])) continue;
    const [value] = schema['examples'] as readonly unknown[];
    taken.add(schema);
    if (name === null) {
      media['example'] = value;
    } else {
      examples[name] = { value };
      media['examples'] = { [name]: { $ref: `${EXAMPLES}${name}` } };
    }
  }
  for (const schema of taken) delete schema['examples'];
  return examples;
}

function bodiesOf(operation: Node): readonly unknown[] {
  return [operation['requestBody'], ...answersOf(operation)];
}

/** An answer whose schema has a name is described as its schema is. */
function describeAnswers(operation: Node, schemas: Node): void {
  for (const answer of answersOf(operation)) {
    const [first] = mediaOf(answer);
    const schema = schemas[schemaNameOf(first?.[1]['schema']) ?? ''];
    if (answer['description'] === 'Default Response' && isNode(schema))
      answer['description'] = schema['description'];
  }
}
