import { z } from 'zod';
import { setApiKeyEnd } from '../../../db/queries/api-keys.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { sendAnswer } from '../../idempotency.ts';
import { named } from '../../schemas/named.ts';
import { instant } from '../../schemas/wire.ts';
import { endKey, endKeySchema, endReason } from './end-key.ts';

const body = named('ApiKeyExpiry', z.strictObject({ expiresAt: instant, reason: endReason }), {
  description: 'When a key ends, and why.',
  example: { expiresAt: '2027-01-31T00:00:00.000Z', reason: 'The contract ends.' },
});

export function expireApiKeyRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/api-keys/:id/expire',
    config: needs('key:admin'),
    schema: {
      ...endKeySchema,
      operationId: 'expireApiKey',
      summary: 'Set when an API key ends',
      description:
        'Needs a person’s key. An earlier end is replaced; a key that has ended stays ended.',
      body,
    },
    handler: async (request, reply) =>
      sendAnswer(
        reply,
        await endKey(deps, request, (tx, id) =>
          setApiKeyEnd(tx, id, new Date(request.body.expiresAt)),
        ),
      ),
  });
}
