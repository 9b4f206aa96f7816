import { z } from 'zod';
import { listGates, setGate } from '../../../db/queries/gates.ts';
import { findBankAccount } from '../../../db/queries/bank-accounts.ts';
import { CodedError } from '../../../domain/errors.ts';
import { needs, principalOf, type ApiApp, type ApiDeps } from '../../deps.ts';
import { answerOnce, idempotencyHeaders, sendAnswer } from '../../idempotency.ts';
import { gateSchema, gateScope, toGate, toScope } from '../../outputs/gate.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { noQuery, plainText } from '../../schemas/wire.ts';

const ACTIONS = [
  {
    action: 'close',
    state: 'closed',
    summary: 'Stop crediting for an account, or for all',
    description:
      'Lines are captured on; deposits that would be credited wait in their workflows. Once this has answered, nothing is credited.',
  },
  {
    action: 'open',
    state: 'open',
    summary: 'Let the waiting deposits go, in the order of their capture',
    description: 'May be repeated: deposits that still wait are let go.',
  },
] as const;

export function operateGateRoutes(app: ApiApp, deps: ApiDeps): void {
  for (const each of ACTIONS) {
    app.route({
      method: 'POST',
      url: `/v1/gates/:scope/${each.action}`,
      config: needs('gate:operate'),
      schema: {
        tags: ['gates'],
        summary: each.summary,
        description: `Only for keys of persons. ${each.description}`,
        headers: idempotencyHeaders,
        params: z.strictObject({ scope: gateScope }),
        querystring: noQuery,
        body: z.strictObject({
          reason: plainText(1_000).meta({ description: 'Why; kept for ever in the audit trail.' }),
        }),
        response: {
          200: gateSchema,
          ...writeProblems(
            'request.idempotency_key_missing',
            'request.key_reused',
            'account.not_found',
            'gate.not_closed',
          ),
        },
      },
      handler: async (request, reply) => {
        const scope = toScope(request.params.scope);
        const given = await answerOnce(deps, request, async (tx) => {
          if (request.params.scope !== 'all' && (await findBankAccount(tx, scope)) === null)
            throw new CodedError('account.not_found', 'There is no such bank account.');
          await setGate(tx, {
            scope,
            state: each.state,
            cause: 'operator',
            reason: request.body.reason,
            changedBy: principalOf(request).keyId,
          });
          const gate = (await listGates(tx)).find((found) => found.scope === scope);
          if (gate === undefined)
            throw new CodedError('gate.not_closed', 'This gate was never closed.');
          return { status: 200, body: toGate(gate) };
        });
        // Where Temporal cannot be reached, the sweep lets them go.
        if (each.state === 'open') await deps.temporal.drainGate(scope);
        return sendAnswer(reply, given);
      },
    });
  }
}
