import { Readable } from 'node:stream';
import { z } from 'zod';
import { countOpenReviews } from '../../../db/queries/reviews-read.ts';
import { CodedError } from '../../../domain/errors.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { reviewsAsCsv } from '../../outputs/review-csv.ts';
import { reviewFilterQuery, toFilter } from '../../schemas/review-query.ts';
import { readProblems } from '../../schemas/problem.ts';

/** More than a person looks through; a part of the queue is never passed off as the whole. */
const ROWS_MAX = 20_000;

export function exportReviewsRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/reviews/export',
    config: needs('review:read'),
    schema: {
      tags: ['reviews'],
      summary: 'The queue as CSV for a spreadsheet',
      description: `Refused where more than ${ROWS_MAX} reviews match. Texts that a spreadsheet would run as a formula begin with an apostrophe.`,
      produces: ['text/csv'],
      querystring: reviewFilterQuery,
      response: {
        200: {
          description: 'One row for each review, the most urgent first.',
          content: { 'text/csv': { schema: z.unknown() } },
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
          `More than ${ROWS_MAX} reviews match: filter them, by account or reason say.`,
        );
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="reviews.csv"')
        .send(Readable.from(reviewsAsCsv(db, filter)));
    },
  });
}
