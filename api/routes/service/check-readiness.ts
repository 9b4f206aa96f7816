import { z } from 'zod';
import { pingDatabase } from '../../../db/queries/status.ts';
import { PUBLIC, type ApiApp, type ApiDeps } from '../../deps.ts';
import { problems } from '../../schemas/problem.ts';
import { noQuery } from '../../schemas/wire.ts';

const check = z.enum(['ok', 'failed']);
const readiness = z.strictObject({
  status: z.enum(['ok', 'unavailable']),
  checks: z.strictObject({ database: check, temporal: check }),
});

export function liveRoute(app: ApiApp): void {
  app.route({
    method: 'GET',
    url: '/health/live',
    config: PUBLIC,
    schema: {
      tags: ['service'],
      summary: 'Whether the process answers at all',
      querystring: noQuery,
      response: { 200: z.strictObject({ status: z.literal('ok') }), ...problems() },
    },
    handler: () => ({ status: 'ok' as const }),
  });
}

export function readyRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/health/ready',
    config: PUBLIC,
    schema: {
      tags: ['service'],
      summary: 'Whether the database and Temporal can be reached',
      querystring: noQuery,
      response: { ...problems(), 200: readiness, 503: readiness },
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
