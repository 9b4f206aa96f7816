import { z } from 'zod';
import { keepingAttempts, rejectDecision } from '../../../app/decide/approve.ts';
import { reasonBody } from '../../schemas/decision-body.ts';
import { storedDecision } from '../../deliver-decision.ts';
import { listAllocations } from '../../../db/queries/decisions.ts';
import { actorOf, needs, principalOf, type ApiApp, type ApiDeps } from '../../deps.ts';
import { answerOnce, idempotencyHeaders, sendAnswer } from '../../idempotency.ts';
import { decisionSchema, toDecision } from '../../outputs/decision.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { decisionId, noQuery } from '../../schemas/wire.ts';

export function rejectDecisionRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/decisions/:id/reject',
    config: needs('decision:approve'),
    schema: {
      operationId: 'rejectDecision',
      tags: ['decisions'],
      summary: 'Reject a proposal',
      description:
        'Needs a person’s key. The deposit stays in review. You may reject your own proposal to withdraw it.',
      headers: idempotencyHeaders,
      params: z.strictObject({ id: decisionId }),
      querystring: noQuery,
      body: reasonBody,
      response: {
        200: decisionSchema,
        ...writeProblems(
          'request.idempotency_key_missing',
          'request.key_reused',
          'decision.not_found',
          'decision.not_open',
          'decision.expired',
        ),
      },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      const rejection = { decisionId: id, reason: request.body.reason };
      const principal = principalOf(request);
      const attempt = {
        what: 'rejection',
        subjectKind: 'decision',
        subjectId: id,
        actor: actorOf(principal),
      } as const;
      const rejected = await keepingAttempts(deps.database.db, attempt, () =>
        answerOnce(deps, request, async (tx) => {
          await rejectDecision(tx, rejection, principal);
          return { status: null, body: {} };
        }),
      );
      const body = toDecision(
        await storedDecision(deps, id),
        await listAllocations(deps.database.db, id),
      );
      return sendAnswer(reply, { ...rejected, status: 200, body });
    },
  });
}
