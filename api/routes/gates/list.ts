import { z } from 'zod';
import { listGates } from '../../../db/queries/gates.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { GATE_EXAMPLE, gateSchema, toGate } from '../../outputs/gate.ts';
import { named } from '../../schemas/named.ts';
import { readProblems } from '../../schemas/problem.ts';
import { noQuery } from '../../schemas/wire.ts';

const gatesSchema = named('Gates', z.strictObject({ items: z.array(gateSchema) }), {
  description: 'Every gate that was ever closed.',
  example: { items: [GATE_EXAMPLE] },
});

export function listGatesRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/gates',
    config: needs('gate:read'),
    schema: {
      operationId: 'listGates',
      tags: ['gates'],
      summary: 'List the gates that were ever closed',
      description: 'A bank account without a gate is open.',
      querystring: noQuery,
      response: { 200: gatesSchema, ...readProblems() },
    },
    handler: async () => ({ items: (await listGates(deps.database.db)).map(toGate) }),
  });
}
