import { z } from 'zod';
import { assignReview, isKnownPerson } from '../../../db/queries/review-work.ts';
import { CodedError } from '../../../domain/errors.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { answerOnce, idempotencyHeaders, sendAnswer } from '../../idempotency.ts';
import { lockOpenReview } from '../../../app/decide/lock-open-review.ts';
import { named } from '../../schemas/named.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { depositId, noQuery, plainText } from '../../schemas/wire.ts';

const assignmentSchema = named(
  'ReviewAssignment',
  z.strictObject({ depositId, assignee: z.string().nullable() }),
  {
    description: 'Who works on a review.',
    example: { depositId: 'dep_019ab3c4d5e67f8091a2b3c4d5e6f708', assignee: 'thandi' },
  },
);

const body = named(
  'NewAssignment',
  z.strictObject({
    person: plainText(200).nullable().meta({
      description: 'The person’s name as in their key; null unassigns the review.',
    }),
  }),
  { description: 'Who is to work on a review.', example: { person: 'thandi' } },
);

export function assignReviewRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/reviews/:depositId/assign',
    config: needs('review:work', { by: 'deposit', in: 'params', field: 'depositId' }),
    schema: {
      operationId: 'assignReview',
      tags: ['reviews'],
      summary: 'Assign a review to a person, or unassign it',
      headers: idempotencyHeaders,
      params: z.strictObject({ depositId }),
      querystring: noQuery,
      body,
      response: {
        200: assignmentSchema,
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
          throw new CodedError('person.not_found', 'No active API key belongs to this person.');
        await assignReview(tx, id, person);
        return { status: 200, body: { depositId: id, assignee: person } };
      });
      return sendAnswer(reply, given);
    },
  });
}
