import { z } from 'zod';
import { lockOpenReview } from '../../../app/decide/lock-open-review.ts';
import { insertComment } from '../../../db/queries/review-work.ts';
import { needs, principalOf, type ApiApp, type ApiDeps } from '../../deps.ts';
import { answerOnce, idempotencyHeaders, sendAnswer } from '../../idempotency.ts';
import { named } from '../../schemas/named.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { depositId, noQuery, plainText } from '../../schemas/wire.ts';
import { commentSchema, toComment } from './comment.ts';

const body = named('NewComment', z.strictObject({ text: plainText(2_000) }), {
  description: 'What you want to record about a review.',
  example: { text: 'Called the payer; she means CUS00005724.' },
});

export function addCommentRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/reviews/:depositId/comments',
    config: needs('review:work', { by: 'deposit', in: 'params', field: 'depositId' }),
    schema: {
      operationId: 'addReviewComment',
      tags: ['reviews'],
      summary: 'Comment on a review',
      description: 'Comments are kept permanently.',
      headers: idempotencyHeaders,
      params: z.strictObject({ depositId }),
      querystring: noQuery,
      body,
      response: {
        201: commentSchema,
        ...writeProblems(
          'request.idempotency_key_missing',
          'request.key_reused',
          'deposit.not_found',
          'deposit.already_settled',
          'review.not_open',
        ),
      },
    },
    handler: async (request, reply) => {
      const { depositId: id } = request.params;
      const { keyId, person } = principalOf(request);
      const given = await answerOnce(deps, request, async (tx) => {
        await lockOpenReview(tx, id);
        const { text } = request.body;
        const row = await insertComment(tx, { depositId: id, keyId, person, text });
        return { status: 201, body: toComment(row) };
      });
      return sendAnswer(reply, given);
    },
  });
}
