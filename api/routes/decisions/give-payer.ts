import { z } from 'zod';
import { completeReturn, keepingAttempts } from '../../../app/decide/approve.ts';
import { proposalBody } from '../../decision-answer.ts';
import { payerBody } from '../../schemas/decision-body.ts';
import { actorOf, needs, principalOf, type ApiApp, type ApiDeps } from '../../deps.ts';
import { answerOnce, idempotencyHeaders, sendAnswer } from '../../idempotency.ts';
import { acceptedSchema } from '../../outputs/decision.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { decisionId, noQuery } from '../../schemas/wire.ts';

export function givePayerRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'PUT',
    url: '/v1/decisions/:id/payer',
    config: needs('review:decide'),
    schema: {
      operationId: 'giveDecisionPayer',
      tags: ['decisions'],
      summary: 'Add the missing bank details to a return',
      description:
        'Needs a person’s key. The return then waits for a second person, who approves exactly these details.',
      headers: idempotencyHeaders,
      params: z.strictObject({ id: decisionId }),
      querystring: noQuery,
      body: payerBody,
      response: {
        200: acceptedSchema,
        ...writeProblems(
          'request.idempotency_key_missing',
          'request.key_reused',
          'decision.not_found',
          'decision.not_open',
          'deposit.already_settled',
        ),
      },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      const principal = principalOf(request);
      const attempt = {
        what: 'payer',
        subjectKind: 'decision',
        subjectId: id,
        actor: actorOf(principal),
      } as const;
      const given = await keepingAttempts(deps.database.db, attempt, () =>
        answerOnce(deps, request, async (tx) => {
          const details = { decisionId: id, payer: request.body };
          const proposed = await completeReturn(tx, deps, details, principal);
          return { status: 200, body: proposalBody(proposed) };
        }),
      );
      return sendAnswer(reply, given);
    },
  });
}
