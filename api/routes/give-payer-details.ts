import { z } from 'zod';
import { completeReturn, keepingAttempts } from '../../app/decide/approve.ts';
import { proposalBody } from '../decision-answer.ts';
import { payerBody } from '../decision-body.ts';
import { actorOf, needs, principalOf, type ApiApp, type ApiDeps } from '../deps.ts';
import { answerOnce, idempotencyHeaders, sendAnswer } from '../idempotency.ts';
import { acceptedSchema } from '../outputs/decision.ts';
import { writeProblems } from '../route-problems.ts';
import { decisionId, noQuery } from '../wire.ts';

export function givePayerDetailsRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'PUT',
    url: '/v1/decisions/:id/payer',
    config: needs('review:decide'),
    schema: {
      tags: ['decisions'],
      summary: 'Give a return the bank details that it waits for',
      description:
        'Only for keys of persons. From then on the return waits for a second person, who approves these very details.',
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
