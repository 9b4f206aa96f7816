import { z } from 'zod';
import { listGates } from '../../../db/queries/gates.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { gateSchema, toGate } from '../../outputs/gate.ts';
import { readProblems } from '../../schemas/problem.ts';
import { noQuery } from '../../schemas/wire.ts';

export function listGatesRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/gates',
    config: needs('gate:read'),
    schema: {
      tags: ['gates'],
      summary: 'Gates that were closed at some time; an account without one is open',
      querystring: noQuery,
      response: { 200: z.strictObject({ items: z.array(gateSchema) }), ...readProblems() },
    },
    handler: async () => ({ items: (await listGates(deps.database.db)).map(toGate) }),
  });
}
