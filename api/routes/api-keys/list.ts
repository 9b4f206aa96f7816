import { z } from 'zod';
import { listApiKeys } from '../../../db/queries/api-keys.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { API_KEY_EXAMPLE, apiKeySchema, toApiKey } from '../../outputs/api-key.ts';
import { named } from '../../schemas/named.ts';
import { readProblems } from '../../schemas/problem.ts';
import { noQuery } from '../../schemas/wire.ts';

const apiKeysSchema = named('ApiKeys', z.strictObject({ items: z.array(apiKeySchema) }), {
  description: 'Every key that was ever made, oldest first.',
  example: { items: [API_KEY_EXAMPLE] },
});

export function listApiKeysRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/api-keys',
    config: needs('key:admin'),
    schema: {
      operationId: 'listApiKeys',
      tags: ['api-keys'],
      summary: 'List API keys with their holders, scopes, last use and end',
      description: 'Needs a person’s key. Secrets are never shown: Purser does not have them.',
      querystring: noQuery,
      response: { 200: apiKeysSchema, ...readProblems() },
    },
    handler: async () => ({ items: (await listApiKeys(deps.database.db)).map(toApiKey) }),
  });
}
