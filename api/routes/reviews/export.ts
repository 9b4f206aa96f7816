import { Readable } from 'node:stream';
import { z } from 'zod';
import { countOpenReviews } from '../../../db/queries/reviews-read.ts';
import { CodedError } from '../../../domain/errors.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { reviewsAsCsv } from '../../outputs/review-csv.ts';
import { reviewFilterQuery, toFilter } from '../../schemas/review-query.ts';
import { readProblems } from '../../schemas/problem.ts';

/** More than a person can read. The export is refused rather than cut, so that a part never looks like the whole. */
const ROWS_MAX = 20_000;

const reviewFile = z.unknown().meta({
  type: 'string',
  examples: [
    'deposit,account,booking_date,amount,currency,reason\r\ndep_019ab3c4d5e67f8091a2b3c4d5e6f708,fnb-main,2026-11-20,275.00,ZAR,unknown_code\r\n',
  ],
});

export function exportReviewsRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/reviews/export',
    config: needs('review:read'),
    schema: {
      operationId: 'exportReviews',
      tags: ['reviews'],
      summary: 'Download the queue for a spreadsheet (CSV)',
      description: `Refused if more than ${ROWS_MAX} reviews match. Texts that a spreadsheet would run as a formula begin with an apostrophe.`,
      produces: ['text/csv'],
      querystring: reviewFilterQuery,
      response: {
        200: {
          description: 'One row for each review, most urgent first.',
          content: { 'text/csv': { schema: reviewFile } },
        },
        ...readProblems(),
      },
    },
    handler: async (request, reply) => {
      const { db } = deps.database;
      const filter = toFilter(request.query);
      if ((await countOpenReviews(db, filter, ROWS_MAX + 1)) > ROWS_MAX)
        throw new CodedError(
          'request.invalid',
          `More than ${ROWS_MAX} reviews match: filter them, for example by account or reason.`,
        );
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="reviews.csv"')
        .send(Readable.from(reviewsAsCsv(db, filter)));
    },
  });
}
