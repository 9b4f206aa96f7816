import { suggestCodes } from '../../../app/decide/suggest-wallets.ts';
import { listOpenReviews } from '../../../db/queries/reviews-read.ts';
import { toPage } from '../../schemas/cursor.ts';
import { reachOf } from '../../auth/bounds.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { reviewSchema, toReview } from '../../outputs/review.ts';
import {
  decodeQueuePlace,
  encodeQueuePlace,
  reviewFilterQuery,
  reviewOrder,
  toFilter,
} from '../../schemas/review-query.ts';
import { namedPage } from '../../schemas/named.ts';
import { readProblems } from '../../schemas/problem.ts';
import { pageQuery } from '../../schemas/wire.ts';

const page = namedPage('ReviewPage', reviewSchema);

export function listReviewsRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/reviews',
    config: needs('review:read', { by: 'filter' }),
    schema: {
      operationId: 'listReviews',
      tags: ['reviews'],
      summary: 'List the deposits that wait for a person, most urgent first',
      querystring: pageQuery.extend({ ...reviewFilterQuery.shape, order: reviewOrder }),
      response: { 200: page, ...readProblems() },
    },
    handler: async (request) => {
      const { limit, cursor, order = 'priority', ...filter } = request.query;
      const rows = await listOpenReviews(deps.database.db, {
        ...toFilter(filter),
        order,
        reach: reachOf(request),
        after: decodeQueuePlace(cursor, order),
        limit: limit + 1,
      });
      const codes = await suggestCodes(
        deps.database.db,
        rows.map(({ review }) => review.depositId),
      );
      return toPage(
        rows,
        limit,
        (row) => toReview(row, codes.get(row.review.depositId) ?? []),
        (row) => encodeQueuePlace({ order, value: row.place, id: row.review.depositId }),
      );
    },
  });
}
