import { z } from 'zod';
import { findDeposit } from '../../../db/queries/deposits-read.ts';
import { listComments } from '../../../db/queries/review-work.ts';
import { CodedError } from '../../../domain/errors.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { decodeNumber, encodeNumber, toPage } from '../../schemas/cursor.ts';
import { namedPage } from '../../schemas/named.ts';
import { readProblems } from '../../schemas/problem.ts';
import { depositId, pageQuery } from '../../schemas/wire.ts';
import { commentSchema, toComment } from './comment.ts';

const page = namedPage('CommentPage', commentSchema);

export function listCommentsRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/reviews/:depositId/comments',
    config: needs('review:read', { by: 'deposit', in: 'params', field: 'depositId' }),
    schema: {
      operationId: 'listReviewComments',
      tags: ['reviews'],
      summary: 'List the comments on a review, oldest first',
      params: z.strictObject({ depositId }),
      querystring: pageQuery,
      response: { 200: page, ...readProblems('deposit.not_found') },
    },
    handler: async (request) => {
      const { limit, cursor } = request.query;
      const { db } = deps.database;
      if ((await findDeposit(db, request.params.depositId)) === null)
        throw new CodedError('deposit.not_found', 'Deposit not found.');
      const rows = await listComments(db, {
        depositId: request.params.depositId,
        after: decodeNumber(cursor),
        limit: limit + 1,
      });
      return toPage(rows, limit, toComment, (row) => encodeNumber(row.id));
    },
  });
}
