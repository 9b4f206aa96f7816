import { z } from 'zod';
import { needs, type ApiApp, type ApiDeps } from '../deps.ts';
import { decisionBody } from '../decision-body.ts';
import { deliverDecision, recordDecision } from '../decisions.ts';
import { answerOnce, idempotencyHeaders, sendAnswer } from '../idempotency.ts';
import { writeProblems } from '../route-problems.ts';
import { decisionId, depositId, noQuery } from '../wire.ts';

const outcomeSchema = z.strictObject({
  decisionId,
  outcome: z.enum(['credited', 'returned', 'refused']),
  refusal: z.string().nullable().meta({ description: 'Why a decision was not carried out.' }),
});
const acceptedSchema = z.strictObject({ decisionId, outcome: z.literal('accepted') });

export function decideReviewRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/reviews/:depositId/decisions',
    config: needs('review:decide'),
    schema: {
      tags: ['reviews'],
      summary: 'Decide a review: credit a wallet, or return the money',
      description:
        'Only for keys of persons. 202: the decision is stored and will be carried out; ask again with the same key, or read the deposit.',
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
        ),
      },
    },
    handler: async (request, reply) => {
      const recorded = await answerOnce(deps, request, (tx) =>
        recordDecision(tx, request.params.depositId, request.body, request),
      );
      if (recorded.status !== null) return sendAnswer(reply, recorded);
      return sendAnswer(reply, await deliverDecision(deps, recorded));
    },
  });
}
