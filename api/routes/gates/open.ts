import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { sendAnswer } from '../../idempotency.ts';
import { toScope } from '../../outputs/gate.ts';
import { changeGate, gateChangeSchema } from './change-gate.ts';

export function openGateRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/gates/:scope/open',
    config: needs('gate:operate'),
    schema: {
      ...gateChangeSchema,
      operationId: 'openGate',
      summary: 'Credit again, starting with the deposits that wait',
      description:
        'Needs a person’s key. Deposits are released in the order of their capture. You may repeat the request: it releases whatever still waits.',
    },
    handler: async (request, reply) => {
      const given = await changeGate(deps, request, 'open');
      // Where Temporal cannot be reached, the sweep releases them.
      await deps.temporal.drainGate(toScope(request.params.scope));
      return sendAnswer(reply, given);
    },
  });
}
