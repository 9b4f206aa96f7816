import { z } from 'zod';
import { PUBLIC, type ApiApp } from '../../deps.ts';
import { named } from '../../schemas/named.ts';
import { problems } from '../../schemas/problem.ts';
import { VERSION } from '../../version.ts';

const openapiSchema = named('OpenapiDocument', z.looseObject({ openapi: z.string() }), {
  description: 'A document in OpenAPI 3.1.',
  example: { openapi: '3.1.0', info: { title: 'Purser', version: VERSION }, paths: {} },
});

export function getOpenapiRoute(app: ApiApp): void {
  app.route({
    method: 'GET',
    url: '/openapi.json',
    config: PUBLIC,
    schema: {
      operationId: 'getOpenapi',
      tags: ['service'],
      summary: 'Download this document',
      response: { 200: openapiSchema, ...problems() },
    },
    handler: () => ({ ...z.looseObject({ openapi: z.string() }).parse(app.swagger()) }),
  });
}
