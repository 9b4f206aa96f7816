import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Transaction } from '../../../db/client.ts';
import { listApiKeys } from '../../../db/queries/api-keys.ts';
import { CodedError } from '../../../domain/errors.ts';
import type { ApiDeps } from '../../deps.ts';
import { answerOnce, idempotencyHeaders, type GivenAnswer } from '../../idempotency.ts';
import { apiKeySchema, toApiKey } from '../../outputs/api-key.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { apiKeyId, noQuery, plainText } from '../../schemas/wire.ts';

export const endReason = plainText(1_000).meta({
  description: 'Why (kept permanently in the audit trail).',
});

/** What the two operations that end a key have in common. */
export const endKeySchema = {
  tags: ['api-keys'],
  headers: idempotencyHeaders,
  params: z.strictObject({ id: apiKeyId }),
  querystring: noQuery,
  response: {
    200: apiKeySchema,
    ...writeProblems('request.idempotency_key_missing', 'request.key_reused', 'api_key.not_found'),
  },
};

/** @throws CodedError `api_key.not_found` if no key in force has the id */
export function endKey(
  deps: ApiDeps,
  request: FastifyRequest & { readonly params: { readonly id: string } },
  end: (tx: Transaction, id: string) => Promise<boolean>,
): Promise<GivenAnswer> {
  const { id } = request.params;
  return answerOnce(deps, request, async (tx) => {
    const isDone = await end(tx, id);
    const key = (await listApiKeys(tx)).find((known) => known.id === id);
    if (!isDone || key === undefined)
      throw new CodedError('api_key.not_found', 'No API key in force has this id.');
    return { status: 200, body: toApiKey(key) };
  });
}
