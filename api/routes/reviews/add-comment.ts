import { z } from 'zod';
import { findDeposit } from '../../../db/queries/deposits-read.ts';
import {
  insertComment,
  listComments,
  type ReviewComment,
} from '../../../db/queries/review-work.ts';
import { CodedError } from '../../../domain/errors.ts';
import { decodeNumber, encodeNumber, toPage } from '../../schemas/cursor.ts';
import { needs, principalOf, type ApiApp, type ApiDeps } from '../../deps.ts';
import { answerOnce, idempotencyHeaders, sendAnswer } from '../../idempotency.ts';
import { lockOpenReview } from '../../../app/decide/lock-open-review.ts';
import { readProblems, writeProblems } from '../../schemas/problem.ts';
import {
  depositId,
  digits,
  instant,
  noQuery,
  pageOf,
  pageQuery,
  plainText,
  toInstant,
} from '../../schemas/wire.ts';

const commentSchema = z.strictObject({
  id: digits,
  person: z.string().nullable().meta({ description: 'Null where a service wrote it.' }),
  keyId: z.string(),
  text: z.string(),
  createdAt: instant,
});

function toComment(row: ReviewComment): z.infer<typeof commentSchema> {
  return {
    id: row.id.toString(),
    person: row.person,
    keyId: row.keyId,
    text: row.text,
    createdAt: toInstant(row.createdAt),
  };
}

const params = z.strictObject({ depositId });
const url = '/v1/reviews/:depositId/comments';

export function addCommentRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url,
    config: needs('review:work'),
    schema: {
      tags: ['reviews'],
      summary: 'Say something about a review; kept for ever',
      headers: idempotencyHeaders,
      params,
      querystring: noQuery,
      body: z.strictObject({ text: plainText(2_000) }),
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

export function listCommentsRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url,
    config: needs('review:read'),
    schema: {
      tags: ['reviews'],
      summary: 'What was said about a review, oldest first',
      params,
      querystring: pageQuery,
      response: { 200: pageOf(commentSchema), ...readProblems('deposit.not_found') },
    },
    handler: async (request) => {
      const { limit, cursor } = request.query;
      const { db } = deps.database;
      if ((await findDeposit(db, request.params.depositId)) === null)
        throw new CodedError('deposit.not_found', 'There is no such deposit.');
      const rows = await listComments(db, {
        depositId: request.params.depositId,
        after: decodeNumber(cursor),
        limit: limit + 1,
      });
      return toPage(rows, limit, toComment, (row) => encodeNumber(row.id));
    },
  });
}
