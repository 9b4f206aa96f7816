import { z } from 'zod';
import { findClaim } from '../../../db/queries/claims.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { readProblems } from '../../schemas/problem.ts';
import { claimId, noQuery } from '../../schemas/wire.ts';
import { claimSchema, noSuchClaim, toClaim } from './claim.ts';

export function getClaimRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/claims/:id',
    config: needs('claim:read', { by: 'claim', in: 'params', field: 'id' }),
    schema: {
      operationId: 'getClaim',
      tags: ['claims'],
      summary: 'Read a claim',
      params: z.strictObject({ id: claimId }),
      querystring: noQuery,
      response: { 200: claimSchema, ...readProblems('claim.not_found') },
    },
    handler: async (request) => {
      const claim = await findClaim(deps.database.db, request.params.id);
      if (claim === null) throw noSuchClaim();
      return toClaim(claim);
    },
  });
}
