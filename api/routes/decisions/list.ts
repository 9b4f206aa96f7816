import { z } from 'zod';
import { listAllocationsOf, listDecisions } from '../../../db/queries/decisions.ts';
import { DECISION_STATES } from '../../../domain/review/approval.ts';
import { decodePlace, encodePlace, toPage } from '../../schemas/cursor.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { decisionSchema, toDecision } from '../../outputs/decision.ts';
import { readProblems } from '../../schemas/problem.ts';
import { depositId, pageOf, pageQuery } from '../../schemas/wire.ts';

export function listDecisionsRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/decisions',
    config: needs('review:read'),
    schema: {
      tags: ['decisions'],
      summary: 'Decisions, newest first; with `state=proposed` those that wait for a second person',
      querystring: pageQuery.extend({
        state: z.enum(DECISION_STATES).optional(),
        depositId: depositId.optional(),
      }),
      response: { 200: pageOf(decisionSchema), ...readProblems() },
    },
    handler: async (request) => {
      const { limit, cursor, state, depositId: ofDeposit } = request.query;
      const { db } = deps.database;
      const rows = await listDecisions(db, {
        state: state ?? null,
        depositId: ofDeposit ?? null,
        after: decodePlace(cursor),
        limit: limit + 1,
      });
      const allocations = await listAllocationsOf(
        db,
        rows.map((row) => row.decision.id),
      );
      return toPage(
        rows,
        limit,
        ({ decision }) => toDecision(decision, allocations.get(decision.id) ?? []),
        (row) => encodePlace({ at: row.at, id: row.decision.id }),
      );
    },
  });
}
