import { z } from 'zod';
import { markApiKeyRevoked } from '../../../db/queries/api-keys.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { sendAnswer } from '../../idempotency.ts';
import { named } from '../../schemas/named.ts';
import { endKey, endKeySchema, endReason } from './end-key.ts';

const body = named('ApiKeyRevocation', z.strictObject({ reason: endReason }), {
  description: 'Why you revoke a key.',
  example: { reason: 'It was in a public repository.' },
});

export function revokeApiKeyRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/api-keys/:id/revoke',
    config: needs('key:admin'),
    schema: {
      ...endKeySchema,
      operationId: 'revokeApiKey',
      summary: 'End an API key for good',
      description:
        'Needs a person’s key. Every API process refuses the key, and the wallet tokens that it minted, within five seconds.',
      body,
    },
    handler: async (request, reply) =>
      sendAnswer(reply, await endKey(deps, request, markApiKeyRevoked)),
  });
}
