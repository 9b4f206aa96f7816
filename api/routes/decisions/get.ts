import { z } from 'zod';
import { findDecision, listAllocations } from '../../../db/queries/decisions.ts';
import { CodedError } from '../../../domain/errors.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { decisionSchema, toDecision } from '../../outputs/decision.ts';
import { readProblems } from '../../schemas/problem.ts';
import { decisionId, noQuery } from '../../schemas/wire.ts';

export function getDecisionRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/decisions/:id',
    config: needs('review:read'),
    schema: {
      operationId: 'getDecision',
      tags: ['decisions'],
      summary: 'Read a decision: its content, the people and the outcome',
      params: z.strictObject({ id: decisionId }),
      querystring: noQuery,
      response: { 200: decisionSchema, ...readProblems('decision.not_found') },
    },
    handler: async (request) => {
      const { db } = deps.database;
      const decision = await findDecision(db, request.params.id);
      if (decision === null) throw new CodedError('decision.not_found', 'Decision not found.');
      return toDecision(decision, await listAllocations(db, decision.id));
    },
  });
}
