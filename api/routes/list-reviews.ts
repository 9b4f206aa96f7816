import { listOpenReviews } from '../../db/queries/reviews-read.ts';
import { decodePlace, encodePlace, toPage } from '../cursor.ts';
import { needs, type ApiApp, type ApiDeps } from '../deps.ts';
import { reviewSchema, toReview } from '../outputs/review.ts';
import { readProblems } from '../route-problems.ts';
import { accountKey, pageOf, pageQuery } from '../wire.ts';

export function listReviewsRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/reviews',
    config: needs('review:read'),
    schema: {
      tags: ['reviews'],
      summary: 'Deposits that wait for a person, oldest first',
      querystring: pageQuery.extend({ account: accountKey.optional() }),
      response: { 200: pageOf(reviewSchema), ...readProblems() },
    },
    handler: async (request) => {
      const { limit, cursor, account } = request.query;
      const rows = await listOpenReviews(deps.database.db, {
        accountKey: account ?? null,
        after: decodePlace(cursor),
        limit: limit + 1,
      });
      return toPage(rows, limit, toReview, (row) =>
        encodePlace({ at: row.at, id: row.review.depositId }),
      );
    },
  });
}
