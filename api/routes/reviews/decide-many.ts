import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { isCoded } from '../../../domain/errors.ts';
import { decideOne } from '../../decide-one.ts';
import { decisionBody } from '../../schemas/decision-body.ts';
import { needs, principalOf, type ApiApp, type ApiDeps } from '../../deps.ts';
import { HTTP_ERRORS } from '../../http-errors.ts';
import { answerOnce, answerPart, idempotencyHeaders } from '../../idempotency.ts';
import { acceptedSchema, outcomeSchema } from '../../outputs/decision.ts';
import { named } from '../../schemas/named.ts';
import { errorCode, writeProblems } from '../../schemas/problem.ts';
import { depositId, noQuery } from '../../schemas/wire.ts';

/** As many as a person can check by eye, and as one request can answer in time. */
export const BULK_DECISIONS_MAX = 50;

const itemSchema = z
  .strictObject({ depositId, decision: decisionBody })
  .meta({ id: 'ReviewDecision', description: 'A deposit and what you decide about it.' });
type Item = z.infer<typeof itemSchema>;

const body = named(
  'ReviewDecisions',
  z.strictObject({
    decisions: z
      .array(itemSchema)
      .min(1)
      .max(BULK_DECISIONS_MAX)
      .refine(
        (items) => new Set(items.map((item) => item.depositId)).size === items.length,
        'names a deposit twice',
      ),
  }),
  {
    description: 'One decision for each deposit.',
    example: {
      decisions: [
        {
          depositId: 'dep_019ab3c4d5e67f8091a2b3c4d5e6f708',
          decision: {
            kind: 'credit',
            code: 'CUS00005724',
            reason: 'The payer confirmed the customer code.',
          },
        },
      ],
    },
  },
);

const of = (id: string, description: string) => ({ id, description });

/** The outcome of one decision: as its own route would have answered it, or why it was refused. */
const resultSchema = z.union([
  outcomeSchema
    .extend({ depositId })
    .meta(of('ReviewDecisionCarriedOut', 'The decision was tried; `outcome` says how it ended.')),
  acceptedSchema
    .extend({ depositId })
    .meta(of('ReviewDecisionAccepted', 'The decision is stored and not carried out yet.')),
  z
    .strictObject({
      depositId,
      outcome: z.literal('not_taken'),
      code: errorCode,
      title: z.string(),
    })
    .meta(of('ReviewDecisionRefused', 'The decision was refused; nothing changed.')),
]);
type Result = z.infer<typeof resultSchema>;

const answered = z.union([outcomeSchema, acceptedSchema]);

export const bulkReportSchema = named(
  'ReviewDecisionReport',
  z.strictObject({
    results: z.array(resultSchema),
    counts: z
      .record(z.string(), z.int())
      .meta({ description: 'How many ended with each outcome.' }),
  }),
  {
    description: 'The outcome of each decision, in the order of the request.',
    example: {
      results: [
        {
          depositId: 'dep_019ab3c4d5e67f8091a2b3c4d5e6f708',
          decisionId: 'dec_019ab3c4d5e67f8091a2b3c4d5e6f708',
          outcome: 'credited',
          refusal: null,
        },
        {
          depositId: 'dep_019ab3c4d5e67f8091a2b3c4d5e6f709',
          outcome: 'not_taken',
          code: 'review.not_open',
          title: 'This deposit has no open review.',
        },
      ],
      counts: { credited: 1, not_taken: 1 },
    },
  },
);

export function decideReviewsRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/reviews/bulk-decisions',
    config: needs('review:decide'),
    schema: {
      operationId: 'decideReviews',
      tags: ['reviews'],
      summary: 'Decide several reviews in one request',
      description:
        'Needs a person’s key. Each deposit has its own transaction and outcome: a refusal does not affect the others. A repeat with the same Idempotency-Key decides nothing twice and reports the current outcome of each.',
      headers: idempotencyHeaders,
      querystring: noQuery,
      body,
      response: {
        200: bulkReportSchema,
        ...writeProblems('request.idempotency_key_missing', 'request.key_reused'),
      },
    },
    handler: async (request) => {
      // Binds the key to this list; the outcomes are read again each time.
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
