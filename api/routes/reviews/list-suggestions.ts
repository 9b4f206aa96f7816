import { z } from 'zod';
import { findDepositToPlace, listSuggestionFacts } from '../../../db/queries/suggestion-facts.ts';
import { CodedError } from '../../../domain/errors.ts';
import { CONFIDENT_SCORE, suggest } from '../../../domain/review/suggest.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { readProblems } from '../../schemas/problem.ts';
import { customerCode, depositId, noQuery, walletId } from '../../schemas/wire.ts';

const suggestionsSchema = z.strictObject({
  confidentFrom: z
    .int()
    .meta({ description: 'A score from here on is nearly sure; it never credits by itself.' }),
  items: z.array(
    z.strictObject({
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
    }),
  ),
});

export function listSuggestionsRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/reviews/:depositId/suggestions',
    config: needs('review:read'),
    schema: {
      tags: ['reviews'],
      summary: 'Wallets that a deposit may be for, likeliest first, each with its evidence',
      params: z.strictObject({ depositId }),
      querystring: noQuery,
      response: { 200: suggestionsSchema, ...readProblems('review.not_open') },
    },
    handler: async (request) => {
      const { db } = deps.database;
      const deposit = await findDepositToPlace(db, request.params.depositId);
      if (deposit === null) throw new CodedError('review.not_open', 'This deposit has no review.');
      const facts = await listSuggestionFacts(db, request.params.depositId, deposit);
      return {
        confidentFrom: CONFIDENT_SCORE,
        items: suggest(deposit, facts).map((each) => ({ ...each, evidence: [...each.evidence] })),
      };
    },
  });
}
