import { z } from 'zod';
import { assignReview, isKnownPerson } from '../../../db/queries/review-work.ts';
import { CodedError } from '../../../domain/errors.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { answerOnce, idempotencyHeaders, sendAnswer } from '../../idempotency.ts';
import { lockOpenReview } from '../../../app/decide/lock-open-review.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { depositId, noQuery, plainText } from '../../schemas/wire.ts';

const assignment = z.strictObject({ depositId, assignee: z.string().nullable() });

export function assignReviewRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/reviews/:depositId/assign',
    config: needs('review:work'),
    schema: {
      tags: ['reviews'],
      summary: 'Give a review to a person, or to nobody',
      headers: idempotencyHeaders,
      params: z.strictObject({ depositId }),
      querystring: noQuery,
      body: z.strictObject({
        person: plainText(200).nullable().meta({
          description: 'As their key names them; null takes the review from whoever has it.',
        }),
      }),
      response: {
        200: assignment,
        ...writeProblems(
          'request.idempotency_key_missing',
          'request.key_reused',
          'deposit.not_found',
          'deposit.already_settled',
          'person.not_found',
          'review.not_open',
        ),
      },
    },
    handler: async (request, reply) => {
      const { depositId: id } = request.params;
      const person = request.body.person?.toLowerCase() ?? null;
      const given = await answerOnce(deps, request, async (tx) => {
        await lockOpenReview(tx, id);
        if (person !== null && !(await isKnownPerson(tx, person)))
          throw new CodedError('person.not_found', 'Nobody of this name has a key.');
        await assignReview(tx, id, person);
        return { status: 200, body: { depositId: id, assignee: person } };
      });
      return sendAnswer(reply, given);
    },
  });
}
