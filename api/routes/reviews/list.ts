import { listOpenReviews } from '../../../db/queries/reviews-read.ts';
import { toPage } from '../../schemas/cursor.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { reviewSchema, toReview } from '../../outputs/review.ts';
import {
  decodeQueuePlace,
  encodeQueuePlace,
  reviewFilterQuery,
  reviewOrder,
  toFilter,
} from '../../schemas/review-query.ts';
import { readProblems } from '../../schemas/problem.ts';
import { pageOf, pageQuery } from '../../schemas/wire.ts';

export function listReviewsRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/reviews',
    config: needs('review:read'),
    schema: {
      tags: ['reviews'],
      summary: 'The queue: deposits that wait for a person, the most urgent first',
      querystring: pageQuery.extend({ ...reviewFilterQuery.shape, order: reviewOrder }),
      response: { 200: pageOf(reviewSchema), ...readProblems() },
    },
    handler: async (request) => {
      const { limit, cursor, order = 'priority', ...filter } = request.query;
      const rows = await listOpenReviews(deps.database.db, {
        ...toFilter(filter),
        order,
        after: decodeQueuePlace(cursor, order),
        limit: limit + 1,
      });
      return toPage(rows, limit, toReview, (row) =>
        encodeQueuePlace({ order, value: row.place, id: row.review.depositId }),
      );
    },
  });
}
