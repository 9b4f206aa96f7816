import { z } from 'zod';
import { decideOne } from '../../decide-one.ts';
import { decisionBody } from '../../schemas/decision-body.ts';
import { needs, principalOf, type ApiApp, type ApiDeps } from '../../deps.ts';
import { answerOnce, idempotencyHeaders, sendAnswer } from '../../idempotency.ts';
import { acceptedSchema, outcomeSchema } from '../../outputs/decision.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { depositId, noQuery } from '../../schemas/wire.ts';

export function decideReviewRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/reviews/:depositId/decisions',
    config: needs('review:decide'),
    schema: {
      operationId: 'decideReview',
      tags: ['reviews'],
      summary: 'Decide a review: credit, return, dismiss or keep',
      description:
        'Needs a person’s key. One person may make a small credit or set a new deadline: it takes effect at once (200). Everything else is a proposal (202, state `proposed`) that a second person approves by its `payloadSha256`.',
      headers: idempotencyHeaders,
      params: z.strictObject({ depositId }),
      querystring: noQuery,
      body: decisionBody,
      response: {
        200: outcomeSchema,
        202: acceptedSchema,
        ...writeProblems(
          'request.idempotency_key_missing',
          'request.key_reused',
          'deposit.not_found',
          'deposit.already_settled',
          'review.not_open',
          'wallet.not_found',
          'wallet.not_open',
          'decision.already_proposed',
          'decision.limit_reached',
          'decision.not_creditable',
          'decision.split_mismatch',
        ),
      },
    },
    handler: async (request, reply) => {
      const { depositId: id } = request.params;
      const { body } = request;
      const principal = principalOf(request);
      const given = await decideOne(deps, principal, { depositId: id, body }, (effect) =>
        answerOnce(deps, request, effect),
      );
      return sendAnswer(reply, given);
    },
  });
}
