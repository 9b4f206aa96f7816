import { listReturns } from '../../../db/queries/returns.ts';
import { decodePlace, encodePlace, toPage } from '../../schemas/cursor.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { returnSchema, toReturn } from './return.ts';
import { namedPage } from '../../schemas/named.ts';
import { readProblems } from '../../schemas/problem.ts';
import { pageQuery } from '../../schemas/wire.ts';

const page = namedPage('ReturnPage', returnSchema);

export function listReturnsRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/returns',
    config: needs('review:read'),
    schema: {
      operationId: 'listReturns',
      tags: ['returns'],
      summary: 'List returns and whether they were paid, oldest first',
      querystring: pageQuery.extend({ state: returnSchema.shape.state.optional() }),
      response: { 200: page, ...readProblems() },
    },
    handler: async (request) => {
      const { limit, cursor, state } = request.query;
      const rows = await listReturns(deps.database.db, {
        exportId: null,
        state: state ?? null,
        after: decodePlace(cursor),
        limit: limit + 1,
      });
      return toPage(rows, limit, toReturn, (row) =>
        encodePlace({ at: row.at, id: row.decisionId }),
      );
    },
  });
}
