import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { sendAnswer } from '../../idempotency.ts';
import { changeGate, gateChangeSchema } from './change-gate.ts';

export function closeGateRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/gates/:scope/close',
    config: needs('gate:operate'),
    schema: {
      ...gateChangeSchema,
      operationId: 'closeGate',
      summary: 'Stop crediting for one bank account, or for all',
      description:
        'Needs a person’s key. Lines are still captured; their deposits wait in their workflows. Once this request is answered, nothing more is credited.',
    },
    handler: async (request, reply) => sendAnswer(reply, await changeGate(deps, request, 'closed')),
  });
}
