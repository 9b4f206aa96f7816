import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import fp from 'fastify-plugin';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { ApiApp } from '../deps.ts';
import { tidyDocument } from '../openapi/tidy-document.ts';
import { VERSION } from '../version.ts';

const DESCRIPTION = `Purser turns bank deposits into wallet credits.

Amounts are digit strings of minor units (cents); credits are digit strings. Errors are problem+json with a stable \`code\`, which \`/errors\` explains.
Every POST that creates or moves something takes an \`Idempotency-Key\`: repeats with the same key and body have one effect and get the same answer.`;

/** One tag for each folder of api/routes. */
const TAGS = [
  { name: 'alerts', description: 'What a person must know.' },
  { name: 'api-keys', description: 'Who may call.' },
  { name: 'audit', description: 'Who changed what, when and why.' },
  { name: 'bank-accounts', description: 'The bank accounts that Purser reads.' },
  { name: 'cases', description: 'Lines that the bank changed after they were captured.' },
  { name: 'claims', description: 'Customers who say that they have paid.' },
  { name: 'decisions', description: 'What people propose, approve and reject.' },
  { name: 'deposits', description: 'Money that a bank account received.' },
  { name: 'gates', description: 'Stop and resume crediting.' },
  { name: 'held-rows', description: 'Rows of the bank that may be known lines.' },
  { name: 'notifications', description: 'What customers are notified of.' },
  { name: 'returns', description: 'Money that goes back to its payer.' },
  { name: 'reviews', description: 'The queue of deposits that wait for a person.' },
  { name: 'runs', description: 'Reads of a bank account, and imports.' },
  { name: 'service', description: 'Health, status, errors and documentation.' },
  { name: 'statements', description: 'Statement files and their proofs.' },
  { name: 'wallets', description: 'Customers’ wallets.' },
  { name: 'webhooks', description: 'Events that banks send.' },
];

/** Bodies that no schema checks, since their routes read the bytes themselves. */
const RAW_BODIES: Readonly<Record<string, object>> = {
  uploadStatement: {
    type: 'object',
    properties: {
      profile: { type: 'string', description: 'A CSV layout as JSON; must precede the file.' },
      file: { type: 'string', format: 'binary' },
    },
    required: ['file'],
  },
  receiveBankEvent: { type: 'object', description: 'The event, as the bank sends it.' },
};

function withRawBody<Schema extends { readonly operationId?: string }>(schema: Schema): Schema {
  const body = RAW_BODIES[schema.operationId ?? ''];
  return body === undefined ? schema : { ...schema, body };
}

/**
 * The page loads only from this server. Unlike the policy that comes with it, this one does not upgrade to https: over
 * plain http that leaves the page blank.
 */
const DOCS_POLICY = [
  "default-src 'self'",
  "base-uri 'self'",
  "font-src 'self' data:",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "img-src 'self' data:",
  "object-src 'none'",
  "script-src 'self'",
  "script-src-attr 'none'",
  "style-src 'self'",
].join('; ');

/** Collects the OpenAPI document, which /openapi.json serves, and shows it as a page at /docs. */
export const openapiPlugin = fp(
  async (app: ApiApp) => {
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'Purser',
          version: VERSION,
          description: DESCRIPTION,
          license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
        },
        tags: TAGS,
        components: {
          securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', bearerFormat: 'API key' } },
        },
      },
      transformObject: (document) => tidyDocument(jsonSchemaTransformObject(document)),
      transform: (route) => {
        const policy = route.route.config?.policy;
        const { schema: described, url } = jsonSchemaTransform(route);
        const schema = withRawBody(described);
        if (policy?.kind !== 'scope') return { schema, url };
        return {
          schema: { ...schema, security: [{ apiKey: [] }], 'x-scope': policy.scope },
          url,
        };
      },
    });
    await app.register(swaggerUi, {
      routePrefix: '/docs',
      staticCSP: DOCS_POLICY,
      theme: { title: 'Purser API' },
    });
  },
  { name: 'openapi', fastify: '5.x' },
);
