import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import fp from 'fastify-plugin';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { PUBLIC, type ApiApp } from '../deps.ts';

const DESCRIPTION = `Bank deposits as wallet credits.

Amounts are digit strings of minor units (cents); credits are digit strings. Errors are problem+json with a stable \`code\`.
Every POST that creates or moves something takes an \`Idempotency-Key\`: the same key and body give the same answer and one effect.`;

/** The OpenAPI document at /openapi.json and a page to read and try it at /docs. */
export const openapiPlugin = fp(
  async (app: ApiApp) => {
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: { title: 'Purser', version: '1', description: DESCRIPTION },
        components: {
          securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', bearerFormat: 'API key' } },
        },
      },
      transformObject: jsonSchemaTransformObject,
      transform: (route) => {
        const policy = route.route.config?.policy;
        const { schema, url } = jsonSchemaTransform(route);
        if (policy?.kind !== 'scope') return { schema, url };
        return {
          schema: { ...schema, security: [{ apiKey: [] }], 'x-scope': policy.scope },
          url,
        };
      },
    });
    await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true });
    app.get(
      '/openapi.json',
      {
        config: PUBLIC,
        schema: {
          tags: ['service'],
          summary: 'This document',
          response: { 200: z.looseObject({}).meta({ description: 'OpenAPI 3.1' }) },
        },
      },
      () => ({ ...app.swagger() }),
    );
  },
  { name: 'openapi', fastify: '5.x' },
);
