import { z } from 'zod';
import { pingSchema } from '../../../db/queries/status.ts';
import { PUBLIC, type ApiApp, type ApiDeps } from '../../deps.ts';
import { named } from '../../schemas/named.ts';
import { problems } from '../../schemas/problem.ts';
import { noQuery } from '../../schemas/wire.ts';

const check = z.enum(['ok', 'failed']);
const readinessSchema = named(
  'Readiness',
  z.strictObject({
    status: z.enum(['ok', 'degraded', 'unavailable']).meta({
      description: '`degraded`: without Temporal, webhooks and decisions are stored and wait.',
    }),
    checks: z.strictObject({ database: check, temporal: check }),
  }),
  {
    description: 'Whether this process can take requests.',
    example: { status: 'ok', checks: { database: 'ok', temporal: 'ok' } },
  },
);

export function checkReadinessRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/health/ready',
    config: PUBLIC,
    schema: {
      operationId: 'checkReadiness',
      tags: ['service'],
      summary: 'Check that this process can take requests',
      description:
        'Needs the database, with the schema of this version. Without Temporal the answer is 200 and `degraded`.',
      querystring: noQuery,
      response: { ...problems(), 200: readinessSchema, 503: readinessSchema },
    },
    handler: async (_request, reply) => {
      const [database, temporal] = await Promise.all([
        outcomeOf(pingSchema(deps.database.db)),
        outcomeOf(deps.temporal.ping()),
      ]);
      const checks = { database, temporal };
      if (database === 'failed') return reply.code(503).send({ status: 'unavailable', checks });
      return reply.code(200).send({ status: temporal === 'ok' ? 'ok' : 'degraded', checks });
    },
  });
}

async function outcomeOf(attempt: PromiseLike<unknown>): Promise<'ok' | 'failed'> {
  try {
    await attempt;
    return 'ok';
  } catch {
    // The answer itself says that it failed; the cause is logged by those who use the connection.
    return 'failed';
  }
}
