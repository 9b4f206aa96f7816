import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HTTP_ERRORS } from '../../api/http-errors.ts';
import { ERROR_CODES } from '../../domain/errors.ts';
import { listServedRoutes } from './support/served-routes.ts';
import { get, startApi, type ApiUnderTest } from '../support/api-under-test.ts';

interface Operation {
  readonly summary?: string;
  readonly security?: readonly unknown[];
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: object }>
  >;
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

let service: ApiUnderTest;
let document: Document;
beforeAll(async () => {
  service = await startApi();
  document = (await service.app.inject('/openapi.json')).json<Document>();
});
afterAll(() => service.close());

function operations(): readonly { readonly name: string; readonly operation: Operation }[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  );
}

describe('the OpenAPI document', () => {
  it('is 3.1 and has every served route, and no other', async () => {
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

  it('has a summary and a success for every route, and a key where one is needed', () => {
    for (const { name, operation } of operations()) {
      expect([name, operation.summary]).not.toEqual([name, undefined]);
      expect([name, 'security' in operation]).toEqual([name, name.includes('/v1/')]);
    }
  });

  it('documents under each status only codes that have that status', () => {
    for (const { name, operation } of operations()) {
      for (const [status, { description }] of Object.entries(operation.responses)) {
        const codes = ERROR_CODES.filter((code) => description.includes(`\`${code}\``));
        for (const code of codes) {
          expect([name, code, String(HTTP_ERRORS[code].status)]).toEqual([name, code, status]);
        }
      }
    }
  });

  it('writes no amount as a number', () => {
    const text = JSON.stringify(document);
    expect(text).not.toMatch(/"(minor|credits)":\{"type":"(number|integer)"/);
  });

  it('refers to nothing that it does not have', () => {
    const text = JSON.stringify(document);
    const names = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map((m) => m[1]);
    expect(new Set(names).size).toBeGreaterThan(0);
    for (const name of new Set(names)) expect(text).toContain(`"${name ?? ''}":{`);
  });

  it('comes with a page to read it, under a content policy of its own', async () => {
    const page = await service.app.inject('/docs');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-security-policy']).toContain("default-src 'self'");
    const api = await get(service, '/v1/status');
    expect(api.headers['content-security-policy']).toContain("default-src 'none'");
    expect(api.headers['cache-control']).toBe('no-store');
  });
});
