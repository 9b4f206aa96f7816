import { listRuns } from '../../../db/queries/runs-read.ts';
import { decodePlace, encodePlace, toPage } from '../../schemas/cursor.ts';
import { reachOf } from '../../auth/bounds.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { runSchema, toRun } from '../../outputs/run.ts';
import { namedPage } from '../../schemas/named.ts';
import { readProblems } from '../../schemas/problem.ts';
import { accountKey, pageQuery } from '../../schemas/wire.ts';

const page = namedPage('RunPage', runSchema);

export function listRunsRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/runs',
    config: needs('run:read', { by: 'filter' }),
    schema: {
      operationId: 'listRuns',
      tags: ['runs'],
      summary: 'List reconciliation runs, newest first',
      querystring: pageQuery.extend({ account: accountKey.optional() }),
      response: { 200: page, ...readProblems() },
    },
    handler: async (request) => {
      const { limit, cursor, account } = request.query;
      const rows = await listRuns(deps.database.db, {
        accountKey: account ?? null,
        reach: reachOf(request),
        after: decodePlace(cursor),
        limit: limit + 1,
      });
      return toPage(
        rows,
        limit,
        (row) => toRun(row.run),
        (row) => encodePlace({ at: row.at, id: row.run.id }),
      );
    },
  });
}
