import { z } from 'zod';
import { pingDatabase } from '../../../db/queries/status.ts';
import { PUBLIC, type ApiApp, type ApiDeps } from '../../deps.ts';
import { named } from '../../schemas/named.ts';
import { problems } from '../../schemas/problem.ts';
import { noQuery } from '../../schemas/wire.ts';

const check = z.enum(['ok', 'failed']);
const readinessSchema = named(
  'Readiness',
  z.strictObject({
    status: z.enum(['ok', 'unavailable']),
    checks: z.strictObject({ database: check, temporal: check }),
  }),
  {
    description: 'Whether the database and Temporal can be reached.',
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
      summary: 'Check that the database and Temporal can be reached',
      querystring: noQuery,
      response: { ...problems(), 200: readinessSchema, 503: readinessSchema },
    },
    handler: async (_request, reply) => {
      const [database, temporal] = await Promise.all([
        outcomeOf(pingDatabase(deps.database.db)),
        outcomeOf(deps.temporal.ping()),
      ]);
      const isReady = database === 'ok' && temporal === 'ok';
      return reply
        .code(isReady ? 200 : 503)
        .send({ status: isReady ? 'ok' : 'unavailable', checks: { database, temporal } });
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
