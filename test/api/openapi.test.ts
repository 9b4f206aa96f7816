import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HTTP_ERRORS } from '../../api/http-errors.ts';
import { printDocument } from '../../api/openapi/print-document.ts';
import { ERROR_CODES } from '../../domain/errors.ts';
import { listServedRoutes } from './support/served-routes.ts';
import { startApi, type ApiUnderTest } from '../support/api-under-test.ts';
import { createSchemaChecks } from '../support/json-schema.ts';
import { readRepositoryFile } from '../support/repository.ts';

interface Media {
  readonly schema: object;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly $ref: string }>>;
}
interface Answer {
  readonly $ref?: string;
  readonly description: string;
  readonly content?: Readonly<Record<string, Media>>;
}
interface Operation {
  readonly operationId?: string;
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, Answer>>;
}
interface Document {
  readonly openapi: string;
  readonly info: { readonly version: string };
  readonly tags: readonly { readonly name: string }[];
  readonly components: Readonly<Record<'schemas' | 'responses' | 'examples', object>>;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

let service: ApiUnderTest;
let document: Document;
beforeAll(async () => {
  service = await startApi();
  document = (await service.app.inject('/openapi.json')).json<Document>();
});
afterAll(() => service.close());

interface Named {
  /** A place in the document, as a JSON pointer. */
  readonly at: string;
  readonly name: string;
  readonly operation: Operation;
}

function operations(): readonly Named[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      at: `#/paths/${path.replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D')}/${method}`,
      name: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  );
}

/** The part of the document that a reference names. */
function at(reference: string): unknown {
  return reference
    .slice('#/'.length)
    .split('/')
    .reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], document);
}

function answersOf({ operation }: Named): readonly (readonly [string, Answer])[] {
  return Object.entries(operation.responses).map(([status, answer]) => [
    status,
    answer.$ref === undefined ? answer : (at(answer.$ref) as Answer),
  ]);
}

/** Each body of a request or a success, with its place in the document. */
function bodiesOf({ at: place, operation }: Named) {
  const successes = Object.entries(operation.responses).filter(([status]) => status < '400');
  return [
    ...successes.map(([status, answer]) => ({ in: `/responses/${status}`, ...answer })),
    { in: '/requestBody', ...operation.requestBody },
  ].flatMap(({ in: within, content = {} }) =>
    Object.entries(content).map(([type, media]) => ({
      type,
      media,
      isAnswer: within !== '/requestBody',
      pointer: `${place}${within}/content/${type.replace('/', '~1')}/schema`,
    })),
  );
}

function exampleOf({ example, examples = {} }: Media): unknown {
  const [first] = Object.values(examples);
  return first === undefined ? example : (at(first.$ref) as { readonly value: unknown }).value;
}

describe('the OpenAPI document', () => {
  it('lists every served route and no other', async () => {
    expect(document.openapi).toBe('3.1.0');
    const served = await listServedRoutes(service.deps);
    const expected = served.map(
      ({ method, url }) => `${method} ${url.replace(/:([A-Za-z]+)/g, '{$1}')}`,
    );
    expect(
      operations()
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(expected.toSorted());
  });

  it('equals docs/openapi.json, so that a change of the API shows in its diff (npm run openapi)', () => {
    expect(printDocument(document)).toBe(readRepositoryFile('docs/openapi.json'));
  });

  it('names the version of the package', () => {
    const { version } = JSON.parse(readRepositoryFile('package.json')) as { version: string };
    expect(document.info.version).toBe(version);
  });

  it('gives every operation its own id, a summary and one known tag', () => {
    const tags = new Set(document.tags.map(({ name }) => name));
    const ids = operations().map(({ operation }) => operation.operationId);
    expect(ids.filter((id) => !/^[a-z]+([A-Z][a-z]+)+$/.test(id ?? ''))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { name, operation } of operations()) {
      expect([name, operation.tags?.length, tags.has(operation.tags?.[0] ?? '')]).toEqual([
        name,
        1,
        true,
      ]);
      expect([name, operation.summary]).toEqual([name, expect.stringMatching(/^[A-Z].{3,79}$/)]);
    }
  });

  it('requires a key wherever the route needs one', () => {
    for (const { name, operation } of operations())
      expect([name, 'security' in operation]).toEqual([name, name.includes('/v1/')]);
  });

  it('gives every answer of a success an example that its schema accepts', () => {
    const checkOf = createSchemaChecks(document);
    for (const named of operations()) {
      const answers = bodiesOf(named).filter(({ isAnswer }) => isAnswer);
      expect([named.name, answers.length > 0]).toEqual([named.name, true]);
      for (const { media, pointer } of answers) {
        const example = exampleOf(media);
        expect([named.name, example]).not.toEqual([named.name, undefined]);
        expect([named.name, checkOf(pointer)(example)]).toEqual([named.name, []]);
      }
    }
  });

  it('gives every JSON body of a request an example that its schema accepts', () => {
    const checkOf = createSchemaChecks(document);
    const bodies = operations()
      .flatMap(bodiesOf)
      .filter(({ isAnswer, media }) => !isAnswer && '$ref' in media.schema);
    expect(bodies.length).toBeGreaterThan(10);
    for (const { media, pointer } of bodies)
      expect([pointer, checkOf(pointer)(exampleOf(media))]).toEqual([pointer, []]);
  });

  it('refuses an example with a wrong value, so that these tests can fail', () => {
    const check = createSchemaChecks(document)('#/components/schemas/Money');
    expect(check({ minor: '27500', currency: 'ZAR' })).toEqual([]);
    expect(check({ minor: 27500, currency: 'ZAR' })).toEqual(['/minor must be string']);
    expect(check({ minor: '27500', currency: 'rand' })).toHaveLength(1);
  });

  it('uses named schemas for every JSON answer, and Problem for errors', () => {
    for (const named of operations()) {
      for (const { type, media } of bodiesOf(named).filter(({ isAnswer }) => isAnswer))
        if (type === 'application/json')
          expect([named.name, media.schema]).toEqual([
            named.name,
            { $ref: expect.any(String) as unknown },
          ]);
      for (const [status, { content }] of answersOf(named).filter(([each]) => each >= '400'))
        if (!(named.name === 'GET /health/ready' && status === '503'))
          expect([named.name, status, content]).toEqual([
            named.name,
            status,
            { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
          ]);
    }
  });

  it('nests unnamed objects no deeper than one level within a named schema', () => {
    const deep = Object.entries(document.components.schemas)
      .map(([name, schema]) => [name, depthOf(schema) - 1] as const)
      .filter(([, depth]) => depth > 1);
    expect(deep).toEqual([]);
  });

  it('holds no schema, answer or example that nothing uses, and refers to none that is absent', () => {
    const used = new Set(
      [...JSON.stringify(document).matchAll(/"\$ref":"(#\/components\/[^"]+)"/g)].map(
        ([, reference = '']) => reference,
      ),
    );
    const held = Object.entries(document.components).flatMap(([kind, named]) =>
      kind === 'securitySchemes'
        ? []
        : Object.keys(named).map((name) => `#/components/${kind}/${name}`),
    );
    expect(held.toSorted()).toEqual([...used].toSorted());
  });

  it('documents under each status only codes that have that status', () => {
    for (const named of operations()) {
      for (const [status, { description }] of answersOf(named)) {
        const codes = ERROR_CODES.filter((code) => description.includes(`\`${code}\``));
        for (const code of codes) {
          expect([named.name, code, String(HTTP_ERRORS[code].status)]).toEqual([
            named.name,
            code,
            status,
          ]);
        }
      }
    }
  });

  it('writes no amount as a number', () => {
    const text = JSON.stringify(document);
    expect(text).not.toMatch(/"(minor|credits)":\{"type":"(number|integer)"/);
  });

  it('uses only patterns that ECMAScript without flags, Python and RE2 read alike', () => {
    const patterns = patternsIn(document);
    expect(patterns.length).toBeGreaterThan(20);
    const special = /\\[^dDsSwWbBnrtxfv\\.^$*+?()[\]{}|/-]|\(\?[^:]/;
    expect(patterns.filter((pattern) => special.test(pattern))).toEqual([]);
    for (const pattern of patterns) expect(() => new RegExp(pattern)).not.toThrow();
  });
});

/** How many objects with properties of their own are nested in a schema, itself included. */
function depthOf(schema: unknown): number {
  if (typeof schema !== 'object' || schema === null) return 0;
  const inner = Math.max(0, ...Object.values(schema).map(depthOf));
  return 'properties' in schema && 'type' in schema ? inner + 1 : inner;
}

function patternsIn(node: unknown): readonly string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    key === 'pattern' && typeof value === 'string' ? [value] : patternsIn(value),
  );
}
