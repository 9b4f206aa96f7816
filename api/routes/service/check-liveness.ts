import { z } from 'zod';
import { PUBLIC, type ApiApp } from '../../deps.ts';
import { named } from '../../schemas/named.ts';
import { problems } from '../../schemas/problem.ts';
import { noQuery } from '../../schemas/wire.ts';

const livenessSchema = named('Liveness', z.strictObject({ status: z.literal('ok') }), {
  description: 'The process answers.',
  example: { status: 'ok' },
});

export function checkLivenessRoute(app: ApiApp): void {
  app.route({
    method: 'GET',
    url: '/health/live',
    config: PUBLIC,
    schema: {
      operationId: 'checkLiveness',
      tags: ['service'],
      summary: 'Check that the process answers',
      querystring: noQuery,
      response: { 200: livenessSchema, ...problems() },
    },
    handler: () => ({ status: 'ok' as const }),
  });
}
