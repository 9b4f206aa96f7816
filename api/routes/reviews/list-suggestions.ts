import { z } from 'zod';
import { suggestWallets } from '../../../app/decide/suggest-wallets.ts';
import { CodedError } from '../../../domain/errors.ts';
import { evidenceInWords } from '../../../domain/words/evidence.ts';
import { CONFIDENT_SCORE } from '../../../domain/review/suggest.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { named } from '../../schemas/named.ts';
import { readProblems } from '../../schemas/problem.ts';
import { customerCode, depositId, noQuery, walletId } from '../../schemas/wire.ts';

const suggestionSchema = z
  .strictObject({
    walletId,
    code: customerCode,
    score: z.int().min(1).max(100),
    evidence: z.array(
      z.strictObject({
        kind: z.enum([
          'code_repaired',
          'code_mistyped',
          'payer_account',
          'payer_name',
          'same_amount',
          'rhythm',
          'claim',
        ]),
        points: z.int(),
        sentence: z.string(),
      }),
    ),
  })
  .meta({ id: 'Suggestion', description: 'A wallet that a deposit may belong to.' });

const suggestionsSchema = named(
  'Suggestions',
  z.strictObject({
    confidentFrom: z.int().meta({
      description: 'A score from here up is almost certain; a person still decides.',
    }),
    items: z.array(suggestionSchema),
  }),
  {
    description: 'Wallets that a deposit may belong to, most likely first.',
    example: {
      confidentFrom: 80,
      items: [
        {
          walletId: 'wal_019ab3c4d5e67f8091a2b3c4d5e6f708',
          code: 'CUS00005724',
          score: 60,
          evidence: [
            {
              kind: 'code_mistyped',
              points: 60,
              sentence: 'The reference differs from the code by one digit.',
            },
          ],
        },
      ],
    },
  },
);

export function listSuggestionsRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/reviews/:depositId/suggestions',
    config: needs('review:read', { by: 'review', in: 'params', field: 'depositId' }),
    schema: {
      operationId: 'listReviewSuggestions',
      tags: ['reviews'],
      summary: 'List the wallets that a deposit may belong to, with evidence, most likely first',
      params: z.strictObject({ depositId }),
      querystring: noQuery,
      response: { 200: suggestionsSchema, ...readProblems('review.not_open') },
    },
    handler: async (request) => {
      const { depositId: id } = request.params;
      const suggestions = (await suggestWallets(deps.database.db, [id])).get(id);
      if (suggestions === undefined)
        throw new CodedError('review.not_open', 'This deposit has no open review.');
      return {
        confidentFrom: CONFIDENT_SCORE,
        items: suggestions.map((each) => ({
          ...each,
          evidence: each.evidence.map(({ fact, points }) => ({
            kind: fact.kind,
            points,
            sentence: evidenceInWords(fact),
          })),
        })),
      };
    },
  });
}
