import { listAllocationsOf, listDecisions } from '../../../db/queries/decisions.ts';
import { decodePlace, encodePlace, toPage } from '../../schemas/cursor.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { decisionSchema, decisionState, toDecision } from '../../outputs/decision.ts';
import { namedPage } from '../../schemas/named.ts';
import { readProblems } from '../../schemas/problem.ts';
import { depositId, pageQuery } from '../../schemas/wire.ts';

const page = namedPage('DecisionPage', decisionSchema);

export function listDecisionsRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/decisions',
    config: needs('review:read'),
    schema: {
      operationId: 'listDecisions',
      tags: ['decisions'],
      summary: 'List decisions, newest first',
      description: '`state=proposed` lists those that wait for a second person.',
      querystring: pageQuery.extend({
        state: decisionState.optional(),
        depositId: depositId.optional(),
      }),
      response: { 200: page, ...readProblems() },
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
