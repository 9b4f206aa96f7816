import { z } from 'zod';
import { approveDecision, keepingAttempts } from '../../../app/decide/approve.ts';
import { approvalBody } from '../../schemas/decision-body.ts';
import { deliverDecision } from '../../deliver-decision.ts';
import { actorOf, needs, principalOf, type ApiApp, type ApiDeps } from '../../deps.ts';
import { answerOnce, idempotencyHeaders, sendAnswer } from '../../idempotency.ts';
import { acceptedSchema, outcomeSchema } from '../../outputs/decision.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { decisionId, noQuery } from '../../schemas/wire.ts';

export function approveDecisionRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/decisions/:id/approve',
    config: needs('decision:approve'),
    schema: {
      operationId: 'approveDecision',
      tags: ['decisions'],
      summary: 'Approve a proposal as the second person',
      description:
        'Needs the key of a person other than the one who proposed. Send the hash of what you approve. Answers 200 with the outcome, or 202 while the decision is still being carried out.',
      headers: idempotencyHeaders,
      params: z.strictObject({ id: decisionId }),
      querystring: noQuery,
      body: approvalBody,
      response: {
        200: outcomeSchema,
        202: acceptedSchema,
        ...writeProblems(
          'request.idempotency_key_missing',
          'request.key_reused',
          'decision.not_found',
          'decision.not_open',
          'decision.expired',
          'decision.payload_changed',
          'decision.same_person',
          'decision.limit_reached',
          'deposit.already_settled',
        ),
      },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      const approval = { decisionId: id, payloadSha256: request.body.payloadSha256 };
      const principal = principalOf(request);
      const attempt = {
        what: 'approval',
        subjectKind: 'decision',
        subjectId: id,
        actor: actorOf(principal),
      } as const;
      const approved = await keepingAttempts(deps.database.db, attempt, () =>
        answerOnce(deps, request, async (tx) => {
          await approveDecision(tx, deps, approval, principal);
          return { status: null, body: { decisionId: id } };
        }),
      );
      if (approved.status !== null) return sendAnswer(reply, approved);
      return sendAnswer(reply, await deliverDecision(deps, approved));
    },
  });
}
