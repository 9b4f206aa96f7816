import { z } from 'zod';
import { findClaim, withdrawClaim } from '../../../db/queries/claims.ts';
import { CodedError } from '../../../domain/errors.ts';
import { invariant } from '../../../domain/invariant.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { answerOnce, idempotencyHeaders, sendAnswer } from '../../idempotency.ts';
import { writeProblems } from '../../schemas/problem.ts';
import { claimId, noBody, noQuery } from '../../schemas/wire.ts';
import { claimSchema, noSuchClaim, toClaim } from './claim.ts';

export function withdrawClaimRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/claims/:id/withdraw',
    config: needs('claim:write', { by: 'claim', in: 'params', field: 'id' }),
    schema: {
      operationId: 'withdrawClaim',
      tags: ['claims'],
      summary: 'Withdraw a claim',
      headers: idempotencyHeaders,
      params: z.strictObject({ id: claimId }),
      querystring: noQuery,
      body: noBody,
      response: {
        200: claimSchema,
        ...writeProblems(
          'request.idempotency_key_missing',
          'request.key_reused',
          'claim.not_found',
          'claim.not_open',
        ),
      },
    },
    handler: async (request, reply) => {
      const given = await answerOnce(deps, request, async (tx) => {
        const { id } = request.params;
        if ((await findClaim(tx, id)) === null) throw noSuchClaim();
        if (!(await withdrawClaim(tx, id)))
          throw new CodedError('claim.not_open', 'This claim has already ended.');
        const claim = await findClaim(tx, id);
        invariant(claim !== null, 'A claim that was withdrawn a moment ago is gone.');
        return { status: 200, body: toClaim(claim) };
      });
      return sendAnswer(reply, given);
    },
  });
}
