import { listStatementFiles } from '../../../db/queries/statements-read.ts';
import { decodePlace, encodePlace, toPage } from '../../schemas/cursor.ts';
import { reachOf } from '../../auth/bounds.ts';
import { needs, type ApiApp, type ApiDeps } from '../../deps.ts';
import { statementFileSchema, toStatementFile } from './statement.ts';
import { namedPage } from '../../schemas/named.ts';
import { readProblems } from '../../schemas/problem.ts';
import { accountKey, pageQuery } from '../../schemas/wire.ts';

const page = namedPage('StatementFilePage', statementFileSchema);

export function listStatementsRoute(app: ApiApp, deps: ApiDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/statements',
    config: needs('statement:read', { by: 'filter' }),
    schema: {
      operationId: 'listStatements',
      tags: ['statements'],
      summary: 'List statement files, newest first',
      querystring: pageQuery.extend({ account: accountKey.optional() }),
      response: { 200: page, ...readProblems() },
    },
    handler: async (request) => {
      const { limit, cursor, account } = request.query;
      const rows = await listStatementFiles(deps.database.db, {
        accountKey: account ?? null,
        reach: reachOf(request),
        after: decodePlace(cursor),
        limit: limit + 1,
      });
      return toPage(
        rows,
        limit,
        (row) => toStatementFile(row.file),
        (row) => encodePlace({ at: row.at, id: row.file.id }),
      );
    },
  });
}
