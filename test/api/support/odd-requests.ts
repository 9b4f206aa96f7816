import fc from 'fast-check';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
}

interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
  };
}

/** What a fuzz reads of docs/openapi.json. */
export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export interface OddRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload?: string;
}

/** What people and machines send where something else is meant. */
const ODD_TEXTS = [
  '',
  ' ',
  '0',
  '-1',
  '9223372036854775807',
  '9223372036854775808',
  '99999999999999999999999999',
  '1e309',
  '2026-02-31',
  '9999-12-31',
  '0000-00-00',
  '9999-99-99 99:99:99+00|dep_00000000000000000000000000000000',
  'null',
  'true',
  '{}',
  '[]',
  '*',
  '%00',
  '\u0000',
  '\ud800',
  '..',
  '../../etc/passwd',
  "' or 1=1 --",
  '\u202e\u200b',
  'x'.repeat(5_000),
];
const oddText = fc.oneof(fc.constantFrom(...ODD_TEXTS), fc.string({ unit: 'binary' }));
const oddCursor = fc
  .constantFrom(...ODD_TEXTS)
  .map((text) => Buffer.from(text).toString('base64url'));

/** Requests for every operation: most parts as documented, some odd. @param known ids that exist */
export function createRequests(
  document: OpenApiDocument,
  known: readonly string[],
): fc.Arbitrary<OddRequest> {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  return fc.constantFrom(...operations).chain(({ path, method, operation }) => {
    const parameters = operation.parameters ?? [];
    const values = fc.tuple(...parameters.map((parameter) => valueOf(document, parameter, known)));
    return fc.tuple(values, bodyOf(document, operation)).map(([given, body]) => {
      const pairs = parameters.map((parameter, at) => ({ parameter, value: given[at] ?? null }));
      return toRequest(method, path, pairs, body);
    });
  });
}

function toRequest(
  method: string,
  path: string,
  pairs: readonly { readonly parameter: Parameter; readonly value: string | null }[],
  body: string | null,
): OddRequest {
  const query = new URLSearchParams();
  const headers: Record<string, string> = {};
  let url = path;
  for (const { parameter, value } of pairs) {
    if (parameter.in === 'path') url = url.replace(`{${parameter.name}}`, inPath(value ?? '0'));
    else if (value === null) continue;
    else if (parameter.in === 'query') query.append(parameter.name, value);
    // What Node's client refuses never reaches a server.
    else if (/^[\t -~]*$/.test(value)) headers[parameter.name] = value;
  }
  const search = query.size === 0 ? '' : `?${query.toString()}`;
  return {
    method: method.toUpperCase(),
    url: `${url}${search}`,
    headers: body === null ? headers : { 'content-type': 'application/json', ...headers },
    ...(body === null ? {} : { payload: body }),
  };
}

function inPath(value: string): string {
  return /\p{Cs}/u.test(value) ? '%ED%A0%80' : encodeURIComponent(value);
}

function valueOf(
  document: OpenApiDocument,
  { name, required = false, schema }: Parameter,
  known: readonly string[],
): fc.Arbitrary<string | null> {
  const right = fromSchema(document, schema).map(String);
  return fc.oneof(
    { weight: 6, arbitrary: right },
    { weight: 3, arbitrary: fc.constantFrom(...known) },
    { weight: 3, arbitrary: oddText },
    { weight: name === 'cursor' ? 6 : 0, arbitrary: oddCursor },
    { weight: required ? 0 : 6, arbitrary: fc.constant(null) },
  );
}

function bodyOf(
  document: OpenApiDocument,
  { requestBody }: Operation,
): fc.Arbitrary<string | null> {
  const schema = requestBody?.content['application/json']?.schema;
  if (schema === undefined) return fc.constant(null);
  return fc.oneof(
    { weight: 6, arbitrary: fromSchema(document, schema).map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.json() },
    { weight: 1, arbitrary: fc.string() },
  );
}

/** Values of a schema; a part of them is odd. */
function fromSchema(document: OpenApiDocument, schema: Schema, depth = 0): fc.Arbitrary<unknown> {
  const right = rightFor(document, schema, depth);
  return fc.oneof(
    { weight: 12, arbitrary: right },
    { weight: 1, arbitrary: oddText },
    { weight: depth === 0 ? 0 : 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) },
  );
}

function rightFor(document: OpenApiDocument, schema: Schema, depth: number): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split('/').at(-1) ?? '';
    return fromSchema(document, document.components.schemas[name] ?? {}, depth);
  }
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined)
    return fc.oneof(...choices.map((choice) => fromSchema(document, choice, depth + 1)));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const type = Array.isArray(schema.type) ? (schema.type as string[])[0] : schema.type;
  switch (type) {
    case 'object':
      return fc.record(
        Object.fromEntries(
          Object.entries(schema.properties ?? {}).map(([name, of]) => [
            name,
            fromSchema(document, of, depth + 1),
          ]),
        ),
        { requiredKeys: [...(schema.required ?? [])] },
      );
    case 'array':
      return fc.array(fromSchema(document, schema.items ?? {}, depth + 1), { maxLength: 3 });
    case 'integer':
    case 'number':
      return fc.oneof(
        fc.integer({ min: schema.minimum ?? -5, max: Math.min(schema.maximum ?? 500, 500) }),
        fc.constantFrom(0, -1, 2 ** 31, 2 ** 53),
      );
    case 'boolean':
      return fc.boolean();
    case undefined:
    default:
      return textFor(schema);
  }
}

function textFor({ format, pattern }: Schema): fc.Arbitrary<string> {
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  if (format === 'date') return fc.constantFrom('2026-11-20', '9999-12-31', '0001-01-01');
  if (format === 'date-time')
    return fc.constantFrom('2026-11-20T08:00:00Z', '9999-12-31T23:59:59Z', '0001-01-01T00:00:00Z');
  return fc.string({ maxLength: 20 });
}
