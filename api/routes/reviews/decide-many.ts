import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ERROR_CODES, isCoded } from '../../../domain/errors.ts';
import { decideOne } from '../../decide-one.ts';
import { decisionBody } from '../../schemas/decision-body.ts';
import { needs, principalOf, type ApiApp, type ApiDeps } from '../../deps.ts';
import { HTTP_ERRORS } from '../../http-errors.ts';
import { answerOnce, answerPart, idempotencyHeaders } from '../../idempotency.ts';
import { acceptedSchema, outcomeSchema } from '../../outputs/decision.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { depositId, noQuery } from '../../schemas/wire.ts';

/** As many as a person has looked at, and as are answered within a request's time. */
export const BULK_DECISIONS_MAX = 50;

const itemSchema = z.strictObject({ depositId, decision: decisionBody });
type Item = z.infer<typeof itemSchema>;

const body = z.strictObject({
  decisions: z
    .array(itemSchema)
    .min(1)
    .max(BULK_DECISIONS_MAX)
    .refine(
      (items) => new Set(items.map((item) => item.depositId)).size === items.length,
      'names a deposit twice',
    ),
});

/** What became of one decision: as its own route would have answered it, or why it was not taken. */
const resultSchema = z.union([
  outcomeSchema.extend({ depositId }),
  acceptedSchema.extend({ depositId }),
  z.strictObject({
    depositId,
    outcome: z.literal('not_taken'),
    code: z.enum(ERROR_CODES),
    title: z.string(),
  }),
]);
type Result = z.infer<typeof resultSchema>;

const answered = z.union([outcomeSchema, acceptedSchema]);

export const bulkReportSchema = z.strictObject({
  results: z.array(resultSchema),
  counts: z.record(z.string(), z.int()).meta({ description: 'How many ended with each outcome.' }),
});

export function bulkDecisionsRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/reviews/bulk-decisions',
    config: needs('review:decide'),
    schema: {
      tags: ['decisions'],
      summary: 'Decide several reviews, each by itself, with one report',
      description:
        'Only for keys of persons. Each deposit has its own transaction and its own outcome: one that is refused holds up no other. A repeat with the same key decides nothing twice and tells what has come of each.',
      headers: idempotencyHeaders,
      querystring: noQuery,
      body,
      response: {
        200: bulkReportSchema,
        ...writeProblems('request.idempotency_key_missing', 'request.key_reused'),
      },
    },
    handler: async (request) => {
      // Holds the key to this list; what came of it is told anew each time.
      await answerOnce(deps, request, () => Promise.resolve({ status: null, body: null }));
      const results = await Promise.all(
        request.body.decisions.map((item) => decideItem(deps, request, item)),
      );
      return { results, counts: countOutcomes(results) };
    },
  });
}

async function decideItem(deps: ApiDeps, request: FastifyRequest, item: Item): Promise<Result> {
  const { depositId: id, decision } = item;
  try {
    const given = await decideOne(
      deps,
      principalOf(request),
      { depositId: id, body: decision },
      (effect) => answerPart(deps, request, { name: id, body: decision }, effect),
    );
    return { depositId: id, ...answered.parse(given.body) };
  } catch (error) {
    if (!isCoded(error)) throw error;
    const { status, title } = HTTP_ERRORS[error.code];
    if (status >= 500) throw error;
    return { depositId: id, outcome: 'not_taken', code: error.code, title };
  }
}

function countOutcomes(results: readonly Result[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome } of results) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}
